"""What the published verdicts teach about a site's addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.url_patterns import UrlPatterns
from newsgrain.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsgrain.workspace import Workspace

# Of the latest so many pages; sites change, and a start must not take minutes.
_LATEST = 50_000
_ARTICLES = frozenset({"new", "edited", "unchanged", "recleaned"})
_OTHERS = frozenset({"rejected"})


def learned_patterns(workspace: Workspace) -> UrlPatterns:
    """Return which addresses turned out to be articles, and which did not.

    A page that is gone, failed or has not changed teaches nothing.
    """
    return UrlPatterns.learn(_judged(workspace))


def _judged(workspace: Workspace) -> Iterator[tuple[str, bool]]:
    from newsgrain.reading import load

    try:
        verdicts = load(
            "verdicts", columns=["url", "outcome"], workspace=workspace.root, engine="arrow"
        )
    except StoreError:  # nothing is published yet
        return
    latest = verdicts.slice(max(0, len(verdicts) - _LATEST))
    for row in latest.to_pylist():
        if row["outcome"] in _ARTICLES | _OTHERS:
            yield row["url"], row["outcome"] in _ARTICLES
