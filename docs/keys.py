"""Write the tables of docs/configuration.md from what the program says of its keys: ``make keys``.

Each record of `crawler.configuration` is a table, in the order of the headings of the page; the
meaning of a key is what the record's description says of it.
"""

from __future__ import annotations

import inspect
import re
from dataclasses import MISSING, Field, fields
from pathlib import Path

from crawler.configuration import AlarmHooks, CrawlLimits, Source, SourceLimits

PAGE = Path(__file__).resolve().parent / "configuration.md"
_TABLES = ((CrawlLimits,), (Source, SourceLimits), (AlarmHooks,))
_TYPES = {
    "str": "text",
    "int": "whole number",
    "float": "number",
    "bool": "true or false",
    "Address": "address",
    "Expression": "regular expression",
    "LanguageTag": "BCP 47 tag",
    "TimeZone": "IANA zone",
    "tuple[str, ...]": "list of texts",
    "tuple[Address, ...]": "addresses",
    "tuple[Expression, ...]": "regular expressions",
}
_HEAD = "| key | type | default | meaning |\n| --- | --- | --- | --- |\n"
_ROWS = re.compile(re.escape(_HEAD) + r"(?:\|.*\n)+")
_ENTRY = re.compile(r"^    (\w+): (.*(?:\n        .*)*)", re.MULTILINE)
# What the reader of newsgrain.toml puts in where the file says nothing.
_DEFAULTS = {"workers": "processors"}


def meanings(record: type) -> dict[str, str]:
    """Return what a record's description says of each key."""
    _, _, attributes = (inspect.getdoc(record) or "").partition("Attributes:\n")
    said = (entry.groups() for entry in _ENTRY.finditer(attributes))
    return {key: " ".join(text.split()).replace("``", "`").rstrip(".") for key, text in said}


def _default(field: Field[object]) -> str:
    if field.name in _DEFAULTS:
        return _DEFAULTS[field.name]
    if field.default is MISSING:
        return "required"
    if isinstance(field.default, bool):
        return str(field.default).lower()
    if field.default == ():
        return "`[]`"
    return "none" if field.default is None else str(field.default)


def rows(record: type) -> str:
    """Return the rows of a record's keys.

    Raises:
        KeyError: a key has no description, or a type that has no name here.
    """
    said = meanings(record)
    prefix = "limits." if record is SourceLimits else ""
    return "".join(
        f"| `{prefix}{field.name}` | {_TYPES[str(field.type).removesuffix(' | None')]} "
        f"| {_default(field)} | {said[field.name]} |\n"
        for field in fields(record)
        if field.name != "limits"
    )


def with_tables(page: str) -> str:
    """Return the page with its tables written anew."""
    tables = iter(_TABLES)
    return _ROWS.sub(lambda _: _HEAD + "".join(map(rows, next(tables))), page)


if __name__ == "__main__":
    PAGE.write_text(with_tables(PAGE.read_text("utf-8")), "utf-8")
