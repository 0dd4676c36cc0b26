"""The records that cleaning takes and gives: frozen, without behaviour, without lxml.

Every extracted value stands beside the evidence that gave it. Names are those of the
columns in ``newsgrain.schema``; a test compares them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One value that the page, or what led to it, offers for one field.

    Attributes:
        field: the field it is for: ``title``, ``author``, ``date_published``, ...
        value: the value as it stands in the evidence, white space collapsed.
        source: what gave it, e.g. ``json-ld:headline``, ``meta:og:title``, ``h1``,
            ``time``, ``byline``, ``feed``; published in the ``*_source`` columns.
        evidence: where exactly: an element path, a JSON pointer, or the text around it.
    """

    field: str
    value: str
    source: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One fetched page: what the cleaner is given, and all that it may know.

    Attributes:
        url: the address the bytes came from, after redirects, byte for byte.
        html: the body, decompressed, undecoded.
        fetched_at: when it was fetched, aware, UTC. Relative dates resolve against it.
        content_type: the HTTP header ``Content-Type`` with its charset, if known.
        language: BCP 47 tag that the source's configuration names, if any.
        timezone: IANA zone that the source's configuration names, for dates without one.
        hints: what discovery said of the page (feed title, sitemap date, ...).
    """

    url: str
    html: bytes
    fetched_at: datetime
    content_type: str | None = None
    language: str | None = None
    timezone: str | None = None
    hints: tuple[Candidate, ...] = ()


class BlockKind(StrEnum):
    """What a block of a page is."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    LIST_ITEM = "list_item"
    QUOTE = "quote"
    CAPTION = "caption"
    TABLE = "table"
    EMBED = "embed"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of text in reading order.

    Attributes:
        kind: what it is.
        text: its text, white space collapsed, no line breaks (cells of a table: tabs).
        path: tag and class path of its element, e.g. ``div.post-content/p``.
        list_id: for list items, the list's number on the page, counted from 0.
        level: heading level 1-6, or nesting depth of a list item from 0; else 0.
        removed: why it is not part of the article's text (``boilerplate``, ``headline``,
            ``lead``, ``byline``, ``share``, ``teaser``, ``repeated``, ...); None: it is kept.
        evidence: what the decision rests on, for people.
        links: addresses that the block links to, as in the page.
        linked: share of the text's characters that stand inside links, 0 to 1.
        bold: number of characters at the start of the text that stand in bold.
    """

    kind: BlockKind
    text: str
    path: str = ""
    list_id: int | None = None
    level: int = 0
    removed: str | None = None
    evidence: str = ""
    links: tuple[str, ...] = ()
    linked: float = 0.0
    bold: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something expected that is missing or in conflict.

    Attributes:
        code: stable word, e.g. ``no_date``, ``recommendations_missing``.
        field: the column it concerns.
        evidence: one line for people, e.g. ``announced 7, found 6``.
    """

    code: str
    field: str
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """A date as the page gives it.

    Attributes:
        value: aware, UTC; a date without a time is 00:00 UTC of that day.
        raw: the original string.
        offset_minutes: the offset from UTC that was applied; None for a date without a time.
        zone_source: ``page`` (the string has an offset), ``source`` (the configured zone)
            or ``none`` (no zone known: read as UTC, or no time at all).
        precision: ``second``, ``minute`` or ``day``.
        source: the evidence, as in `Candidate.source`.
    """

    value: datetime
    raw: str
    offset_minutes: int | None
    zone_source: str
    precision: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """One author in the page's order.

    Attributes:
        name: without prefix, role or credentials.
        type: ``person`` or ``organization`` (schema.org's spelling, lower case).
        role: as printed, e.g. ``Correspondent``.
        author_url: the author's page, absolute, if the page links one.
        method: the evidence, as in `Candidate.source`.
    """

    name: str
    type: str = "person"
    role: str | None = None
    author_url: str | None = None
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """A named person to whom the article attributes words, or whom it presents as speaking.

    Attributes:
        name: longest form on the page, without honorific.
        honorific: title glued to the name (``Professeur``), as on the page.
        role: function as on the page, without the affiliation.
        affiliation: organisation, party, institution.
        evidence: ``list``, ``interview``, ``panel``, ``quote`` or ``mention_as_speaker``.
        source_text: the sentence or bullet that shows it.
        start, end: code-point offsets of `source_text` in the article's text, if it is there.
        method: the rule that found it.
    """

    name: str
    honorific: str | None = None
    role: str | None = None
    affiliation: str | None = None
    evidence: str
    source_text: str
    start: int | None = None
    end: int | None = None
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """Words within quotation marks, or a block quote, that the article gives as somebody's.

    Attributes:
        text: the words without the marks.
        speaker: the speaker's name as in `Speaker.name`; None if unnamed.
        source_text: the attribution as printed (``a spokesman said``), if any.
        start, end: code-point offsets of `text` in the article's text.
        method: the rule that found it.
    """

    text: str
    speaker: str | None = None
    source_text: str | None = None
    start: int | None = None
    end: int | None = None
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ListBlock:
    """A list in the article's body.

    Attributes:
        kind: ``recommendations``, ``speakers``, ``topics``, ``steps``, ``facts`` or ``other``.
        items: the items' texts without bullets or numbers.
        lead_in: the sentence or heading that announces it.
        announced_count: the number that the lead-in gives (``7 recommandations``).
        markup: ``ul``, ``ol``, ``p`` (paragraphs with bullets, numbers or words in bold at
            their start), ``br`` or ``heading``.
        level: nesting depth from 0.
        start, end: code-point offsets from the first item's start to the last one's end.
        method: the evidence for `kind`.
    """

    kind: str
    items: tuple[str, ...]
    lead_in: str | None = None
    announced_count: int | None = None
    markup: str
    level: int = 0
    start: int | None = None
    end: int | None = None
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Recommendation:
    """One recommendation.

    Attributes:
        text: the recommendation.
        list_item: number of the bullet in its list, from 0; two may share one bullet.
        list_ord: number of the list in the article's lists, from 0.
        start, end: code-point offsets of `text` in the article's text.
        method: the rule that found it.
    """

    text: str
    list_item: int
    list_ord: int
    start: int | None = None
    end: int | None = None
    method: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """Everything about an article that does not depend on its final text."""

    canonical_url: str | None = None
    publisher: str | None = None
    title: str | None = None
    title_source: str | None = None
    title_alternatives: tuple[str, ...] = ()
    authors: tuple[Author, ...] = ()
    byline: str | None = None
    description: str | None = None
    language: str | None = None
    language_source: str | None = None
    date_published: Moment | None = None
    date_modified: Moment | None = None
    section: str | None = None
    tags: tuple[str, ...] = ()
    image_url: str | None = None
    image_caption: str | None = None
    image_credit: str | None = None
    is_accessible_for_free: bool | None = None
    robots: tuple[str, ...] = ()
    tdm_reservation: bool | None = None
    tdm_policy: str | None = None
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A page after `read`: parsed and resolved, its blocks judged by the page alone.

    It holds no tree and can be pickled, so that a crawler that has seen the whole site
    can judge the blocks again before `finish`.

    Attributes:
        url: as in `Page.url`.
        domain: registrable domain of `url`.
        fetched_at: as in `Page.fetched_at`.
        metadata: the resolved fields.
        candidates: everything the resolvers chose from.
        blocks: the page's blocks in reading order, kept and removed.
        is_truncated: the page shows a sign that the text is cut (paywall stub).
    """

    url: str
    domain: str
    fetched_at: datetime
    metadata: Metadata
    candidates: tuple[Candidate, ...]
    blocks: tuple[Block, ...]
    is_truncated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One cleaned article: what a page says, before it has an identity in a dataset.

    Attributes are the columns of ``articles`` of the same names (``newsgrain.schema``
    describes each); the two dates stand here as one `Moment` each.

    `content_sha256` is the hex digest of title, authors, publication date, lead and text:
    a page whose digest is unchanged gives no new revision.
    """

    url: str
    domain: str
    canonical_url: str | None
    publisher: str | None
    title: str | None
    title_source: str | None
    title_alternatives: tuple[str, ...]
    authors: tuple[Author, ...]
    byline: str | None
    agency: str | None
    agency_source: str | None
    description: str | None
    lead: str | None
    text: str
    language: str | None
    language_source: str | None
    date_published: Moment | None
    date_modified: Moment | None
    section: str | None
    tags: tuple[str, ...]
    image_url: str | None
    image_caption: str | None
    image_credit: str | None
    is_accessible_for_free: bool | None
    robots: tuple[str, ...] = ()
    tdm_reservation: bool | None = None
    tdm_policy: str | None = None
    is_truncated: bool
    word_count: int
    speakers: tuple[Speaker, ...]
    quotes: tuple[Quote, ...]
    lists: tuple[ListBlock, ...]
    recommendations: tuple[Recommendation, ...]
    recommendations_announced: int | None
    issues: tuple[Issue, ...]
    content_sha256: str
