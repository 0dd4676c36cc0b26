"""The switches of the cleaner. There are no others."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaners.recogniser import Recogniser

DEADLINE_S = 8.0
"""Processor time for one page; with the start of a worker, a verdict comes within 10 seconds."""

MEMORY_BYTES = 1_000_000_000
"""What a process that cleans pages may hold; one that has cleaned thousands holds a quarter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanOptions:
    """Bounds and choices for cleaning one page.

    Attributes:
        max_bytes: pages with more bytes of HTML are rejected as ``too_large``.
        max_depth: pages with more nested elements are rejected as ``too_deep``;
            libxml2 recurses, and real articles stay below 100.
        max_elements: pages with more elements are rejected as ``too_large``; real articles have
            some thousands, and what finds the text takes seconds from here on.
        recogniser: what else finds names, beside the rules; None: nothing.
        min_words: pages whose text has fewer words are rejected as ``empty``.
        obey_tdm: pages whose publisher reserves text and data mining are rejected.
        obey_noindex: pages that ask search engines not to list them are rejected.
    """

    max_bytes: int = 10_000_000
    max_depth: int = 1_000
    max_elements: int = 50_000
    min_words: int = 10
    obey_tdm: bool = False
    obey_noindex: bool = False
    recogniser: Recogniser | None = None
