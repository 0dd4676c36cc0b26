"""What discovery finds: the records, and the small readings that all formats share. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from cleaners.records import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_MAX_TITLE = 1_000  # no headline is longer; what is, is a page put into a title element


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One article as discovery names it.

    Attributes:
        url: absolute address, without fragment.
        source: ``feed``, ``sitemap``, ``news-sitemap`` or ``home``.
        title: headline, white space collapsed.
        author: as the feed gives it.
        published: publication date as it stands in the evidence.
        modified: date of the last change as it stands in the evidence.
    """

    url: str
    source: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    modified: str | None = None

    def __post_init__(self) -> None:
        """Replace lone surrogates, which JSON and character references can spell.

        Neither the ledger nor a WARC record takes them.
        """
        for field in fields(self):
            value = getattr(self, field.name)
            if value and not value.isascii():
                object.__setattr__(self, field.name, _without_lone_surrogates(value))

    @property
    def hints(self) -> tuple[Candidate, ...]:
        """What the cleaner is told of the article."""
        values = {
            "title": self.title,
            "author": self.author,
            "date_published": self.published,
            "date_modified": self.modified,
        }
        return tuple(
            Candidate(field=field, value=value, source=self.source, evidence=self.url)
            for field, value in values.items()
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
        kind: ``feed``, ``sitemap``, ``index``, ``home``, or ``unknown`` if it is none of them.
        found: the articles in the order of the document, each address once.
        children: the sitemaps that an index names.
        is_broken: the document is not well-formed; what could be read is given.
    """

    kind: str
    found: tuple[Found, ...] = ()
    children: tuple[Child, ...] = ()
    is_broken: bool = False


def parse_date(value: str | None) -> datetime | None:
    """Return a feed's or sitemap's date in UTC, or None if it is no date.

    Reads W3C dates (``2026-05-01``, ``2026-05-01T07:30:00+02:00``, ``2026-05``) and those of
    RFC 5322. A date without offset is read as UTC: good enough to tell young from old, and
    never published (the cleaner is given the original string).
    """
    moment = read_moment(value or "")
    if moment is None:
        return None
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:  # year 1 or 9999, shifted out of the calendar
        return None


def read_moment(text: str) -> datetime | None:
    """Return a date with the offset that it was written with; naive if it has none."""
    text = text.strip()
    if re.fullmatch(r"\d{4}-\d{2}", text):
        text += "-01"
    return _moment(datetime.fromisoformat, text) or _moment(parsedate_to_datetime, text)


def _moment(parse: Callable[[str], datetime], text: str) -> datetime | None:
    try:
        return parse(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


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
