"""What a site shows is counted around each page, and by articles, not by pages."""

from __future__ import annotations

import pytest

from cleaners.sketch import claim
from cleaners.text import block_digest
from newsgrain.sightings import MEMORY_NAME
from newsgrain.site_memory import SiteMemory
from newsgrain.sketches import filed
from tests.newsgrain.site.sketches import page, sketch

_BLURB = "our letter comes every saturday"


@pytest.fixture
def memory(tmp_path):
    with SiteMemory.open(tmp_path, cleaner_version="1", is_new=True) as made:
        yield made


def _add(memory, *sketches, day=0.0, first=1):
    with memory.writing():
        for number, one in enumerate(sketches, start=first):
            memory.add(page(number, day), filed(one))


def _is_removed(memory, page_id, text=_BLURB):
    return block_digest(text) in memory.verdicts(page_id)


def _articles(count, *shared):
    return [sketch(f"article {number}", *shared) for number in range(count)]


def test_a_block_of_many_articles_is_removed_and_their_own_stay(memory):
    _add(memory, *_articles(6, _BLURB))
    assert memory.verdicts(3) == {block_digest(_BLURB): "repeated_on_site"}


def test_a_page_whose_worker_told_nothing_is_noted_with_the_verdicts_of_now(memory):
    _add(memory, *_articles(6, _BLURB))
    noted = []
    for verdicts in (memory.verdicts(3), None):
        memory.note(3, verdicts)
        noted.append(memory._connection.execute("SELECT * FROM judged").fetchall())
    assert noted[0] == noted[1]
    assert noted[0][0][1] != 0


def test_a_site_of_one_page_loses_nothing(memory):
    _add(memory, sketch("alone", _BLURB, _BLURB))
    assert memory.verdicts(1) == {}


def test_what_two_articles_share_stays(memory):
    _add(memory, *_articles(2, _BLURB), *[sketch(f"other {n}") for n in range(9)])
    assert memory.verdicts(1) == {}


def test_the_same_article_under_many_addresses_is_one(memory):
    copies = [sketch("moved", _BLURB, address=f"address {number}") for number in range(30)]
    _add(memory, *copies)
    assert memory.verdicts(1) == {}


def test_the_same_address_fetched_many_times_is_one_article(memory):
    edits = [sketch(f"edit {number}", _BLURB, address="one") for number in range(30)]
    _add(memory, *edits)
    assert memory.verdicts(1) == {}


@pytest.mark.parametrize(("day", "is_removed"), [(90, True), (91, False)])
@pytest.mark.parametrize("sign", [1, -1])
def test_the_window_reaches_ninety_days_to_either_side_of_the_page(memory, day, sign, is_removed):
    _add(memory, sketch("judged", _BLURB))
    others = [sketch(f"other {number}", _BLURB) for number in range(9)]
    _add(memory, *others, day=sign * day, first=2)
    assert _is_removed(memory, 1) is is_removed


def test_other_sites_say_nothing(memory):
    from dataclasses import replace

    others = [replace(one, domain="else.example") for one in _articles(9, _BLURB)]
    _add(memory, *others, sketch("judged", _BLURB))
    assert memory.verdicts(10) == {}


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("link", "told", "teaser_link"),
        ("title", "told", "teaser_title"),
    ],
)
def test_what_another_article_claims_is_a_teaser_of_it(memory, kind, value, reason):
    teaser = sketch("judged", "read this", marks=(claim(kind, value),))
    _add(memory, teaser)
    assert memory.verdicts(1) == {}
    _add(memory, sketch("told"), first=2)
    assert memory.verdicts(1) == {block_digest("read this"): reason}


def test_what_an_article_claims_itself_is_no_teaser(memory):
    _add(memory, sketch("judged", "a line", marks=(claim("title", "judged"),)))
    assert memory.verdicts(1) == {}


def test_adding_a_page_again_changes_nothing(memory):
    for _ in range(5):
        _add(memory, sketch("first", _BLURB), sketch("second", _BLURB))
    assert memory.verdicts(1) == {}


def test_another_cleaner_begins_anew(tmp_path):
    with SiteMemory.open(tmp_path, cleaner_version="1", is_new=True) as memory:
        _add(memory, *_articles(9, _BLURB))
        memory.settle("00000001-20260101T000000Z", [])
    with SiteMemory.open(tmp_path, cleaner_version="1", is_new=False) as memory:
        assert memory.missing([1, 99]) == [99]
        assert memory.is_whole
    with SiteMemory.open(tmp_path, cleaner_version="2", is_new=False) as memory:
        assert memory.missing([1, 99]) == [1, 99]
        assert memory.head is None
        assert not memory.is_whole


def test_a_damaged_memory_is_built_again(tmp_path):
    (tmp_path / MEMORY_NAME).write_bytes(b"no database" * 500)
    with SiteMemory.open(tmp_path, cleaner_version="1", is_new=False) as memory:
        assert memory.missing([1]) == [1]


def test_what_was_not_published_is_forgotten_by_a_run_that_dies(tmp_path):
    with SiteMemory.open(tmp_path, cleaner_version="1", is_new=True) as memory:
        _add(memory, *_articles(3, _BLURB))
        memory.note(1, memory.verdicts(1))
    with SiteMemory.open(tmp_path, cleaner_version="1", is_new=True) as memory:
        assert memory.missing([1], published=True) == [1]
        assert memory.missing([1]) == []
