"""Files to give as input, written for tests, and ways to read them."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newsgrain.archive import Archive, read_body
from newsgrain.inputs import scan_inputs
from tests.newsgrain.archive.exchanges import begin, html

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from newsgrain.inputs import InputFile
    from newsgrain.ledger import NewInput

WHEN = datetime(2025, 3, 1, 12, 0, tzinfo=UTC)
CANONICAL = b'<html><link rel="Canonical" href="https://quay.example/story"><p>Boats.</p></html>'


@dataclass
class Writer:
    """Writes WARC records one by one."""

    path: Path
    zipped: bool = True

    def __post_init__(self) -> None:
        self.out = io.BytesIO()
        self.warc = WARCWriter(self.out, gzip=self.zipped)
        self.save()

    def save(self) -> None:
        self.path.write_bytes(self.out.getvalue())

    def add(
        self,
        number: int,
        *,
        kind: str = "response",
        status: str = "200 OK",
        headers: Sequence[tuple[str, str]] = (("Content-Type", "text/html; charset=utf-8"),),
        body: bytes | None = None,
        url: str | None = None,
        **warc_headers: str,
    ) -> None:
        body = html(number) if body is None else body
        http = StatusAndHeaders(status, list(headers), protocol="HTTP/1.1")
        named = {name.replace("_", "-"): value for name, value in warc_headers.items()}
        record = self.warc.create_warc_record(
            url or f"http://quay.example/{number}",
            kind,
            payload=io.BytesIO(body),
            length=len(body),
            warc_headers_dict={"WARC-Date": "2025-03-01T12:00:00Z"} | named,
            http_headers=None if kind in {"resource", "metadata"} else http,
            warc_content_type=named.get("Content-Type", ""),
        )
        self.warc.write_record(record)
        self.save()


def read(path: Path, **options: Any) -> tuple[InputFile, list[NewInput]]:
    (file,) = scan_inputs([path], **options)
    return file, list(file.pages())


def bodies(archive: Archive, *paths: Path, **options: Any) -> list[bytes]:
    """Register files and return the bodies of all pages of the archive."""
    run_id = begin(archive)
    for file in scan_inputs(paths, **options):
        archive.register(file.pages(), run_id=run_id)
        assert file.error is None
    return [read_body(row, archive.folder) for row in archive.pages()]


def html_file(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    return path


def parquet(path: Path, **columns: Any) -> Path:
    pq.write_table(pa.table(columns), path, row_group_size=3)
    return path
