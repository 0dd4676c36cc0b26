"""The records that are written are those that warcio would write, and other readers read them."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from fastwarc.warc import ArchiveIterator as FastIterator
from fastwarc.warc import WarcRecordType
from warcio.archiveiterator import ArchiveIterator
from warcio.recordbuilder import RecordBuilder
from warcio.statusandheaders import StatusAndHeaders

from newsgrain.ledger import BodyPlace
from newsgrain.warc import encode_exchange, encode_warcinfo
from tests.newsgrain.archive.exchanges import START, exchange, html, zipped

if TYPE_CHECKING:
    from newsgrain.archive import Exchange

EARLIER = BodyPlace(
    url="https://harbour.example/first", fetched_at=START, file="", offset=0, length=0
)
ANSWERS = {
    "page": (exchange(1), None),
    "gzipped": (zipped(1), None),
    "long": (exchange(1, body=html(1, 50_000)), None),
    "not modified": (exchange(1, status=304, reason="Not Modified", body=b""), None),
    "revisit": (exchange(1), EARLIER),
}


def _members(answer: Exchange, earlier: BodyPlace | None) -> bytes:
    members = encode_exchange(answer, earlier)
    return members.response + members.request


def _theirs(answer: Exchange, earlier: BodyPlace | None) -> Any:
    builder = RecordBuilder(warc_version="1.1")
    headers = [*answer.headers, ("Content-Length", str(len(answer.body)))]
    http = StatusAndHeaders(f"{answer.status} {answer.reason}", headers, protocol="HTTP/1.1")
    date = {"WARC-Date": "2026-11-20T06:00:01Z"}
    if earlier is None:
        return builder.create_warc_record(
            answer.url, "response", payload=BytesIO(answer.body), length=len(answer.body),
            warc_headers_dict=date, http_headers=http,
        )  # fmt: skip
    plain = encode_exchange(answer)
    (record, *_) = ArchiveIterator(BytesIO(plain.response))
    return builder.create_revisit_record(
        answer.url, record.rec_headers.get_header("WARC-Payload-Digest"), earlier.url,
        "2026-11-20T06:00:00Z", http_headers=http, warc_headers_dict=date,
    )  # fmt: skip


@pytest.mark.parametrize(("answer", "earlier"), ANSWERS.values(), ids=ANSWERS)
def test_a_record_says_what_one_of_warcio_says(answer: Exchange, earlier: BodyPlace | None) -> None:
    ours = next(iter(ArchiveIterator(BytesIO(_members(answer, earlier)))))
    theirs = _theirs(answer, earlier)
    said = dict(ours.rec_headers.headers)
    assert dict(theirs.rec_headers.headers).items() - said.items() == {
        ("WARC-Record-ID", theirs.rec_headers.get_header("WARC-Record-ID"))
    }
    added = said.keys() - dict(theirs.rec_headers.headers)
    assert added == {"WARC-Block-Digest", "Content-Type", "Content-Length"}  # when it is written
    assert ours.rec_headers.protocol == "WARC/1.1"
    assert (ours.http_headers, ours.content_type) == (theirs.http_headers, theirs.content_type)


@pytest.mark.parametrize(("answer", "earlier"), ANSWERS.values(), ids=ANSWERS)
def test_fastwarc_finds_every_digest_right(answer: Exchange, earlier: BodyPlace | None) -> None:
    members = encode_warcinfo("00000001.warc.gz") + _members(answer, earlier)
    records = []
    for record in FastIterator(BytesIO(members), parse_http=False):
        assert record.verify_block_digest(consume=False)
        record.parse_http()
        is_alone = "WARC-Payload-Digest" in record.headers and earlier is None
        assert not is_alone or record.verify_payload_digest(consume=False)
        records.append((record.record_type, record.reader.read()))
    body = b"" if earlier else answer.body
    answered = WarcRecordType.revisit if earlier else WarcRecordType.response
    kinds = [kind for kind, _ in records]
    assert kinds == [WarcRecordType.warcinfo, answered, WarcRecordType.request]
    assert [content for _, content in records[1:]] == [body, b""]


def _http_head(answer: Exchange) -> bytes:
    member = encode_exchange(answer).response
    record = next(iter(FastIterator(BytesIO(member), parse_http=False)))
    return bytes(record.reader.read()).partition(b"\r\n\r\n")[0]


def test_headers_lie_in_the_record_byte_for_byte() -> None:
    received = "café\xa0\x80".encode("latin-1")
    answer = exchange(1, headers=(("X-Text", received.decode("latin-1")),))
    assert b"\r\nX-Text: " + received + b"\r\n" in _http_head(answer)


def test_a_header_that_no_server_sent_is_written_in_utf_8() -> None:
    answer = exchange(1, headers=(("X-Text", "† \udcff"),))
    assert "\r\nX-Text: † ?\r\n".encode() in _http_head(answer)
