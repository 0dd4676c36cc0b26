"""The demo's names lead to this machine and no other name leads anywhere."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from twisted.internet.error import DNSLookupError

from crawler.demo.resolver import LoopbackResolver


def resolve(name: str) -> tuple[list[str], list[type]]:
    addresses, errors = [], []
    deferred = LoopbackResolver(None).getHostByName(name)
    deferred.addCallbacks(addresses.append, lambda failure: errors.append(failure.type))
    return addresses, errors


@pytest.mark.parametrize(
    "name", ["wexmere-herald.example", "www.courrier-du-large.example", "X.EXAMPLE.", "127.0.0.1"]
)
def test_demo_names_are_this_machine(name: str) -> None:
    assert resolve(name) == (["127.0.0.1"], [])


@pytest.mark.parametrize(
    "name", ["example.com", "example", "notexample", "x.example.org", "93.184.216.34", "localhost"]
)
def test_every_other_name_is_refused(name: str) -> None:
    assert resolve(name) == ([], [DNSLookupError])


CRAWL = """
import json, sys
from datetime import UTC, datetime
import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from crawler.demo import RESOLVER, serve

seen = {}

class Probe(scrapy.Spider):
    name = "probe"
    async def start(self) -> None:
        for url in self.addresses:
            yield scrapy.Request(url, errback=self.refused)
    def parse(self, response) -> None:
        seen[response.url] = response.status
    def refused(self, failure) -> None:
        seen[failure.request.url] = failure.type.__name__

settings = {
    "TWISTED_DNS_RESOLVER": RESOLVER, "LOG_ENABLED": False, "TELNETCONSOLE_ENABLED": False,
    "REMOTE_CONTROL_ENABLED": False, "RETRY_ENABLED": False, "DOWNLOAD_TIMEOUT": 10,
}
with serve(now=datetime(2026, 11, 21, 2, tzinfo=UTC)) as server:
    process = AsyncCrawlerProcess(settings)
    addresses = [*server.urls, f"http://elsewhere.invalid:{server.port}/"]
    process.crawl(Probe, addresses=addresses)
    process.start()
    print(json.dumps([seen[url] for url in addresses]))
"""


def test_scrapy_crawls_both_sites_and_cannot_leave_them() -> None:
    done = subprocess.run(
        [sys.executable, "-c", CRAWL],
        env={"PYTHONPATH": "."},
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert json.loads(done.stdout) == [200, 200, "CannotResolveHostError"]
