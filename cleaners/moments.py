"""Reading one date, as machines or people write it: evidence or nothing, and never the clock."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import dateparser

from cleaners.outline import collapse
from cleaners.records import Moment
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from cleaners.records import Page

_ISO = re.compile(
    r"(?P<y>\d{4})(?P<sep>[-/.]?)(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"
    r"(?:(?:T|t|\s|,)\s*(?P<H>\d{1,2}):?(?P<M>\d{2})(?::?(?P<S>\d{2})(?:[.,](?P<f>\d+))?)?"
    r"\s*(?P<z>Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?)?(?:\[[\w/+-]+\])?$"
)
_NUMERIC = re.compile(r"(?<!\d)(\d{1,2})\s?([./-])\s?(\d{1,2})\s?\2\s?(\d{4}|\d{2})(?!\d)")
_EPOCH = re.compile(r"\d{10}(?:\d{3})?$")
_MAIL = re.compile(r"[A-Za-z]{3},? \d{1,2} [A-Za-z]{3} \d{4} \d\d:\d\d")
_CLOCK = re.compile(r"\d{1,2}\s?[:h時시点.]\s?\d{2}(?![\d.]*\d{4})|\d\s?[ap]\.?m\b", re.IGNORECASE)
_SECONDS = re.compile(r"\d{1,2}:\d{2}:\d{2}")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)|[\u0660-٩۰-۹]{4}")
_EARLIEST_YEAR = 1900
LONGEST_TEXT = 160
LONGEST_RELATIVE = 40
_MOST_RELATIVE_WORDS = 5
TOLERANCE = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class DateContext:
    """What dates on a page are read with.

    Attributes:
        fetched_at: the latest that a date can be, and what relative dates count from.
        languages: two-letter codes that month names are looked up in, most likely first.
        region: two-letter code of the country whose order of day and month holds, or ''.
        timezone: IANA name of the zone for times without an offset, if configured.
    """

    fetched_at: datetime
    languages: tuple[str, ...] = ("en",)
    region: str = ""
    timezone: str | None = None


@cache
def words(name: str) -> re.Pattern[str]:
    """Return a pattern for the words of a list in ``rules/dates.toml``."""
    words: list[str] = load_rules("dates")[name]
    spaced_words = [rf"(?<!\w){re.escape(w)}(?!\w)" if w.isascii() else re.escape(w) for w in words]
    return re.compile("|".join(spaced_words), re.IGNORECASE)


@cache
def _known_languages() -> frozenset[str]:
    from dateparser.data import languages_info

    return frozenset(languages_info.language_order)


def date_context(page: Page, language: str | None, domain: str) -> DateContext:
    """Return how dates of `page` are read, given the language that was resolved for it."""
    primary, _, rest = (language or "").replace("_", "-").partition("-")
    region = rest.rpartition("-")[2].upper()
    regions: dict[str, str] = load_rules("dates")["region_by_domain"]
    if len(region) != 2:  # noqa: PLR2004 - ISO 3166 codes have two letters
        region = regions.get(domain.rpartition(".")[2], "")
    known = [code for code in (primary.lower(), "en") if code in _known_languages()]
    return DateContext(
        fetched_at=page.fetched_at,
        languages=tuple(dict.fromkeys(known)),
        region=region,
        timezone=page.timezone,
    )


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _moment(
    found: datetime, raw: str, source: str, precision: str, zone: ZoneInfo | None
) -> Moment:
    if precision == "day":
        value = datetime(found.year, found.month, found.day, tzinfo=UTC)
        return Moment(
            value=value,
            raw=raw,
            offset_minutes=None,
            zone_source="none",
            precision="day",
            source=source,
        )
    zone_source = "page"
    if found.tzinfo is None:
        zone_source = "source" if zone else "none"
        found = found.replace(tzinfo=zone or UTC)
    offset = found.utcoffset() or timedelta()
    return Moment(
        value=found.astimezone(UTC),
        raw=raw,
        offset_minutes=int(offset.total_seconds() // 60),
        zone_source=zone_source,
        precision=precision,
        source=source,
    )


def _offset(text: str | None) -> timedelta | None:
    if not text:
        return None
    if text[0] not in "+-":
        return timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:4]))
    return -size if text[0] == "-" else size


def _read_iso(text: str) -> tuple[datetime, str] | None:
    match = _ISO.match(text)
    if match is None or (not match["sep"] and len(match["m"] + match["d"]) != 4):  # noqa: PLR2004
        return None
    day = datetime(int(match["y"]), int(match["m"]), int(match["d"]))  # noqa: DTZ001 - zone follows
    if match["H"] is None:
        return day, "day"
    fraction = int((match["f"] or "0")[:6].ljust(6, "0"))
    whole = day + timedelta(
        hours=int(match["H"]),
        minutes=int(match["M"]),
        seconds=int(match["S"] or 0),
        microseconds=fraction,
    )
    offset = _offset(match["z"])
    if offset is not None:
        whole = whole.replace(tzinfo=timezone(offset))
    return whole, "second" if match["S"] else "minute"


def _with_year_first(text: str, context: DateContext) -> str:
    """Rewrite a numeric date by the order of day and month that the page's country uses."""
    match = _NUMERIC.search(text)
    if match is None:
        return text
    first, separator, second, year = int(match[1]), match[2], int(match[3]), match[4]
    rules = load_rules("dates")
    by_region = context.region in rules["month_first_regions"]
    by_language = (
        not context.region
        and context.languages[:1]
        and context.languages[0] in rules["month_first_languages"]
    )
    month_first = separator != "." and (by_region or by_language)
    if first > 12 or second > 12:  # noqa: PLR2004 - no year has more months
        month_first = second > 12  # noqa: PLR2004
    month, day = (first, second) if month_first else (second, first)
    full_year = int(year) + (2000 if len(year) == 2 else 0)  # noqa: PLR2004
    return f"{text[: match.start()]}{full_year}-{month:02}-{day:02}{text[match.end() :]}".strip()


