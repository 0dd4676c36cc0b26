"""Duplicates from night to night: what a run says of its own articles and of older ones."""

from __future__ import annotations

import hashlib
from datetime import timedelta

import pyarrow as pa
import pyarrow.dataset as ds
import pytest

from newsgrain import amend, linking, parquet
from newsgrain.catalog import Catalog
from newsgrain.duplicate_store import NAME, DuplicateStore
from newsgrain.duplicates import Text
from newsgrain.linking import Linker
from newsgrain.shingles import signature
from newsgrain.steps import to_2
from newsgrain.store import Store
from newsgrain.verify import verify
from tests.newsgrain.duplicates.stories import shortened, story
from tests.newsgrain.store.nights import START, revision, run_id, url_of

WIRE = story(1)
CUT = shortened(WIRE, 0.8)


class Desk:
    """A workspace that is given rows of revisions instead of pages."""

    def __init__(self, folder):
        self.folder = folder
        self.archive = folder / "archive"
        self.archive.mkdir(parents=True)
        self.store = Store(folder / "datasets", clock=lambda: START)
        self.nights = 0

    def row(self, number, text, *, version=1, hour=None, canonical=None):
        hour = number if hour is None else hour
        first = START + timedelta(hours=number)
        at = START + timedelta(hours=hour)
        row = revision(number, run_id(self.nights + 1), at=at, first=first, version=version)
        return row | {"text": text, "canonical_url": canonical}

    def night(self, *rows, killed=False):
        """Publish a night; `killed`: the process ends before the index is committed."""
        self.nights += 1
        run = run_id(self.nights)
        with self.store.stage(run) as staging, Linker.open(self.archive, self.store, run) as linker:
            staging.append("revisions", [row | {"run_id": run} for row in rows])
            linker.add(Text.of(row, signature(row["text"])) for row in rows)
            for older in linker.relinked():
                staging.append("revisions", older)
            staging.amend("revisions", linker.late)
            manifest = staging.commit(
                archive_sequence=0, pending=(), cleaner_version="1", unsettled=linker.left
            )
            if not killed:
                linker.commit()
        return manifest

    def table(self, name):
        rows = ds.dataset(self.folder / "datasets" / name, format="parquet").to_table().to_pylist()
        return sorted(rows, key=lambda row: (row["url"], row["revision"]))

    def links(self):
        """Return what each article repeats, by its number."""
        rows = {row["article_id"]: row for row in self.table("articles")}
        numbers = {name: int(row["url"].rpartition("/")[2]) for name, row in rows.items()}
        return {
            numbers[name]: (numbers[row["duplicate_group"]], numbers.get(row["duplicate_of"]))
            for name, row in rows.items()
        }

    def numbers(self):
        return {(int(row["url"].rpartition("/")[2]), row["revision"], row["change_reason"])
                for row in self.table("revisions")}  # fmt: skip


@pytest.fixture
def desk(tmp_path):
    return Desk(tmp_path)


def test_a_wire_in_two_newspapers_of_one_night_is_linked(desk):
    desk.night(desk.row(1, WIRE), desk.row(2, CUT), desk.row(3, story(2)))
    assert desk.links() == {1: (1, None), 2: (1, 1), 3: (3, None)}
    (copy,) = [row for row in desk.table("articles") if row["url"] == url_of(2)]
    assert copy["overlap"] == pytest.approx(0.8, abs=0.1)
    assert [row["revision"] for row in desk.table("revisions")] == [1, 1, 1]


def test_a_copy_of_a_later_night_leaves_the_first_one_alone(desk):
    desk.night(desk.row(1, WIRE))
    desk.night(desk.row(2, CUT))
    assert desk.links() == {1: (1, None), 2: (1, 1)}
    assert desk.numbers() == {(1, 1, "new"), (2, 1, "new")}


def test_an_original_that_comes_after_its_declared_copy_gives_the_copy_a_revision(desk):
    desk.night(desk.row(1, WIRE, canonical=url_of(2)))
    desk.night(desk.row(2, WIRE))
    assert desk.links() == {1: (2, 2), 2: (2, None)}
    assert desk.numbers() == {(1, 1, "new"), (1, 2, "relinked"), (2, 1, "new")}
    first, second = [row for row in desk.table("revisions") if row["url"] == url_of(1)]
    assert (second["text"], second["fetched_at"]) == (first["text"], first["fetched_at"])
    assert second["run_id"] == run_id(2)


def test_an_edit_takes_back_what_is_no_longer_true(desk):
    desk.night(desk.row(1, WIRE), desk.row(2, CUT))
    desk.night(desk.row(1, story(2), version=2, hour=30))
    assert desk.links() == {1: (1, None), 2: (2, None)}
    assert (2, 2, "relinked") in desk.numbers()


def test_an_edited_copy_stays_a_copy(desk):
    desk.night(desk.row(1, WIRE), desk.row(2, CUT))
    desk.night(desk.row(2, shortened(WIRE, 0.9), version=2, hour=30))
    assert desk.links()[2] == (1, 1)
    assert (2, 3, "relinked") not in desk.numbers()


def test_a_revision_that_is_older_than_the_current_one_changes_no_link(desk):
    desk.night(desk.row(1, WIRE), desk.row(2, CUT, hour=30))
    desk.night(desk.row(2, story(2), version=2, hour=5))
    assert desk.links()[2] == (1, 1)


