"""The Arrow schemas: the only authority on tables, columns, types and what they mean.

A schema only grows: no column is renamed, retyped or given a new meaning. A change raises
`SCHEMA_VERSION`, and the first run of the new version rewrites every file in one commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

import pyarrow as pa

from newsgrain.block_columns import BLOCKS, SITE_BLOCKS
from newsgrain.columns import TEXT as _TEXT
from newsgrain.columns import TEXTS as _TEXTS
from newsgrain.columns import TIME as _TIME
from newsgrain.columns import Column
from newsgrain.columns import column as _c
from newsgrain.columns import date_columns as _date
from newsgrain.page_columns import PAGES, PRUNINGS, VERDICTS
from newsgrain.version import SCHEMA_VERSION

__all__ = ["FLAT_ITEMS", "FLAT_KEYS", "SCHEMA_VERSION", "TABLES", "Column", "Row", "Table"]

Row: TypeAlias = "dict[str, object]"


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """One table; each is equal to itself alone.

    Attributes:
        name: the folder in ``datasets/``.
        description: one line for people.
        columns: in order.
        kind: ``log`` (rows are only appended), ``current`` (one row per article, its latest
            revision), ``flat`` (one row per item of the current articles) or ``whole`` (written
            anew by each run that has something to change in it).
        sort: the columns that the rows of each file are sorted by.
    """

    name: str
    description: str
    columns: tuple[Column, ...]
    kind: str
    sort: tuple[str, ...]

    def schema(self) -> pa.Schema:
        """Return the Arrow schema of the table's files."""
        return _schema(self)


@cache
def _schema(table: Table) -> pa.Schema:
    """Return a table's schema, built once: every page that is judged asks for it."""
    return pa.schema([column.field() for column in table.columns])


_START = _c("start", pa.int32(), "code-point offset in text of its first character", null=True)
_END = _c("end", pa.int32(), "code-point offset in text after its last character", null=True)
_METHOD = _c("method", _TEXT, "the rule or the evidence that found it")

_SPEAKER = (
    _c("name", _TEXT, "name in its longest form, without honorific", "name"),
    _c("honorific", _TEXT, "title glued to the name", "honorificPrefix", null=True),
    _c("role", _TEXT, "function as printed, without the affiliation", "jobTitle", null=True),
    _c("affiliation", _TEXT, "organisation as printed", "affiliation", null=True),
    _c("evidence", _TEXT, "list, interview, panel, quote or mention_as_speaker"),
    _c("source_text", _TEXT, "the sentence or bullet that shows it"),
)
_QUOTE = (
    _c("text", _TEXT, "the words without the marks", "text"),
    _c("speaker", _TEXT, "the speaker's name as in speakers; null if unnamed", null=True),
    _c("source_text", _TEXT, "the attribution as printed", null=True),
)
_RECOMMENDATION = (
    _c("text", _TEXT, "the recommendation", "text"),
    _c("list_item", pa.int16(), "number of the bullet in its list, from 0; two may share one"),
)
_ISSUE = (
    _c("code", _TEXT, "stable word for what is missing or in conflict"),
    _c("field", _TEXT, "the column it concerns"),
    _c("evidence", _TEXT, "one line for people"),
)

FLAT_ITEMS: dict[str, tuple[Column, ...]] = {
    "authors": (
        _c("name", _TEXT, "name without prefix, role or credentials", "name"),
        _c("type", _TEXT, "person or organization"),
        _c("role", _TEXT, "role as printed", "jobTitle", null=True),
        _c("author_url", _TEXT, "the author's page", "url", null=True),
        _START,
        _END,
        _METHOD,
    ),
    "speakers": (*_SPEAKER, _START, _END, _METHOD),
    "quotes": (
        *_QUOTE,
        _c("speaker_ord", pa.int16(), "ord of the speaker in speakers", null=True),
        _START,
        _END,
        _METHOD,
    ),
    "lists": (
        _c("kind", _TEXT, "recommendations, speakers, topics, steps, facts or other"),
        _c("items", _TEXTS, "the items without bullets or numbers", "itemListElement"),
        _c("lead_in", _TEXT, "the sentence or heading that announces the list", null=True),
        _c("announced_count", pa.int16(), "the number that the lead-in gives", null=True),
        _c("markup", _TEXT, "ul, ol, p, br or heading"),
        _c("level", pa.int16(), "nesting depth from 0"),
        _START,
        _END,
        _METHOD,
    ),
    "recommendations": (
        *_RECOMMENDATION,
        _c("list_ord", pa.int16(), "ord of its list in lists"),
        _START,
        _END,
        _METHOD,
    ),
    "blocks": (*BLOCKS, _START, _END),
}
"""The columns that the flat tables add to `FLAT_KEYS`, per table."""

