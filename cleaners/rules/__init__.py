"""Language and web knowledge as data: one TOML file a subject, or a language."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

# The files of languages bear their ISO 639 code, those of subjects longer names.
_LANGUAGE_FILE = re.compile(r"([a-z]{2,3})\.toml")


@cache
def load_rules(name: str) -> dict[str, Any]:
    """Return the table in ``cleaners/rules/NAME.toml``, read once per process.

    Raises:
        FileNotFoundError: there is no such file in the package.
    """
    return tomllib.loads((files(__name__) / f"{name}.toml").read_text("utf-8"))


@cache
def rule_languages() -> tuple[str, ...]:
    """Return the codes of the languages that have a file of rules, sorted."""
    names = (entry.name for entry in files(__name__).iterdir())
    return tuple(sorted(found[1] for name in names if (found := _LANGUAGE_FILE.fullmatch(name))))
