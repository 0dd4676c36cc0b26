"""What a body may cost, by kind, and its decoding within that bound."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from scrapy import signals
from scrapy.exceptions import StopDownload

from crawler.answers import Damage
from crawler.failures import Failure
from crawler.robots_file import MAX_BYTES as ROBOTS_BYTES
from newsgrain.content_encoding import (
    TooLargeError,
    UndecodableError,
    undo_content_encoding,
)

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

# The limit of the sitemap protocol, and four times as long for them: 60 s unless configured.
_SITEMAP_BYTES = 50 * 1024 * 1024
_SITEMAP_TIMES = 4
_MAX_CODINGS = 3


@dataclass(frozen=True, slots=True)
class Bound:
    """What one answer may cost.

    Attributes:
        seconds: from the connection to the last byte.
        octets: of the body, on the wire, and again after each decoding.
    """

    seconds: float
    octets: int


class BoundedBodies:
    """Sets the bounds of each request, and undoes the coding of its answer within them.

    It stands next to the downloader. The answer as it was received goes on as
    ``meta["received"]``, for the archive; a body that cannot be read is emptied, and
    ``meta["damage"]`` says why. Scrapy's own decoder takes a cut stream for a whole one.

    Of a robots.txt the beginning counts, however long it is, and whatever it was cut by: so
    its download is stopped, not failed, where enough of it is there.
    """

    def __init__(self, usual: Bound) -> None:
        """Take the bound of pages and feeds."""
        self._usual = usual
        self._sitemaps = Bound(usual.seconds * _SITEMAP_TIMES, max(usual.octets, _SITEMAP_BYTES))

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        settings = crawler.settings
        bodies = cls(
            Bound(settings.getfloat("DOWNLOAD_TIMEOUT"), settings.getint("DOWNLOAD_MAXSIZE"))
        )
        crawler.signals.connect(bodies.watch, signal=signals.bytes_received)
        return bodies

    def _bound(self, request: Request) -> Bound:
        return self._sitemaps if request.meta.get("kind") == "sitemap" else self._usual

    def process_request(self, request: Request) -> None:
        """Set the bounds."""
        bound = self._bound(request)
        is_robots = request.meta.get("kind") == "robots"
        request.meta["download_timeout"] = bound.seconds
        # Whoever makes a request may bound it further.
        octets = request.meta.get("download_maxsize") or bound.octets
        request.meta["download_maxsize"] = 0 if is_robots else min(octets, bound.octets)
        for name in ("damage", "received", "robots_bytes"):
            request.meta.pop(name, None)

    def watch(self, data: bytes, request: Request) -> None:
        """End the download of a robots.txt of which enough has come.

        Raises:
            StopDownload: it has; the answer is used as it is.
        """
        if request.meta.get("kind") != "robots":
            return
        request.meta["robots_bytes"] = request.meta.get("robots_bytes", 0) + len(data)
        if request.meta["robots_bytes"] > ROBOTS_BYTES:
            raise StopDownload(fail=False)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the answer without its coding."""
        request.meta["received"] = response
        codings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        if not codings or not response.body:
            return response
        body = b""
        try:
            body = self._decoded(request, response.body, codings)
        except TooLargeError:
            request.meta["damage"] = Damage(reason="the answer is too large", failure=Failure.HARD)
        except UndecodableError as exc:
            request.meta["damage"] = Damage(
                reason=f"the answer is damaged: {exc}", failure=Failure.TEMPORARY
            )
        decoded = response.replace(body=body)
        del decoded.headers["Content-Encoding"]
        return decoded

    def _decoded(self, request: Request, body: bytes, codings: str) -> bytes:
        if request.meta.get("kind") == "robots":
            return _beginning(body, codings)
        if codings.count(",") >= _MAX_CODINGS:
            raise UndecodableError("coded too often")
        return undo_content_encoding(body, codings, request.meta["download_maxsize"])


def _beginning(body: bytes, codings: str) -> bytes:
    """Return what can be read of a robots.txt under a coding that we ask for."""
    for wbits in (32 + zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            return zlib.decompressobj(wbits).decompress(body, ROBOTS_BYTES + 1)
        except zlib.error:
            continue
    return undo_content_encoding(body, codings, 20 * ROBOTS_BYTES)[: ROBOTS_BYTES + 1]
