"""Language and web knowledge as data: one TOML file a subject, or a language."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def load_rules(name: str) -> dict[str, Any]:
    """Return the table in ``cleaners/rules/NAME.toml``, read once per process.

    Raises:
        FileNotFoundError: there is no such file in the package.
    """
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text("utf-8"))
