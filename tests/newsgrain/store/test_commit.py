"""What a commit publishes, rewrites, links and leaves alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cleaners.urls import url_key
from newsgrain import slots
from newsgrain.schema import TABLES
from newsgrain.store import Store
from tests.newsgrain.store.killing import leftovers
from tests.newsgrain.store.nights import (
    START,
    files,
    night,
    publish,
    read,
    revision,
    run_id,
    url_of,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

DAY = timedelta(days=1)


def edit(number: int, run: int, *, version: int = 2, **more: Any) -> dict[str, Any]:
    at = START + (run - 1) * DAY
    return revision(number, run_id(run), at=at, first=START, version=version, **more)


def test_before_the_first_commit_there_is_no_head(store: Store) -> None:
    store.recover()
    assert store.head() is None
    assert store.known([url_key(url_of(1))]) == {}


def test_every_table_can_be_read_after_the_first_commit_also_without_rows(
    store: Store, root: Path
) -> None:
    manifest = publish(store, run_id(1), {})
    for name, table in TABLES.items():
        frame = read(root, name)
        assert len(frame) == 0
        assert [*frame.columns] == [*(column.name for column in table.columns), "month"]
        assert (root / name).readlink().as_posix() == f"current/{name}"
    assert manifest.rows("articles") == 0
    assert leftovers(root) == []


def test_a_file_without_rows_goes_when_rows_come(store: Store, root: Path) -> None:
    publish(store, run_id(1), {})
    night(store, 2, range(3))
    assert not [name for name in files(root, "articles") if "empty" in name]
    assert [name for name in files(root, "quotes") if "empty" in name]
    assert len(read(root)) == 3


def test_a_commit_publishes_logs_articles_and_flat_rows(store: Store, root: Path) -> None:
    manifest = night(store, 1, range(7), speakers=2)
    rows = {name: manifest.rows(name) for name in TABLES}
    assert rows == {
        "revisions": 7,
        "articles": 7,
        "authors": 7,
        "speakers": 14,
        "quotes": 0,
        "lists": 0,
        "recommendations": 0,
        "blocks": 0,
        "site_blocks": 0,
        "pages": 7,
        "verdicts": 7,
        "events": 0,
        "prunings": 0,
        "runs": 1,
    }
    assert {name: len(read(root, name)) for name in TABLES} == rows
    assert (manifest.run_id, manifest.parent_run_id, manifest.archive_sequence) == (
        run_id(1),
        None,
        6,
    )
    assert store.head() == manifest == Store(root).head()


def test_flat_rows_carry_the_keys_of_their_article_and_the_reading_order(
    store: Store, root: Path
) -> None:
    night(store, 1, range(3), speakers=3)
    speakers, articles = read(root, "speakers"), read(root).set_index("article_id")
    assert speakers.groupby("article_id")["ord"].apply(list).tolist() == [[0, 1, 2]] * 3
    for name in ("url", "domain", "date_published", "revision"):
        assert speakers[name].tolist() == articles.loc[speakers["article_id"], name].tolist()
    assert set(speakers["name"]) == {f"Speaker {n}" for n in range(3)}


def test_an_edit_replaces_the_article_and_its_flat_rows_and_keeps_both_revisions(
    store: Store, root: Path
) -> None:
    night(store, 1, range(5))
    publish(store, run_id(2), {"revisions": [edit(3, 2, speakers=4)]})
    assert sorted(read(root)["revision"]) == [1, 1, 1, 1, 2]
    assert len(read(root, "revisions")) == 6
    speakers = read(root, "speakers")
    mine = speakers[speakers["article_id"] == url_key(url_of(3))]
    assert mine["revision"].tolist() == [2, 2, 2, 2]
    assert len(speakers) == 8


def test_an_edit_rewrites_the_file_of_its_article_and_touches_no_other(
    store: Store, root: Path
) -> None:
    night(store, 1, range(5))
    night(store, 2, range(10, 15))
    before = {table: files(root, table) for table in TABLES}
    publish(store, run_id(3), {"revisions": [edit(3, 3)]})
    for table in ("articles", "speakers", "authors"):
        after = files(root, table)
        assert set(before[table].items()) - set(after.items()) == {
            (name, inode) for name, inode in before[table].items() if "day01" in name
        }
        assert [name for name in after if name not in before[table]] == [
            f"day01-1-{run_id(3)}.parquet"
        ]
    for table in ("revisions", "pages", "verdicts", "runs", "quotes"):
        assert before[table].items() <= files(root, table).items()


def test_the_current_revision_is_the_one_fetched_last_not_the_one_given_last(
    store: Store, root: Path
) -> None:
    night(store, 1, range(2))
    older = revision(1, run_id(2), at=START - DAY, first=START, version=2)
    publish(store, run_id(2), {"revisions": [older]})
    assert sorted(read(root)["revision"]) == [1, 1]
    assert len(read(root, "revisions")) == 3
    known = store.known([url_key(url_of(1))])[url_key(url_of(1))]
    assert (known.revision, known.last_revision) == (1, 2)


def test_of_two_revisions_in_one_run_the_later_one_is_current(store: Store, root: Path) -> None:
    run = run_id(1)
    rows = [
        revision(1, run, at=START, version=2),
        revision(1, run, at=START, version=1),
        revision(2, run, at=START + DAY / 48, first=START, version=1),
        revision(2, run, at=START, version=2),
    ]
    publish(store, run, {"revisions": rows})
    current = read(root).set_index("url")["revision"].to_dict()
    assert current == {url_of(1): 2, url_of(2): 1}


def test_a_second_run_on_one_day_adds_to_the_days_file(store: Store, root: Path) -> None:
    night(store, 1, range(3))
    run = run_id(2, START + DAY / 24)
    publish(store, run, {"revisions": [revision(n, run, at=START) for n in range(10, 12)]})
    assert [*files(root, "articles")] == [f"day01-1-{run}.parquet"]
    assert len(read(root)) == 5


def test_an_import_of_old_pages_makes_one_file_a_month(store: Store, root: Path) -> None:
    run = run_id(1)
    rows = [revision(n, run, at=START - (400 + n) * DAY) for n in range(90)]
    publish(store, run, {"revisions": rows})
    paths = [path.relative_to(root / "articles") for path in (root / "articles").rglob("*.parquet")]
    assert len(paths) == len({path.parent for path in paths}) == 4
    assert all(path.name.startswith("all-1-") for path in paths)
    frame = read(root)
    assert (frame["first_fetched_at"].dt.strftime("%Y-%m") == frame["month"].astype(str)).all()
    assert len(files(root, "revisions")) == 1


def test_the_days_of_a_settled_month_become_one_file_with_the_same_rows(
    store: Store, root: Path
) -> None:
    for number in range(1, 5):
        night(store, number, range(number * 10, number * 10 + 3), speakers=number)
    expected = read(root).sort_values("article_id")["text"].tolist()
    at = START + 70 * DAY
    run = run_id(5, at)
    change = revision(21, run, at=at, first=START + DAY, version=2)
    publish(store, run, {"revisions": [change, revision(99, run, at=at)]})
    names = sorted(files(root, "articles"))
    assert names == [f"all-1-{run}.parquet", f"day10-1-{run}.parquet"]
    frame = read(root)
    assert len(frame) == 13
    assert frame.set_index("article_id").loc[url_key(url_of(21)), "revision"] == 2
    unchanged = frame[~frame["url"].isin([url_of(21), url_of(99)])]
    assert set(unchanged["text"]) < set(expected)
    assert len(read(root, "speakers")) == 3 * (1 + 3 + 4) + 2 * 2 + 1 + 1


def test_a_full_file_gets_no_more_articles(
    store: Store, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slots, "SLOT_BYTES", 10)
    night(store, 1, range(3))
    run = run_id(2, START)
    publish(store, run, {"revisions": [revision(n, run) for n in range(10, 12)]})
    assert sorted(files(root, "articles")) == [
        f"day01-1-{run_id(1)}.parquet",
        f"day01-2-{run}.parquet",
    ]
    change = edit(1, 3)
    publish(store, run_id(3), {"revisions": [change]})
    assert sorted(files(root, "articles")) == [
        f"day01-1-{run_id(3)}.parquet",
        f"day01-2-{run}.parquet",
    ]
    assert len(read(root)) == 5
