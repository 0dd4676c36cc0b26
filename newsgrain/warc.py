"""Exchanges as WARC records: version 1.1 (ISO 28500:2017), one gzip member a record."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import UTC
from gzip import GzipFile
from io import BytesIO
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders
from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

from newsgrain.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from warcio.recordloader import ArcWarcRecord

    from newsgrain.exchange import Exchange
    from newsgrain.ledger import BodyPlace

_WARC_VERSION = "1.1"
_LINE_BREAKS = re.compile(r"[\r\n\0]+[ \t]*")
_SEPARATORS = re.compile(r"[\s:\0]")
# Of a news page of 350 kB level 9, warcio's, saves 0.8 % and takes half as long again. What came
# compressed would be no smaller: it is stored, which takes a fiftieth of the time.
_LEVEL, _STORED = 6, 0
_GZIP_MAGIC = b"\x1f\x8b"
# The body is stored after these were undone or counted again.
_TRANSPORT = frozenset({"transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Members:
    """An exchange as gzip members, ready to be appended.

    Attributes:
        response: the member of the answer, or of the revisit that stands for it.
        request: the member of the request, concurrent to it.
    """

    response: bytes
    request: bytes


def _one_line(text: str) -> str:
    return _LINE_BREAKS.sub(" ", text).encode("utf-8", "replace").decode()


def _clean_headers(headers: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return headers that cannot break the record: servers send names with blanks and colons."""
    pairs = ((_SEPARATORS.sub("", name), _one_line(value).strip()) for name, value in headers)
    return [(name, value) for name, value in pairs if name]


def _response_headers(exchange: Exchange) -> StatusAndHeaders:
    headers = [
        (name, value)
        for name, value in _clean_headers(exchange.headers)
        if name.lower() not in _TRANSPORT
    ]
    headers.append(("Content-Length", str(len(exchange.body))))
    status = f"{exchange.status} {_one_line(exchange.reason)}".strip()
    return StatusAndHeaders(status, headers, protocol="HTTP/1.1")


def _request_headers(exchange: Exchange) -> StatusAndHeaders:
    parts = urlsplit(exchange.url)
    target = quote(
        parts._replace(scheme="", netloc="", fragment="").geturl() or "/",
        safe="/?%&=+,;:@!$'()*~[]",
    )
    headers = _clean_headers(exchange.request_headers)
    if not any(name.lower() == "host" for name, _ in headers):
        headers.insert(0, ("Host", _one_line(parts.netloc.rpartition("@")[2])))
    line = f"{_SEPARATORS.sub('', exchange.method)} {target} HTTP/1.1"
    return StatusAndHeaders(line, headers, is_http_request=True)


def _warc_date(moment: datetime) -> str:
    return str(datetime_to_iso_date(moment.astimezone(UTC).replace(tzinfo=None), use_micros=True))


def _target(url: str) -> str:
    return _one_line(url).replace(" ", "%20")


def _response(builder: RecordBuilder, exchange: Exchange) -> ArcWarcRecord:
    return builder.create_warc_record(
        _target(exchange.url),
        "response",
        payload=BytesIO(exchange.body),
        length=len(exchange.body),
        warc_headers_dict={"WARC-Date": _warc_date(exchange.fetched_at)},
        http_headers=_response_headers(exchange),
    )


def _revisit(builder: RecordBuilder, exchange: Exchange, earlier: BodyPlace) -> ArcWarcRecord:
    """Return the record of an answer without its body, which an earlier record holds.

    Profile identical-payload-digest: ISO 28500:2017, section 6.7.2.
    """
    digest = base64.b32encode(hashlib.sha1(exchange.body).digest()).decode()  # noqa: S324 - WARC's
    return builder.create_revisit_record(
        _target(exchange.url),
        f"sha1:{digest}",
        _target(earlier.url),
        _warc_date(earlier.fetched_at),
        http_headers=_response_headers(exchange),
        warc_headers_dict={"WARC-Date": _warc_date(exchange.fetched_at)},
    )


def _member(record: ArcWarcRecord, level: int = _LEVEL) -> bytes:
    """Return a record as one gzip member."""
    out = BytesIO()
    with GzipFile("", "wb", level, out, mtime=0) as member:
        WARCWriter(member, gzip=False, warc_version=_WARC_VERSION).write_record(record)
    return out.getvalue()


def encode_exchange(exchange: Exchange, earlier: BodyPlace | None = None) -> Members:
    """Return the records of an exchange that was answered.

    Args:
        exchange: the exchange.
        earlier: where the identical body is archived already; None: the body is written.
    """
    builder = RecordBuilder(warc_version=_WARC_VERSION)
    response = _revisit(builder, exchange, earlier) if earlier else _response(builder, exchange)
    is_compressed = earlier is None and exchange.body.startswith(_GZIP_MAGIC)
    url, date = _target(exchange.url), {"WARC-Date": _warc_date(exchange.fetched_at)}
    concurrent = {"WARC-Concurrent-To": response.rec_headers.get_header("WARC-Record-ID")}
    request = builder.create_warc_record(
        url, "request", warc_headers_dict=date | concurrent, http_headers=_request_headers(exchange)
    )
    return Members(
        response=_member(response, _STORED if is_compressed else _LEVEL), request=_member(request)
    )


def encode_warcinfo(name: str) -> bytes:
    """Return the first record of a segment."""
    info = {
        "software": f"newsgrain/{__version__}",
        "format": f"WARC File Format {_WARC_VERSION}",
        "conformsTo": "https://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    return _member(RecordBuilder(warc_version=_WARC_VERSION).create_warcinfo_record(name, info))
