"""Why a request brought no page: it may pass, it will stay, or we did not ask. Pure.

temporary | asked again: in this run after a pause, then on later nights
hard      | asked again on later nights only
refused   | nothing was sent: robots.txt, a private address, a limit of ours
"""

from __future__ import annotations

from enum import StrEnum

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    StopDownload,
)
from twisted.internet.error import ConnectError, ConnectionClosed

from crawler.refusal import HEADERS_WORDS, Refused, is_of_certificate

# Request timeout, too early, too many requests, and what is said by servers, and by the
# networks before them (Cloudflare's 520 to 527 and 530), that are down at the moment.
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 507, *range(520, 528), 530})
_PASSING_ERRORS = (
    CannotResolveHostError,
    ConnectError,
    ConnectionClosed,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    OSError,
    ResponseDataLossError,
    StopDownload,
    TunnelError,
)


class Failure(StrEnum):
    """What kind of failure it is; the value is what the ledger holds."""

    TEMPORARY = "temporary"
    """It may pass: worth another attempt in this run."""
    HARD = "hard"
    """The same request would fail again today."""
    REFUSED = "refused"
    """Nothing was sent."""


def failure_of_status(status: int) -> Failure:
    """Return what a status that is no success means."""
    return Failure.TEMPORARY if status in _PASSING else Failure.HARD


def failure_of_error(error: BaseException | None) -> Failure:
    """Return what an exception of a request means."""
    if isinstance(error, Refused):
        return Failure.REFUSED
    if is_of_certificate(error) or HEADERS_WORDS in str(error):
        return Failure.HARD
    return Failure.TEMPORARY if isinstance(error, _PASSING_ERRORS) else Failure.HARD
