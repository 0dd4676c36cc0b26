"""The language of a page before it is cleaned: enough to pass it over."""

from __future__ import annotations

from typing import Any

from lxml import etree, html

from cleaners.language import detect_language, normalise_tag

_SAMPLE_CHARS = 4_000


def speaks(body: bytes, language: str) -> bool:
    """Say whether a page is written in a language.

    Sites declare the language of their template, so that the words of the page's paragraphs go
    before it; the declaration counts where they are too few.

    Args:
        body: the page's HTML.
        language: primary language, e.g. ``fr``; a region or script behind it is not compared.
    """
    found = _language(body)
    return found is not None and _primary(found) == _primary(language)


def _primary(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _language(body: bytes) -> str | None:
    try:
        tree = html.fromstring(body)
    except (etree.LxmlError, ValueError):  # empty, or of comments alone
        return None
    return detect_language(_sample(tree)) or normalise_tag(tree.get("lang") or "")


def _sample(tree: Any) -> str:
    parts: list[str] = []
    size = 0
    for paragraph in tree.iter("p"):
        parts.append(" ".join(paragraph.text_content().split()))
        size += len(parts[-1])
        if size > _SAMPLE_CHARS:
            break
    return " ".join(parts)
