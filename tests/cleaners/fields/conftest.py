"""Synthetic pages for the tests of single fields."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from cleaners.metadata import extract_metadata
from cleaners.options import CleanOptions
from cleaners.parse import Parsed, parse
from cleaners.records import Page

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleaners.records import Metadata

FETCHED = datetime(2026, 5, 20, 12, 30, tzinfo=UTC)
URL = "https://www.morning-star.example/politics/bridge-opens"
TEXT = (
    "<p>"
    + "The bridge over the river was opened to traffic after nine years of work. " * 4
    + "</p>"
)


def _document(body: str, head: str, lang: str) -> str:
    return f'<!doctype html><html lang="{lang}"><head>{head}</head><body>{body}{TEXT}</body></html>'


@pytest.fixture
def read() -> Callable[..., Metadata]:
    """Return a function that reads the metadata of a page given by its body and its head."""

    def metadata(body: str = "", head: str = "", lang: str = "en", **page: Any) -> Metadata:
        given = {"url": URL, "fetched_at": FETCHED} | page
        html = _document(body, head, lang).encode()
        parsed = parse(Page(html=html, **given), CleanOptions())
        assert isinstance(parsed, Parsed)
        return extract_metadata(parsed.tree, Page(html=html, **given))[0]

    return metadata


@pytest.fixture
def ld() -> Callable[[Any], str]:
    """Return a function that writes an object as a JSON-LD script."""

    def script(data: Any) -> str:
        text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
        return f'<script type="application/ld+json">{text}</script>'

    return script
