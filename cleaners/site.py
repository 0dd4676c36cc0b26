"""What the memory of a site says of one page's blocks: which are boilerplate, which teasers.

A pure decision from a page's sketch and what was counted around it. Nothing depends on the
order in which the site's pages became known.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.sketch import Role

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from cleaners.sketch import BlockSketch, Sketch

REPEATED = "repeated_on_site"
"""Reason of removal: the block stands in other articles of the site, too."""

TEASERS = {"l": "teaser_link", "t": "teaser_title", "o": "teaser_opening"}
"""Reasons of removal by kind of mark: what of another article the block shows."""

EVIDENCE = {
    REPEATED: "site: stands in other articles, too",
    "teaser_link": "site: little but a link to another article",
    "teaser_title": "site: the title of another article",
    "teaser_opening": "site: how another article begins",
}
"""What each reason rests on, for people."""

LEVELS = (10, 100, 1000)
"""The numbers of articles in the window at which a site reaches its next level."""

# In how many articles a block must stand, by the level of its site. The more a paper prints,
# the more often it repeats sentences that mean something: background, a spokesman's reply.
_BARS = {
    Role.APART: (3, 3, 3, 5),
    Role.HEADING: (3, 3, 3, 5),
    Role.TEXT: (3, 5, 10, 25),
    Role.OPENING: (10, 10, 25, 50),
    Role.REFRAIN: (10, 10, 25, 50),
}
# At the end of the text, where furniture stands, less is asked for.
_EDGE_BARS = (3, 3, 5, 8)
HIGHEST_BAR = max(max(bars) for bars in _BARS.values())
"""A block that stands in so many articles is boilerplate wherever it stands."""

# Ten words or so: less is no article, and what would leave less is no boilerplate.
_MIN_WEIGHT_LEFT = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Sightings:
    """What the site showed within the window of one page.

    Attributes:
        level: how many of `LEVELS` the number of its articles reaches.
        articles: by digest of a block in how many articles it stands, this one included;
            `bar` is as far as it needs to be counted.
        claimed: those of the sketch's marks that another article claims.
    """

    level: int
    articles: Mapping[str, int]
    claimed: AbstractSet[str]


def level_of(articles: int) -> int:
    """Return the level of a site with so many articles in a window."""
    return sum(articles >= bound for bound in LEVELS)


def bar(block: BlockSketch, level: int) -> int:
    """Return in how many articles a block must stand to be boilerplate wherever it stands."""
    return _BARS[block.role][level]


def site_verdicts(sketch: Sketch, seen: Sightings) -> dict[str, str]:
    """Return which blocks of a page its site removes: digest -> reason.

    Never removed as repeated: quotations and notices of correction; one that says so once
    says so for its whole page. Lists and tables go as a whole, headings with what they head.
    """
    blocks = sketch.blocks
    removed = dict(_teasers(sketch, seen))
    repeated = {
        number
        for number, block in enumerate(blocks)
        if number not in removed
        and block.role is not Role.HEADING
        and not _is_own_opening(block, sketch, seen)
        and _recurs(block, seen, bar(block, seen.level))
    }
    repeated |= set(_edge(blocks, removed.keys() | repeated, seen))
    repeated -= set(_of_partial_groups(blocks, repeated))
    removed |= dict.fromkeys(repeated, REPEATED)
    removed |= dict.fromkeys(_orphans(blocks, removed.keys(), seen), REPEATED)
    left = sum(block.weight for number, block in enumerate(blocks) if number not in removed)
    if left < _MIN_WEIGHT_LEFT:
        return {}
    staying = {block.digest for block in blocks if block.stays}
    verdicts = {blocks[number].digest: reason for number, reason in sorted(removed.items())}
    return {
        digest: reason
        for digest, reason in verdicts.items()
        if reason != REPEATED or digest not in staying
    }


def _recurs(block: BlockSketch, seen: Sightings, times: int) -> bool:
    return block.stays is None and seen.articles.get(block.digest, 0) >= times


def _is_own_opening(block: BlockSketch, sketch: Sketch, seen: Sightings) -> bool:
    """Tell whether only this article begins so: others that show it tease this one.

    What many articles begin with, a note above their text, is claimed by all of them.
    """
    openings = [mark for mark in block.marks if TEASERS[mark[0]] == "teaser_opening"]
    return block.role is Role.OPENING and any(
        mark in sketch.claims and mark not in seen.claimed for mark in openings
    )


def _teasers(sketch: Sketch, seen: Sightings) -> Iterator[tuple[int, str]]:
    own = set(sketch.claims)
    for number, block in enumerate(sketch.blocks):
        marks = [mark for mark in block.marks if mark in seen.claimed and mark not in own]
        if marks:
            yield number, TEASERS[marks[0][0]]


def _edge(
    blocks: Sequence[BlockSketch], removed: AbstractSet[int], seen: Sightings
) -> Iterator[int]:
    """Yield the repeated blocks behind the last one that is the article's own."""
    for number in reversed(range(len(blocks))):
        if number in removed or blocks[number].role is Role.HEADING:
            continue
        is_plain = blocks[number].role in {Role.TEXT, Role.APART}
        if not is_plain or not _recurs(blocks[number], seen, _EDGE_BARS[seen.level]):
            return
        yield number


def _of_partial_groups(blocks: Sequence[BlockSketch], repeated: AbstractSet[int]) -> Iterator[int]:
    """Yield the repeated items of lists and tables that have items of their own."""
    own = {
        block.group
        for number, block in enumerate(blocks)
        if block.group is not None and number not in repeated
    }
    yield from (number for number in repeated if blocks[number].group in own)


def _orphans(
    blocks: Sequence[BlockSketch], removed: AbstractSet[int], seen: Sightings
) -> Iterator[int]:
    """Yield the repeated headings that head nothing any more."""
    heads_something = False
    for number in reversed(range(len(blocks))):
        block = blocks[number]
        if block.role is not Role.HEADING:
            heads_something = heads_something or number not in removed
            continue
        if not heads_something and _recurs(block, seen, bar(block, seen.level)):
            yield number
        heads_something = False
