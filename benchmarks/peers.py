"""What others take for the same pages; run by the interpreter that has them installed.

    PEERS_PYTHON benchmarks/peers.py FILE.warc.gz LIMIT      prints JSON

Each page is given to each of them in turn, in one process; CPU milliseconds, and the share of
what trafilatura takes for text and metadata, by which they compare with `benchmarks/clean.py`.
"""

from __future__ import annotations

import importlib
import json
import logging
import sys
import time
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastwarc.warc import ArchiveIterator, WarcRecordType

if TYPE_CHECKING:
    from collections.abc import Callable

    Peer = Callable[[bytes, str], object]

_WARM_UP = 10


def _lxml() -> Peer:
    html: Any = importlib.import_module("lxml.html")
    return lambda body, _: html.fromstring(body)


def _trafilatura() -> Peer:
    extract: Any = importlib.import_module("trafilatura").bare_extraction
    return lambda body, url: extract(body, url=url, include_comments=False, with_metadata=True)


def _newspaper() -> Peer:
    newspaper: Any = importlib.import_module("newspaper")

    def read(body: bytes, url: str) -> object:
        article = newspaper.Article(url)
        article.download(input_html=body.decode("utf-8", "replace"))
        article.parse()
        return article

    return read


def _news_please() -> Peer:
    please: Any = importlib.import_module("newsplease").NewsPlease
    return lambda body, url: please.from_html(body.decode("utf-8", "replace"), url=url)


_PEERS: dict[str, tuple[str, Callable[[], Peer]]] = {
    "lxml parse": ("lxml", _lxml),
    "trafilatura": ("trafilatura", _trafilatura),
    "newspaper4k": ("newspaper4k", _newspaper),
    "news-please": ("news-please", _news_please),
}


def _pages(path: Path, limit: int) -> list[tuple[bytes, str]]:
    pages = []
    with path.open("rb") as file:
        for record in ArchiveIterator(file, record_types=WarcRecordType.response, parse_http=True):
            pages.append((record.reader.read(), str(record.headers["WARC-Target-URI"])))
            if len(pages) == limit:
                break
    return pages


def _taken(peer: Peer, body: bytes, url: str) -> float:
    start = time.process_time()
    with suppress(Exception):  # what it took until it failed is what it took
        peer(body, url)
    return time.process_time() - start


def main() -> None:
    """Measure."""
    logging.disable(logging.CRITICAL)
    pages = _pages(Path(sys.argv[1]), int(sys.argv[2]))
    peers: dict[str, Peer] = {}
    found: dict[str, dict[str, Any]] = {}
    for name, (package, make) in _PEERS.items():
        try:
            peers[name] = make()
            found[name] = {"version": version(package), "ms": 0.0}
        except ImportError as exc:
            print(f"{name}: {exc}", file=sys.stderr)
    for peer in peers.values():
        for body, url in pages[:_WARM_UP]:
            _taken(peer, body, url)
    for body, url in pages:
        for name, peer in peers.items():
            found[name]["ms"] += _taken(peer, body, url) * 1000 / len(pages)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
