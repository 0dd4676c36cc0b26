"""Which of the requests that wait comes next."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

import pytest
from scrapy import Request

from crawler.waiting import Waiting


class _Downloader:
    def __init__(self) -> None:
        self.slots: dict[str, Any] = {}

    def get_slot_key(self, request: Request) -> str:
        return urlsplit(request.url).hostname or ""

    def begin(self, host: str, requests: int) -> None:
        self.slots[f"{host}.example"] = SimpleNamespace(active=range(requests))


@pytest.fixture
def downloader() -> _Downloader:
    return _Downloader()


@pytest.fixture
def waiting(downloader: _Downloader) -> Waiting:
    crawler: Any = SimpleNamespace(engine=SimpleNamespace(downloader=downloader))
    return Waiting.from_crawler(crawler)


def _enter(waiting: Waiting, *names: str, priority: int = 0) -> None:
    """Enter requests; ``a1`` is the address 1 of the host ``a``."""
    for name in names:
        assert waiting.enqueue_request(
            Request(f"https://{name[0]}.example/{name[1:]}", priority=priority)
        )


def _left(waiting: Waiting) -> list[str]:
    left = []
    while waiting.has_pending_requests():
        request = waiting.next_request()
        assert request is not None
        host, path = urlsplit(request.url)[1:3]
        left.append(host[0] + path[1:])
    assert waiting.next_request() is None
    return left


def test_one_host_is_asked_in_order_and_what_is_urgent_first(waiting: Waiting) -> None:
    _enter(waiting, "a1", "a2")
    _enter(waiting, "a3", priority=10)
    _enter(waiting, "a4")
    assert _left(waiting) == ["a3", "a1", "a2", "a4"]


def test_hosts_take_turns(waiting: Waiting) -> None:
    _enter(waiting, "a1", "a2", "a3", "b1", "b2", "c1")
    assert _left(waiting) == ["a1", "b1", "c1", "a2", "b2", "a3"]


def test_a_host_with_less_under_way_comes_first(waiting: Waiting, downloader: _Downloader) -> None:
    downloader.begin("a", 2)
    downloader.begin("b", 1)
    _enter(waiting, "a1", "b1", "c1")
    assert _left(waiting) == ["c1", "b1", "a1"]


def test_an_address_may_be_asked_for_twice(waiting: Waiting) -> None:
    _enter(waiting, "a1", "a1")
    assert _left(waiting) == ["a1", "a1"]
