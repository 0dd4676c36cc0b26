"""The second step: from judged blocks to the article and all that is derived from its text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from cleaners.agency import find_agency
from cleaners.draft import is_evident_article
from cleaners.idiom import idiom_of
from cleaners.lexicon import lexicon_for
from cleaners.list_words import list_words_for
from cleaners.lists import find_lists
from cleaners.options import CleanOptions
from cleaners.outcome import Cleaned, Reason, Rejected
from cleaners.recommendations import find_recommendations
from cleaners.records import Article, Block, Issue, Metadata
from cleaners.site import EVIDENCE
from cleaners.speech import read_speech
from cleaners.text import block_digest, content_digest, count_words, lay_out

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.records import Draft
    from cleaners.text import Layout

_DEFAULT = CleanOptions()
_OF_METADATA = tuple(field.name for field in fields(Metadata) if field.name != "issues")

SiteVerdicts = Mapping[str, str]
"""What a whole site shows of its blocks: digest (`block_digest`) -> reason of removal."""

NONE: SiteVerdicts = MappingProxyType({})
"""Nothing is known of the site."""


def finish(
    draft: Draft, site_verdicts: SiteVerdicts = NONE, options: CleanOptions = _DEFAULT
) -> Cleaned | Rejected:
    """Return the article of a draft, after the blocks that its site repeats are removed."""
    blocks = _judged(draft.blocks, site_verdicts)
    layout = lay_out(blocks)
    lead = _lead(blocks)
    words = count_words(layout.text)
    if not layout.text and not lead:
        return Rejected(reason=Reason.EMPTY, detail="no text is left of the page's blocks")
    is_short = words < options.min_words and words + count_words(lead or "") < options.min_words
    if is_short and not is_evident_article(draft.metadata):
        return Rejected(reason=Reason.EMPTY, detail=f"{words} words, and no date or author")
    article = _article(draft, blocks, layout, words, options)
    return Cleaned(article=article, blocks=blocks, candidates=draft.candidates)


def _judged(blocks: Sequence[Block], verdicts: SiteVerdicts) -> tuple[Block, ...]:
    if not verdicts:
        return tuple(blocks)
    judged = []
    for block in blocks:
        reason = verdicts.get(block_digest(block.text)) if block.removed is None else None
        evidence = EVIDENCE.get(reason or "", "site")
        judged.append(replace(block, removed=reason, evidence=evidence) if reason else block)
    return tuple(judged)


def _lead(blocks: Sequence[Block]) -> str | None:
    return "\n".join(block.text for block in blocks if block.removed == "lead") or None


def _article(
    draft: Draft, blocks: Sequence[Block], layout: Layout, words: int, options: CleanOptions
) -> Article:
    metadata = draft.metadata
    # The language that the text is written in counts, not one that a template declares.
    language = idiom_of(layout.text, metadata.language)
    text, lines, lead = layout.text, layout.lines, _lead(blocks)
    listing = list_words_for(language)
    lists = find_lists(lines, metadata.title, listing, lexicon_for(language))
    advice = find_recommendations(lists, listing)
    speech = read_speech(layout, lists, metadata.title, language, options.recogniser)
    closing = [block.text for block in blocks if block.removed == "closing"]
    printed = [line.block.text for line in lines]
    agency = find_agency(metadata.authors, metadata.byline, printed, closing)
    return Article(
        url=draft.url,
        domain=draft.domain,
        **{name: getattr(metadata, name) for name in _OF_METADATA},
        agency=agency.name if agency else None,
        agency_source=agency.source if agency else None,
        lead=lead,
        text=text,
        is_truncated=draft.is_truncated,
        word_count=words,
        speakers=speech.speakers,
        quotes=speech.quotes,
        lists=tuple(found.record for found in lists),
        recommendations=advice.recommendations,
        recommendations_announced=advice.announced,
        issues=_issues(draft, advice.issues),
        content_sha256=content_digest(metadata, lead, text),
    )


def _issues(draft: Draft, found: Sequence[Issue]) -> tuple[Issue, ...]:
    truncated = Issue(code="truncated", field="text", evidence="the page shows a part of it")
    return (*draft.metadata.issues, *found, *((truncated,) if draft.is_truncated else ()))
