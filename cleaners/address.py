"""What the address of a page says of its article: a day, and a section.

Evidence of last resort. Many papers put the day of publication into the path; a number that
merely looks like one belongs to something else, so only a whole day at an
edge of a part of the path counts, and nothing is made of a year and a month alone.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from cleaners.records import Candidate
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

_DAY = re.compile(
    r"(?:(?<=/)|(?<=[-_])(?=[\d-]{8,10}(?:[/.]|$)))"
    r"((?:19|20)\d\d)(?P<mark>[/-]?)(0?[1-9]|1[0-2])(?P=mark)(0?[1-9]|[12]\d|3[01])(?!\d)"
)
_SECTION = re.compile(r"[^\W\d_]{2,20}(?:-[^\W\d_]{1,20}){0,2}")


def address_candidates(url: str) -> Iterator[Candidate]:
    """Yield the day and the section that the address of a page names, if it names them."""
    try:
        path = unquote(urlsplit(url).path)
    except ValueError:
        return
    days = list(_DAY.finditer(path))
    if len(days) == 1:
        year, month, day = days[0][1], days[0][3], days[0][4]
        # Eight digits without a mark between them must be eight.
        if days[0]["mark"] or len(month + day) == 4:  # noqa: PLR2004 - MMDD
            value = f"{year}-{month:0>2}-{day:0>2}"
            yield Candidate(field="date_published", value=value, source="url", evidence=path[:200])
    if section := _section(path):
        yield Candidate(field="section", value=section, source="url", evidence=path[:200])


def _section(path: str) -> str | None:
    """Return the first part of a path that is words, where the article stands further down."""
    parts = [part for part in path.split("/") if part]
    for part in parts[:-1]:
        if part.lower() in _people():
            return None
        if part.lower() in _no_sections() or not _SECTION.fullmatch(part):
            continue
        return part.replace("-", " ")
    return None


@cache
def _people() -> frozenset[str]:
    return frozenset(load_rules("addresses")["people"])


@cache
def _no_sections() -> frozenset[str]:
    return frozenset(load_rules("addresses")["no_sections"])
