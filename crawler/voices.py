"""``newsgrain people``: what it prints."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from rich.markup import escape
from rich.table import Table

from crawler.display import Display
from newsgrain.voices import people

if TYPE_CHECKING:
    from datetime import datetime

    from newsgrain.voices import Voice
    from newsgrain.workspace import Workspace

_COLUMNS = ("name", "articles", "quotes", "where", "role")
_MAX_DOMAINS = 3


def show_people(
    workspace: Workspace, name: str | None, *, limit: int, as_json: bool, **selection: Any
) -> None:
    """Print who speaks, the most frequent first; with a name, every appearance.

    Args:
        workspace: where the tables lie.
        name: words of a name, or None.
        limit: how many people at most.
        as_json: print JSON with every appearance.
        selection: ``since``, ``until``, ``source`` and ``as_of``, as `newsgrain.load` takes them.

    Raises:
        StoreError: nothing has been published yet, or it cannot be read.
        ValueError: a day is none.
    """
    voices = people(name, workspace=workspace.root, **selection)[:limit]
    display = Display()
    if as_json:
        display.line(json.dumps([asdict(voice) for voice in voices], default=_iso, indent=1))
    elif name is None:
        display.table(_table(voices))
    else:
        for voice in voices:
            display.lines(_lines(voice))


def _iso(value: datetime) -> str:
    return value.isoformat()


def _table(voices: list[Voice]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, justify="right" if column in {"articles", "quotes"} else "left")
    for voice in voices:
        where = ", ".join(voice.domains[:_MAX_DOMAINS])
        more = len(voice.domains) - _MAX_DOMAINS
        cells = (
            voice.name,
            str(voice.articles),
            str(voice.quotes),
            f"{where} and {more} more" if more > 0 else where,
            voice.roles[0] if voice.roles else "",
        )
        table.add_row(*map(escape, cells))
    return table


def _lines(voice: Voice) -> list[str]:
    lines = [f"{voice.name}: {voice.articles} articles, {voice.quotes} quotes"]
    lines += [f"  {role}" for role in voice.roles]
    for one in voice.appearances:
        day = f"{one.date_published:%Y-%m-%d}" if one.date_published else "undated"
        lines.append(f"  {day} {one.url}")
        lines += [f"    “{quote}”" for quote in one.quotes] or [f"    {one.source_text}"]
    return lines
