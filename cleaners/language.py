"""The language that the article is written in, as a BCP 47 tag."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.records import Candidate

_TAG = re.compile(
    r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?=$|[-_.,;@ ])"
)
# Pages that write their encoding where the language belongs: "utf-8" is no Utf.
_CHARSET = re.compile(r"(?:utf|iso)[-_]?\d", re.IGNORECASE)
_ORDER = ("html:lang", "json-ld:inLanguage", "meta:og:locale", "meta:content-language")


def normalise_tag(tag: str) -> str | None:
    """Return a language tag in canonical case (RFC 5646, 2.1.1): ``de_at`` is ``de-AT``."""
    match = _TAG.match(tag.strip())
    if match is None or _CHARSET.match(tag.strip()):
        return None
    language, script, region = match.groups()
    parts = [language.lower()]
    if script:
        parts.append(script.title())
    if region:
        parts.append(region.upper())
    return "-".join(parts)


def resolve_language(candidates: Sequence[Candidate], configured: str | None) -> str | None:
    """Return the tag that the page declares, else the one configured for its source.

    A declaration that contradicts the configured language is believed: papers publish in
    several languages. Of declarations that agree in the language, the one with a region wins.
    """
    found = [c for c in candidates if c.field == "language"]
    found.sort(key=lambda c: _ORDER.index(c.source) if c.source in _ORDER else len(_ORDER))
    tags = [t for t in (normalise_tag(c.value) for c in found) if t and t != "und"]
    if not tags:
        return normalise_tag(configured) if configured else None
    primary = tags[0].partition("-")[0]
    with_region = (t for t in tags if t.startswith(f"{primary}-"))
    return next(with_region, tags[0])
