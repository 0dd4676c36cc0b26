"""A news site of any size on loopback, for what is measured of a crawl.

Pages come gzipped to who takes that, and give a fifth of their size, as those of most sites do.

python benchmarks/site.py ARTICLES       prints its port, then serves until it is killed
"""

from __future__ import annotations

import gzip
import hashlib
import sys
from functools import cache
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

FILLING_BYTES = 60_000
_SENTENCE = "The ferry of the {} hour came back to the quay late on Monday because of the fog."
_PUBLISHED = "2026-11-20T01:00:00+00:00"


@cache
def _filling() -> str:
    words = [hashlib.sha256(bytes([number])).hexdigest()[:6] for number in range(256)]
    order = hashlib.shake_256(b"filling").digest(FILLING_BYTES // 7)
    return f"<script>{' '.join(words[place] for place in order)}</script>"


def article(number: int, place: str = "the quay") -> bytes:
    """Return a page of some 60 kB, most of it script, as pages are."""
    title = f"Ferry {number} to {place} was late"
    text = "".join(f"<p>{_SENTENCE.format(number * 40 + line)}</p>" for line in range(20))
    meta = f'<meta property="article:published_time" content="{_PUBLISHED}">'
    head = f"<head><title>{title}</title>{meta}{_filling()}</head>"
    return f'<html lang="en">{head}<article><h1>{title}</h1>{text}</article>'.encode()


class Site(ThreadingHTTPServer):
    """The site.

    Args:
        articles: how many it has.
    """

    def __init__(self, articles: int) -> None:
        self.articles = articles
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Site

    def do_GET(self) -> None:
        """Answer."""
        name = self.path.strip("/")
        if name.startswith("story-"):
            page = article(int(name.rpartition("-")[2]), self.headers["Host"])
            self._answer(page, "text/html; charset=utf-8")
        elif name == "sitemap.xml":
            self._answer(self._sitemap(), "application/xml")
        elif not name:
            self._answer(b"<html><title>Ferries</title><p>News of ferries.</p>", "text/html")
        else:
            self._answer(b"", "text/plain", HTTPStatus.NOT_FOUND)

    def _sitemap(self) -> bytes:
        host = self.headers["Host"]
        places = "".join(
            f"<url><loc>http://{host}/story-{number}</loc><lastmod>{_PUBLISHED}</lastmod></url>"
            for number in range(self.server.articles)
        )
        space = "http://www.sitemaps.org/schemas/sitemap/0.9"
        return f'<?xml version="1.0"?><urlset xmlns="{space}">{places}</urlset>'.encode()

    def _answer(self, body: bytes, kind: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        tag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
        if self.headers.get("If-None-Match") in {tag, "*"}:  # RFC 9110, section 13.1.2
            status, body = HTTPStatus.NOT_MODIFIED, b""
        self.send_response(status)
        if body and "gzip" in self.headers.get("Accept-Encoding", ""):
            body = gzip.compress(body, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", kind)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
        """Keep quiet."""


def main() -> None:
    """Serve."""
    site = Site(int(sys.argv[1]))
    print(site.server_address[1], flush=True)
    site.serve_forever()


if __name__ == "__main__":
    main()
