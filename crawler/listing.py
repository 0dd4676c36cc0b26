"""What discovery finds: the records, and the small readings that all formats share. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from cleaners.records import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

# An address that is absolute and in no need of repair, as nearly all of a sitemap are.
_PLAIN = re.compile(r"https?://[a-z0-9.-]*[a-z0-9](?:/(?!\.)[A-Za-z0-9_.~%?=&-]*)*")
_MAX_TITLE = 1_000  # no headline is longer; what is, is a page put into a title element


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One article as discovery names it.

    Attributes:
        url: absolute address, without fragment.
        source: ``feed``, ``news-sitemap``, ``sitemap``, ``wp-json``, ``section`` or ``home``.
        title: headline, white space collapsed.
        author: as the feed gives it.
        published: publication date as it stands in the evidence.
        modified: date of the last change as it stands in the evidence.
        language: BCP 47 tag of the article, or of the whole feed.
        section: heading of the section page that links it.
        tags: keywords or categories, separated by commas.
    """

    url: str
    source: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None
    language: str | None = None
    section: str | None = None
    tags: str | None = None

    def __post_init__(self) -> None:
        """Replace lone surrogates, which JSON and character references can spell.

        Neither the ledger nor a WARC record takes them.
        """
        for name in self.__slots__:
            value = getattr(self, name)
            if value and not value.isascii():
                object.__setattr__(self, name, _without_lone_surrogates(value))

    @property
    def hints(self) -> tuple[Candidate, ...]:
        """What the cleaner is told of the article."""
        values = (
            ("title", self.title),
            ("author", self.author),
            ("date_published", self.published),
            ("date_modified", self.modified),
            ("language", self.language),
            ("section", self.section),
            ("tags", self.tags),
        )
        return tuple(
            Candidate(field=name, value=value, source=self.source, evidence=self.url)
            for name, value in values
            if value
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Child:
    """A sitemap that a sitemap index names.

    Attributes:
        url: absolute address.
        modified: its ``lastmod``, aware, UTC, if it has one that can be read.
    """

    url: str
    modified: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What one discovery address answered.

    Attributes:
        kind: ``feed``, ``sitemap``, ``index``, ``posts``, ``home``, or ``unknown`` if it is none
            of them.
        found: the articles in the order of the document, each address once.
        children: the sitemaps that an index names.
        sections: pages that a home page links and that may list more articles.
        following: the next page of the same list, if the page names one.
        is_broken: the document is not well-formed; what could be read is given.
        cut: why it was not read to its end, in a few words; None: it was.
    """

    kind: str
    found: tuple[Found, ...] = ()
    children: tuple[Child, ...] = ()
    sections: tuple[str, ...] = ()
    following: str | None = None
    is_broken: bool = False
    cut: str | None = None


@dataclass(slots=True, kw_only=True)
class Reading:
    """A listing that is being read: its articles come one by one, the rest stands at the end.

    A sitemap of the legal size takes seconds. Whoever reads it in between other work takes a
    few hundred entries at a time.

    Attributes:
        kind: as in `Listing`; a sitemap index is told from a sitemap when it has been read.
        found: gives the articles; an address may come more than once.
        children, is_broken, cut: as in `Listing`; complete when `found` has ended.
    """

    kind: str
    found: Iterator[Found]
    children: list[Child] = field(default_factory=list)
    is_broken: bool = False
    cut: str | None = None

    def finish(self) -> Listing:
        """Read what is left, and return all of it."""
        found = once(self.found)
        return Listing(
            kind="index" if self.children else self.kind,
            found=found,
            children=tuple(self.children),
            is_broken=self.is_broken,
            cut=self.cut,
        )


def parse_date(value: str | None) -> datetime | None:
    """Return a feed's or sitemap's date in UTC, or None if it is no date.

    Reads W3C dates (``2026-05-01``, ``2026-05-01T07:30:00+02:00``, ``2026-05``), those of
    RFC 5322, ``2026/05/01 07:30``, and seconds since 1970. A date without offset is read as
    UTC: good enough to tell young from old, and never published (the cleaner is given the
    original string).
    """
    moment = read_moment(value or "")
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:  # year 1 or 9999, shifted out of the calendar
        return None


@lru_cache(maxsize=4096)  # asked when an entry is read, and again when it is weighed
def read_moment(text: str) -> datetime | None:
    """Return a date with the offset that it was written with; naive if it has none."""
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d{2}", text):
        text += "-01"
    if re.fullmatch(r"[12]\d{9}(\d{3})?(\.\d+)?", text):  # seconds or milliseconds since 1970
        return datetime.fromtimestamp(int(text[:10]), UTC)
    text = re.sub(r"^(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?!\d)", _with_dashes, text)
    return _moment(datetime.fromisoformat, text) or _moment(parsedate_to_datetime, text)


def _with_dashes(match: re.Match[str]) -> str:
    year, month, day = match.groups()
    return f"{year}-{month:0>2}-{day:0>2}"


def _moment(parse: Callable[[str], datetime], text: str) -> datetime | None:
    try:
        return parse(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


@lru_cache(maxsize=4096)  # a sitemap gives the same day to hundreds of articles
def end_of_lastmod(value: str) -> datetime | None:
    """Return the last moment that a ``lastmod`` may mean: a date without time is a whole day."""
    moment = parse_date(value)
    if moment is None or not _moment(_midnight, value.strip()):
        return moment
    try:
        return moment + timedelta(days=1)
    except OverflowError:  # the last day of the calendar
        return moment


def _midnight(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), datetime.min.time())


def _without_lone_surrogates(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def clean(value: Any) -> str | None:
    """Return a text in one line, or None if it is none or empty."""
    text = " ".join(value.split()) if isinstance(value, str) else ""
    return text[:_MAX_TITLE] or None


def absolute(base: str, link: Any) -> str | None:
    """Return an http(s) address without fragment, or None."""
    if isinstance(link, str) and _PLAIN.fullmatch(link):
        return link
    try:
        url = urljoin(base, link.strip()).partition("#")[0]
        parts = urlsplit(url)
        is_usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except (AttributeError, ValueError):
        return None
    return url if is_usable and not re.search(r"[\x00-\x20]", url) else None


def once(found: Iterable[Found]) -> tuple[Found, ...]:
    """Return each address once, in its first place."""
    first: dict[str, Found] = {}
    for one in found:
        first.setdefault(one.url, one)
    return tuple(first.values())
