"""A recogniser of names that does to a worker what bad pages do."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True)
class Poison:
    """Kills its process on a text with "arsenic", raises on one with "hemlock"."""

    name: str = "poison"

    def persons(self, text: str) -> Iterable[str]:
        if "arsenic" in text:
            os._exit(3)
        if "hemlock" in text:
            raise ValueError("hemlock")
        return ()