FLAT_KEYS = (
    _c("article_id", _TEXT, "the article, as in articles"),
    _c("revision", pa.int32(), "the article's revision that it was read from"),
    _c("ord", pa.int16(), "reading order in the article, from 0"),
    _c("domain", _TEXT, "registrable domain of the article"),
    _c("url", _TEXT, "address of the article", "url"),
    _c("date_published", _TIME, "as in articles", "datePublished", null=True),
)


def _struct(columns: tuple[Column, ...]) -> pa.StructType:
    return pa.struct([column.field() for column in columns])


_ARTICLES = (
    _c("article_id", _TEXT, "32 hex digits of sha256 of the first-seen address; never changes"),
    _c("url", _TEXT, "address it was fetched from, after redirects, byte for byte", "url"),
    _c("canonical_url", _TEXT, "address that the page declares as canonical", null=True),
    _c("aliases", _TEXTS, "other addresses that led to this article", "sameAs"),
    _c("domain", _TEXT, "registrable domain of url"),
    _c("source", _TEXT, "name of the source in newsgrain.toml; null for given files", null=True),
    _c("publisher", _TEXT, "publisher that the page names", "publisher", null=True),
    _c("title", _TEXT, "headline of the article", "headline", null=True),
    _c("title_source", _TEXT, "the evidence that gave title", null=True),
    _c("title_alternatives", _TEXTS, "other titles that the page gives", "alternativeHeadline"),
    _c("authors", _TEXTS, "names in the page's order", "author"),
    _c("byline", _TEXT, "author line as printed", null=True),
    _c(
        "agency",
        _TEXT,
        "news agency, or distributor of press releases, that the article credits",
        "creditText",
        null=True,
    ),
    _c("agency_source", _TEXT, "what names it: author, byline, dateline or credit", null=True),
    _c("description", _TEXT, "description that the page declares", "description", null=True),
    _c("lead", _TEXT, "printed standfirst; not part of text", null=True),
    _c("text", _TEXT, "cleaned body, one block a line", "articleBody"),
    _c("language", _TEXT, "BCP 47 tag", "inLanguage", null=True),
    _c("language_source", _TEXT, "the evidence that gave language; text: its words", null=True),
    *_date("date_published", "moment of publication", "datePublished"),
    *_date("date_modified", "moment of the last change that the page declares", "dateModified"),
    _c("section", _TEXT, "section of the newspaper", "articleSection", null=True),
    _c("tags", _TEXTS, "keywords that the page gives", "keywords"),
    _c("image_url", _TEXT, "lead image", "image", null=True),
    _c("image_caption", _TEXT, "caption of the lead image", "caption", null=True),
    _c("image_credit", _TEXT, "who made the lead image, as printed", "creditText", null=True),
    _c(
        "is_accessible_for_free",
        pa.bool_(),
        "as the page declares it",
        "isAccessibleForFree",
        null=True,
    ),
    _c("robots", _TEXTS, "directives of meta robots and X-Robots-Tag, e.g. noindex, noai"),
    _c(
        "tdm_reservation",
        pa.bool_(),
        "whether text and data mining is reserved (TDMRep); null: the publisher does not say",
        null=True,
    ),
    _c("tdm_policy", _TEXT, "address of the publisher's terms of mining", "license", null=True),
    _c("is_truncated", pa.bool_(), "the text was seen to be cut, e.g. by a paywall"),
    _c("word_count", pa.int32(), "words in text", "wordCount"),
    _c("speakers", pa.list_(_struct(_SPEAKER)), "people who speak, as in the table speakers"),
    _c("quotes", pa.list_(_struct(_QUOTE)), "words quoted, as in the table quotes"),
    _c(
        "recommendations",
        pa.list_(_struct(_RECOMMENDATION)),
        "recommendations, as in the table recommendations",
    ),
    _c(
        "recommendations_announced",
        pa.int16(),
        "number of recommendations that the article announces",
        null=True,
    ),
    _c("issues", pa.list_(_struct(_ISSUE)), "what was expected and is missing or in conflict"),
    _c(
        "duplicate_group",
        _TEXT,
        "article_id of the first article of those that say the same; its own if it is that",
    ),
    _c(
        "duplicate_of",
        _TEXT,
        "article_id of the earliest article that it repeats; null: it repeats none",
        "isBasedOn",
        null=True,
    ),
    _c(
        "overlap",
        pa.float32(),
        "estimated share of runs of words in common with duplicate_of, 0 to 1",
        null=True,
    ),
    _c("revision", pa.int32(), "number of this revision, from 1", "version"),
    _c(
        "change_reason",
        _TEXT,
        "new, edited (other content was fetched), recleaned or relinked (its duplicates changed)",
    ),
    _c("content_sha256", _TEXT, "of title, authors, date_published, lead and text"),
    _c("first_fetched_at", _TIME, "when the article was first fetched; never changes"),
    _c("fetched_at", _TIME, "when this revision was fetched; never before the one it follows"),
    _c("run_id", _TEXT, "the run that published this revision"),
    _c("cleaner_version", _TEXT, "version of the cleaner that made this revision"),
    _c(
        "superseded_by",
        _TEXT,
        "article_id of the article that this one was seen to be the same as",
        null=True,
    ),
    _c("gone_at", _TIME, "when the site answered 404 or 410; null while it serves it", null=True),
    _c("last_seen_at", _TIME, "when the site last served what is gone now", null=True),
)

