from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cleaners.moments import DateContext, parse_moment
from cleaners.records import Candidate

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleaners.records import Metadata, Moment

    Read = Callable[..., Metadata]
    Ld = Callable[[Any], str]

FETCHED = datetime(2026, 5, 20, 12, 30, tzinfo=UTC)
HEADING = "<h1>Bridge opens after nine years</h1>"
TIME = '<time datetime="2026-05-01">x</time>'
RUNNING_TEXT = (
    "The bridge was closed on May 18, 2017, and again on 3 June 2019 when the river rose above "
    "its banks. Nobody was hurt, but the town lost its only way across the water, and trade moved "
    "to the other side of the valley for good."
)


def _parse(
    raw: str, *languages: str, region: str = "", timezone: str | None = None
) -> Moment | None:
    context = DateContext(
        fetched_at=FETCHED, languages=languages or ("en",), region=region, timezone=timezone
    )
    return parse_moment(raw, "time", context)


def _iso(moment: Moment | None) -> str | None:
    return moment.value.isoformat() if moment else None


@pytest.mark.parametrize(
    ("raw", "value", "offset", "precision"),
    [
        ("2026-05-19T08:15:30Z", "2026-05-19T08:15:30+00:00", 0, "second"),
        ("2026-05-19T08:15:30.123456789Z", "2026-05-19T08:15:30.123456+00:00", 0, "second"),
        ("2026-05-19T08:15+0200", "2026-05-19T06:15:00+00:00", 120, "minute"),
        ("2026-05-19T08:15:00+05:30", "2026-05-19T02:45:00+00:00", 330, "second"),
        ("2026-05-19 08:15:00 -0330", "2026-05-19T11:45:00+00:00", -210, "second"),
        ("2026-05-19T08:15:00+02", "2026-05-19T06:15:00+00:00", 120, "second"),
        ("2026-05-19T08:15:00+02:00[Europe/Berlin]", "2026-05-19T06:15:00+00:00", 120, "second"),
        ("20260519T081500Z", "2026-05-19T08:15:00+00:00", 0, "second"),
        ("1779178500", "2026-05-19T08:15:00+00:00", 0, "second"),
        ("1779178500000", "2026-05-19T08:15:00+00:00", 0, "second"),
        ("Tue, 19 May 2026 08:15:00 +0200", "2026-05-19T06:15:00+00:00", 120, "second"),
        ("Tue, 19 May 2026 08:15:00 GMT", "2026-05-19T08:15:00+00:00", 0, "second"),
    ],
)
def test_dates_with_an_offset_keep_it(raw: str, value: str, offset: int, precision: str) -> None:
    moment = _parse(raw, timezone="Asia/Tokyo")
    assert moment is not None
    assert (_iso(moment), moment.offset_minutes, moment.precision) == (value, offset, precision)
    assert moment.zone_source == "page"
    assert moment.raw == raw


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ("4 mars 2026 kl. 10.20", "sv"), ("2026-03-04 10.20", "sv"),
        ("2026. március 4. 10:20", "hu"),
        ("04/03/2026 10h20", "pt"), ("04/03/2026 às 10h20", "pt"), ("04/03/2026 - 10h20min", "pt"),
        ("4 de março de 2026 às 10h20", "pt"), ("04/03/2026 à 10h20", "fr"),
        ("04/03/2026 a las 10:20 h", "es"), ("04.03.2026, 10.20 Uhr", "de"),
        ("2026-03-04 10:20 +0000 UTC", "en"), ('"2026-03-04T10:20Z"', "en"),
    ],
)  # fmt: skip
def test_a_clock_behind_a_date_is_no_span_of_time(raw: str, language: str) -> None:
    moment = _parse(raw, language, "en")
    assert moment is not None
    assert (_iso(moment), moment.precision) == ("2026-03-04T10:20:00+00:00", "minute")


@pytest.mark.parametrize("raw", ["2026-05-19", "2026/05/19", "20260519", "May 19, 2026"])
def test_a_date_without_a_time_is_midnight_utc_of_that_day(raw: str) -> None:
    moment = _parse(raw, timezone="America/New_York")
    assert moment is not None
    assert _iso(moment) == "2026-05-19T00:00:00+00:00"
    assert (moment.offset_minutes, moment.zone_source, moment.precision) == (None, "none", "day")


def test_a_time_without_an_offset_is_read_in_the_configured_zone() -> None:
    summer = _parse("2025-07-01T08:00:00", timezone="Europe/Berlin")
    winter = _parse("1. Januar 2026, 08:00 Uhr", "de", timezone="Europe/Berlin")
    assert summer is not None
    assert winter is not None
    assert (_iso(summer), summer.offset_minutes) == ("2025-07-01T06:00:00+00:00", 120)
    assert (_iso(winter), winter.offset_minutes) == ("2026-01-01T07:00:00+00:00", 60)
    assert summer.zone_source == winter.zone_source == "source"


