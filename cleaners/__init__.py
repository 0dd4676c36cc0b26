"""Pages in, articles out: pure functions from bytes to frozen records.

``clean`` is ``read`` and then ``finish``. They are apart so that a crawler that has seen a
whole site can judge the blocks of a page again in between (`SiteVerdicts`).
"""

from __future__ import annotations

from cleaners.article import NONE, SiteVerdicts, finish
from cleaners.draft import read
from cleaners.options import CleanOptions
from cleaners.outcome import Cleaned, Reason, Rejected
from cleaners.records import Article, Draft, Page
from cleaners.text import block_digest

__all__ = [
    "CLEANER_VERSION",
    "NONE",
    "Article",
    "CleanOptions",
    "Cleaned",
    "Draft",
    "Page",
    "Reason",
    "Rejected",
    "SiteVerdicts",
    "block_digest",
    "clean",
    "finish",
    "read",
]

CLEANER_VERSION = "2"
"""Changes whenever the same page may give another article than before."""


_DEFAULT = CleanOptions()


def clean(page: Page, options: CleanOptions = _DEFAULT) -> Cleaned | Rejected:
    """Return the article of a page judged by itself, or why it has none."""
    draft = read(page, options)
    return draft if isinstance(draft, Rejected) else finish(draft, NONE, options)
