"""newsgrain: pages of news sites, cleaned into Parquet datasets.

`load` opens a published table, `people` counts who speaks in the articles, `clean_batch` cleans
pages that lie in a table of one's own, `inspect_page` shows what became of one page and why. They
are found when they are first used: importing newsgrain imports nothing heavy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsgrain.version import __version__

if TYPE_CHECKING:
    from newsgrain.batches import clean_batch
    from newsgrain.inspection import inspect_page
    from newsgrain.reading import load
    from newsgrain.voices import people

__all__ = ["__version__", "clean_batch", "inspect_page", "load", "people"]

_HOMES = {
    "clean_batch": "newsgrain.batches",
    "inspect_page": "newsgrain.inspection",
    "load": "newsgrain.reading",
    "people": "newsgrain.voices",
}


def __getattr__(name: str) -> Any:
    """Import a public function's module when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names, whether they are imported yet or not."""
    return sorted(__all__)
