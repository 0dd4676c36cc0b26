"""The traps, one host each: what its pages do."""

from __future__ import annotations

import gzip
import os
from typing import TYPE_CHECKING

from tests.crawler.hostile import bombs
from tests.crawler.hostile.site import STORY, absent, story

if TYPE_CHECKING:
    from tests.crawler.hostile.site import Call, Handler, Site


def endless(call: Call) -> None:
    call.begin("Content-Type: text/html")
    while True:
        call.send(b"<p>more</p>" * 10_000)


def huge_declared(call: Call) -> None:
    call.begin("Content-Type: text/html", "Content-Length: 2000000000")
    endless(call)


def endless_chunks(call: Call) -> None:
    call.begin("Content-Type: text/html", "Transfer-Encoding: chunked")
    while True:
        call.send(b"2710\r\n" + b"<p>more..." * 1000 + b"\r\n")


def endless_headers(call: Call) -> None:
    call.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        call.send(b"X-More: and more\r\n" * 1000)


def endless_header_line(call: Call) -> None:
    call.send(b"HTTP/1.1 200 OK\r\nX-More: ")
    while True:
        call.send(b"x" * 10_000)


def endless_interim(call: Call) -> None:
    while True:
        call.send(b"HTTP/1.1 100 Continue\r\n\r\n" * 1000)


def slow_body(call: Call) -> None:
    call.begin("Content-Type: text/html", "Content-Length: 100000")
    call.drip(b"x")


def slow_headers(call: Call) -> None:
    call.send(b"HTTP/1.1 200 OK\r\n")
    call.drip(b"X-Slow: y\r\n")


def coded(body: bytes, coding: str) -> Handler:
    return lambda call: call.reply(body, Content_Encoding=coding)


def cut_body(call: Call) -> None:
    call.begin("Content-Type: text/html", f"Content-Length: {len(STORY)}")
    call.send(STORY[:40])


def cut_chunks(call: Call) -> None:
    call.begin("Content-Type: text/html", "Transfer-Encoding: chunked")
    call.send(b"28\r\n" + STORY[:40] + b"\r\n")


def bad_chunk(call: Call) -> None:
    call.begin("Content-Type: text/html", "Transfer-Encoding: chunked")
    call.send(b"28\r\n" + STORY[:40] + b"\r\nnonsense\r\n\r\n")


def cut_gzip(call: Call) -> None:
    """Cut before it was sent: the length is right, and the stream has no end."""
    call.reply(gzip.compress(STORY + os.urandom(500))[:-100], Content_Encoding="gzip")


def reset_within(call: Call) -> None:
    call.begin("Content-Type: text/html", f"Content-Length: {len(STORY)}")
    call.send(STORY[:40])
    call.reset()


def garbage(call: Call) -> None:
    call.send(b"SSH-2.0-x\r\n\r\n")


def once(bad: Handler, good: Handler = story) -> Handler:
    """Return what is bad the first time only."""
    return lambda call: bad(call) if call.before == 0 else good(call)


def status(number: int, **headers: str) -> Handler:
    return lambda call: call.reply(b"", number, **headers)


def to(location: str) -> Handler:
    return lambda call: call.redirect(location)


def numbered(call: Call) -> None:
    """Lead on to an address that was never seen before."""
    path, _, number = call.path.partition("?")
    call.redirect(f"{path}?{int(number or 0) + 1}")


