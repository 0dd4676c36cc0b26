"""The steps of cleaning on Arrow batches, as any engine calls them."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from cleaners import CLEANER_VERSION
from cleaners.options import CleanOptions
from newsgrain import flow
from newsgrain.flow_schema import FINISHED_SCHEMA, JUDGED_SCHEMA, RAW_SCHEMA, READ_SCHEMA
from newsgrain.raw_pages import read_warc_files
from tests.newsgrain.engines.poison import Poison
from tests.newsgrain.inputs.files import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

WHEN = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
RUN = {"run_id": "00000001-20261120T060000Z", "cleaner_version": CLEANER_VERSION}


def raw(*texts: str | None) -> Iterator[pa.RecordBatch]:
    rows = [
        {
            "file": "a",
            "position": number,
            "kind": "input",
            "url": f"https://quay.example/{number}",
            "is_final": True,
            "fetched_at": WHEN,
            "error": None if text else "cut",
            "html": f"<article><h1>Fog {number}</h1><p>{text}</p></article>".encode()
            if text
            else None,
        }
        for number, text in enumerate(texts)
    ]
    yield pa.RecordBatch.from_pylist(rows, RAW_SCHEMA)


def numbered(batches: Iterator[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """Do what an engine does between reading and finishing, without any memory of sites."""
    rows = [row for batch in batches for row in batch.to_pylist()]
    rows = [row | {"page_id": number, "site_verdicts": []} for number, row in enumerate(rows, 1)]
    more = [
        pa.field("page_id", pa.int64()),
        pa.field("site_verdicts", pa.map_(pa.string(), pa.string())),
    ]
    return [pa.RecordBatch.from_pylist(rows, pa.schema([*READ_SCHEMA, *more]))]


def judged(*texts: str | None, **options: Any) -> list[dict[str, Any]]:
    drafts = numbered(flow.read_pages(raw(*texts), **options))
    finished = list(flow.finish_pages(drafts, **options))
    assert all(batch.schema == FINISHED_SCHEMA for batch in finished)
    out = list(flow.judge(finished, **RUN))
    assert all(batch.schema == JUDGED_SCHEMA for batch in out)
    return [row for batch in out for row in batch.to_pylist()]


STORY = "The ferry came in late on Monday because of the fog, and nobody was surprised by it. " * 9


def test_every_page_has_one_verdict_and_those_with_an_article_a_revision() -> None:
    rows = judged(STORY, None, "short", STORY + "Later it sailed.")
    verdicts = [row["verdict"] for row in rows]
    assert [one["outcome"] for one in verdicts] == ["new", "rejected", "rejected", "new"]
    assert [one["reason"] for one in verdicts] == [None, "unreadable", "empty", None]
    assert verdicts[1]["detail"] == "cut"
    titles = [row["revision"] and row["revision"]["title"] for row in rows]
    assert titles == ["Fog 0", None, None, "Fog 3"]
    assert [row["text"] is not None for row in rows] == [True, False, False, True]


def test_a_row_without_a_web_address_is_no_page() -> None:
    (batch,) = raw(STORY, STORY)
    place = batch.schema.get_field_index("url")
    addresses = pa.array(["no address", "https://quay.example/1"])
    batch = batch.set_column(place, batch.schema.field(place), addresses)
    read = [row["url"] for out in flow.read_pages([batch]) for row in out.to_pylist()]
    assert read == ["https://quay.example/1"]


def test_a_page_that_kills_its_process_is_a_row_and_its_neighbours_are_whole() -> None:
    options = CleanOptions(recogniser=Poison())
    rows = judged(STORY, f"{STORY} arsenic", f"{STORY} hemlock", STORY, options=options)
    reasons = [row["verdict"]["reason"] for row in rows]
    details = [row["verdict"]["detail"] for row in rows]
    assert reasons == [None, "crashed", "crashed", None]
    assert "the worker died" in details[1]
    assert details[2] == "ValueError: hemlock"


def test_a_page_that_takes_too_long_is_a_row() -> None:
    (row,) = judged(STORY, deadline_s=1e-6)
    assert row["verdict"]["reason"] == "timed_out"


def test_what_a_site_repeats_is_told_to_its_pages_and_counted() -> None:
    teaser = "The harbour letter has the tides of the week and comes on Sundays to those who ask."
    texts = [f"{STORY}{number}</p><p>{teaser}" for number in range(40)]
    texts = [text.replace("Monday", f"day {number}") for number, text in enumerate(texts)]
    drafts = numbered(flow.read_pages(raw(*texts)))
    columns = ["page_id", "domain", "fetched_at", "sketch"]
    out = [
        row
        for batch in flow.remember(
            (batch.select(columns) for batch in drafts), cleaner_version=CLEANER_VERSION
        )
        for row in batch.to_pylist()
    ]
    removed = {row["page_id"]: dict(row["site_verdicts"]) for row in out if row["page_id"]}
    blocks = [row["site_block"] for row in out if row["site_block"]]
    assert len(removed) == 40
    assert any(block["articles"] == 40 for block in blocks)


def test_the_pages_of_warc_files_and_what_is_wrong_with_files_are_rows(tmp_path: Path) -> None:
    writer = Writer(tmp_path / "a.warc.gz")
    writer.add(1)
    writer.add(2, headers=[("Content-Type", "text/html"), ("Content-Encoding", "br")], body=b"x")
    files = {"file": ["0", "1"], "path": [str(writer.path), str(tmp_path / "none.warc.gz")]}
    batch = pa.RecordBatch.from_pydict(files)
    rows = [row for out in read_warc_files([batch], fetched_at=WHEN) for row in out.to_pylist()]
    assert [row["url"] and row["url"][-1] for row in rows] == ["1", "2", None]
    assert rows[0]["html"] is not None
    assert (rows[1]["html"], str(writer.path) in rows[1]["error"]) == (None, True)
    assert "cannot be read" in rows[2]["error"]


def test_the_steps_can_be_sent_to_other_machines() -> None:
    for step in (partial(flow.read_pages, deadline_s=1.0), partial(flow.judge, **RUN)):
        assert pickle.loads(pickle.dumps(step)).func is step.func  # noqa: S301 - just made
