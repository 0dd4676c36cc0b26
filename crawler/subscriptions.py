"""Lists of sites that people already have: OPML files of feed readers, and plain lists. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import lxml.etree

from crawler.listing import absolute
from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """One site to look at.

    Attributes:
        url: its home page, or one of its feeds if only that is known.
        feeds: feeds that are known of it.
    """

    url: str
    feeds: tuple[str, ...] = ()


def read_opml(data: bytes, path: Path) -> tuple[Subscription, ...]:
    """Return the feeds of an OPML file; those of one home page together.

    Args:
        data: the file; entities are not expanded and nothing is loaded.
        path: what messages call it.

    Raises:
        ConfigError: it is no OPML, or names no feed.
    """
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True)
    try:
        root = lxml.etree.fromstring(data, parser)
    except (lxml.etree.XMLSyntaxError, ValueError):
        root = None
    if root is None:
        raise ConfigError("is no OPML file", path=path)
    feeds: dict[str, dict[str, None]] = {}
    for outline in root.iter("{*}outline"):
        attributes = {name.lower(): value for name, value in outline.attrib.items()}
        feed = absolute("", attributes.get("xmlurl"))
        if feed:
            home = absolute("", attributes.get("htmlurl")) or feed
            feeds.setdefault(home, {})[feed] = None
    if not feeds:
        raise ConfigError("names no feed", path=path)
    return tuple(Subscription(url=home, feeds=tuple(found)) for home, found in feeds.items())


def read_list(text: str, path: Path) -> tuple[Subscription, ...]:
    """Return the addresses of a text with one a line; ``#`` begins a comment.

    Args:
        text: the file's.
        path: what messages call it.

    Raises:
        ConfigError: it names no address.
    """
    lines = (line.partition(" #")[0].strip() for line in text.splitlines())
    urls = dict.fromkeys(line for line in lines if line and not line.startswith("#"))
    if not urls:
        raise ConfigError("names no address", path=path)
    return tuple(Subscription(url=url) for url in urls)
