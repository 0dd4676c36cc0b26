"""A site's file of reservations: ``/.well-known/tdmrep.json``.

https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/. Its locations are patterns as
in robots.txt, and the longest one that matches an address holds for it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import urlsplit

from cleaners.rights import read_reservation

PATH = "/.well-known/tdmrep.json"
MAX_BYTES = 512_000
_MAX_RULES = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Reservation:
    """What a site says of the addresses at one location.

    Attributes:
        location: pattern of a path; ``*`` stands for anything, ``$`` at its end for the end.
        reserved: whether the rights of text and data mining are reserved.
        policy: address of the terms under which they may be had.
    """

    location: str
    reserved: bool
    policy: str | None = None


def read_tdmrep(body: bytes) -> tuple[Reservation, ...]:
    """Return the reservations of a file; none if it is not one."""
    try:
        entries = json.loads(body[:MAX_BYTES])
    except (ValueError, RecursionError):
        return ()
    entries = entries if isinstance(entries, list) else [entries]
    found = (_reservation(entry) for entry in entries[:_MAX_RULES] if isinstance(entry, dict))
    return tuple(one for one in found if one)


def _reservation(entry: dict[str, object]) -> Reservation | None:
    location, policy = entry.get("location"), entry.get("tdm-policy")
    reserved = read_reservation(str(entry.get("tdm-reservation")))
    if not isinstance(location, str) or reserved is None:
        return None
    policy = policy if isinstance(policy, str) and policy.strip() else None
    return Reservation(location=location, reserved=reserved, policy=policy)


def reservation_for(url: str, reservations: tuple[Reservation, ...]) -> Reservation | None:
    """Return the reservation that holds for an address, if any."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    matching = (one for one in reservations if _matches(one.location, path))
    return max(matching, key=lambda one: len(one.location), default=None)


def _matches(pattern: str, path: str) -> bool:
    """Tell whether a path begins with a pattern; in one pass, however many stars there are."""
    ends = pattern.endswith("$")
    first, *others = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    position = len(first)
    for number, part in enumerate(others):
        is_last = ends and number == len(others) - 1
        at = path.rfind(part, position) if is_last else path.find(part, position)
        if at < 0:
            return False
        position = at + len(part)
    return not ends or position == len(path)
