"""The header Retry-After (RFC 9110, section 10.2.3). Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy.http import Response

_BUSY = frozenset({429, 503})


def retry_after_s(value: str, now: datetime) -> float | None:
    """Return the seconds that a header asks for: a number of them, or until a date."""
    value = value.strip()
    if value.isdecimal() and value.isascii():
        return float(value[:12])
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # A date without a zone is of GMT: HTTP knows no other.
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or UTC) - now).total_seconds())


def is_busy(response: Response) -> bool:
    """Tell whether an answer says that the host has too much to do."""
    return response.status in _BUSY


def pause_s(response: Response, now: datetime) -> float | None:
    """Return the seconds that a busy host wants to be left alone for; None if it names none."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1")
    return retry_after_s(value, now) if is_busy(response) else None