_EVENTS = (
    _c("article_id", _TEXT, "the article, as in articles"),
    _c(
        "event",
        _TEXT,
        "alias (another address leads to it), gone, back, or superseded (it is another article)",
    ),
    _c("url", _TEXT, "the other address, or the address that was asked for", "url"),
    _c("at", _TIME, "when it was seen"),
    _c("last_seen_at", _TIME, "of an article that is gone: when it was last served", null=True),
    _c("superseded_by", _TEXT, "article_id of the article to be used instead", null=True),
    _c("page_id", pa.int64(), "the page that shows it, as in pages"),
    _c("run_id", _TEXT, "the run that published it"),
)

_COUNT = pa.int64()
_RUNS = (
    _c("run_id", _TEXT, "sequence and start of the run"),
    _c("parent_run_id", _TEXT, "the run published before", null=True),
    _c("command", _TEXT, "run, clean or prune"),
    _c("started_at", _TIME, "when it started"),
    _c("finished_at", _TIME, "when it published"),
    _c("requests", _COUNT, "requests made, of all kinds"),
    _c("bytes_received", _COUNT, "bytes of all bodies"),
    _c("article_fetches", _COUNT, "pages judged for the first time; the sum of the six below"),
    _c("new", _COUNT, "pages that gave a new article"),
    _c("edited", _COUNT, "pages that gave a new revision"),
    _c("unchanged", _COUNT, "pages whose content was known"),
    _c("not_modified", _COUNT, "pages answered 304 Not Modified"),
    _c("rejected", _COUNT, "pages that gave no article"),
    _c("failed", _COUNT, "article pages that could not be fetched"),
    _c("recleaned", _COUNT, "articles with a new revision by a new cleaning of old pages"),
    _c("pending", _COUNT, "pages left for the next run"),
    _c("articles_total", _COUNT, "articles published after this run"),
    _c("sources", _TEXTS, "sources that were crawled"),
    _c("sources_failed", _TEXTS, "sources that failed or were silent"),
    _c("status", _TEXT, "complete, partial or interrupted"),
    _c("newsgrain_version", _TEXT, "version of newsgrain", "softwareVersion"),
    _c("cleaner_version", _TEXT, "version of the cleaner"),
)


def _flat(name: str, description: str) -> Table:
    return Table(
        name, description, (*FLAT_KEYS, *FLAT_ITEMS[name]), "flat", ("domain", "article_id", "ord")
    )


_REVISIONS = (
    *_ARTICLES,
    *(
        _c(
            f"{name}_rows",
            pa.list_(_struct(columns)),
            f"the article's rows of the table {name}",
            null=name == "blocks",  # revisions of schema 1 kept none
        )
        for name, columns in FLAT_ITEMS.items()
    ),
)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table(
            "revisions",
            "every published revision of every article; the source of truth",
            _REVISIONS,
            "log",
            ("domain", "article_id", "revision"),
        ),
        Table(
            "articles",
            "one row per article: its latest revision",
            _ARTICLES,
            "current",
            ("domain", "date_published", "article_id"),
        ),
        _flat("authors", "one row per author of an article"),
        _flat("speakers", "one row per person who speaks in an article"),
        _flat("quotes", "one row per quotation"),
        _flat("lists", "one row per list in an article's body"),
        _flat("recommendations", "one row per recommendation"),
        _flat("blocks", "one row per block of an article's page, kept or removed"),
        Table(
            "site_blocks",
            "one row per block that stands in three or more articles of its site",
            SITE_BLOCKS,
            "whole",
            ("site", "digest"),
        ),
        Table("pages", "one row per request, and per given file", PAGES, "log", ("page_id",)),
        Table(
            "verdicts",
            "what each page ended in, per cleaner version",
            VERDICTS,
            "log",
            ("page_id",),
        ),
        Table(
            "prunings",
            "pages whose record was deleted from the archive by `newsgrain archive prune`",
            PRUNINGS,
            "log",
            ("page_id",),
        ),
        Table(
            "events",
            "what happened to articles apart from their content: addresses, disappearance, merges",
            _EVENTS,
            "log",
            ("page_id", "event"),
        ),
        Table("runs", "one row per published run", _RUNS, "log", ("run_id",)),
    )
}
"""All tables by name, in the order of the documentation."""
