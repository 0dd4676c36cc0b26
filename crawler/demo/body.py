"""A story's body as HTML, in the markup of one theme."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template
from typing import TYPE_CHECKING

from crawler.demo.fill import Html, fill_text, join
from crawler.demo.markup import Kind, inline_html, plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from crawler.demo.edition import Edition
    from crawler.demo.markup import Block

_PARAGRAPH = Template("<p>$text</p>")
_ITEM = Template("<li>$text</li>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The markup in which themes differ.

    Attributes:
        heading, quote: templates with ``$text``.
        listing: template with ``$tag`` and ``$items``.
        related: template with ``$url`` (absolute), ``$path`` and ``$title``.
    """

    heading: Template
    quote: Template
    listing: Template
    related: Template


def blocks_html(edition: Edition, blocks: Iterable[Block], style: Style) -> list[Html]:
    """Return each block as HTML."""
    return [_block(edition, block, style) for block in blocks]


def _block(edition: Edition, block: Block, style: Style) -> Html:
    if block.kind is Kind.RELATED:
        other = edition.by_slug(plain(block.lines[0]))
        return fill_text(
            style.related, url=edition.url(other.path), path=other.path, title=other.title
        )
    lines = [inline_html(line) for line in block.lines]
    if block.kind in (Kind.BULLETS, Kind.ORDERED):
        items = join(fill_text(_ITEM, text=line) for line in lines)
        return fill_text(style.listing, tag=block.kind.value, items=items)
    if block.kind is Kind.NUMBERED:
        numbered = (Html(f"{number}. {line}") for number, line in enumerate(lines, 1))
        return join(fill_text(_PARAGRAPH, text=line) for line in numbered)
    if block.kind is Kind.BROKEN_LINES:
        return fill_text(_PARAGRAPH, text=join([Html(f"• {line}") for line in lines], "<br>\n"))
    template = {Kind.HEADING: style.heading, Kind.QUOTE: style.quote}.get(block.kind, _PARAGRAPH)
    return fill_text(template, text=lines[0])
