"""Arrow in, Arrow out: one row per page, whatever the page does."""

from __future__ import annotations

import logging
import pickle
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pytest

import cleaners
from cleaners.outcome import Reason, Rejected
from cleaners.records import Page
from newsgrain.batch_schema import CLEANED_SCHEMA
from newsgrain.batches import clean_batch, clean_one
from newsgrain.errors import InputError
from newsgrain.schema import TABLES
from tests.newsgrain.batches import poison

if TYPE_CHECKING:
    from cleaners.options import CleanOptions

WHEN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
SENTENCE = "The harbour was busy on Monday, and the ferries came in late because of the fog."


def article(title: str) -> str:
    text = "".join(f"<p>{SENTENCE} Number {number}.</p>" for number in range(12))
    return f"<html><body><article><h1>{title}</h1>{text}</article></body></html>"


def batch(**changes: Any) -> pa.RecordBatch:
    columns: dict[str, Any] = {
        "url": ["https://quay.example/1", "https://quay.example/2", "https://quay.example/3"],
        "html": [article("Fog"), "", article("Caf\u00e9")],
        "fetched_at": pa.array([WHEN] * 3, pa.timestamp("us", "UTC")),
    }
    columns |= changes
    return pa.RecordBatch.from_pydict({k: v for k, v in columns.items() if v is not None})


def test_each_row_gives_one_row_in_the_same_order() -> None:
    out = clean_batch(batch(other=[1, 2, 3]))
    assert out.schema == CLEANED_SCHEMA
    rows = out.to_pylist()
    assert [row["url"] for row in rows] == batch().column("url").to_pylist()
    assert [row["outcome"] for row in rows] == ["cleaned", "rejected", "cleaned"]
    assert [row["reason"] for row in rows] == [None, "empty", None]
    assert [row["title"] for row in rows] == ["Fog", None, "Caf\u00e9"]
    assert SENTENCE in rows[0]["text"]


def test_the_columns_are_those_of_revisions_that_a_page_alone_gives() -> None:
    revisions = {column.name: column.type for column in TABLES["revisions"].columns}
    own = {field.name: field.type for field in CLEANED_SCHEMA}
    assert {name: own[name] for name in own.keys() & revisions.keys()}.items() <= revisions.items()
    assert own.keys() - revisions.keys() == {"outcome", "reason", "detail"}
    assert revisions.keys() - own.keys() == {
        *("article_id", "aliases", "source", "revision", "change_reason"),
        *("first_fetched_at", "fetched_at", "run_id", "cleaner_version"),
        *("duplicate_group", "duplicate_of", "overlap"),
    }


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary(), pa.large_string()])
def test_html_may_be_bytes_or_text_of_any_size(kind: pa.DataType) -> None:
    html = pa.array([article("Fog"), "", article("Caf\u00e9")]).cast(kind)
    titles = clean_batch(batch(html=html)).column("title").to_pylist()
    assert titles == ["Fog", None, "Caf\u00e9"]


@pytest.mark.parametrize("zone", [None, "UTC", "Europe/Vienna"])
@pytest.mark.parametrize("unit", ["s", "us", "ns"])
def test_times_of_any_unit_and_zone_are_read(
    monkeypatch: pytest.MonkeyPatch, zone: str | None, unit: str
) -> None:
    seen: list[Page] = []

    def read(page: Page, _: CleanOptions) -> Rejected:
        seen.append(page)
        return Rejected(reason=Reason.EMPTY)

    monkeypatch.setattr(cleaners, "read", read)
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    moments = [WHEN if zone else WHEN.replace(tzinfo=None)] * 3
    clean_batch(batch(fetched_at=pa.array(moments, pa.timestamp(unit, zone))))
    assert [page.fetched_at for page in seen] == [WHEN] * 3
    assert all(page.fetched_at.tzinfo is UTC for page in seen)
    assert all(type(page.fetched_at) is datetime for page in seen)
    monkeypatch.undo()
    time.tzset()


def test_what_is_known_of_a_page_reaches_the_cleaner(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Page] = []

    def read(page: Page, _: CleanOptions) -> Rejected:
        seen.append(page)
        return Rejected(reason=Reason.EMPTY)

    monkeypatch.setattr(cleaners, "read", read)
    known = {"language": ["fr"] * 3, "timezone": ["Europe/Paris"] * 3, "content_type": ["a/b"] * 3}
    clean_batch(batch(html=[b"<p>"] * 3, **known))
    page = seen[0]
    assert (page.language, page.timezone, page.content_type) == ("fr", "Europe/Paris", "a/b")
    assert (page.url, page.html) == ("https://quay.example/1", b"<p>")


def test_what_was_learned_of_a_site_reaches_the_cleaner() -> None:
    memory = {cleaners.block_digest(f"{SENTENCE} Number 3."): "repeated"}
    (before, *_), (after, *_) = (
        clean_batch(batch(), learned).column("text").to_pylist() for learned in (None, memory)
    )
    assert "Number 3." in before
    assert "Number 3." not in after


def test_null_cells_are_rejected_and_said() -> None:
    rows = clean_batch(batch(url=[None, "https://quay.example/2", "x"], html=["a", None, None]))
    assert rows.column("reason").to_pylist() == ["unreadable"] * 3
    assert rows.column("detail").to_pylist() == ["null in url", "null in html", "null in html"]


def test_a_crash_is_a_row_and_a_log_entry(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def read(page: Page, _: CleanOptions) -> Rejected:
        if page.url.endswith("2"):
            raise MemoryError
        return Rejected(reason=Reason.EMPTY)

    monkeypatch.setattr(cleaners, "read", read)
    with caplog.at_level(logging.ERROR, "newsgrain.clean"):
        rows = clean_batch(batch())
    assert rows.column("reason").to_pylist() == ["empty", "crashed", "empty"]
    assert "url=https://quay.example/2" in caplog.text
    assert "Traceback" in caplog.text


def test_one_page_is_cleaned_within_the_boundary(caplog: pytest.LogCaptureFixture) -> None:
    page = Page(url="https://quay.example/1", html=b"raise", fetched_at=WHEN)
    result = clean_one(page, clean=poison.clean)
    assert result == Rejected(reason=Reason.CRASHED, detail="ValueError: a bad page")
    assert "url=https://quay.example/1" in caplog.text


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": None}, "no column url"),
        ({"fetched_at": None}, "no column fetched_at"),
        ({"fetched_at": ["yesterday"] * 3}, "fetched_at cannot be of type string"),
        ({"html": [1, 2, 3]}, "html cannot be of type int64"),
        ({"language": [1, 2, 3]}, "language cannot be of type int64"),
    ],
)
def test_a_batch_that_cannot_be_cleaned_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError, match=message):
        clean_batch(batch(**changes))


def test_an_empty_batch_gives_an_empty_batch() -> None:
    out = clean_batch(batch().slice(0, 0))
    assert (out.num_rows, out.schema) == (0, CLEANED_SCHEMA)


def test_engines_can_send_it_to_their_workers() -> None:
    assert pickle.loads(pickle.dumps(clean_batch)) is clean_batch  # noqa: S301 - just made


def test_a_worker_that_cleans_pages_of_the_archive_does_not_load_arrow() -> None:
    code = "import sys, newsgrain.batches; sys.exit('pyarrow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