@pytest.mark.parametrize("timezone", [None, "No/Such_Zone", "../../etc/passwd"])
def test_a_time_without_any_zone_is_read_as_utc_and_says_so(timezone: str | None) -> None:
    moment = _parse("2026-05-19T08:00:00", timezone=timezone)
    assert moment is not None
    assert _iso(moment) == "2026-05-19T08:00:00+00:00"
    assert (moment.offset_minutes, moment.zone_source) == (0, "none")


@pytest.mark.parametrize(
    ("raw", "language"),
    [
        ("4 March 2026", "en"), ("March 4th, 2026", "en"), ("4. März 2026", "de"),
        ("4 mars 2026", "fr"), ("4 de marzo de 2026", "es"), ("4 marzo 2026", "it"),
        ("4 de março de 2026", "pt"), ("4 maart 2026", "nl"), ("4 marca 2026", "pl"),
        ("4. března 2026", "cs"), ("4 mars 2026", "sv"), ("4 Mart 2026", "tr"),
        ("4 марта 2026", "ru"), ("4 березня 2026", "uk"), ("4 Maret 2026", "id"),
        ("2026年3月4日", "ja"), ("2026년 3월 4일", "ko"), ("٤ مارس ٢٠٢٦", "ar"),
        ("4 tháng 3 năm 2026", "vi"), ("04.03.2026", "de"), ("04.03.2026", "en"),
        ("4/3/2026", "fr"), ("3/4/2026", "en"), ("2026.03.04", "ko"), ("4/3/26", "fr"),
    ],
)  # fmt: skip
def test_dates_are_read_in_the_language_of_the_page(raw: str, language: str) -> None:
    assert _iso(_parse(raw, language, "en")) == "2026-03-04T00:00:00+00:00"


@pytest.mark.parametrize(
    ("region", "day"), [("US", "2026-03-04"), ("GB", "2026-04-03"), ("IN", "2026-04-03")]
)
def test_the_country_decides_the_order_of_day_and_month(region: str, day: str) -> None:
    moment = _parse("03/04/2026", region=region)
    assert moment is not None
    assert moment.value.date().isoformat() == day


@pytest.mark.parametrize("region", ["US", "GB"])
def test_a_number_above_twelve_is_the_day(region: str) -> None:
    for raw in ("13/04/2026", "04/13/2026"):
        assert _iso(_parse(raw, region=region)) == "2026-04-13T00:00:00+00:00"


def test_a_numeric_date_keeps_its_time() -> None:
    moment = _parse("03.04.2026, 10:15 Uhr", "de", timezone="Europe/Vienna")
    assert moment is not None
    assert (_iso(moment), moment.precision) == ("2026-04-03T08:15:00+00:00", "minute")


@pytest.mark.parametrize(
    ("raw", "language", "value", "precision"),
    [
        ("2 hours ago", "en", "2026-05-20T10:30:00+00:00", "minute"),
        ("yesterday", "en", "2026-05-19T00:00:00+00:00", "day"),
        ("vor 3 Tagen", "de", "2026-05-17T00:00:00+00:00", "day"),
        ("il y a 3 jours", "fr", "2026-05-17T00:00:00+00:00", "day"),
        ("hace 3 días", "es", "2026-05-17T00:00:00+00:00", "day"),
    ],
)
def test_relative_dates_count_from_when_the_page_was_fetched(
    raw: str, language: str, value: str, precision: str
) -> None:
    moment = _parse(raw, language)
    assert moment is not None
    assert (_iso(moment), moment.precision) == (value, precision)


def test_the_same_string_gives_the_same_moment_at_any_later_time() -> None:
    old = DateContext(fetched_at=datetime(2001, 2, 3, 4, 5, tzinfo=UTC))
    moment = parse_moment("2 days ago", "visible", old)
    assert moment is not None
    assert moment.value == datetime(2001, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "raw",
    [
        "", "soon", "2026", "May 2026", "May 19", "2026-02-30", "31.02.2026", "25:00", "12:30",
        "2026-05-22T13:00:00Z", "May 23, 2026", "1850-01-01", "1970-01-01T00:00:00Z", "0",
        "0000000000", "9999999999999", "0001-01-01T00:00:00", "2026-13-45", "2026-05-19T99:99:99Z",
        "Fri, 99 Feb 2026 08:00:00 GMT", "Today's top tools for your work in the garden",
    ],
)  # fmt: skip
def test_what_is_no_date_of_the_past_gives_none(raw: str) -> None:
    assert _parse(raw) is None


def test_a_date_less_than_a_day_ahead_is_a_zone_not_the_future() -> None:
    assert _iso(_parse("2026-05-21T08:00:00+14:00")) == "2026-05-20T18:00:00+00:00"
    assert _iso(_parse("2026-05-21")) == "2026-05-21T00:00:00+00:00"


