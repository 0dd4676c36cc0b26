"""What the published verdicts teach about a site's addresses."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from crawler.logline import log_line
from crawler.url_patterns import UrlPatterns
from newsgrain import layout
from newsgrain.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_log = logging.getLogger("newsgrain.crawl")
# Of the latest so many pages; sites change, and a start must not take minutes.
_LATEST = 50_000
_ARTICLES = frozenset({"new", "edited", "unchanged", "recleaned"})
# What a page is. A wall, a broken page or one that is reserved says nothing of its address: a
# site that locked us out for some nights must not teach that it has no articles.
_OTHERS = frozenset({"not_html", "not_article", "section"})


def learned_patterns(workspace: Workspace) -> UrlPatterns:
    """Return which addresses turned out to be articles, and which did not.

    The verdicts are read by a process of its own: pyarrow would stay in a crawl's memory all
    night. What cannot be read is told when the next rows are published; a crawl goes without.
    """
    if not (workspace.datasets / layout.CURRENT).exists():
        return UrlPatterns()
    # -P: a folder of the user's that is named as one of our packages is not what is meant.
    command = [sys.executable, "-P", "-m", "crawler.learning", str(workspace.root)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - ours
    if done.returncode:
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        _log.warning(log_line("patterns", error=reason))
        return UrlPatterns()
    return UrlPatterns.of_counts(json.loads(done.stdout))


def _main() -> None:
    from newsgrain.glance import Glance  # of the process of its own

    columns = ("url", "outcome", "reason")
    verdicts = Glance(Workspace(Path(sys.argv[1])).datasets).latest("verdicts", columns, _LATEST)
    json.dump(UrlPatterns.learn(lessons(verdicts)).counts(), sys.stdout)


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


if __name__ == "__main__":
    _main()
