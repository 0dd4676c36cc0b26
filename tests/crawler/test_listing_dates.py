"""The dates of feeds and sitemaps, in every spelling."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.listing import end_of_lastmod, parse_date


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-05-03", datetime(2026, 5, 3, tzinfo=UTC)),
        ("2026-05", datetime(2026, 5, 1, tzinfo=UTC)),
        ("2026-05-03T10:00:00+02:00", datetime(2026, 5, 3, 8, tzinfo=UTC)),
        ("2026-05-03T10:00:00.123Z", datetime(2026, 5, 3, 10, 0, 0, 123_000, tzinfo=UTC)),
        ("2026-05-03 10:00", datetime(2026, 5, 3, 10, tzinfo=UTC)),
        (" Sun, 03 May 2026 10:00:00 +0200 ", datetime(2026, 5, 3, 8, tzinfo=UTC)),
        ("Sun, 03 May 2026 10:00:00 GMT", datetime(2026, 5, 3, 10, tzinfo=UTC)),
        ("yesterday", None),
        ("", None),
        (None, None),
        ("0001-01-01T00:00:00+14:00", None),
        ("Sun, 03 May 99999999999999999999 10:00:00 +0200", None),
        ("Sun, 03 May 2026 10:00:00 +99999999999999999999", None),
    ],
)
def test_dates_of_feeds_and_sitemaps(text: str | None, moment: datetime | None) -> None:
    assert parse_date(text) == moment


def test_a_day_lasts_until_its_end() -> None:
    assert end_of_lastmod("2026-05-03") == datetime(2026, 5, 4, tzinfo=UTC)
    assert end_of_lastmod("2026-05-03T00:00:00Z") == datetime(2026, 5, 3, tzinfo=UTC)
    assert end_of_lastmod("soon") is None


def test_the_last_day_of_the_calendar_is_a_date() -> None:
    assert end_of_lastmod("9999-12-31") == datetime(9999, 12, 31, tzinfo=UTC)
