"""A running sample newspaper, and a client that speaks plain HTTP to it."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from crawler.demo import serve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.demo import DemoServer

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Reply:
    status: int
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> bytes:
        return gzip.decompress(self.raw) if "Content-Encoding" in self.headers else self.raw


def fetch_from(url: str, method: str = "GET", **headers: str) -> Reply:
    parts = urlsplit(url)
    connection = HTTPConnection("127.0.0.1", parts.port or 80, timeout=10)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, target, headers={"Host": parts.netloc, **sent})
    response = connection.getresponse()
    reply = Reply(response.status, dict(response.getheaders()), response.read())
    connection.close()
    return reply


@pytest.fixture
def server() -> Iterator[DemoServer]:
    with serve(night=1, now=NOW) as running:
        yield running


@pytest.fixture
def fetch() -> Callable[..., Reply]:
    return fetch_from


@pytest.fixture(scope="module")
def pages() -> dict[str, bytes]:
    """Every article's page on both nights, by night and path."""
    with serve(night=1, now=NOW) as running:
        found = {}
        for night in (1, 2):
            running.set_night(night)
            for article in running.articles:
                found[f"{night} {article.path}"] = fetch_from(article.url(running.port)).body
        return found
