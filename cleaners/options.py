"""The switches of the cleaner. There are no others."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CleanOptions:
    """Bounds and choices for cleaning one page.

    Attributes:
        max_bytes: pages with more bytes of HTML are rejected as ``too_large``.
        max_depth: pages with more nested elements are rejected as ``too_deep``;
            libxml2 recurses, and real articles stay below 100.
        min_words: pages whose text has fewer words are rejected as ``empty``.
    """

    max_bytes: int = 10_000_000
    max_depth: int = 1_000
    min_words: int = 10
