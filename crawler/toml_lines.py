"""On which line of a TOML file each key stands, which ``tomllib`` does not tell.

Only files that ``tomllib`` has accepted are scanned, so the scanner can trust their syntax.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

KeyPath: TypeAlias = "tuple[str | int, ...]"
"""Names of tables and keys; a number counts the entries of an array of tables from 0."""

# Strings first: brackets, commas and hashes inside them mean nothing.
_LEXEME = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'"
    r"|\#[^\n]*"
    r"|[\[\]{}\n]"
    r"|[^\s\[\]{}\"'#]+"
    r"|[^\S\n]+",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class _Statement:
    line: int
    text: str


def _statements(text: str) -> list[_Statement]:
    """Split a document into table headers and key-value pairs, comments removed."""
    found: list[_Statement] = []
    parts: list[str] = []
    depth, line, first = 0, 1, 1
    for lexeme in _LEXEME.findall(text.replace("\r\n", "\n") + "\n"):
        if lexeme == "\n" and depth == 0:
            if "".join(parts).strip():
                found.append(_Statement(first, "".join(parts).strip()))
            parts = []
        elif not lexeme.startswith("#"):
            if not "".join(parts).strip():
                first = line
            parts.append(lexeme)
            depth += (lexeme in {"[", "{"}) - (lexeme in {"]", "}"})
        line += lexeme.count("\n")
    return found


def _names(dotted: str) -> tuple[str, ...]:
    """Return the parts of a key such as ``limits."delay_s"``, as ``tomllib`` reads them."""
    table: object = tomllib.loads(f"{dotted} = 0")
    names: list[str] = []
    while isinstance(table, dict):
        name, table = next(iter(table.items()))
        names.append(name)
    return tuple(names)


def _key_text(statement: str) -> str:
    """Return what stands before the first equals sign that is not inside quotes."""
    lexemes = re.findall(r'"(?:\\.|[^"\\])*"|\'[^\']*\'|=|[^"\'=]+', statement)
    return "".join(lexemes[: lexemes.index("=")])


def _resolve(names: tuple[str, ...], arrays: Mapping[tuple[str, ...], int]) -> KeyPath:
    """Insert the number of the current entry after the name of each array of tables."""
    path: list[str | int] = []
    for end, name in enumerate(names, start=1):
        path.append(name)
        if count := arrays.get(names[:end]):
            path.append(count - 1)
    return tuple(path)


def key_lines(text: str) -> dict[KeyPath, int]:
    r"""Return the line, counted from 1, of every table header and key of a valid document.

    Keys inside inline tables are not listed: they stand on the line of their key.

    >>> key_lines("a = 1\n[[b]]\nc = 2")
    {('a',): 1, ('b', 0): 2, ('b', 0, 'c'): 3}
    """
    lines: dict[KeyPath, int] = {}
    arrays: Counter[tuple[str, ...]] = Counter()
    table: KeyPath = ()
    for statement in _statements(text):
        if statement.text.startswith("[["):
            names = _names(statement.text[2:-2])
            arrays[names] += 1
            table = path = _resolve(names, arrays)
        elif statement.text.startswith("["):
            table = path = _resolve(_names(statement.text[1:-1]), arrays)
        else:
            path = (*table, *_names(_key_text(statement.text)))
        lines[path] = statement.line
    return lines


def line_of(lines: Mapping[KeyPath, int], path: KeyPath) -> int:
    """Return the line of a key, or of the nearest table or key that holds it, or 1."""
    while path and path not in lines:
        path = path[:-1]
    return lines.get(path, 1)
