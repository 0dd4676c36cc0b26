"""Which articles say the same? Every article points to the first one that says what it says.

    signatures | bands (LSH) | candidates | overlap | the earliest one | groups

An article is a duplicate of the earliest article whose text overlaps with it enough; its group
is what this leads to in the end. That is a fact of the set of articles: neither the order in
which they come nor the size of batches makes a difference. An article that comes later never
changes an earlier one, so that a night costs what it brings.

Locality-sensitive hashing: A. Rajaraman, J. Ullman, Mining of Massive Datasets, section 3.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Self, TypeAlias
from urllib.parse import urlsplit

from cleaners.urls import registrable_domain, url_key
from newsgrain.duplicate_store import Position, Stored
from newsgrain.shingles import overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from newsgrain.duplicate_store import DuplicateStore

THRESHOLD = 0.6
"""From this overlap on, one text is a near duplicate of the other."""

DECLARED_THRESHOLD = 0.3
"""The same for an article that itself declares the other one its canonical address: a copy that
was shortened or framed. Below it the declaration is taken for a mistake, as many are."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_Rank: TypeAlias = "tuple[bool, int, bytes]"


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """An article, as far as duplicates are concerned.

    Attributes:
        article_id: 32 hex digits.
        first_seen: when it was first fetched, in microseconds since 1970; never changes.
        version: of the text; an older one than is known changes nothing.
        signature: of its text (`newsgrain.shingles.signature`); None: too short.
        declared: key of the address on another site that it declares as its canonical one.
    """

    article_id: str
    first_seen: int
    version: tuple[int, int] = (0, 0)
    signature: bytes | None
    declared: str | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any], signature: bytes | None) -> Self:
        """Return a row of ``revisions`` as far as duplicates are concerned.

        Args:
            row: the row.
            signature: of its text.
        """
        return cls(
            article_id=row["article_id"],
            first_seen=microseconds(row["first_fetched_at"]),
            version=(microseconds(row["fetched_at"]), row["revision"]),
            signature=signature,
            declared=_declared(row["canonical_url"], row["domain"]),
        )


def microseconds(moment: datetime) -> int:
    """Return a moment as microseconds since 1970."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def _declared(canonical: str | None, domain: str) -> str | None:
    """Return the key of a canonical address on another site; None of any other.

    Within a site, addresses of one article are told by `newsgrain.identity`.
    """
    try:
        if not canonical or not urlsplit(canonical).path.strip("/"):
            return None
        return None if registrable_domain(canonical) == domain else url_key(canonical)
    except ValueError:
        return None


class Link(NamedTuple):
    """Where an article stands among its duplicates.

    Attributes:
        duplicate_group: the first article of its group; its own id if it is that.
        duplicate_of: the earliest article that it repeats; None: it repeats none.
        overlap: estimated share of shingles in common with that one.
    """

    duplicate_group: str
    duplicate_of: str | None = None
    overlap: float | None = None


def _rank(stored: Stored) -> _Rank:
    """Return what decides which of two is the earlier one.

    An article that declares another site's address as its canonical one says that it is a
    copy: it comes after all that do not, whichever was fetched first.
    """
    return stored.declared is not None, stored.first_seen, stored.article_id


class Duplicates:
    """Finds duplicates among the articles of a store.

    Args:
        store: where articles and their positions are kept.
    """

    def __init__(self, store: DuplicateStore) -> None:
        self._store = store
        self._touched: set[int] = set()
        self._before: dict[int, Position] = {}

    def add(self, texts: Iterable[Text]) -> None:
        """Take new articles, and changed texts of known ones; `settle` sees to their links."""
        for text in texts:
            found = self._store.put(text)
            if found is not None:
                self._touched.add(found)

    def settle(self) -> dict[str, Link]:
        """Find the duplicates of what was added, and return every link that changed by it.

        Among them are those of articles that were there before: they may repeat what was given
        later and is older, or what they repeated may have changed. An article that is new and
        repeats nothing is left out.
        """
        others: set[int] = set()
        moved = []
        for number in self._touched:
            mine = self._store.get(number)
            near = list(self._near(mine))
            others.update(other.number for other, _ in near if _rank(other) > _rank(mine))
            others.update(self._store.children(number))
            others.update(self._store.declaring(mine.article_id))
            if self._relink(mine, near):
                moved.append(number)
        for number in others - self._touched:
            mine = self._store.get(number)
            if self._relink(mine, self._near(mine)):
                moved.append(number)
        self._regroup(moved)
        self._touched.clear()
        return dict(self._changes())

    def links_of(self, article_ids: Iterable[str]) -> Iterator[tuple[str, Link]]:
        """Yield the links of some articles, as they were settled."""
        for article_id in article_ids:
            found = self._store.find(article_id)
            if found is not None:
                yield article_id, self._link(self._store.position(found.number), found.article_id)

    def links(self) -> Iterator[tuple[str, Link]]:
        """Yield every article with its link, as it was settled."""
        return (
            (article_id.hex(), self._link(position, article_id))
            for article_id, position in self._store.positions()
        )

    def _near(self, mine: Stored) -> Iterator[tuple[Stored, float]]:
        if mine.signature is None:
            return
        for other in self._store.candidates(mine.signature):
            if other.number == mine.number or other.signature is None:
                continue
            share = overlap(mine.signature, other.signature)
            if share >= THRESHOLD:
                yield other, share

    def _relink(self, mine: Stored, near: Iterable[tuple[Stored, float]]) -> bool:
        """Let an article point to the one that it repeats; tell whether that changed."""
        parent = self._declared(mine)
        if parent is None:
            earlier = (pair for pair in near if _rank(pair[0]) < _rank(mine))
            parent = min(earlier, key=lambda pair: _rank(pair[0]), default=None)
        before = self._store.position(mine.number)
        after = Position(
            parent=parent[0].number if parent else None,
            root=before.root,
            overlap=round(parent[1], 3) if parent else None,
        )
        if after != before:
            self._move(mine.number, before, after)
        return after != before

    def _declared(self, mine: Stored) -> tuple[Stored, float] | None:
        if mine.declared is None or mine.signature is None:
            return None
        target = self._store.find(mine.declared)
        if target is None or target.signature is None or _rank(target) >= _rank(mine):
            return None
        share = overlap(mine.signature, target.signature)
        return (target, share) if share >= DECLARED_THRESHOLD else None

    def _move(self, number: int, before: Position, after: Position) -> None:
        self._before.setdefault(number, before)
        self._store.place(number, after)

    def _regroup(self, moved: Iterable[int]) -> None:
        """Give what moved, and all that follows it, the root that it now leads to."""
        waiting = list(moved)
        while waiting:
            number = waiting.pop()
            before = self._store.position(number)
            root = number
            while (parent := self._store.position(root).parent) is not None:
                root = parent  # ends: every parent ranks before its child
            if before.root != root:
                self._move(number, before, before._replace(root=root))
                waiting.extend(self._store.children(number))

    def _changes(self) -> Iterator[tuple[str, Link]]:
        for number, before in self._before.items():
            after = self._store.position(number)
            if after != before:
                article_id = self._store.get(number).article_id
                yield article_id.hex(), self._link(after, article_id)
        self._before.clear()

    def _link(self, position: Position, article_id: bytes) -> Link:
        root = self._store.get(position.root).article_id
        parent = self._store.get(position.parent).article_id if position.parent else None
        is_root = root == article_id
        return Link(
            duplicate_group=article_id.hex() if is_root else root.hex(),
            duplicate_of=parent.hex() if parent else None,
            overlap=position.overlap,
        )
