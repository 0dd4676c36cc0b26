"""Which of a page's blocks a site removes, decided from a sketch and what was counted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleaners.site import REPEATED, Sightings, level_of, site_verdicts
from cleaners.sketch import BlockSketch, Role, Sketch, claim

if TYPE_CHECKING:
    from collections.abc import Mapping

_FEW, _MANY = 0, 2
_SEEN = 1000


def block(name: str, role: Role = Role.TEXT, **more: object) -> BlockSketch:
    """Return a block that is told by its name."""
    return BlockSketch(**{"digest": name, "weight": 60, "role": role, **more})


def verdicts(
    *blocks: BlockSketch,
    seen: Mapping[str, int] | str = "",
    level: int = _FEW,
    claimed: frozenset[str] = frozenset(),
    claims: tuple[str, ...] = (),
) -> dict[str, str]:
    """Judge blocks between two of the article's own; `seen` names those that recur often."""
    page = Sketch(
        domain="harbour.example",
        address=claim("link", "mine"),
        title=None,
        hearts=("own", "end"),
        claims=claims,
        blocks=(block("own", Role.OPENING), *blocks, block("end")),
    )
    counts = seen if not isinstance(seen, str) else dict.fromkeys(seen.split(), _SEEN)
    return site_verdicts(page, Sightings(level=level, articles=counts, claimed=claimed))


def test_a_paragraph_that_many_articles_show_goes() -> None:
    assert verdicts(block("blurb"), seen="blurb") == {"blurb": REPEATED}


@pytest.mark.parametrize(
    ("level", "bar"), [(0, 3), (1, 5), (2, 10), (3, 25)], ids=["few", "10", "100", "1000"]
)
def test_the_more_a_site_prints_the_more_often_a_paragraph_may_recur(level: int, bar: int) -> None:
    assert verdicts(block("line"), seen={"line": bar - 1}, level=level) == {}
    assert verdicts(block("line"), seen={"line": bar}, level=level) == {"line": REPEATED}


def test_a_site_has_the_level_that_its_articles_reach() -> None:
    assert [level_of(count) for count in (1, 9, 10, 99, 100, 999, 1000)] == [0, 0, 1, 1, 2, 2, 3]


@pytest.mark.parametrize("stays", ["quotation", "correction"])
def test_quotations_and_notices_of_correction_stay(stays: str) -> None:
    assert verdicts(block("disclaimer", stays=stays), seen="disclaimer") == {}


def test_a_text_that_is_quoted_once_stays_everywhere_on_its_page() -> None:
    assert verdicts(block("said", stays="quotation"), block("said"), seen="said") == {}


def test_a_refrain_stays_where_a_paragraph_as_frequent_goes() -> None:
    refrain = (block("refrain", Role.REFRAIN), block("verse"), block("refrain", Role.REFRAIN))
    assert verdicts(*refrain, seen={"refrain": 9}) == {}
    assert verdicts(block("refrain"), seen={"refrain": 9}) == {"refrain": REPEATED}


def test_a_refrain_that_stands_in_very_many_articles_goes() -> None:
    refrain = (block("refrain", Role.REFRAIN), block("verse"), block("refrain", Role.REFRAIN))
    assert verdicts(*refrain, seen={"refrain": 10}) == {"refrain": REPEATED}


def test_a_list_with_an_item_of_its_own_stays_whole() -> None:
    recipe = [block(name, Role.APART, group=7) for name in ("salt", "pepper", "lantern")]
    assert verdicts(*recipe, seen="salt pepper") == {}


def test_a_list_of_which_every_item_recurs_goes_whole() -> None:
    rules = [block(name, Role.APART, group=7) for name in ("be kind", "be brief")]
    gone = {"be kind": REPEATED, "be brief": REPEATED}
    assert verdicts(*rules, seen={"be kind": _SEEN}) == {}
    assert verdicts(*rules, seen={"be kind": _SEEN, "be brief": _SEEN}) == gone


def test_one_list_is_no_reason_to_keep_or_remove_another() -> None:
    items = (block("rule", Role.APART, group=1), block("salt", Role.APART, group=2))
    own = block("lantern", Role.APART, group=2)
    assert verdicts(*items, own, seen="rule salt") == {"rule": REPEATED}


def test_a_heading_goes_with_all_that_it_heads() -> None:
    heading = block("more of us", Role.HEADING)
    everything = (heading, block("blurb"), block("next", Role.HEADING), block("text"))
    gone = {"more of us": REPEATED, "blurb": REPEATED}
    assert verdicts(*everything, seen={"more of us": 3, "blurb": 3}) == gone


def test_a_heading_over_text_of_the_article_stays() -> None:
    heading = block("background", Role.HEADING)
    blocks = (heading, block("blurb"), block("text"))
    assert verdicts(*blocks, seen={"background": _SEEN, "blurb": 3}) == {"blurb": REPEATED}


def test_an_orphan_heading_of_this_article_alone_stays() -> None:
    blocks = (block("my heading", Role.HEADING), block("blurb"), block("next", Role.HEADING))
    assert verdicts(*blocks, block("text"), seen="blurb") == {"blurb": REPEATED}


def test_behind_the_last_own_block_less_is_asked_for() -> None:
    page = Sketch(
        domain="harbour.example",
        address=claim("link", "mine"),
        title=None,
        hearts=("own",),
        claims=(),
        blocks=(block("own", Role.OPENING), block("amid"), block("text"), block("last")),
    )
    seen = Sightings(level=_MANY, articles={"amid": 5, "last": 5}, claimed=frozenset())
    assert site_verdicts(page, seen) == {"last": REPEATED}


@pytest.mark.parametrize(
    ("kind", "reason"),
    [("link", "teaser_link"), ("title", "teaser_title"), ("opening", "teaser_opening")],
)
def test_what_another_article_claims_is_a_teaser_of_it(kind: str, reason: str) -> None:
    mark = claim(kind, "theirs")
    teaser = block("see there", Role.APART, marks=(mark,))
    assert verdicts(teaser, claimed=frozenset({mark})) == {"see there": reason}
    assert verdicts(teaser) == {}
    assert verdicts(teaser, claimed=frozenset({mark}), claims=(mark,)) == {}, "its own"


def test_an_opening_that_others_tease_stays_in_its_article_alone() -> None:
    mark = claim("opening", "two days of talks")
    begins = block("talks", Role.OPENING, marks=(mark,))
    assert verdicts(begins, seen="talks", claims=(mark,)) == {}
    many = verdicts(begins, seen="talks", claims=(mark,), claimed=frozenset({mark}))
    assert many == {"talks": REPEATED}, "a note that many articles begin with"


def test_nothing_goes_that_would_leave_less_than_ten_words() -> None:
    page = Sketch(
        domain="harbour.example",
        address=claim("link", "mine"),
        title=None,
        hearts=("notice",),
        claims=(),
        blocks=(block("notice"), block("own", weight=49)),
    )
    seen = Sightings(level=_FEW, articles={"notice": _SEEN}, claimed=frozenset())
    assert site_verdicts(page, seen) == {}
