"""The kinds of files that can be given as input, known by their names."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePath


class Format(StrEnum):
    """What a file holds."""

    WARC = "warc"
    HTML = "html"
    PARQUET = "parquet"


_SUFFIXES = {
    ".warc": Format.WARC,
    ".warc.gz": Format.WARC,
    ".html": Format.HTML,
    ".htm": Format.HTML,
    ".html.gz": Format.HTML,
    ".htm.gz": Format.HTML,
    ".parquet": Format.PARQUET,
}
KNOWN_SUFFIXES = tuple(_SUFFIXES)


def format_of(path: PurePath) -> Format | None:
    """Return the format of a file by its name, None for an unknown one."""
    name = path.name.lower()
    return next((kind for suffix, kind in _SUFFIXES.items() if name.endswith(suffix)), None)
