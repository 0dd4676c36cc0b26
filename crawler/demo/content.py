"""What the sample newspapers are made of: TOML files in ``content/``, read into records.

A story's file holds the story as its editors typed it and, beside it, what must come out of
it. ``days`` and ``time`` place it before the first night: ``days = 1`` is the day before. What
a later night brings (``night``, ``[[edits]]``) comes at ``time`` in the 24 hours before that
night; edits replace keys. ``gone_on`` is the night from which the site answers 410.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from crawler.demo.markup import LISTS, parse, plain, typeset

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import time as clock_time
    from importlib.resources.abc import Traversable

    from crawler.demo.markup import Block

SITES = ("courrier", "herald")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSpeaker:
    """A person who must come out as speaking; fields as in ``cleaners.records.Speaker``."""

    name: str
    honorific: str | None = None
    role: str | None = None
    affiliation: str | None = None
    evidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleList:
    """A list of a story.

    Attributes:
        kind: as in ``cleaners.records.ListBlock``.
        markup: ``ul``, ``ol``, ``br`` or ``p``.
        items: the items without their marks.
        announced: the number that the story announces, if any.
        joined: numbers of the items, from 0, that join two by a dash.
    """

    kind: str
    markup: str
    items: tuple[str, ...]
    announced: int | None = None
    joined: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One version of one story.

    Attributes:
        slug: its name in addresses.
        kind: ``post``, or ``page`` for WordPress's undated pages, which no feed lists.
        title, section, authors, tags, lead: as printed; section is a slug of the site's.
        night: the first night on which this story stands on the site.
        days: days before the first night's date, at least 1; 0 for what a later night brings.
        time: local time of publication.
        dating: how the page gives its date: ``full`` (metadata and byline), ``time`` (only
            a time element), ``day`` (a time element without a time of day) or ``none``.
        blocks, speakers, lists: the body and what must come out of it.
        gone_on: the night from which it answers 410, if any.
        revision: 1, and one more with each edit.
        changed_on: the night of this version; equal to `night` for the first.
        changed_at: local time of an edit.
    """

    slug: str
    kind: str = "post"
    title: str
    section: str
    authors: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    lead: str | None = None
    night: int = 1
    days: int = 0
    time: clock_time
    dating: str = "full"
    blocks: tuple[Block, ...]
    speakers: tuple[SampleSpeaker, ...] = ()
    lists: tuple[SampleList, ...] = ()
    gone_on: int | None = None
    revision: int = 1
    changed_on: int
    changed_at: clock_time | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Author:
    """A member of a newspaper's staff."""

    name: str
    slug: str
    role: str
    bio: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteContent:
    """One site as data.

    Attributes:
        key: name of its folder and of its theme.
        host: its name, under ``.example``.
        aliases: hosts that redirect to it.
        permalink: format of its articles' paths.
        sections: slug to name, in the menu's order.
        most_read: slugs of the box that is the same on every page.
        staff: its authors by name.
        stories: slug to versions, oldest first.
    """

    key: str
    name: str
    host: str
    aliases: tuple[str, ...]
    tagline: str
    language: str
    locale: str
    timezone: str
    permalink: str
    months: tuple[str, ...]
    sections: Mapping[str, str]
    most_read: tuple[str, ...]
    staff: Mapping[str, Author]
    stories: Mapping[str, tuple[Story, ...]]


@cache
def load_site(key: str) -> SiteContent:
    """Read one site's content from the package."""
    folder = files(__package__) / "content" / key
    raw = tomllib.loads((folder / "site.toml").read_text(encoding="utf-8"))
    language = raw["language"]
    staff = [Author(**author) for author in _typeset(raw.pop("staff"), language)]
    return SiteContent(
        key=key,
        staff={author.name: author for author in staff},
        stories=_load_stories(folder, language),
        **_tuples(_typeset(raw, language)),
    )


def _load_stories(folder: Traversable, language: str) -> dict[str, tuple[Story, ...]]:
    stories = {}
    for file in sorted(folder.iterdir(), key=lambda file: file.name):
        if file.name != "site.toml":
            slug = file.name.removesuffix(".toml")
            stories[slug] = _versions(slug, tomllib.loads(file.read_text("utf-8")), language)
    return stories


def _versions(slug: str, raw: dict[str, Any], language: str) -> tuple[Story, ...]:
    edits = raw.pop("edits", [])
    versions = [_story(slug, raw, language)]
    for edit in edits:
        night, changed_at = edit.pop("night"), edit.pop("time")
        raw = {**raw, **edit}
        versions.append(
            replace(
                _story(slug, raw, language),
                revision=len(versions) + 1,
                changed_on=night,
                changed_at=changed_at,
            )
        )
    return tuple(versions)


def _story(slug: str, raw: dict[str, Any], language: str) -> Story:
    fields = _typeset(raw, language)
    blocks = parse(fields.pop("body"), language)
    lists = [block for block in blocks if block.kind in LISTS]
    notes = fields.pop("lists", [])
    return Story(
        slug=slug,
        changed_on=fields.get("night", 1),
        blocks=blocks,
        speakers=tuple(SampleSpeaker(**speaker) for speaker in fields.pop("speakers", [])),
        lists=tuple(
            SampleList(markup=block.kind, items=tuple(map(plain, block.lines)), **_tuples(note))
            for block, note in zip(lists, notes, strict=True)
        ),
        **_tuples(fields),
    )


def _typeset(value: Any, language: str) -> Any:
    if isinstance(value, str):
        return typeset(value, language)
    if isinstance(value, list):
        return [_typeset(item, language) for item in value]
    if isinstance(value, dict):
        return {key: _typeset(item, language) for key, item in value.items()}
    return value


def _tuples(fields: dict[str, Any]) -> dict[str, Any]:
    return {
        key: tuple(value) if isinstance(value, list) else value for key, value in fields.items()
    }
