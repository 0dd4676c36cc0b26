"""One thing that is to be forgotten, and all that finds it: written down before anything is done.

Until it is done, the file ``.forgetting.json`` says it in plain words; whoever takes the
workspace's lock next finishes it. Then the file goes, too.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from newsgrain.errors import NewsgrainError
from newsgrain.needles import (
    is_same_name,
    last_name_needle,
    name_needle,
    phrase_needle,
    url_needles,
)
from newsgrain.tombstones import Tombstone, write_whole
from newsgrain.workspace import REMOVAL_NAME

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.needles import Needle


@dataclass(frozen=True, kw_only=True)
class Removal:
    """What is forgotten.

    Attributes:
        kind: ``article`` or ``person``.
        reason: see `newsgrain.tombstones.Reason`.
        day: ``YYYY-MM-DD``, UTC.
        digests: of the tombstone.
        base: the snapshot that was published when it began.
        urls: the article's addresses.
        keys: of these addresses.
        article_ids: the article, and those that were seen to be the same.
        page_ids: the requests that brought them.
        site: their registrable domain.
        phrases: what other pages of the site show of them: titles, and how they begin.
        names: spellings of the person's name.
    """

    kind: str
    reason: str
    day: str
    digests: tuple[str, ...]
    base: str | None = None
    urls: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    article_ids: tuple[str, ...] = ()
    page_ids: tuple[int, ...] = ()
    site: str = ""
    phrases: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @property
    def tombstone(self) -> Tombstone:
        """What stays of it."""
        return Tombstone(kind=self.kind, digests=self.digests, day=self.day, reason=self.reason)

    @cached_property
    def needles(self) -> tuple[Needle, ...]:
        """What finds it in tables; an address that holds a name stays what can be asked for."""
        return (*self._of_article, *map(name_needle, self.names))

    @cached_property
    def page_needles(self) -> tuple[Needle, ...]:
        """What finds it in archived pages and other files, also in addresses."""
        names = (name_needle(name, is_encoded=True) for name in self.names)
        return (*self._of_article, *names)

    @cached_property
    def _of_article(self) -> tuple[Needle, ...]:
        found = [needle for url in self.urls for needle in url_needles(url)]
        return (*found, *(phrase_needle(phrase, self.site) for phrase in self.phrases))

    @cached_property
    def last_names(self) -> tuple[Needle, ...]:
        """What finds the person where the whole name stands beside it."""
        return tuple(filter(None, map(last_name_needle, self.names)))

    def is_person(self, name: str | None, *, is_named: bool = False) -> bool:
        """Say whether a name is the person's.

        Args:
            name: of an author or speaker.
            is_named: the article names the person and nobody else by the last name.
        """
        if not name:
            return False
        if any(is_same_name(name, own) for own in self.names):
            return True
        if any(needle.pattern.search(name) for needle in self.needles):
            return True
        return is_named and any(is_same_name(name, own.split()[-1]) for own in self.names)

    def is_namesake(self, name: str) -> bool:
        """Say whether somebody else has the person's last name."""
        last = name.split()[-1:]
        return not self.is_person(name) and any(
            len(name.split()) > 1 and is_same_name(last[0], own.split()[-1]) for own in self.names
        )


def write_removal(root: Path, removal: Removal) -> None:
    """Write down what is going to be forgotten.

    Raises:
        NewsgrainError: the disk refuses.
    """
    write_whole(root / REMOVAL_NAME, json.dumps(asdict(removal)).encode())


def read_removal(root: Path) -> Removal | None:
    """Return what was begun and is not finished; None if there is nothing.

    Raises:
        NewsgrainError: the file is damaged.
    """
    path = root / REMOVAL_NAME
    try:
        plain = json.loads(path.read_bytes())
        lists = {name: tuple(value) for name, value in plain.items() if isinstance(value, list)}
        return Removal(**plain | lists)
    except FileNotFoundError:
        return None
    except OSError as exc:
        raise NewsgrainError(exc.strerror or str(exc), path=path) from exc
    except (ValueError, TypeError) as exc:
        raise NewsgrainError(
            f"says nothing: {exc}; delete it, and forget again", path=path
        ) from exc


def drop_removal(root: Path) -> None:
    """Overwrite and delete what was written down: it is done."""
    path = root / REMOVAL_NAME
    with path.open("r+b") as file:
        file.write(bytes(path.stat().st_size))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()
