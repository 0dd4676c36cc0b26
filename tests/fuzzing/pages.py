"""Pages that no newspaper prints: sound ones, broken up and put together again by chance."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from cleaners.records import Page
from cleaners.rights import header_candidates

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

_TAGS = (
    "p",
    "div",
    "span",
    "a",
    "b",
    "em",
    "br",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "h1",
    "h2",
    "h3",
    "table",
    "tr",
    "td",
    "blockquote",
    "q",
    "article",
    "section",
    "aside",
    "nav",
    "header",
    "footer",
    "figure",
    "figcaption",
    "img",
    "time",
    "form",
    "input",
    "select",
    "option",
    "script",
    "style",
    "noscript",
    "template",
    "iframe",
    "svg",
    "math",
    "title",
    "meta",
    "link",
    "body",
    "html",
    "head",
)
_ATTRIBUTES = (
    'class="byline author"',
    'itemprop="author"',
    'itemscope itemtype="https://schema.org/Article"',
    'rel="author"',
    'href="//[x"',
    'href="/a?b=c&d"',
    'datetime="2024-02-30T25:61"',
    "lang=xx",
    'style="display:none"',
    "hidden",
    'charset="utf-7"',
    'name="robots" content="noai"',
    'id="\x00"',
    'property="article:published_time" content="20260101"',
    'content="',
)
_PHRASES = (
    "By Ada Quill and Tom Reed",
    "“We will sweep it twice a day,” said Ada Quill.",
    "« Oui », dit-il.",
    "Updated 12 November 2026, 10:30 GMT",
    "The forum agreed on seven recommendations:",
    "- one",
    "1. first",
    "• item",
    "Read more: ",
    "Ada Quill, harbour master, told the council.",
    "10/11/12",
    '{"@type":"NewsArticle","author":[{"name":',
    '"datePublished":"',
    "&#xD800;",
    "&#0;",
    "&amp;lt;",
    "]]>",
    "<!--",
    "-->",
    "<![CDATA[",
    "\u202e",
    "\u200b",
    "e\u0301" * 20,
    "\ud83d",
    "漢字かな",
    "ก" * 40,
)
_RUNS = (
    '"',
    "“",
    "'",
    "(",
    "[",
    " ",
    "\u00a0",
    "A",
    "Ab ",
    "a.",
    "1",
    "1 ",
    "-",
    "—",
    "|",
    ",",
    "\n",
)


def _texts() -> SearchStrategy[str]:
    runs = st.builds(
        lambda part, count: part * count, st.sampled_from(_RUNS), st.integers(1, 3_000)
    )
    return st.one_of(st.sampled_from(_PHRASES), runs, st.text(max_size=40))


def _opening() -> SearchStrategy[str]:
    attributes = st.lists(st.sampled_from(_ATTRIBUTES), max_size=3).map(" ".join)
    return st.builds("<{} {}>".format, st.sampled_from(_TAGS), attributes)


_PART = st.one_of(_texts(), _opening(), st.sampled_from(_TAGS).map("</{}>".format))
_DEEP = st.builds(
    lambda tag, count: f"<{tag}>" * count, st.sampled_from(_TAGS), st.integers(1, 1_500)
)
MARKUP = st.lists(st.one_of(_PART, _PART, _PART, _DEEP), max_size=80).map("".join)
"""Markup in no order, runs of one character, elements in elements."""

_ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-16-le", "cp1252", "gb18030", "iso2022_jp"])
_TYPES = st.none() | st.sampled_from(
    [
        "text/html",
        "text/html; charset=utf-8",
        "text/html;charset=latin1",
        "image/png",
        'a/b; charset="',
    ]
)


def _page(markup: str, encoding: str, junk: bytes, content_type: str | None, head: str) -> Page:
    body = markup.encode(encoding, "replace" if encoding != "utf-8" else "surrogatepass")
    return Page(
        url="https://harbour.example/story?id=1",
        html=head.encode() + body + junk,
        fetched_at=datetime(2026, 11, 20, tzinfo=UTC),
        content_type=content_type,
        hints=header_candidates(x_robots_tag=head, tdm_reservation=None, tdm_policy=head),
    )


PAGES = st.builds(
    _page,
    MARKUP,
    _ENCODINGS,
    st.binary(max_size=30),
    _TYPES,
    st.sampled_from(["", "<!doctype html><html lang=en><body><article>", "<html lang='"]),
)
"""Whole pages, in the wrong encoding as often as in the right one."""
