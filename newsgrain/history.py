"""What became of one article: its revisions, and what happened to it in between."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyarrow.compute as pc

from cleaners.urls import url_key
from newsgrain.errors import StoreError
from newsgrain.reading import load
from newsgrain.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from newsgrain.workspace import Workspace

_FIELDS = (
    *("url", "canonical_url", "title", "authors", "byline", "date_published", "date_modified"),
    *("lead", "description", "section", "tags", "language", "image_url", "is_truncated"),
)
_CONTEXT = 1
_ARTICLE_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """One article.

    Attributes:
        article_id: its identity.
        revisions: its rows of ``revisions``, the first one first.
        events: its rows of ``events``, in the order of time.
    """

    article_id: str
    revisions: tuple[Mapping[str, Any], ...]
    events: tuple[Mapping[str, Any], ...]

    def revision(self, number: int) -> Mapping[str, Any]:
        """Return one revision; a negative number counts from the last one.

        Raises:
            StoreError: there is no such revision.
        """
        numbers = [row["revision"] for row in self.revisions]
        wanted = numbers[number] if -len(numbers) <= number < 0 else number
        for row in self.revisions:
            if row["revision"] == wanted:
                return row
        raise StoreError(f"no revision {number}; there are {', '.join(map(str, numbers))}")


def read_history(workspace: Workspace, address: str) -> History:
    """Return all that is published of one article.

    Args:
        workspace: where.
        address: an address that led to it, or its ``article_id``.

    Raises:
        StoreError: nothing is published, or no such article.
    """
    article_id = _find(workspace, address)
    rows = {
        table: load(table, workspace=workspace.root, engine="arrow")
        .filter(pc.field("article_id") == article_id)
        .to_pylist()
        for table in ("revisions", "events")
    }
    return History(
        article_id=article_id,
        revisions=tuple(sorted(rows["revisions"], key=lambda row: row["revision"])),
        events=tuple(sorted(rows["events"], key=lambda row: (row["at"], row["event"]))),
    )


def _find(workspace: Workspace, address: str) -> str:
    key = address
    if not _ARTICLE_ID.fullmatch(address):
        try:
            key = url_key(address if "://" in address else f"https://{address}")
        except ValueError as exc:
            raise StoreError(f"not a web address: {address!r}") from exc
    found = Store(workspace.datasets).known({key}).get(key)
    if found is None:
        raise StoreError(f"no published article has the address {address}")
    return found.article_id


def history_lines(history: History) -> list[str]:
    """Return an article's revisions and events, one a line, in the order of time."""
    lines = [(row["fetched_at"], _revision_line(row)) for row in history.revisions]
    lines += [(event["at"], _event_line(event)) for event in history.events]
    lines.sort(key=lambda line: line[0])
    return [f"article {history.article_id}", *(text for _, text in lines)]


def _revision_line(row: Mapping[str, Any]) -> str:
    return (
        f"{row['fetched_at']:%Y-%m-%d %H:%M}  revision {row['revision']}  "
        f"{row['change_reason']:<9}  {row['word_count']} words  {row['title'] or '(no title)'}  "
        f"{row['url']}"
    )


def _event_line(event: Mapping[str, Any]) -> str:
    more = ""
    if event["last_seen_at"]:
        more = f"  last seen {event['last_seen_at']:%Y-%m-%d %H:%M}"
    if event["superseded_by"]:
        more = f"  by {event['superseded_by']}"
    return f"{event['at']:%Y-%m-%d %H:%M}  {event['event']:<22}  {event['url']}{more}"


def diff_lines(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return what changed between two revisions: fields, then the text as a unified diff."""
    lines = [f"--- revision {old['revision']}, {old['fetched_at']:%Y-%m-%d %H:%M} UTC",
             f"+++ revision {new['revision']}, {new['fetched_at']:%Y-%m-%d %H:%M} UTC"]  # fmt: skip
    lines += _fields(old, new)
    changes = list(_text_changes(old["text"].splitlines(), new["text"].splitlines()))
    if len(lines) == 2 and not changes:  # noqa: PLR2004 - the two headings
        return [*lines, "nothing that a reader sees"]
    return lines + changes


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[str]:
    for name in _FIELDS:
        if old[name] != new[name]:
            yield f"@@ {name} @@"
            yield f"-{_shown(old[name])}"
            yield f"+{_shown(new[name])}"


def _shown(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _text_changes(old: Sequence[str], new: Sequence[str]) -> Iterator[str]:
    changes = difflib.unified_diff(old, new, n=_CONTEXT, lineterm="")
    for line in islice(changes, 2, None):  # without the names of the two files
        yield f"@@ text, {line.strip('@ ')} @@" if line.startswith("@@") else line
