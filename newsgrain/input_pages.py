"""The pages in one given file: WARC records, rows of Parquet, or the HTML file itself.

Each reader yields a page, or None for a record that is none, in bounded memory.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from cleaners.urls import is_address
from newsgrain.bodies import html_bytes, read_html
from newsgrain.clock import moment_of
from newsgrain.content_encoding import UndecodableError
from newsgrain.errors import InputError
from newsgrain.formats import Format
from newsgrain.ledger import NewInput
from newsgrain.warc_stream import WarcPage, read_warc

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PIECE = 1 << 16
_ROWS_AT_ONCE = 32
_DECLARATIONS = (
    "//link[translate(@rel, 'CANOIL', 'canoil') = 'canonical']/@href",
    "//meta[@property = 'og:url' or @name = 'og:url']/@content",
)
_UTF8_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """One file, and what is known of it from outside.

    Attributes:
        path: absolute.
        sha256: of the whole file.
        url: address of its one page, if it was given.
        fetched_at: for pages that do not say when they were fetched; aware.
    """

    path: Path
    sha256: str
    url: str | None
    fetched_at: datetime

    def page(  # noqa: PLR0913 - the columns of a row
        self,
        url: str,
        *,
        offset: int,
        length: int,
        body_bytes: int,
        body_sha256: str,
        content_type: str | None = None,
        fetched_at: datetime | None = None,
        status: int | None = None,
    ) -> NewInput:
        """Return a page of this file."""
        return NewInput(
            url=url,
            fetched_at=fetched_at or self.fetched_at,
            status=status,
            content_type=content_type,
            body_bytes=body_bytes,
            body_sha256=body_sha256,
            archive_file=str(self.path),
            archive_offset=offset,
            archive_length=length,
            archive_sha256=self.sha256,
        )


def read_pages(kind: Format, origin: Origin) -> Iterator[NewInput | None]:
    """Return the pages of a file, with None for each record that is no page.

    Raises:
        InputError: the file is damaged, cut, or not what its name says; while iterating.
        OSError: it cannot be read; while iterating.
    """
    readers = {Format.WARC: _warc, Format.HTML: _html, Format.PARQUET: _parquet}
    return readers[kind](origin)


# WARC


def _warc(origin: Origin) -> Iterator[NewInput | None]:
    try:
        with origin.path.open("rb") as file:
            for page in read_warc(file):
                yield None if page is None else _warc_page(origin, page)
    except InputError as error:
        raise InputError(error.message, path=origin.path) from error


def _warc_page(origin: Origin, page: WarcPage) -> NewInput:
    return origin.page(
        page.url,
        offset=page.offset,
        length=page.length,
        body_bytes=page.body_bytes,
        body_sha256=page.body_sha256,
        content_type=page.content_type,
        fetched_at=page.fetched_at,
        status=page.status,
    )


# HTML


def _html(origin: Origin) -> Iterator[NewInput | None]:
    try:
        body = read_html(origin.path)
    except UndecodableError as exc:
        raise InputError(str(exc), path=origin.path) from exc
    if _is_binary(body):
        raise InputError("is no HTML but binary data", path=origin.path)
    url = origin.url or _declared_url(body)
    if not url:
        raise InputError(
            "does not say its address (no canonical link, no og:url); give it with --url",
            path=origin.path,
        )
    if not is_address(url):
        raise InputError(f"not an absolute http(s) address: {url[:200]!r}", path=origin.path)
    yield origin.page(
        url,
        offset=0,
        length=origin.path.stat().st_size,
        body_bytes=len(body),
        body_sha256=hashlib.sha256(body).hexdigest(),
    )


def _is_binary(body: bytes) -> bool:
    is_utf16 = body.startswith((b"\xff\xfe", b"\xfe\xff"))
    return body.startswith(b"%PDF-") or (b"\0" in body[:_PIECE] and not is_utf16)


def _declared_url(body: bytes) -> str | None:
    """Return the address that a page declares as its own, if it is an absolute one."""
    from lxml import etree, html

    try:
        tree = html.fromstring(body) if body.strip() else None
    except (etree.ParserError, ValueError):  # a page of comments, or of nothing
        tree = None
    if tree is None:
        return None
    for path in _DECLARATIONS:
        found: Any = tree.xpath(path)
        for value in found:
            if is_address(url := str(value).strip()):
                return url
    return None


# Parquet


def _parquet(origin: Origin) -> Iterator[NewInput | None]:
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    from newsgrain.arrow_rows import rows_of

    try:
        with ParquetFile(origin.path) as file:
            columns = _parquet_columns(file, origin.path)
            number = 0
            for batch in file.iter_batches(_ROWS_AT_ONCE, columns=columns):
                for row in rows_of(batch, columns):
                    yield _parquet_page(origin, row, number)
                    number += 1
    except (ArrowException, OSError) as exc:
        if isinstance(exc, OSError) and exc.errno:
            raise
        reason = " ".join(str(exc).split())[:200]
        raise InputError(f"is damaged or no Parquet: {reason}", path=origin.path) from exc


def _parquet_columns(file: Any, path: Path) -> list[str]:
    names = file.schema_arrow.names
    missing = [name for name in ("url", "html") if name not in names]
    if missing:
        reason = f"has no column {' and no column '.join(missing)}; columns are url and html"
        raise InputError(reason, path=path)
    return [name for name in ("url", "html", "fetched_at", "content_type") if name in names]


def _parquet_page(origin: Origin, row: dict[str, Any], number: int) -> NewInput | None:
    url, html = row["url"], row["html"]
    if not isinstance(url, str) or not isinstance(html, str | bytes) or not is_address(url):
        return None
    body = html_bytes(html)
    # Text was decoded by whoever wrote the file; what the page declares is no longer true.
    content_type = _UTF8_HTML if isinstance(html, str) else row.get("content_type")
    fetched_at = row.get("fetched_at")
    stamp = fetched_at.isoformat() if isinstance(fetched_at, datetime) else fetched_at
    return origin.page(
        url,
        offset=number,
        length=len(body),
        body_bytes=len(body),
        body_sha256=hashlib.sha256(body).hexdigest(),
        content_type=content_type if isinstance(content_type, str) else None,
        fetched_at=moment_of(stamp) if isinstance(stamp, str) else None,
    )
