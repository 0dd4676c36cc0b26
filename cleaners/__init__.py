"""Pages in, articles out: pure functions from bytes to frozen records.

``clean`` is ``read`` and then ``finish``. They are apart so that a crawler that has seen a
whole site can judge the blocks of a page again in between (`SiteVerdicts`).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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


# What cleans takes half a second to import: who needs a record or an address does not wait for it.
_HOMES = {
    "NONE": "article",
    "Article": "records",
    "CleanOptions": "options",
    "Cleaned": "outcome",
    "Draft": "records",
    "Page": "records",
    "Reason": "outcome",
    "Rejected": "outcome",
    "SiteVerdicts": "article",
    "block_digest": "text",
    "finish": "article",
    "read": "draft",
}


def __getattr__(name: str) -> Any:
    """Import a public name's module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(f"cleaners.{_HOMES[name]}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    """Return the public names, whether they are imported yet or not."""
    return sorted(__all__)


def clean(page: Page, options: CleanOptions | None = None) -> Cleaned | Rejected:
    """Return the article of a page judged by itself, or why it has none.

    Args:
        page: the page.
        options: bounds and choices; None: the defaults of `CleanOptions`.
    """
    from cleaners import NONE, CleanOptions, Rejected, finish, read

    options = options or CleanOptions()
    draft = read(page, options)
    return draft if isinstance(draft, Rejected) else finish(draft, NONE, options)
