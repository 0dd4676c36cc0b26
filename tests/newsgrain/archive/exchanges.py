"""Exchanges for tests, written for them."""

from __future__ import annotations

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from warcio.archiveiterator import ArchiveIterator
from warcio.checker import Checker

from newsgrain.archive import Archive, Exchange, NewInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

START = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)


def exchange(number: int = 1, run_id: str = "", **changes: Any) -> Exchange:
    """Return an exchange; `number` decides address, moment and body."""
    sample = Exchange(
        run_id=run_id,
        source="harbour",
        kind="article",
        url=f"https://harbour.example/{number}",
        request_headers=(("User-Agent", "newsgrain"), ("Accept-Encoding", "gzip, deflate")),
        fetched_at=START + timedelta(seconds=number),
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/html; charset=utf-8"), ("ETag", f'"{number}"')),
        body=html(number),
    )
    return replace(sample, **changes)


def html(number: int, words: int = 200) -> bytes:
    text = " ".join(f"word{number * 7919 + step * step}" for step in range(words))
    return f"<html><title>Page {number}</title><p>{text}</p></html>".encode()


def given(number: int, **changes: object) -> NewInput:
    """Return a page of a given file."""
    sample = NewInput(
        url=f"https://harbour.example/{number}",
        fetched_at=START,
        body_bytes=10,
        body_sha256="b" * 64,
        archive_file="/data/one.warc.gz",
        archive_offset=number * 100,
        archive_length=100,
        archive_sha256="a" * 64,
    )
    return replace(sample, **changes)  # type: ignore[arg-type]


def zipped(number: int) -> Exchange:
    headers = (("Content-Type", "text/html"), ("Content-Encoding", "gzip"))
    return exchange(number, headers=headers, body=gzip.compress(html(number)))


def begin(archive: Archive) -> str:
    return archive.begin_run("run", START, head=None)


class _Command:
    verbose = True

    def __init__(self, path: Path) -> None:
        self.inputs = [str(path)]


def passes_warcio_check(folder: Path, capsys: Any) -> bool:
    """Say whether `warcio check` finds every digest of every segment there and right."""
    for path in sorted(folder.glob("*.warc.gz")):
        code = Checker(_Command(path)).process_all()
        # A revisit's payload lies in another record, where it is checked.
        said = capsys.readouterr().out.replace("not checked (revisit)", "")
        if code or "no digest" in said or "not checked" in said:
            return False
    return True


def records(path: Path) -> Iterator[tuple[str, dict[str, str], Any, bytes]]:
    """Yield type, headers, HTTP headers and raw payload of each record, as warcio reads them."""
    with path.open("rb") as file:
        for record in ArchiveIterator(file):
            headers = dict(record.rec_headers.headers)
            yield record.rec_type, headers, record.http_headers, record.raw_stream.read()
