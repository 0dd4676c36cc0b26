"""robots.txt: which addresses of a host a crawler may ask for, by RFC 9309. Pure.

Written anew because the libraries at hand match product tokens by substring (``news`` would
speak to ``newsgrain``, ``newsgrain/2`` to nobody). What the RFC leaves open is read as Google's
open parser reads it, where that is the stricter reading.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field

MAX_BYTES = 500 * 1024
"""What is parsed of a file: section 2.5 asks for at least this much."""

_AGENT_KEYS = frozenset({b"user-agent", b"useragent", b"user agent"})
# Spellings that Google's parser was taught by the files of the web.
_DISALLOW_KEYS = frozenset(
    {b"disallow", b"dissallow", b"dissalow", b"disalow", b"diasllow", b"disallaw"}
)
_DELAY_KEYS = frozenset({b"crawl-delay", b"crawldelay", b"crawl delay"})
_SITEMAP_KEYS = frozenset({b"sitemap", b"site-map"})
_TOKEN = re.compile(rb"[A-Za-z_-]+")
_LINE_END = re.compile(rb"\r\n|\r|\n")
_ESCAPE = re.compile(rb"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_ROBOTS_PATH = b"/robots.txt"
# Not urlsplit: it drops the question mark of an empty query, which a pattern may end with.
_PATH_AND_QUERY = re.compile(r"[^:/?#]+://[^/?#]*([^#]*)", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One line Allow or Disallow.

    Attributes:
        is_allowed: what holds for the addresses that it matches.
        parts: the pattern in normal form, split at its wildcards.
        is_anchored: the pattern ends with ``$``.
        octets: length of the pattern in normal form; the longest match counts.
    """

    is_allowed: bool
    parts: tuple[bytes, ...]
    is_anchored: bool
    octets: int

    def matches(self, path: bytes) -> bool:
        """Tell whether a path in normal form is meant; linear, whatever the pattern."""
        first, *more = self.parts
        if not path.startswith(first):
            return False
        position = len(first)
        if not more:
            return not self.is_anchored or position == len(path)
        for part in more[:-1]:
            found = path.find(part, position)
            if found < 0:
                return False
            position = found + len(part)
        if self.is_anchored:
            return len(path) - len(more[-1]) >= position and path.endswith(more[-1])
        return path.find(more[-1], position) >= 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsFile:
    """What a robots.txt says to one crawler.

    Attributes:
        rules: the longest first, and Allow before Disallow of the same length.
        crawl_delay_s: the longest ``Crawl-delay`` in seconds, if there is one.
        sitemaps: as they stand in the file; they belong to no group.
    """

    rules: tuple[Rule, ...] = ()
    crawl_delay_s: float | None = None
    sitemaps: tuple[str, ...] = ()

    def allows(self, url: str) -> bool:
        """Tell whether an absolute address may be asked for (section 2.2.2)."""
        path = _path_of(url)
        if path == _ROBOTS_PATH:
            return True
        return next((rule.is_allowed for rule in self.rules if rule.matches(path)), True)


@dataclass(slots=True)
class _Group:
    """What was gathered for one of the two groups that may count."""

    is_named: bool = False
    rules: list[Rule] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)


def read_robots(body: bytes, token: str) -> RobotsFile:
    """Return what a robots.txt says to a crawler.

    Whatever is no record is skipped, be it a page of HTML or noise. All groups that name the
    crawler count together; those of ``*`` only if none does (section 2.2.1).

    Args:
        body: of any length; `MAX_BYTES` are read, and of a line that they cut, nothing.
        token: the crawler's product token, compared without regard to case.
    """
    own, others = _Group(), _Group()
    groups = {token.lower().encode(): own, b"*": others}
    named: list[_Group] = []
    is_after_rule = False
    sitemaps: list[str] = []
    for key, value in _records(body):
        if key in _AGENT_KEYS:
            if is_after_rule:
                named, is_after_rule = [], False
            group = groups.get(_token_of(value))
            if group is not None:
                group.is_named = True
                named.append(group)
        elif key == b"allow" or key in _DISALLOW_KEYS:
            is_after_rule = True
            for group in named:
                group.rules += _rules(value, is_allowed=key == b"allow")
        elif key in _DELAY_KEYS:
            for group in named:
                group.delays += _delays(value)
        elif key in _SITEMAP_KEYS:
            sitemaps.append(value.decode("utf-8", "replace"))
    counting = own if own.is_named else others
    ordered = sorted(counting.rules, key=lambda rule: (-rule.octets, not rule.is_allowed))
    return RobotsFile(
        rules=tuple(ordered),
        crawl_delay_s=max(counting.delays, default=None),
        sitemaps=tuple(sitemaps),
    )


def _records(body: bytes) -> list[tuple[bytes, bytes]]:
    whole = body.removeprefix(b"\xef\xbb\xbf")
    lines = _LINE_END.split(whole[:MAX_BYTES])
    if len(whole) > MAX_BYTES:
        del lines[-1]
    pairs = (_record(line) for line in lines)
    return [pair for pair in pairs if pair is not None]


def _record(line: bytes) -> tuple[bytes, bytes] | None:
    line = line.partition(b"#")[0].strip()
    key, colon, value = line.partition(b":")
    if not colon:
        # "Disallow /private": no record by the RFC, but its writer's wish is plain.
        words = line.split()
        if len(words) != 2:  # noqa: PLR2004 - key and value
            return None
        key, value = words
    return key.strip().lower(), value.strip()


def _token_of(value: bytes) -> bytes:
    if value.partition(b" ")[0] == b"*":
        return b"*"
    match = _TOKEN.match(value)
    return match[0].lower() if match else b""


def _rules(value: bytes, *, is_allowed: bool) -> list[Rule]:
    if not value:
        return []  # "Disallow:" forbids nothing
    is_anchored = value.endswith(b"$")
    body = value[:-1] if is_anchored else value
    # Only at the end is a dollar sign special (section 2.2.3).
    pattern = _normal(body.replace(b"$", b"%24"))
    return [
        Rule(
            is_allowed=is_allowed,
            parts=tuple(re.sub(rb"\*+", b"*", pattern).split(b"*")),
            is_anchored=is_anchored,
            octets=len(pattern) + is_anchored,
        )
    ]


def _delays(value: bytes) -> list[float]:
    try:
        delay = float(value)
    except ValueError:
        return []
    return [delay] if math.isfinite(delay) and delay >= 0 else []


def _path_of(url: str) -> bytes:
    found = _PATH_AND_QUERY.match(url)
    path = found[1] if found else ""
    if not path.startswith("/"):
        path = f"/{path}"
    literal = path.encode("utf-8", "surrogatepass").replace(b"*", b"%2A").replace(b"$", b"%24")
    return _normal(literal)


def _normal(path: bytes) -> bytes:
    """Return a path or pattern as it is compared (section 2.2.2).

    Octets that are unreserved stand for themselves, also where they came percent-encoded; all
    others keep their encoding, or get it if they are no ASCII. In the query, ``:`` and ``/``
    are encoded, as in the table of that section.
    """
    path = _ESCAPE.sub(_decoded, path)
    path = re.sub(rb"[^\x21-\x7e]", lambda found: b"%%%02X" % found[0][0], path)
    before, mark, query = path.partition(b"?")
    return before + mark + query.replace(b":", b"%3A").replace(b"/", b"%2F")


def _decoded(escape: re.Match[bytes]) -> bytes:
    octet = int(escape[1], 16)
    return bytes([octet]) if octet in _UNRESERVED else escape[0].upper()