def test_machine_readable_dates_come_before_printed_ones(read: Read, ld: Ld) -> None:
    data = {
        "@type": "NewsArticle",
        "headline": "Bridge opens after nine years",
        "datePublished": "2026-05-18T10:00:00+02:00",
        "dateModified": "2026-05-19T10:00:00+02:00",
    }
    metadata = read(f'{HEADING}<p class="date">May 1, 2026</p>', ld(data))
    assert metadata.date_published is not None
    assert metadata.date_modified is not None
    assert _iso(metadata.date_published) == "2026-05-18T08:00:00+00:00"
    assert metadata.date_published.source == "json-ld:datePublished"
    assert _iso(metadata.date_modified) == "2026-05-19T08:00:00+00:00"


def test_an_unusable_machine_readable_date_gives_way(read: Read) -> None:
    head = """<meta property="article:published_time" content="2031-01-01T00:00:00Z">
    <meta name="date" content="not set"><meta name="pubdate" content="2026-05-18">"""
    assert _iso(read(HEADING, head).date_published) == "2026-05-18T00:00:00+00:00"


@pytest.mark.parametrize(
    "line",
    [
        '<p class="meta">By Jo Roe | May 18, 2026</p>',
        '<div class="byline">By Jo Roe<span>18 May 2026, 10:15</span></div>',
        "<div><span>Published on May 18, 2026</span></div>",
        '<time datetime="2026-05-18">Monday</time>',
        "<p>By <a href='/author/jo'>Jo Roe</a></p><p>5/18/2026</p>",
        '<p class="date">Updated: May 19, 2026 | Published: May 18, 2026</p>',
    ],
)
def test_a_date_beside_the_headline_is_read(read: Read, line: str) -> None:
    moment = read(HEADING + line).date_published
    assert moment is not None
    assert moment.value.date().isoformat() == "2026-05-18"


def test_an_update_is_not_the_publication(read: Read) -> None:
    for line in (
        '<p class="date">Updated: May 19, 2026</p>',
        '<p>Zuletzt aktualisiert: <time datetime="2026-05-19">heute</time></p>',
        '<p class="entry-meta">Mis à jour le 19/05/2026</p>',
    ):
        metadata = read(HEADING + line)
        assert metadata.date_published is None
        assert _iso(metadata.date_modified) == "2026-05-19T00:00:00+00:00"
        assert "no_date" in {issue.code for issue in metadata.issues}


@pytest.mark.parametrize(
    "body",
    [
        f"{HEADING}<p>{RUNNING_TEXT}</p>",
        f'<main>{HEADING}</main><div class="related"><p class="date">May 1, 2026</p></div>',
        f"<main>{HEADING}</main><article><h3>Other</h3>{TIME}</article>",
        f'<nav><span class="date">Wednesday, May 20, 2026</span></nav><main>{HEADING}</main>',
        f'<main>{HEADING}</main><ul class="comments"><li>{TIME}</li></ul>',
        "<p>© 2026 The Morning Star. Edition of May 20, 2026</p>",
    ],
)
def test_dates_of_something_else_are_not_the_articles(read: Read, body: str) -> None:
    metadata = read(body)
    assert metadata.date_published is None
    assert "no_date" in {issue.code for issue in metadata.issues}


def test_sources_that_differ_by_days_are_reported(read: Read, ld: Ld) -> None:
    data = {
        "@type": "NewsArticle",
        "headline": "Bridge opens after nine years",
        "datePublished": "2026-05-18",
    }
    head = '<meta property="article:published_time" content="2026-05-01T08:00:00Z">' + ld(data)
    (issue,) = (i for i in read(HEADING, head).issues if i.field == "date_published")
    assert issue.code == "date_conflict"
    assert "2026-05-18" in issue.evidence
    assert "2026-05-01" in issue.evidence


def test_the_date_of_a_feed_is_better_than_a_printed_one(read: Read) -> None:
    hint = Candidate(field="date_published", value="Mon, 18 May 2026 08:00:00 GMT", source="feed")
    moment = read(f'{HEADING}<p class="date">May 1, 2026</p>', hints=(hint,)).date_published
    assert moment is not None
    assert (moment.source, _iso(moment)) == ("feed", "2026-05-18T08:00:00+00:00")


def test_the_zone_of_the_source_reaches_printed_dates(read: Read) -> None:
    line = '<p class="date">18.05.2026, 10:15 Uhr</p>'
    moment = read(HEADING + line, lang="de", timezone="Europe/Zurich").date_published
    assert moment is not None
    assert (_iso(moment), moment.zone_source) == ("2026-05-18T08:15:00+00:00", "source")


def test_the_country_domain_decides_where_the_language_has_no_region(read: Read) -> None:
    line = '<p class="date">03/04/2026</p>'
    british = read(HEADING + line, url="https://paper.co.uk/a").date_published
    american = read(HEADING + line, url="https://paper.com/a").date_published
    assert _iso(british) == "2026-04-03T00:00:00+00:00"
    assert _iso(american) == "2026-03-04T00:00:00+00:00"
