"""A newspaper on this machine whose every answer a test decides, and crawls of it."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
CRAWL_ONCE = Path(__file__).with_name("crawl_once.py")
NIGHT = "2026-05-04T02:00:00+00:00"


@dataclass(kw_only=True)
class Reply:
    """One answer; `cut` closes the connection after so many bytes of the body."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: int | None = None
    wait_s: float = 0.0


@dataclass(kw_only=True)
class Asked:
    """One request as the server saw it."""

    at: float
    host: str
    path: str
    headers: dict[str, str]


class Newspaper:
    """A server with replies by path: one reply for ever, or a list, the last one for ever."""

    def __init__(self) -> None:
        self.replies: dict[str, list[Reply]] = {}
        self.asked: list[Asked] = []
        self._served: Counter[str] = Counter()
        self._lock = threading.Lock()
        paper = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                paper.answer(self)

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def url(self, path: str = "/", host: str = "courrier.example") -> str:
        return f"http://{host}:{self.port}{path}"

    def set(self, path: str, *replies: Reply) -> None:
        self.replies[path] = list(replies)
        self._served[path] = 0

    def article(self, path: str, text: str = "story", **headers: str) -> str:
        body = f"<html><head><title>{path}</title></head><body><p>{text}</p></body></html>"
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.set(path, Reply(body=body.encode(), headers={"Content-Type": "text/html", **named}))
        return self.url(path)

    def feed(self, path: str, items: dict[str, str], **headers: str) -> str:
        """Serve an RSS feed of addresses with their dates."""
        entries = "".join(
            f"<item><title>About {url}</title><link>{url}</link><pubDate>{date}</pubDate></item>"
            for url, date in items.items()
        )
        body = f'<?xml version="1.0"?><rss version="2.0"><channel>{entries}</channel></rss>'
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        kind = {"Content-Type": "application/rss+xml", **named}
        self.set(path, Reply(body=body.encode(), headers=kind))
        return self.url(path)

    def paths(self) -> list[str]:
        return [asked.path for asked in self.asked]

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        with self._lock:
            path = handler.path
            self.asked.append(
                Asked(
                    at=time.monotonic(),
                    host=handler.headers["Host"],
                    path=path,
                    headers=dict(handler.headers.items()),
                )
            )
            replies = self.replies.get(path, [Reply(status=404)])
            reply = replies[min(self._served[path], len(replies) - 1)]
            self._served[path] += 1
        self._send(handler, _conditional(reply, handler))

    def _send(self, handler: BaseHTTPRequestHandler, reply: Reply) -> None:
        time.sleep(reply.wait_s)
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(reply.body)))
        handler.end_headers()
        handler.wfile.write(reply.body if reply.cut is None else reply.body[: reply.cut])
        if reply.cut is not None:
            handler.close_connection = True

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def _conditional(reply: Reply, handler: BaseHTTPRequestHandler) -> Reply:
    for header, condition in (("ETag", "If-None-Match"), ("Last-Modified", "If-Modified-Since")):
        value = reply.headers.get(header)
        if value and handler.headers.get(condition) == value:
            return Reply(status=304, headers={header: value})
    return reply


@pytest.fixture
def newspaper() -> Iterator[Newspaper]:
    paper = Newspaper()
    yield paper
    paper.close()


@pytest.fixture
def reply() -> type[Reply]:
    return Reply


def _without_proxies() -> dict[str, str]:
    """Return the environment without proxies, which know nothing of sites on this machine."""
    return {
        name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")
    }


class Bench:
    """A workspace, and crawls of it in processes of their own."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def configure(self, *sources: str, crawl: str = "") -> None:
        """Write newsgrain.toml with a delay that tests can wait for."""
        head = f'[crawl]\ncontact = "desk@example.org"\ndelay_s = 0.01\ntimeout_s = 2\n{crawl}\n'
        if "obey_tdm" not in crawl:  # else each host is asked for a file of reservations, too
            head += "obey_tdm = false\n"
        (self.root / "newsgrain.toml").write_text(head + "".join(sources))

    def start(
        self,
        *,
        now: str = NIGHT,
        settings: dict[str, Any] | None = None,
        largest_file: int | None = None,
        since: str = "",
        refetch: bool = False,
    ) -> subprocess.Popen[str]:
        """Start a crawl; `largest_file` limits the bytes of any file that it writes."""
        command = [sys.executable, str(CRAWL_ONCE), str(self.root), now, json.dumps(settings or {})]
        command += [since, "yes" if refetch else "", str(largest_file or "")]
        return subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=_without_proxies() | {"PYTHONPATH": str(ROOT)},
        )

    def crawl(
        self, *, now: str = NIGHT, settings: dict[str, Any] | None = None, **reach: Any
    ) -> dict[str, Any]:
        process = self.start(now=now, settings=settings, **reach)
        out, err = process.communicate(timeout=180)
        assert process.returncode == 0, err
        assert "Traceback" not in err, err
        summary: dict[str, Any] = json.loads(out)
        summary["log"] = err
        return summary

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        ledger = sqlite3.connect(f"file:{self.root}/archive/ledger.sqlite?mode=ro", uri=True)
        try:
            return ledger.execute(query).fetchall()
        finally:
            ledger.close()

    def pages(self) -> list[tuple[Any, ...]]:
        """Return kind, path, status and finality of every request, in order."""
        rows = self.rows("SELECT kind, url, status, is_final FROM pages ORDER BY page_id")
        return [
            (kind, "/" + url.split("/", 3)[3], status, bool(f)) for kind, url, status, f in rows
        ]

    def states(self) -> dict[str, str]:
        rows = self.rows("SELECT url, state FROM frontier_articles")
        return {"/" + url.split("/", 3)[3]: state for url, state in rows}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    """The classes above, for fixtures that live as long as a module."""
    return SimpleNamespace(Newspaper=Newspaper, Bench=Bench, Reply=Reply)


@pytest.fixture(scope="session")
def source_of() -> Callable[..., str]:
    def text(
        paper: Newspaper, *, name: str = "courrier", host: str = "courrier.example", more: str = ""
    ) -> str:
        url = paper.url("/", host)
        return f'[[source]]\nname = "{name}"\nurl = "{url}"\n{more}\n'

    return text
