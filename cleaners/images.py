"""The lead image of an article."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.records import Candidate

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
