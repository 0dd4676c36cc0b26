"""A proxy of a source: everything goes through it, and its password goes nowhere else."""

from __future__ import annotations

import base64
import gzip
from typing import TYPE_CHECKING, Any

from crawler.middlewares.proxies import proxy_with_credentials
from tests.crawler.hostile.conftest import crawl

if TYPE_CHECKING:
    import pytest

    from tests.crawler.hostile.site import Call, Canary, Site

SECRET = "s3cret-w0rd"  # noqa: S105 - of nothing
HOST = "gazette.nowhere"


def test_a_source_goes_through_its_proxy_and_the_password_is_kept_nowhere(
    bench: Any, site: Site, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    links = (
        f"http://{HOST}/a/",
        f"http://localhost:{canary.port}/",
        f"http://127.0.0.1:{canary.port}/",
    )
    items = "".join(f"<item><link>{url}</link></item>" for url in links[:1])
    feed = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()

    def proxy(call: Call) -> None:
        if call.path.endswith("/feed.xml"):
            call.reply(feed)
        elif call.path == links[0]:
            call.redirect(links[1])
        else:
            call.reply(b"", 404)

    monkeypatch.setenv("NEWSGRAIN_PROXY_AUTH_THE_GAZETTE", f"me:{SECRET}")
    pages = {f"http://{HOST}{path}": proxy for path in ("/robots.txt", "/feed.xml", "/a/")}
    site.pages[""] = pages  # what a proxy is asked for is the whole address
    source = (
        f'[[source]]\nname = "the-gazette"\nurl = "http://{HOST}/"\nfeeds = ["http://{HOST}/feed.xml"]\n'
        f'proxy = "http://127.0.0.1:{site.port}"\n'
    )
    night = crawl(bench, site, source)
    about = f"http://{HOST}/.well-known/tdmrep.json"
    assert {call.path for call in site.calls} == {*pages, about}
    expected = "Basic " + base64.b64encode(f"me:{SECRET}".encode()).decode()
    assert {call.headers.get("proxy-authorization") for call in site.calls} == {expected}
    assert canary.connections == 0
    assert night.summary["the-gazette"]["failed"] == 1
    assert not [text for text in (SECRET, expected) if text in night.log]
    files = [path.read_bytes() for path in bench.root.rglob("*") if path.is_file()]
    archived = [gzip.decompress(path.read_bytes()) for path in bench.root.rglob("*.warc.gz")]
    assert any(b"GET /a/ HTTP" in data for data in archived)
    kept = b"".join((*files, *archived))
    assert not [text for text in (SECRET, expected) if text.encode() in kept]


def test_credentials_come_from_the_environment_by_source_or_for_all() -> None:
    proxy = "http://proxy.example.org:3128"
    environment = {"NEWSGRAIN_PROXY_AUTH": "a:b", "NEWSGRAIN_PROXY_AUTH_LE_COURRIER_FR": "c:d"}
    assert (
        proxy_with_credentials(proxy, "le-courrier.fr", environment)
        == "http://c:d@proxy.example.org:3128"
    )
    assert (
        proxy_with_credentials(proxy, "other", environment) == "http://a:b@proxy.example.org:3128"
    )
    assert proxy_with_credentials(proxy, "other", {}) == proxy
