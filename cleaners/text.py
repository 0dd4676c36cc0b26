"""The article's text: kept blocks joined, one a line, with where each stands.

Offsets count code points of the text and cover an item itself, not its bullet.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.blocks import text_key
from cleaners.records import BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.records import Block, Metadata

_BULLET = "- "
MARKS = "".join(chr(c) for c in range(0x300, 0x1B00) if unicodedata.category(chr(c))[0] == "M")
"""Accents and vowel signs that stand behind a letter: parts of words, but none to ``\\w``."""

_SIGNS = "\u3040-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_KATAKANA = "\u30a0-\u30ff\u31f0-\u31ff\uff66-\uff9f"
_SPACELESS = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
_LETTER = rf"[^\W_{_SIGNS}{_KATAKANA}{_SPACELESS}]"
# The default rules of Unicode's word segmentation (https://www.unicode.org/reports/tr29/,
# WB4 to WB13), as far as news need them. Scripts without spaces between words would need a
# dictionary for more: there each sign with its marks is one, and a run of Katakana is one word.
# Inside words stand marks, and the joiners of Persian and of Indian scripts.
_WORD = re.compile(
    rf"{_LETTER}+(?:[{MARKS}\u200c\u200d]+{_LETTER}*|['’.·]{_LETTER}+|(?<=\d),(?=\d){_LETTER}+)*"
    rf"|[{_SIGNS}]|[{_KATAKANA}]+|[^\W{MARKS}][{MARKS}]*"
)
# The same for a text without such scripts, marks and joiners, as most are: three times as fast.
_PLAIN_WORD = re.compile(r"[^\W_]+(?:['’.·][^\W_]+|(?<=\d),(?=\d)[^\W_]+)*|_")
_NOT_PLAIN = re.compile(
    "[\u0300-\u036f\u0483-\u1dff\u200c\u200d\u20d0-\u20ff\u2c00-\uffff]|[^\x00-\uffff]"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kept block and where its text stands: ``text[start:end] == block.text``."""

    block: Block
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The text of an article with its lines."""

    text: str
    lines: tuple[Line, ...]


def lay_out(blocks: Sequence[Block]) -> Layout:
    """Join the kept blocks: one a line, list items as ``- item``."""
    parts: list[str] = []
    lines: list[Line] = []
    position = 0
    for block in blocks:
        if block.removed is not None:
            continue
        mark = _BULLET if block.kind is BlockKind.LIST_ITEM else ""
        start = position + len(mark)
        end = start + len(block.text)
        lines.append(Line(block=block, start=start, end=end))
        parts.append(mark + block.text)
        position = end + 1
    return Layout(text="\n".join(parts), lines=tuple(lines))


def count_words(text: str) -> int:
    """Return the number of words; in scripts without spaces, of signs."""
    pattern = _WORD if _NOT_PLAIN.search(text) else _PLAIN_WORD
    return len(pattern.findall(text))


def block_digest(text: str) -> str:
    """Return what one block is recognised by on other pages of its site.

    16 hex digits of the sha256 of its letters and digits in lower case, so that spacing and
    punctuation make no difference.
    """
    return hashlib.sha256(text_key(text).encode("utf-8", "surrogatepass")).hexdigest()[:16]


def content_digest(metadata: Metadata, lead: str | None, text: str) -> str:
    """Return the sha256 of what makes a revision: title, authors, date, lead and text."""
    published = metadata.date_published
    content = {
        "title": metadata.title,
        "authors": [author.name for author in metadata.authors],
        "date_published": published.value.isoformat() if published else None,
        "lead": lead,
        "text": text,
    }
    canonical = json.dumps(content, ensure_ascii=True, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
