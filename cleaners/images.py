"""The lead image of an article, its caption and who made it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from cleaners.outline import spaced
from cleaners.records import Candidate
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.outline import Outline

# The lead image stands beside the headline, or opens the text.
_BEFORE, _AFTER = -80, 100
_LONGEST = 600

_ORDER = ("meta:og:image:secure_url", "meta:og:image", "meta:og:image:url", "json-ld:image")


def absolute(url: str, address: str) -> str | None:
    """Return `address` as an absolute http(s) address seen from the page `url`, else None."""
    try:
        joined = urljoin(url, address.strip())
        parts = urlsplit(joined)
    except ValueError:
        return None
    return joined if parts.scheme in {"http", "https"} and parts.hostname else None


def resolve_image(candidates: Sequence[Candidate], url: str) -> str | None:
    """Return the address of the lead image: what the page gives to social networks first."""
    found = [c for c in candidates if c.field == "image_url"]
    found.sort(key=lambda c: _ORDER.index(c.source) if c.source in _ORDER else len(_ORDER))
    return next((a for a in (absolute(url, c.value) for c in found) if a), None)


def caption_candidates(outline: Outline) -> Iterator[Candidate]:
    """Yield the caption printed below the first picture beside the headline, and its credit."""
    for element in outline.captions:
        text = spaced(element)
        is_near = _BEFORE <= outline.after_headline(element) <= _AFTER
        if not is_near or not text or len(text) > _LONGEST or outline.is_beside(element):
            continue
        caption, credit = split_credit(text)
        for field, value in (("image_caption", caption), ("image_credit", credit)):
            if value:
                yield Candidate(
                    field=field, value=value, source="figcaption", evidence=outline.path(element)
                )
        return


def split_credit(text: str) -> tuple[str | None, str | None]:
    """Cut a caption from the name of the photographer or agency behind it."""
    match = _credit().search(text)
    if match is None:
        return text, None
    return text[: match.start()].strip(" |-\u2013—·(") or None, match["name"].strip(" )].") or None


@cache
def _credit() -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(load_rules("images")["credits"], key=len)[::-1]))
    return re.compile(
        rf"[\s(\[|]*(?:©|\(c\)|(?<!\w)(?:{words})\s*(?:[:\uff1a/]|\s(?:by|von|de|di|par|av)\s))"
        r"\s*(?P<name>[^()\[\]]{2,80})[)\].]*\s*$",
        re.IGNORECASE,
    )


def resolve_image_words(candidates: Sequence[Candidate]) -> tuple[str | None, str | None]:
    """Return caption and credit of the lead image; what is printed comes first."""
    found = []
    for field in ("image_caption", "image_credit"):
        own = [c for c in candidates if c.field == field]
        own.sort(key=lambda c: c.source != "figcaption")
        found.append(own[0].value if own else None)
    return found[0], found[1]
