"""The sample newspaper's web server: HTTP/1.1 on loopback, virtual hosts, conditional GET."""

from __future__ import annotations

import gzip
import hashlib
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import TYPE_CHECKING

from crawler.demo.edition import Document
from crawler.demo.newspaper import Calendar, newspapers
from crawler.demo.sites import Scene, answer
from newsgrain.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from email.message import Message

    from crawler.demo.newspaper import Newspaper, SampleArticle

ADDRESS = "127.0.0.1"
_PLAIN = "text/plain; charset=utf-8"
_WORTH_COMPRESSING = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class LoggedRequest:
    """One request as the server saw it.

    Attributes:
        at: seconds on a monotonic clock when it came, for gaps between requests.
        night: the simulated night.
        host: name without port, lower case.
        method, path: as sent; the path with its query.
        headers: names in lower case.
        status: the answer; None if the connection was dropped without one.
    """

    at: float
    night: int
    host: str
    method: str
    path: str
    headers: Mapping[str, str]
    status: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """How a site fails.

    Attributes:
        status: what every request is answered; None: the connection is dropped.
        headers: e.g. ``Retry-After``.
    """

    status: int | None = 503
    headers: tuple[tuple[str, str], ...] = ()


class DemoServer:
    """Both sample sites on an ephemeral port of this machine.

    Use `serve`; its methods may be called while requests run.
    """

    def __init__(self, *, night: int, now: datetime, crawl_delay: float) -> None:
        """Bind the port; `start` answers."""
        calendar = Calendar.of(night, now)
        self._scene = Scene(night=night, calendar=calendar, crawl_delay=crawl_delay)
        self._outages: Mapping[str, Outage] = MappingProxyType({})
        self._requests: list[LoggedRequest] = []
        self._http = _HttpServer(self)

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._http.server_address[1])

    @property
    def night(self) -> int:
        """The simulated night, from 1."""
        return self._scene.night

    @property
    def now(self) -> datetime:
        """The simulated night's clock."""
        return self._scene.calendar.now(self._scene.night)

    @property
    def newspapers(self) -> tuple[Newspaper, ...]:
        """The sites, with what must come out of them."""
        return newspapers(self._scene.calendar)

    @property
    def urls(self) -> tuple[str, ...]:
        """The sites' front pages."""
        return tuple(f"http://{paper.content.host}:{self.port}/" for paper in self.newspapers)

    @property
    def articles(self) -> tuple[SampleArticle, ...]:
        """All articles of the present night, both sites."""
        return tuple(one for paper in self.newspapers for one in paper.articles(self.night))

    @property
    def requests(self) -> tuple[LoggedRequest, ...]:
        """All requests so far, in the order of their answers."""
        return tuple(self._requests)

    def forget_requests(self) -> None:
        """Empty the log of requests."""
        self._requests.clear()

    def set_night(self, night: int, now: datetime | None = None) -> None:
        """Go to another night; without `now`, each night is 24 hours after the one before."""
        calendar = self._scene.calendar
        if now is not None:
            calendar = calendar.with_night(night, now)
        self._scene = replace(self._scene, night=night, calendar=calendar)

    def fail(self, host: str, outage: Outage | None = None) -> None:
        """Let a site answer every request with an outage (503 by default) until `mend`."""
        self._outages = MappingProxyType({**self._outages, host: outage or Outage()})

    def mend(self) -> None:
        """End all outages."""
        self._outages = MappingProxyType({})

    def start(self) -> None:
        """Answer requests on a thread of its own."""
        thread = threading.Thread(
            target=self._http.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        thread.start()

    def stop(self) -> None:
        """Stop answering and close the port."""
        self._http.shutdown()
        self._http.server_close()

    def outage(self, host: str) -> Outage | None:
        """Return how a host fails at present, if it does."""
        return self._outages.get(host)

    def answer(self, host: str, authority: str, target: str) -> Document:
        """Return the document for a request, before conditions and compression."""
        return answer(self._scene, host, f"http://{authority}", target)

    def log(self, request: LoggedRequest) -> None:
        """Keep one request."""
        self._requests.append(request)


@contextmanager
def serve(
    *, night: int = 1, now: datetime | None = None, crawl_delay: float = 0.0
) -> Iterator[DemoServer]:
    """Serve the sample newspaper while the context lasts.

    Args:
        night: the simulated night, from 1.
        now: that night's clock, aware; by default the machine's.
        crawl_delay: seconds that robots.txt asks for; 0 leaves the line out.

    Raises:
        ValueError: `now` has no time zone.
    """
    server = DemoServer(night=night, now=now or system_clock(), crawl_delay=crawl_delay)
    server.start()
    try:
        yield server
    finally:
        server.stop()


class _HttpServer(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, demo: DemoServer) -> None:
        super().__init__((ADDRESS, 0), _Handler)
        self.demo = demo

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about clients that hang up; a crawl may stop at any time."""


class _Handler(BaseHTTPRequestHandler):
    server: _HttpServer
    server_version = "Amarre/2.4"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    # Head and body leave in two writes; with Nagle's algorithm the second waits 40 ms.
    disable_nagle_algorithm = True
    timeout = 60

    def do_GET(self) -> None:
        self._respond(with_body=True)

    def do_HEAD(self) -> None:
        self._respond(with_body=False)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's interface
        """Write nothing: requests are kept in `DemoServer.requests`."""

    def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002 - its interface
        """Return the simulated clock for the header Date."""
        return _http_date(self.server.demo.now)

    def _respond(self, *, with_body: bool) -> None:
        at = time.monotonic()
        demo = self.server.demo
        authority = self.headers.get("Host", f"{ADDRESS}:{demo.port}")
        host = authority.partition(":")[0].lower()
        outage = demo.outage(host)
        if outage is not None and outage.status is None:
            self._log(at, host, None)
            self.close_connection = True
            return
        if outage is not None and outage.status:
            document = Document(
                status=outage.status, content_type=_PLAIN, body=b"down", headers=outage.headers
            )
        else:
            document = demo.answer(host, authority, self.path)
        status, headers, body = negotiate(document, self.headers)
        self._log(at, host, status)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def _log(self, at: float, host: str, status: int | None) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        request = LoggedRequest(
            at=at,
            night=self.server.demo.night,
            host=host,
            method=self.command,
            path=self.path,
            headers=MappingProxyType(headers),
            status=status,
        )
        self.server.demo.log(request)


def negotiate(document: Document, request: Message) -> tuple[int, list[tuple[str, str]], bytes]:
    """Apply conditional requests (RFC 9110, 13) and compression to a document.

    Args:
        document: the answer as the site makes it.
        request: the request's headers.

    Returns:
        Status, headers and body as they go over the wire.
    """
    headers = list(document.headers)
    if document.status == HTTPStatus.OK and document.last_modified is not None:
        # Weak, as servers send it that compress on the fly: gzip and plain text share it.
        etag = f'W/"{hashlib.sha256(document.body).hexdigest()[:20]}"'
        headers += [("ETag", etag), ("Last-Modified", _http_date(document.last_modified))]
        if _is_known(request, etag, document.last_modified):
            return HTTPStatus.NOT_MODIFIED, [*headers, ("Vary", "Accept-Encoding")], b""
    body = document.body
    if len(body) > _WORTH_COMPRESSING and not document.content_type.startswith("image/"):
        headers.append(("Vary", "Accept-Encoding"))
        if "gzip" in request.get("Accept-Encoding", ""):
            headers.append(("Content-Encoding", "gzip"))
            body = gzip.compress(body, compresslevel=5, mtime=0)
    headers += [("Content-Type", document.content_type), ("Content-Length", str(len(body)))]
    return document.status, headers, body


def _is_known(request: Message, etag: str, last_modified: datetime) -> bool:
    known = request.get("If-None-Match")
    if known is not None:
        opaque = etag.removeprefix("W/")
        return opaque in [tag.strip().removeprefix("W/") for tag in known.split(",")]
    since = request.get("If-Modified-Since")
    if since is None:
        return False
    try:
        return last_modified.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
