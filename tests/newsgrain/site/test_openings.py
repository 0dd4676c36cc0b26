"""How an article begins is its own, however often others show it as a teaser."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cleaners.sketch import claim
from cleaners.text import block_digest
from newsgrain.site_memory import SiteMemory
from newsgrain.sketches import filed
from tests.newsgrain.site.sketches import page, sketch

OPENING = "two days of talks ended in the harbour office"
MARK = claim("opening", OPENING[:40])


@pytest.fixture
def memory(tmp_path):
    with SiteMemory.open(tmp_path, cleaner_version="1", is_new=True) as made:
        yield made


def beginning(name):
    """Return the sketch of an article that begins with `OPENING`."""
    one = sketch(name)
    digest = block_digest(OPENING)
    first = replace(one.blocks[0], digest=digest, marks=(MARK,))
    shown = (replace(one.shown[0], digest=digest), *one.shown[1:])
    return replace(one, blocks=(first, *one.blocks[1:]), shown=shown, claims=(*one.claims, MARK))


def _add(memory, *sketches):
    with memory.writing():
        for number, one in enumerate(sketches, start=1):
            memory.add(page(number), filed(one))


def test_an_opening_that_many_others_tease_stays_in_its_own_article(memory):
    others = [sketch(f"other {number}", OPENING, marks=(MARK,)) for number in range(12)]
    _add(memory, beginning("talks"), *others)
    assert memory.verdicts(1) == {}
    assert memory.verdicts(2) == {block_digest(OPENING): "teaser_opening"}


def test_a_note_that_many_articles_begin_with_is_removed(memory):
    _add(memory, *[beginning(f"article {number}") for number in range(12)])
    assert memory.verdicts(3) == {block_digest(OPENING): "repeated_on_site"}
