"""Which document answers an address: hosts, redirects, pages of a night, what is gone."""

from __future__ import annotations

import hashlib
import struct
import zlib
from dataclasses import dataclass
from functools import cache, lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol
from urllib.parse import parse_qsl, unquote, urlsplit

from crawler.demo import courrier, herald
from crawler.demo.edition import Document, Edition
from crawler.demo.newspaper import Calendar, newspapers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.demo.edition import Render

_PLAIN = "text/plain; charset=utf-8"
_SITES_KEPT = 16


class Theme(Protocol):
    """What a site's module offers."""

    def documents(self, edition: Edition) -> dict[str, Render]:
        """Return everything the site serves, by path."""

    def queried(self, edition: Edition, path: str, query: Mapping[str, str]) -> Document | None:
        """Return an answer that depends on the query, if this is such an address."""


_THEMES: Mapping[str, Theme] = {"courrier": courrier, "herald": herald}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """What all answers depend on; replaced as a whole, so that threads see one night.

    Attributes:
        night: the simulated night, from 1.
        calendar: the nights' clocks.
        crawl_delay: seconds that robots.txt asks for; 0 leaves the line out.
    """

    night: int
    calendar: Calendar
    crawl_delay: float


def answer(scene: Scene, host: str, base: str, target: str) -> Document:
    """Return what a site answers to a GET, before conditions and compression.

    Args:
        scene: night, clocks and settings.
        host: the virtual host, lower case, without port.
        base: scheme, host and port as the client sent them: all addresses start with it.
        target: path and query.
    """
    for paper in newspapers(scene.calendar):
        if host in paper.content.aliases:
            return _moved(base.replace(host, paper.content.host, 1) + target)
        if host == paper.content.host:
            return _page(*_site(scene, paper.content.key, base), target)
    return Document(
        status=HTTPStatus.MISDIRECTED_REQUEST, content_type=_PLAIN, body=b"no such site here\n"
    )


@lru_cache(maxsize=_SITES_KEPT)
def _site(scene: Scene, key: str, base: str) -> tuple[Edition, dict[str, Render]]:
    paper = next(one for one in newspapers(scene.calendar) if one.content.key == key)
    edition = Edition(newspaper=paper, night=scene.night, base=base, crawl_delay=scene.crawl_delay)
    served = _THEMES[key].documents(edition)
    return edition, {path: cache(render) for path, render in served.items()}


def _page(edition: Edition, served: Mapping[str, Render], target: str) -> Document:
    parts = urlsplit(target)
    path = unquote(parts.path)
    theme = _THEMES[edition.content.key]
    queried = theme.queried(edition, path, dict(parse_qsl(parts.query)))
    if queried is not None:
        return queried
    if path in served:
        return served[path]()
    if f"{path}/" in served:
        return _moved(edition.url(f"{path}/"))
    if path.endswith(".png"):
        return Document(content_type="image/png", body=picture(path))
    gone = path in edition.newspaper.gone(edition.night)
    status = HTTPStatus.GONE if gone else HTTPStatus.NOT_FOUND
    return Document(status=status, body=f"<h1>{status.value} {status.phrase}</h1>".encode())


def picture(name: str) -> bytes:
    """Return a PNG of one pixel whose colour depends on its name."""
    colour = hashlib.sha256(name.encode()).digest()[:3]
    header = struct.pack(">IIBBBBB", 1, 1, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(b"\0" + colour)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def _moved(address: str) -> Document:
    return Document(
        status=HTTPStatus.MOVED_PERMANENTLY, content_type=_PLAIN, headers=(("Location", address),)
    )
