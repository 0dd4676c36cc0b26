"""What it costs to make WARC records of real pages, against warcio's own way: gzip, level 9."""

from __future__ import annotations

import gzip
import time
from datetime import UTC, datetime
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

from fastwarc.warc import ArchiveIterator, WarcRecordType
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.cleaning import SHARED
from benchmarks.figures import Figure
from newsgrain.exchange import Exchange
from newsgrain.warc import encode_exchange

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def _pages(count: int) -> list[bytes]:
    with (SHARED / "fundus-a.warc.gz").open("rb") as file:
        records = ArchiveIterator(file, record_types=WarcRecordType.response)
        return [record.reader.read() for record in islice(records, count)]


def _ours(body: bytes) -> bytes:
    return encode_exchange(
        Exchange(
            run_id="",
            source=None,
            kind="article",
            url="https://site.example/",
            fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
            status=200,
            body=body,
        )
    ).response


def _theirs(body: bytes) -> bytes:
    out = BytesIO()
    writer = WARCWriter(out, gzip=True)
    head = StatusAndHeaders("200 OK", [], protocol="HTTP/1.1")
    record = writer.create_warc_record(
        "https://site.example/", "response", payload=BytesIO(body), length=len(body),
        http_headers=head,
    )  # fmt: skip
    writer.write_record(record)
    return out.getvalue()


def _taken(encode: Callable[[bytes], bytes], bodies: Sequence[bytes]) -> tuple[float, float]:
    """Return milliseconds and bytes a page."""
    start = time.process_time()
    size = sum(len(encode(body)) for body in bodies)
    return (time.process_time() - start) / len(bodies) * 1000, size / len(bodies)


def measure(count: int) -> Iterator[Figure]:
    """Yield the figures of so many pages; nothing where they are not at hand."""
    if not SHARED.is_dir():
        return
    plain = _pages(count)
    packed = [gzip.compress(body, 6) for body in plain]
    for name, bodies in (("as they are", plain), ("received gzipped", packed)):
        (ours, size), (theirs, least) = _taken(_ours, bodies), _taken(_theirs, bodies)
        note = f"{ours:.1f} against {theirs:.1f} ms a page, {size / least - 1:+.1%} bytes"
        yield Figure(
            name=f"WARC records of pages {name} / warcio's", value=ours / theirs, unit="x",
            note=note,
        )  # fmt: skip