def cookie_wall(call: Call) -> None:
    """Demand a cookie, by a redirect to itself, and flood whoever keeps them."""
    if len(call.headers.get("cookie", "")) > 16_000:
        call.reply(b"", 431)
        return
    call.send(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nConnection: close\r\n")
    call.send(b"".join(b"Set-Cookie: c%d=%s\r\n" % (i, b"x" * 500) for i in range(40)))
    call.send(f"Location: {call.path}\r\n\r\n".encode())


def cookies(call: Call) -> None:
    if "cookie" in call.headers:
        call.reply(b"", 431)
        return
    many = b"".join(b"Set-Cookie: c%d=%s\r\n" % (i, b"x" * 500) for i in range(100))
    call.send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n" + many)
    call.send(b"Content-Length: %d\r\n\r\n" % len(STORY) + STORY)


def hops(count: int) -> dict[str, Handler]:
    """Return pages that lead, by so many redirects, to a story."""
    chain = {f"/trap/{number}": to(f"/trap/{number + 1}") for number in range(1, count)}
    return {"/trap/": to("/trap/1"), **chain, f"/trap/{count}": story}


# What fails for good: the error that is kept, its kind, and how often it was asked for.
TOO_LARGE = "the answer is too large"
FAILING: dict[str, tuple[Handler, str, str, int]] = {
    "endless": (endless, TOO_LARGE, "hard", 1),
    "huge-declared": (huge_declared, TOO_LARGE, "hard", 1),
    "endless-chunks": (endless_chunks, TOO_LARGE, "hard", 1),
    "endless-headers": (endless_headers, "the headers are too large", "hard", 1),
    "header-line": (endless_header_line, "the headers are too large", "hard", 1),
    "interim": (endless_interim, "the headers are too large", "hard", 1),
    "slow-body": (slow_body, "no answer in time", "temporary", 3),
    "slow-headers": (slow_headers, "no answer in time", "temporary", 3),
    "stall": (lambda call: call.wait(), "no answer in time", "temporary", 3),
    "gzip-bomb": (coded(bombs.gzipped(), "gzip"), TOO_LARGE, "hard", 1),
    "gzip-over": (coded(gzip.compress(bytes(1_100_000)), "gzip"), TOO_LARGE, "hard", 1),
    "gzip-twice": (coded(bombs.twice_gzipped(), "gzip, gzip"), TOO_LARGE, "hard", 1),
    "deflate-bomb": (coded(bombs.zlibbed(), "deflate"), TOO_LARGE, "hard", 1),
    "br-bomb": (coded(bombs.brotlied(), "br"), TOO_LARGE, "hard", 1),
    "zstd-bomb": (coded(bombs.zstandard(), "zstd"), TOO_LARGE, "hard", 1),
    "zstd-frames": (coded(bombs.zstandard_of_frames(), "zstd"), TOO_LARGE, "hard", 1),
    "coded-often": (
        coded(STORY, ", ".join(["gzip"] * 5000)),
        "the answer is damaged: coded too often",
        "temporary",
        3,
    ),
    "cut-body": (cut_body, "the answer was cut short", "temporary", 3),
    "cut-chunks": (cut_chunks, "the answer was cut short", "temporary", 3),
    "bad-chunk": (bad_chunk, "the answer was cut short", "temporary", 3),
    "cut-gzip": (
        cut_gzip,
        "the answer is damaged: compressed body ends early",
        "temporary",
        3,
    ),
    "reset": (lambda call: call.reset(), "no answer (connection lost)", "temporary", 3),
    "reset-within": (reset_within, "the answer was cut short", "temporary", 3),
    "garbage": (garbage, "the answer is no HTTP", "temporary", 3),
    "redirect-self": (to("/trap/"), "max redirections reached", "hard", 6),
    "redirect-on": (numbered, "max redirections reached", "hard", 6),
    "redirect-cookie": (cookie_wall, "max redirections reached", "hard", 6),
    "redirect-long": (
        to("/" + "a" * 5000),
        "redirected to an address that is too long",
        "refused",
        1,
    ),
    "redirect-secret": (
        to("http://me:secret@redirect-secret.example/x"),
        "redirected to an address with credentials",
        "refused",
        1,
    ),
    "401": (status(401), "HTTP 401", "hard", 1),
    "500": (status(500), "HTTP 500", "temporary", 3),
    "501": (status(501), "HTTP 501", "hard", 1),
}  # fmt: skip

# What is fetched in spite of all.
BORNE: dict[str, Handler] = {
    "slow-but-good": lambda call: call.site.is_closed.wait(1.0) or call.reply(),
    "cut-body-once": once(cut_body),
    "cut-chunks-once": once(cut_chunks),
    "cut-gzip-once": once(cut_gzip),
    "reset-once": once(lambda call: call.reset()),
    "reset-within-once": once(reset_within),
    "500-once": once(status(500)),
    "cookies": cookies,
    "long-header": lambda call: call.reply(STORY, X_Policy="x" * 60_000),
    "octets": lambda call: call.reply(STORY, Content_Type="application/octet-stream"),
    "lying-coding": coded(STORY, "gzip"),
    "br": coded(bombs.import_module("brotli").compress(STORY), "br"),
}


def set_up(site: Site) -> list[str]:
    """Set up all hosts of this file; each has a good page behind its trap. Return their names."""
    for name, (handler, *_) in FAILING.items():
        site.add(name, {"/trap/": handler, "/good/": story})
    for name, handler in BORNE.items():
        site.add(name, {"/trap/": handler, "/good/": story})
    site.add("five-redirects", {**hops(5), "/good/": story})
    away = {"/trap/": to(site.url("robots-503.example", "/open/b/")), "/missing/": absent}
    site.add("led-away", away)
    return [*FAILING, *BORNE, "five-redirects", "led-away"]