@pytest.fixture
def little_by_little(monkeypatch):
    monkeypatch.setattr(linking, "MOST_CAUGHT_UP", 2)


def _published_before(desk):
    """Publish seven articles by a version that compared none, and lose the index."""
    cuts = [shortened(WIRE, share) for share in (0.95, 0.9, 0.85)]
    desk.night(*(desk.row(n, text) for n, text in enumerate([WIRE, *map(story, (2, 3, 4))])))
    desk.night(*(desk.row(n, text) for n, text in enumerate(cuts, start=4)))
    with_links = desk.links()
    (desk.archive / NAME).unlink()
    return with_links


@pytest.mark.usefixtures("little_by_little")
def test_a_long_history_is_compared_over_many_nights(desk):
    before = _published_before(desk)
    lefts = [desk.night().unsettled for _ in range(5)]
    assert lefts == [5, 3, 1, 0, 0]
    assert desk.links() == before
    assert {reason for _, _, reason in desk.numbers()} == {"new"}, "nothing was unlearned meanwhile"


@pytest.mark.usefixtures("little_by_little")
def test_what_comes_while_a_history_is_compared_is_linked_in_the_end(desk):
    before = _published_before(desk)
    desk.night(desk.row(50, shortened(WIRE, 0.88)), desk.row(51, story(4)))
    assert desk.links()[50] == (0, 0), "the oldest are compared first"
    assert desk.links()[51] == (51, None)
    while desk.night().unsettled:
        pass
    assert desk.links() == before | {50: (0, 0), 51: (3, 3)}
    assert (51, 2, "relinked") in desk.numbers()


def nights_of(rows, size):
    return [rows[first : first + size] for first in range(0, len(rows), size)]


@pytest.mark.parametrize("size", [1, 2, 5])
@pytest.mark.parametrize("harm", ["none", "killed", "lost"])
def test_links_depend_on_neither_batches_nor_kills_nor_a_lost_index(tmp_path, size, harm):
    whole, parts = Desk(tmp_path / "whole"), Desk(tmp_path / "parts")
    texts = [WIRE, CUT, story(2), shortened(WIRE, 0.7), shortened(story(2), 0.85), story(3)]
    order = [4, 1, 5, 0, 2, 3]

    def rows(desk):
        return [desk.row(n, texts[n], canonical=url_of(1) if n == 0 else None) for n in order]

    whole.night(*rows(whole))
    for night in nights_of(rows(parts), size):
        parts.night(*night, killed=harm == "killed")
        if harm == "lost":
            (parts.archive / NAME).unlink()
    parts.night()
    assert parts.links() == whole.links()
    assert parts.links()[3] == (1, 1)
    assert parts.links()[0] == (1, 1)
    revisions = len(parts.table("revisions"))
    parts.night()
    assert len(parts.table("revisions")) == revisions


def test_an_index_that_is_ahead_of_the_datasets_is_built_anew(desk):
    with DuplicateStore.open(desk.archive) as index:
        index.commit(run_id(99))
    desk.night(desk.row(1, WIRE))
    (desk.archive / NAME).rename(desk.archive / "kept")
    with DuplicateStore.open(desk.archive) as index:
        index.commit(run_id(99))
    desk.night(desk.row(2, CUT))
    assert desk.links() == {1: (1, None), 2: (1, 1)}


def test_datasets_that_knew_no_duplicates_learn_them_in_the_next_run(desk):
    desk.night(desk.row(1, WIRE), desk.row(3, story(2)))
    rows = desk.row(2, CUT)
    desk.nights += 1
    with desk.store.stage(run_id(2)) as staging:  # as an older version would have
        staging.append("revisions", [rows | {"run_id": run_id(2)}])
        staging.commit(archive_sequence=0, pending=(), cleaner_version="1")
    assert desk.links()[2] == (2, None)
    desk.night()
    assert desk.links()[2] == (1, 1)
    assert (2, 2, "relinked") in desk.numbers()


def test_files_whose_rows_were_amended_are_what_the_manifest_says(desk, monkeypatch):
    monkeypatch.setattr(parquet, "ROW_GROUP_ROWS", 2)
    rows = [desk.row(n, WIRE if n % 2 else story(n)) for n in range(7)]
    manifest = desk.night(*rows)
    (entry,) = manifest.tables["revisions"]
    path = desk.folder / "datasets" / "current" / entry.path
    assert hashlib.sha256(path.read_bytes()).hexdigest() == entry.sha256
    assert path.stat().st_size == entry.bytes
    assert {n: of for n, (_, of) in desk.links().items() if of is not None} == {3: 1, 5: 1}
    wrong = [found for found in verify(desk.folder / "datasets", Catalog()) if not found.is_good]
    assert wrong == []
    assert list(path.parent.glob("*.amended")) == []


def test_a_file_without_late_rows_is_not_written_again(desk, monkeypatch):
    monkeypatch.setattr(amend, "ParquetSink", None)
    desk.night(desk.row(1, WIRE), desk.row(2, story(2)))
    assert len(desk.links()) == 2


def test_a_schema_without_duplicates_becomes_one_in_which_each_stands_alone():
    rows = pa.table({"article_id": ["a", "b"]})
    for table in ("articles", "revisions"):
        assert to_2(table, rows)["duplicate_group"].to_pylist() == ["a", "b"]
    assert to_2("pages", pa.table({"page_id": [1]})).column_names == ["page_id"]