def _read_words(text: str, context: DateContext) -> tuple[datetime, str] | None:
    """Read a date in words, in the page's language or English."""
    is_short = len(text) <= LONGEST_RELATIVE and len(text.split()) <= _MOST_RELATIVE_WORDS
    relative = is_short and words("relative_words").search(text)
    if not relative and not _YEAR.search(text):
        return None
    zone = _zone(context.timezone)
    base = context.fetched_at.astimezone(zone or UTC).replace(tzinfo=None)
    settings = {
        "RELATIVE_BASE": base,
        "TIMEZONE": context.timezone if zone else "UTC",
        "PREFER_DATES_FROM": "past",
        "REQUIRE_PARTS": ["day", "month", "year"],
    }
    found = dateparser.parse(text, languages=list(context.languages), settings=settings)
    if found is None:
        return None
    has_clock = bool(_CLOCK.search(text)) or (
        bool(relative) and found.date() == base.date() and found != base
    )
    precision = ("second" if _SECONDS.search(text) else "minute") if has_clock else "day"
    return found, precision


def _read(text: str, context: DateContext) -> tuple[datetime, str] | None:
    if _EPOCH.match(text):
        seconds = int(text) / (1000 if len(text) > 10 else 1)  # noqa: PLR2004 - milliseconds have 13
        return datetime.fromtimestamp(seconds, UTC), "second"
    if found := _read_iso(text):
        return found
    if _MAIL.match(text):
        return parsedate_to_datetime(text), "second"
    rewritten = _with_year_first(text, context)
    plain = _with_plain_clock(rewritten)
    return (
        _read_iso(rewritten)
        or _read_iso(plain)
        or _read_words(rewritten, context)
        or (_read_words(plain, context) if plain != rewritten else None)
    )


@cache
def _clock_after_year() -> re.Pattern[str]:
    between = "|".join(map(re.escape, sorted(load_rules("dates")["time_words"], key=len)[::-1]))
    return re.compile(
        rf"((?:19|20)\d\d|[./-]\d\d)[\s,|–—·•/-]*(?:{between})?\s*"
        r"(\d{1,2})\s?[:.h]\s?([0-5]\d)(?!\d)(?:\s?(?:min|hs?|hrs)\b)?",
        re.IGNORECASE,
    )


def _with_plain_clock(text: str) -> str:
    """Rewrite the hour behind a date as 10:20, without "kl." or "às"."""
    return _clock_after_year().sub(r"\1 \2:\3", text, count=1)


def parse_moment(raw: str, source: str, context: DateContext) -> Moment | None:
    """Read one date.

    Returns:
        The moment; None if `raw` is no date, or one later than a day after the page was
        fetched, or before 1900, or the start of the Unix epoch, which stands for "none".
    """
    text = collapse(raw)[:LONGEST_TEXT]
    try:
        found = _read(text, context)
        moment = found and _moment(found[0], raw, source, found[1], _zone(context.timezone))
    except (ValueError, OverflowError, OSError, TypeError):
        # No day of any calendar (2024-02-30), or beyond what datetime holds.
        return None
    if not moment or moment.value > context.fetched_at + TOLERANCE:
        return None
    is_null = (
        moment.value.year < _EARLIEST_YEAR
        or moment.value.date() == datetime(1970, 1, 1, tzinfo=UTC).date()
    )
    return None if is_null else moment
