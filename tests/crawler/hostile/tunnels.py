"""A proxy that opens tunnels, and servers behind it that speak TLS."""

from __future__ import annotations

import contextlib
import socket
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping


def answer(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """Return an answer as it goes over the wire."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def _head(connection: socket.socket) -> str:
    head = b""
    while b"\r\n\r\n" not in head:
        more = connection.recv(65_536)
        if not more:
            raise ConnectionError
        head += more
    return head.decode("latin-1")


class _Listener(ABC):
    """Answers each connection in a thread of its own."""

    def __init__(self) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._socket.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._socket.accept()
                threading.Thread(target=self._begin, args=(connection,), daemon=True).start()

    def _begin(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            self.serve(connection)

    @abstractmethod
    def serve(self, connection: socket.socket) -> None:
        """Answer one connection."""

    def close(self) -> None:
        self._socket.close()


class SecureServer(_Listener):
    """Serves pages by path over TLS; what is not there is absent.

    Attributes:
        heads: what it was asked, once a connection was trusted.
    """

    def __init__(self, context: ssl.SSLContext, pages: Mapping[str, bytes]) -> None:
        self._context = context
        self._pages = pages
        self.heads: list[str] = []
        super().__init__()

    def serve(self, connection: socket.socket) -> None:
        with self._context.wrap_socket(connection, server_side=True) as secure:
            head = _head(secure)
            self.heads.append(head)
            secure.sendall(self._pages.get(head.split(" ")[1], answer(b"", "404 Not Found")))


class Tunnels(_Listener):
    """A proxy that only knows CONNECT, and where some names lie.

    Attributes:
        heads: what it was asked.
    """

    def __init__(self, places: Mapping[str, int]) -> None:
        self._places = places
        self.heads: list[str] = []
        super().__init__()

    def asked(self, name: str) -> int:
        """Return how often it was asked for a tunnel to a host."""
        return sum(f"CONNECT {name}.nowhere:" in head for head in self.heads)

    def serve(self, connection: socket.socket) -> None:
        head = _head(connection)
        self.heads.append(head)
        method, target, _ = head.split(" ", 2)
        port = self._places.get(target)
        if method != "CONNECT" or port is None:
            connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        with socket.create_connection(("127.0.0.1", port)) as beyond:
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            back = threading.Thread(target=_pour, args=(beyond, connection), daemon=True)
            back.start()
            _pour(connection, beyond)
            back.join()


def _pour(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)
