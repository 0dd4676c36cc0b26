"""An article is found by every address that ever led to it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from cleaners.urls import url_key
from newsgrain.schema import TABLES
from newsgrain.store import Known, Store
from tests.newsgrain.store.nights import START, night, publish, revision, run_id, url_of

if TYPE_CHECKING:
    from pathlib import Path

DAY = timedelta(days=1)
ALIAS = "https://amp.example/7?utm_source=feed"


def key(number: int) -> str:
    return url_key(url_of(number))


def test_published_articles_are_found_by_their_ids(store: Store) -> None:
    night(store, 1, range(5))
    night(store, 2, range(10, 15))
    found = store.known([key(1), key(12), key(99)])
    assert {name: known.url for name, known in found.items()} == {
        key(1): url_of(1),
        key(12): url_of(12),
    }
    known = found[key(12)]
    assert (known.article_id, known.title, known.source) == (key(12), "Headline 12", "site0")
    assert known.first_fetched_at == known.fetched_at == START + DAY
    assert (known.revision, known.last_revision, known.row) == (1, 1, {})


def test_an_alias_and_a_new_address_lead_to_the_article(store: Store) -> None:
    moved = "https://site1.example/moved/7"
    night(store, 1, range(8))
    row = revision(
        7, run_id(2), at=START + DAY, first=START, version=2, aliases=[url_of(7), ALIAS], url=moved
    )
    publish(store, run_id(2), {"revisions": [row]})
    keys = [url_key(ALIAS), url_key(moved), key(7)]
    found = store.known(keys)
    assert {found[name].article_id for name in keys} == {key(7)}
    assert found[key(7)].aliases == (url_of(7), ALIAS)
    assert found[key(7)].url == moved


def test_an_alias_that_is_no_address_does_no_harm(store: Store) -> None:
    publish(store, run_id(1), {"revisions": [revision(1, run_id(1), aliases=["mailto:x", ""])]})
    assert key(1) in store.known([key(1)])


def test_where_two_articles_claim_an_address_the_one_it_identifies_is_found(store: Store) -> None:
    rows = [revision(1, run_id(1)), revision(2, run_id(1), aliases=[url_of(1)])]
    publish(store, run_id(1), {"revisions": rows})
    assert store.known([key(1)])[key(1)].article_id == key(1)


def test_in_full_the_current_revision_comes_with_all_its_columns(store: Store) -> None:
    night(store, 1, range(4))
    row = revision(3, run_id(2), at=START + DAY, first=START, version=2, speakers=3)
    publish(store, run_id(2), {"revisions": [row]})
    found = store.known([key(3), key(2)], full=True)
    assert found[key(3)].row == row
    assert set(found[key(2)].row) == {column.name for column in TABLES["revisions"].columns}
    assert found[key(2)].revision == 1


def test_a_row_on_its_way_is_known_as_a_published_one_is(store: Store) -> None:
    row = revision(3, run_id(1), aliases=[ALIAS])
    publish(store, run_id(1), {"revisions": [row]})
    assert store.known([key(3)], full=True)[key(3)] == Known.from_row(row)


def test_what_a_commit_adds_is_known_after_it(store: Store) -> None:
    night(store, 1, range(2))
    assert store.known([key(5)]) == {}
    night(store, 2, [5])
    assert key(5) in store.known([key(5)])


@pytest.mark.parametrize("damage", ["deleted", "torn"])
def test_the_cache_of_keys_is_rebuilt_when_it_is_lost(
    store: Store, root: Path, damage: str
) -> None:
    night(store, 1, range(3))
    assert key(1) in store.known([key(1)])
    cached = list((root / ".lookup").iterdir())
    assert len(cached) == 1
    for path in cached:
        path.unlink() if damage == "deleted" else path.write_bytes(b"ARROW1\0\0")
    assert key(1) in Store(root).known([key(1)])


def test_the_cache_holds_nothing_of_files_that_are_gone(store: Store, root: Path) -> None:
    night(store, 1, range(3))
    store.known([key(1)])
    row = revision(1, run_id(2), at=START + DAY, first=START, version=2)
    publish(store, run_id(2), {"revisions": [row]})
    store.known([key(1)])
    assert [path.name for path in (root / ".lookup").iterdir()] == [
        f"month=2026-11.day01-1-{run_id(2)}.2.arrow"
    ]
