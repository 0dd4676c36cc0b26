"""What was forgotten and must not come back: keyed digests, a day and a reason, nothing else.

A tombstone names nobody. Who holds the workspace's key can ask whether a given address was
forgotten; who does not hold it cannot even try. The file is ``forgotten.json``; the manifests
repeat its digests, so that a reader of the datasets sees that something is missing.
"""

from __future__ import annotations

import json
import os
import re
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from cleaners.urls import url_key
from newsgrain.bare_words import bare
from newsgrain.errors import NewsgrainError
from newsgrain.workspace_key import keyed_digest, workspace_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

NAME = "forgotten.json"
_VERSION = 1
_WORD = re.compile(r"\w+")
_MOST_WORDS = 6
_MOST_BETWEEN = 3  # characters between two words of a name: ". ", ", ", a line break


class Reason(StrEnum):
    """Why something is forgotten; no free text, which could name somebody again."""

    ERASURE = "erasure"
    """A person asked for it, or the law does."""
    PUBLISHER = "publisher"
    """The publisher asked for it."""
    COURT = "court"
    """An order."""
    MISTAKE = "mistake"
    """It should not have been collected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """One thing that was forgotten.

    Attributes:
        kind: ``article`` or ``person``.
        digests: keyed, of the article's addresses or the person's name.
        day: ``YYYY-MM-DD``, UTC.
        reason: see `Reason`.
    """

    kind: str
    digests: tuple[str, ...]
    day: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstones:
    """All tombstones of a workspace.

    Attributes:
        entries: in the order of their making.
        key: of the workspace; empty if there are none.
        people: the digests of forgotten people.
    """

    entries: tuple[Tombstone, ...] = ()
    key: bytes = b""
    people: frozenset[str] = field(init=False, default=frozenset())
    _articles: frozenset[str] = field(init=False, default=frozenset())

    def __post_init__(self) -> None:
        """Gather the digests that addresses and names are compared with."""
        for name, kind in (("_articles", "article"), ("people", "person")):
            lists = (entry.digests for entry in self.entries if entry.kind == kind)
            object.__setattr__(self, name, frozenset(d for digests in lists for d in digests))

    def __bool__(self) -> bool:
        """Say whether there are any."""
        return bool(self.entries)

    def holds_key(self, key: str) -> bool:
        """Say whether an address was forgotten, by its `cleaners.urls.url_key`."""
        return bool(self._articles) and article_digest(self.key, key) in self._articles

    def holds(self, url: str) -> bool:
        """Say whether an address was forgotten; what is no web address never was."""
        if not self._articles:
            return False
        try:
            return self.holds_key(url_key(url))
        except ValueError:
            return False

    def holds_any(self, urls: Iterable[str]) -> bool:
        """Say whether one of some addresses was forgotten."""
        return bool(self._articles) and any(map(self.holds, urls))


def article_digest(key: bytes, url_key: str) -> str:
    """Return what stands for an address in a tombstone."""
    return keyed_digest(key, "forgotten article", url_key)


def person_digests(key: bytes, name: str) -> list[str]:
    """Return what stands for a person in a tombstone: the name, and with the last name first."""
    words = [word for word, _, _ in _words(name)]
    orders = [words, words[-1:] + words[:-1]]
    return list(dict.fromkeys(_person_digest(key, order) for order in orders))


def _person_digest(key: bytes, words: Sequence[str]) -> str:
    return keyed_digest(key, "forgotten person", " ".join(words))


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return the words of a text without case and accents, with their places."""
    return [(bare(match[0]), match.start(), match.end()) for match in _WORD.finditer(text)]


def people_in(text: str, tombstones: Tombstones) -> set[str]:
    """Return the names of forgotten people that a text holds, as they are written there.

    Every few words that stand together are tried: a tombstone does not say what it stands for.
    """
    people = tombstones.people
    found: set[str] = set()
    if not people:
        return found
    words = _words(text)
    for first in range(len(words)):
        for last in range(first, min(first + _MOST_WORDS, len(words))):
            if last > first and words[last][1] - words[last - 1][2] > _MOST_BETWEEN:
                break
            run = [word for word, _, _ in words[first : last + 1]]
            # A genitive without apostrophe: "Does Boot".
            ends = {run[-1], run[-1].removesuffix("s")}
            if any(_person_digest(tombstones.key, [*run[:-1], end]) in people for end in ends):
                found.add(text[words[first][1] : words[last][2]])
    return found


def read_tombstones(root: Path) -> Tombstones:
    """Return the tombstones of a workspace; none if nothing was ever forgotten.

    Raises:
        NewsgrainError: the file or the key is damaged, or the key is missing.
    """
    path = root / NAME
    try:
        plain = json.loads(path.read_bytes())
        if plain["version"] != _VERSION:
            raise NewsgrainError("was written by a newer newsgrain", path=path)
        entries = tuple(
            Tombstone(**entry | {"digests": tuple(entry["digests"])}) for entry in plain["entries"]
        )
    except FileNotFoundError:
        return Tombstones()
    except OSError as exc:
        raise NewsgrainError(exc.strerror or str(exc), path=path) from exc
    except (ValueError, KeyError, TypeError) as exc:
        raise NewsgrainError(f"holds no tombstones: {exc}", path=path) from exc
    return Tombstones(entries=entries, key=workspace_key(root, is_new=False) if entries else b"")


def add_tombstone(root: Path, fresh: Tombstone) -> None:
    """Add a tombstone, whole or not at all; one that is there already changes nothing.

    Raises:
        NewsgrainError: the file is damaged, or cannot be written.
    """
    entries = read_tombstones(root).entries
    if any(set(fresh.digests) <= set(entry.digests) for entry in entries):
        return
    plain = {"version": _VERSION, "entries": [asdict(entry) for entry in (*entries, fresh)]}
    write_whole(root / NAME, json.dumps(plain, indent=1).encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a small file that only its owner can read, whole or not at all.

    Raises:
        NewsgrainError: the disk refuses.
    """
    draft = path.with_name(f".{path.name}.draft")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as sink:
            sink.write(data)
            sink.flush()
            os.fsync(sink.fileno())
        draft.rename(path)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
    except OSError as exc:
        raise NewsgrainError(exc.strerror or str(exc), path=path) from exc
