"""What the pages of each site were: articles, parts of articles, walls, lists, ... by night.

verdicts of the last nights | counted by site and class | tonight beside the nights before
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import pyarrow.compute as pc

from cleaners.urls import registrable_domain
from newsgrain.archive_erasure import FORGOTTEN_URL
from newsgrain.page_class import PageClass

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from newsgrain.state import State

_SITES = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class PageShares:
    """What the pages of one site were in one night.

    Attributes:
        site: registrable domain.
        pages: that were judged and have a class; without those that were forgotten since.
        classes: how many were of each class (`newsgrain.page_class`), most frequent first.
        articles_before: share of whole articles in the nights before; None: no page then.
    """

    site: str
    pages: int
    classes: Mapping[str, int]
    articles_before: float | None

    @property
    def articles(self) -> float:
        """Share of whole articles."""
        return self.classes.get(PageClass.OK, 0) / self.pages


def page_shares(state: State, run_id: str, nights: Iterable[str]) -> tuple[PageShares, ...]:
    """Return what the pages of each site were, the site with the fewest articles first.

    Args:
        state: the published state.
        run_id: the night.
        nights: the runs that it is compared with; the night itself is left out of them.
    """
    before = set(nights) - {run_id}
    condition = pc.field("run_id").isin([run_id, *before])
    condition &= pc.field("url") != FORGOTTEN_URL  # whose pages they were nobody knows any more
    table = state.dataset("verdicts").to_table(
        columns=["run_id", "url", "page_class"],
        filter=condition & pc.field("page_class").is_valid(),
    )
    tonight, past = defaultdict[str, Counter[str]](Counter), defaultdict[str, Counter[str]](Counter)
    for row in table.to_pylist():
        counted = tonight if row["run_id"] == run_id else past
        counted[_site(row["url"])][row["page_class"]] += 1
    shares = [
        PageShares(
            site=site,
            pages=counts.total(),
            classes=dict(counts.most_common()),
            articles_before=_articles(past.get(site)),
        )
        for site, counts in tonight.items()
    ]
    return tuple(sorted(shares, key=lambda one: (one.articles, one.site)))


def classes_shown(shares: Sequence[PageShares]) -> list[str]:
    """Return the classes that any site gave, in the order of `newsgrain.page_class`."""
    given = {name for one in shares for name in one.classes}
    return [name.value for name in PageClass if name in given]


def _articles(counts: Counter[str] | None) -> float | None:
    return counts[PageClass.OK] / counts.total() if counts else None


@lru_cache(_SITES)
def _site(url: str) -> str:
    return registrable_domain(url)
