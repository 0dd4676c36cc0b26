"""Requests that are not made, or not followed, and why."""

from __future__ import annotations

from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    NotSupported,
    ResponseDataLossError,
    StopDownload,
    UnsupportedURLSchemeError,
)
from twisted.internet.error import ConnectError, ConnectionClosed


class Refused(IgnoreRequest):
    """A request that newsgrain itself refuses.

    Raised by the downloader middlewares in ``process_request``; the request's errback gets
    it, and nothing is sent.

    Attributes:
        reason: a few words for people.
        is_lasting: the same request would be refused tomorrow, too. If not, the address
            waits for the next run and the refusal does not count as a failure.
    """

    def __init__(self, reason: str, *, is_lasting: bool) -> None:
        """Take why, and whether tomorrow's answer would be the same."""
        super().__init__(reason)
        self.reason = reason
        self.is_lasting = is_lasting


class TooManyRedirects(IgnoreRequest):
    """A request was redirected more often than is followed."""


HEADERS_WORDS = "the headers are too large"
"""What `crawler.connections` says of headers without an end."""

_CERTIFICATE_WORDS = ("certificate verify failed", "service_identity")
"""What OpenSSL says of one that is expired or forged, and service-identity of another host's."""


class RenderingError(Exception):
    """A page could not be rendered in the browser; the message says why."""


_MESSAGES: tuple[tuple[type[Exception], str], ...] = (
    (CannotResolveHostError, "no answer (DNS lookup failed)"),
    (DownloadConnectionRefusedError, "no answer (connection refused)"),
    (DownloadTimeoutError, "no answer in time"),
    (ResponseDataLossError, "the answer was cut short"),
    (DownloadCancelledError, "the answer is too large"),
    (TunnelError, "no answer (the proxy opens no tunnel)"),
    (StopDownload, "given up while too much was being received"),
    (UnsupportedURLSchemeError, "no http(s) address"),
)

# What Scrapy does not tell apart: by the words of OpenSSL, of Twisted and of our own.
_WORDS = (
    *((words, "the certificate is not valid") for words in _CERTIFICATE_WORDS),
    (HEADERS_WORDS, HEADERS_WORDS),
    ("ParseError", "the answer is no HTTP"),
    ("BadResponseVersion", "the answer is no HTTP"),
    ("SSL", "no answer (TLS handshake failed)"),
)
_LOST = "no answer (connection lost)"


def is_of_certificate(error: BaseException | None) -> bool:
    """Say whether a request failed because the server could not show who it is."""
    return any(words in str(error) for words in _CERTIFICATE_WORDS)


FETCH_ERRORS: tuple[type[Exception], ...] = (
    *(kind for kind, _ in _MESSAGES),
    DownloadFailedError,
    IgnoreRequest,
    NotSupported,
    # What Scrapy does not translate: of sockets, of Twisted, and of addresses it cannot encode.
    OSError,
    ConnectError,
    ConnectionClosed,
    ValueError,
)
"""All that fetching one address may raise; `describe` has words for each."""


def describe(error: BaseException | None) -> str:
    """Return a few words on why a request brought no page, without addresses and line breaks."""
    if isinstance(error, Refused | RenderingError):
        return str(error)
    if isinstance(error, IgnoreRequest):
        text = str(error)
        return "the answer is too large" if "DOWNLOAD_MAXSIZE" in text else text or "ignored"
    for kind, message in _MESSAGES:
        if isinstance(error, kind):
            return message
    words = str(error)
    return next((message for part, message in _WORDS if part in words), _LOST)
