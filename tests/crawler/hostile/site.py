"""The hostile site: real sockets on loopback, one host name for each trap, raw answers."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

STORY = b"<!doctype html><html><head><title>Story</title></head><body><p>A story.</p></body></html>"


@dataclass(kw_only=True)
class Call:
    """One request, and the means to answer it.

    Attributes:
        host: name that was asked for, without port.
        path: with its query.
        headers: by lower-case name.
        before: how often this address was asked for before.
        at: monotonic seconds of its arrival.
        sent: bytes that were taken of the answer.
    """

    site: Site
    connection: socket.socket
    host: str
    path: str
    headers: dict[str, str]
    before: int
    at: float = field(default_factory=time.monotonic)
    sent: int = 0

    def send(self, data: bytes) -> None:
        """Send raw bytes; raises OSError when the other side has gone."""
        self.connection.sendall(data)
        self.sent += len(data)

    def reply(self, body: bytes = STORY, status: int = 200, **headers: str) -> None:
        """Send a whole answer; underscores in names of headers are hyphens."""
        named = {
            "Content-Type": "text/html",
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [
            f"HTTP/1.1 {status} Status",
            *(f"{name}: {value}" for name, value in named.items()),
        ]
        self.send("\r\n".join([*lines, "", ""]).encode("latin-1") + body)

    def begin(self, *lines: str) -> None:
        """Send the status line and some header lines, and the end of the headers."""
        self.send("\r\n".join(["HTTP/1.1 200 OK", *lines, "", ""]).encode("latin-1"))

    def redirect(self, location: str, status: int = 302) -> None:
        """Send elsewhere."""
        self.reply(b"", status, Location=location)

    def reset(self) -> None:
        """End the connection by a reset."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()

    def wait(self) -> None:
        """Say nothing until the other side has gone, or the site closes."""
        self.drip(b"")

    def drip(self, data: bytes, every_s: float = 0.1) -> None:
        """Send the same few bytes again and again, until the other side has gone."""
        self.connection.settimeout(every_s)
        while not self.site.is_closed.is_set():
            self.send(data)
            with contextlib.suppress(TimeoutError):
                if not self.connection.recv(4096):
                    return


Handler: TypeAlias = "Callable[[Call], None]"


def story(call: Call) -> None:
    """Answer with a small page that is all right."""
    call.reply()


def absent(call: Call) -> None:
    """Answer that there is no such page."""
    call.reply(b"", 404)


class Site:
    """Answers by host name and path; what is not set up is absent.

    Every host has a feed, ``/feed.xml``, that lists the host's other pages in their order.
    """

    def __init__(self) -> None:
        self.pages: dict[str, dict[str, Handler]] = {}
        self.calls: list[Call] = []
        self.is_closed = threading.Event()
        self.most_at_once: Counter[str] = Counter()
        self._active: Counter[str] = Counter()
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def url(self, host: str, path: str = "/") -> str:
        return f"http://{host}:{self.port}{path}"

    def add(self, name: str, pages: Mapping[str, Handler]) -> None:
        """Set up a host, its feed included if it has none of its own."""
        host = f"{name}.example"
        listed = [path for path in pages if path not in {"/robots.txt", "/feed.xml"}]
        items = "".join(
            f"<item><title>T</title><link>{self.url(host, path)}</link>"
            f"<pubDate>Sun, 03 May 2026 10:{59 - number:02}:00 GMT</pubDate></item>"
            for number, path in enumerate(listed)
        )
        body = f'<rss version="2.0"><channel>{items}</channel></rss>'.encode()
        self.pages[host] = {"/feed.xml": lambda call: call.reply(body), **pages}

    def source(self, name: str, more: str = "") -> str:
        """Return the table of newsgrain.toml that crawls a host by its feed."""
        host = f"{name}.example"
        listing = more or f'feeds = ["{self.url(host, "/feed.xml")}"]'
        return f'[[source]]\nname = "{name}"\nurl = "{self.url(host)}"\n{listing}\n'

    def asked(self, name: str) -> list[Call]:
        """Return the requests to a host in the order of their arrival."""
        return [call for call in self.calls if call.host == f"{name}.example"]

    def paths(self, name: str) -> list[str]:
        return [call.path for call in self.asked(name)]

    def _accept(self) -> None:
        while not self.is_closed.is_set():
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(65_536)
                if not more:
                    return
                head += more
            call = self._call(connection, head.decode("latin-1"))
            with self._counting(call.host):
                self.pages.get(call.host, {}).get(call.path.partition("?")[0], absent)(call)

    def _call(self, connection: socket.socket, head: str) -> Call:
        first, *lines = head.split("\r\n\r\n", maxsplit=1)[0].split("\r\n")
        headers = {
            name.strip().lower(): value.strip()
            for name, _, value in (line.partition(":") for line in lines)
        }
        host, path = headers.get("host", "").rpartition(":")[0], first.split(" ")[1]
        with self._lock:
            before = sum((call.host, call.path) == (host, path) for call in self.calls)
            call = Call(
                site=self,
                connection=connection,
                host=host,
                path=path,
                headers=headers,
                before=before,
            )
            self.calls.append(call)
        return call

    @contextlib.contextmanager
    def _counting(self, host: str) -> Iterator[None]:
        with self._lock:
            self._active[host] += 1
            self.most_at_once[host] = max(self.most_at_once[host], self._active[host])
        try:
            yield
        finally:
            with self._lock:
                self._active[host] -= 1

    def close(self) -> None:
        self.is_closed.set()
        self._listener.close()


class Canary:
    """A service beside the site that nobody may ever connect to."""

    def __init__(self) -> None:
        self.connections = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self.connections += 1
                connection.close()

    def close(self) -> None:
        self._listener.close()
