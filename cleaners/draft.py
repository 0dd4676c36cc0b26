"""The first step: parse the page, resolve its fields, judge its blocks by the page alone."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache, partial
from typing import TYPE_CHECKING

from cleaners.body import extract_blocks
from cleaners.language import with_language_of_text
from cleaners.metadata import extract_metadata
from cleaners.options import CleanOptions
from cleaners.outcome import Reason, Rejected
from cleaners.outline import collapse
from cleaners.parse import parse
from cleaners.paywall import says_that_it_goes_on
from cleaners.records import Draft
from cleaners.rights import refusal
from cleaners.rules import load_rules
from cleaners.urls import registrable_domain
from cleaners.walls import find_wall

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.records import Block, Metadata, Page

_DEFAULT = CleanOptions()
# A front page: so many linked headlines, and so large a share of the text in them.
_MAX_HEADLINE_CHARS = 150
_MIN_HEADLINES = 5
_FRONT_PAGE_SHARE = 0.8
# Where the words that say that a text is cut may stand: its end, and what follows it.
_CUT_BLOCKS = 6
_CUT_ENDINGS = ("...", "…", "[…]", "[...]")


def read(page: Page, options: CleanOptions = _DEFAULT) -> Draft | Rejected:
    """Return a page parsed and resolved, with every block kept or removed, or why not.

    The draft can be pickled, and judged again by `cleaners.finish` with what other pages of
    its site show.
    """
    parsed = parse(page, options)
    if isinstance(parsed, Rejected):
        return parsed
    metadata, candidates = extract_metadata(parsed.tree, page)
    metadata = replace(metadata, issues=(*parsed.issues, *metadata.issues))
    if reserved := refusal(metadata, options):
        return reserved
    blocks = extract_blocks(parsed.tree, page, metadata)
    rejected = find_wall(blocks, metadata, partial(_visible_text, page, options))
    if rejected is None and not is_evident_article(metadata):
        rejected = _front_page(blocks)
    if rejected is not None:
        return rejected
    kept = " ".join(block.text for block in blocks if block.removed is None)
    metadata = with_language_of_text(metadata, kept)
    return Draft(
        url=page.url,
        domain=registrable_domain(page.url),
        fetched_at=page.fetched_at,
        metadata=metadata,
        candidates=candidates,
        blocks=blocks,
        is_truncated=_is_truncated(blocks, metadata),
    )


def is_evident_article(metadata: Metadata) -> bool:
    """Tell whether a page says of itself that it is an article: by its date or its author."""
    date = metadata.date_published
    return bool(metadata.authors or (date and date.source != "url"))


@cache
def _phrases(kind: str) -> re.Pattern[str]:
    words = sorted(load_rules("walls")[kind], key=len, reverse=True)
    return re.compile("|".join(re.escape(word) for word in words))


def _front_page(blocks: Sequence[Block]) -> Rejected | None:
    """Return the rejection of a page that is little more than linked headlines."""
    kept = [block for block in blocks if block.removed is None]
    headlines = [block for block in kept if block.links and len(block.text) < _MAX_HEADLINE_CHARS]
    linked = sum(len(block.text) for block in headlines)
    total = sum(len(block.text) for block in kept)
    if len(headlines) < _MIN_HEADLINES or linked < _FRONT_PAGE_SHARE * total:
        return None
    return Rejected(
        reason=Reason.SECTION, detail=f"{len(headlines)} of {len(kept)} blocks are links"
    )


def _visible_text(page: Page, options: CleanOptions) -> str:
    """Return all that a page shows.

    By now its tree is pruned to the text; the few pages without much of it are parsed again.
    """
    whole = parse(page, options)
    if isinstance(whole, Rejected):
        return ""
    texts: list[str] = whole.tree.xpath(".//body//text()[not(parent::script or parent::style)]")
    return collapse(" ".join(texts))


def _is_truncated(blocks: Sequence[Block], metadata: Metadata) -> bool:
    """Tell whether a page shows that its text goes on for subscribers.

    One that declares itself free for all means something else by such words: comments, games.
    """
    if metadata.is_accessible_for_free:
        return False
    kept = [number for number, block in enumerate(blocks) if block.removed is None]
    if not kept:
        return metadata.is_accessible_for_free is False
    ending = blocks[max(0, kept[-1] - 1) : kept[-1] + _CUT_BLOCKS]
    says_so = any(
        _phrases("truncated").search(block.text.lower()) or says_that_it_goes_on(block.text)
        for block in ending
    )
    is_cut = blocks[kept[-1]].text.endswith(_CUT_ENDINGS)
    return says_so or (is_cut and metadata.is_accessible_for_free is False)
