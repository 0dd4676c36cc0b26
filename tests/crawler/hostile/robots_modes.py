"""The ways in which a robots.txt is served, as handlers by mode."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from tests.crawler.hostile.bombs import gzipped

if TYPE_CHECKING:
    from tests.crawler.hostile.site import Call, Handler

RULES = b"User-agent: *\nDisallow: /private\n"
_PAD = b"# " + b"x" * 97 + b"\n"


def _body(body: bytes, status: int = 200, **headers: str) -> Handler:
    return lambda call: call.reply(body, status, Content_Type="text/plain", **headers)


def _huge(call: Call) -> None:
    """More than anybody wants, with a rule at the front and no end."""
    call.begin("Content-Type: text/plain")
    call.send(RULES)
    while True:
        call.send(_PAD * 1000)


def _huge_declared(call: Call) -> None:
    call.begin("Content-Type: text/plain", "Content-Length: 60000000")
    call.send(RULES)
    while True:
        call.send(_PAD * 1000)


def _hops(hops: int) -> dict[str, Handler]:
    def start(call: Call) -> None:
        call.redirect("/hop/1")

    def hop(number: int) -> Handler:
        if number == hops:
            return _body(RULES)
        return lambda call: call.redirect(f"/hop/{number + 1}")

    return {
        "/robots.txt": start,
        **{f"/hop/{number}": hop(number) for number in range(1, hops + 1)},
    }


def _dripping(call: Call) -> None:
    call.begin("Content-Type: text/plain")
    call.drip(b"#")


def _cut(call: Call) -> None:
    call.begin("Content-Type: text/plain", "Content-Length: 500")
    call.send(RULES)


# Each closes its host: nothing but robots.txt is asked for.
CLOSED: dict[str, tuple[Handler, str]] = {
    "500": (_body(b"", 500), "robots.txt: HTTP 500"),
    "503": (_body(RULES, 503), "robots.txt: HTTP 503"),
    "599": (_body(b"", 599), "robots.txt: HTTP 599"),
    "429": (_body(b"", 429), "robots.txt: HTTP 429"),
    "timeout": (lambda call: call.wait(), "robots.txt: no answer in time"),
    "dripping": (_dripping, "robots.txt: no answer in time"),
    "reset": (lambda call: call.reset(), "robots.txt: no answer (connection lost)"),
    "cut": (_cut, "robots.txt: the answer was cut short"),
}

# Each allows everything.
OPEN: dict[str, Handler] = {
    "404": _body(b"User-agent: *\nDisallow: /\n", 404),
    "403": _body(b"", 403),
    "401": _body(b"", 401),
    "410": _body(b"", 410),
    "empty": _body(b""),
    "html": _body(b"<!doctype html><html><body><h1>Home</h1><p>Welcome</p></body></html>"),
    "binary": _body(bytes(range(256)) * 20),
    "loop": lambda call: call.redirect("/robots.txt"),
}

# Each says RULES, one way or the other.
RULED: dict[str, Handler] = {
    "ok": _body(RULES),
    "bom": _body(b"\xef\xbb\xbf" + RULES),
    "cr": _body(RULES.replace(b"\n", b"\r")),
    "gzip": _body(gzip.compress(RULES), Content_Encoding="gzip"),
    "noise": _body(b"\xff\xfe\x00noise\n" + RULES),
    "bomb": _body(gzipped(RULES), Content_Encoding="gzip"),
    "huge": _huge,
    "huge-declared": _huge_declared,
}
REDIRECTED = {"five-hops": _hops(5), "seven-hops": _hops(7)}
