"""What the published verdicts teach about a site's addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crawler.url_patterns import UrlPatterns
from newsgrain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from newsgrain.workspace import Workspace

# Of the latest so many pages; sites change, and a start must not take minutes.
_LATEST = 50_000
_ARTICLES = frozenset({"new", "edited", "unchanged", "recleaned"})
# What a page is. A wall, a broken page or one that is reserved says nothing of its address: a
# site that locked us out for some nights must not teach that it has no articles.
_OTHERS = frozenset({"not_html", "not_article", "section"})


def learned_patterns(workspace: Workspace) -> UrlPatterns:
    """Return which addresses turned out to be articles, and which did not."""
    from newsgrain.reading import load

    columns = ["url", "outcome", "reason"]
    try:
        verdicts = load("verdicts", columns=columns, workspace=workspace.root, engine="arrow")
    except StoreError:  # nothing is published yet
        return UrlPatterns()
    latest = verdicts.slice(max(0, len(verdicts) - _LATEST))
    return UrlPatterns.learn(lessons(latest.to_pylist()))


def lessons(verdicts: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, bool]]:
    """Give the addresses that verdicts say something of, and whether they are articles.

    A page that is gone, failed or has not changed teaches nothing.
    """
    for row in verdicts:
        if row["outcome"] in _ARTICLES:
            yield row["url"], True
        elif row["outcome"] == "rejected" and row["reason"] in _OTHERS:
            yield row["url"], False
