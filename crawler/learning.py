"""What the published verdicts teach about a site's addresses."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from crawler.logline import log_line
from crawler.url_patterns import UrlPatterns
from newsgrain.errors import StoreError
from newsgrain.glance import Glance

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsgrain.workspace import Workspace

_log = logging.getLogger("newsgrain.crawl")
# Of the latest so many pages; sites change, and a start must not take minutes.
_LATEST = 50_000
_ARTICLES = frozenset({"new", "edited", "unchanged", "recleaned"})
# What a page is. A wall, a broken page or one that is reserved says nothing of its address: a
# site that locked us out for some nights must not teach that it has no articles.
_OTHERS = frozenset({"not_html", "not_article", "section"})


def learned_patterns(workspace: Workspace) -> UrlPatterns:
    """Return which addresses turned out to be articles, and which did not."""
    columns = ("url", "outcome", "reason")
    try:
        verdicts = Glance(workspace.datasets).latest("verdicts", columns, _LATEST)
        return UrlPatterns.learn(lessons(verdicts))
    except StoreError as exc:  # what cannot be read is told when the next rows are published
        _log.warning(log_line("patterns", error=exc))
        return UrlPatterns()


def lessons(verdicts: Iterable[tuple[str, str, str | None]]) -> Iterator[tuple[str, bool]]:
    """Give the addresses that verdicts say something of, and whether they are articles.

    A page that is gone, failed or has not changed teaches nothing.

    Args:
        verdicts: address, outcome and reason of each.
    """
    for url, outcome, reason in verdicts:
        if outcome in _ARTICLES:
            yield url, True
        elif outcome == "rejected" and reason in _OTHERS:
            yield url, False
