"""The download handler: Scrapy's, with a bound on headers and a clock on every request.

Scrapy bounds the body of an answer and nothing before it: a server could send header lines, or
answers of status 100, for as long as the timeout allows, and all of them would be kept.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, NoReturn

from scrapy.core.downloader.handlers.http11 import (
    HTTP11DownloadHandler,
    _LenientHTTP11ClientFactory,
    _LenientHTTP11ClientProtocol,
    _LenientHTTPClientParser,
)
from twisted.web._newclient import ParseError

from crawler.refusal import HEADERS_WORDS
from crawler.shift import refuse_out_of_turn

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import HTTP11ClientProtocol
    from twisted.web._newclient import Request as TwistedRequest
    from twisted.web.iweb import IResponse

MAX_HEADER_BYTES = 256 * 1024
"""Of one answer with all its interim ones. Security policies of 20 kB are met in the wild."""


_IDLE_S = 30


class _BoundedParser(_LenientHTTPClientParser):
    """Parses an answer whose headers have an end."""

    MAX_LENGTH = MAX_HEADER_BYTES
    _header_bytes = 0  # by class: instances are made of another one's

    def lineReceived(self, line: bytes) -> None:  # noqa: N802 - Twisted's interface
        """Count a line, then parse it."""
        self._header_bytes += len(line) + 1
        if self._header_bytes > MAX_HEADER_BYTES:
            self.lineLengthExceeded(line)
        super().lineReceived(line)

    def lineLengthExceeded(self, line: bytes) -> NoReturn:  # noqa: N802 - Twisted's interface
        """End the answer."""
        raise ParseError(HEADERS_WORDS, line[:100])  # type: ignore[no-untyped-call]


class _BoundedProtocol(_LenientHTTP11ClientProtocol):
    def request(self, request: TwistedRequest) -> Deferred[IResponse]:
        answer: Deferred[IResponse] = super().request(request)
        # Scrapy replaces the class of the parser as well; neither has state of its own.
        self._parser.__class__ = _BoundedParser
        return answer


class _BoundedFactory(_LenientHTTP11ClientFactory):
    def buildProtocol(self, _: IAddress | None) -> HTTP11ClientProtocol:  # noqa: N802 - Twisted's interface
        return _BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


class BoundedDownloadHandler(HTTP11DownloadHandler):
    """Downloads over HTTP/1.1; ``meta["took_s"]`` tells how long an answer, or none, took."""

    def __init__(self, crawler: Crawler) -> None:
        """Set up the pool of connections."""
        super().__init__(crawler)
        self._of = crawler
        self._pool._factory = _BoundedFactory  # noqa: SLF001 - as Scrapy does
        # One open connection for every host that was asked in the last four minutes, Twisted's
        # default, would be more than a process may have.
        self._pool.cachedConnectionTimeout = _IDLE_S

    async def download_request(self, request: Request) -> Response:
        """Return the answer.

        Raises:
            Refused: it is another machine's turn at the host.
        """
        refuse_out_of_turn(self._of, request)
        begin = monotonic()
        try:
            return await super().download_request(request)
        finally:
            request.meta["took_s"] = monotonic() - begin
