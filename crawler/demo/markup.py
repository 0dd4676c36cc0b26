"""The light markup in which the stories are written: text in, blocks and quotations out.

Blocks are parted by blank lines:

    ## heading            - bullet            1. ordered item
    > block quotation     • bullet in one paragraph, broken by <br>
    1) numbered paragraph                     !related slug-of-another-story

Within a line ``*emphasis*`` and ``[text](address)``. A quotation that must come out is
followed by its speaker in braces: ``“...”{Ada Flint}``, by ``{=the harbour office}`` if the
source is no named person, by ``{}`` if there is none. The braces are never shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from crawler.demo.fill import Html, escape

NO_BREAK_SPACE = "\u00a0"
APOSTROPHE = "\u2019"

_ATTRIBUTION = re.compile(r"\{[^}]*\}")
_EMPHASIS = re.compile(r"\*([^*]+)\*")
_LINK = re.compile(r"\[([^\]]+)\]\(([^)]+)\)")
# A closing mark may be missing: a quotation that runs on has one only in its last paragraph.
_QUOTATION = re.compile(r"[«“]\s*([^«»“”{}]+?)\s*[»”]?\{([^}]*)\}")
_BLOCK_QUOTATION = re.compile(r"^\s*[«“]?\s*([^«»“”{}]+?)\s*[»”]?\s*\{([^}]*)\}\s*$")


class Kind(StrEnum):
    """What a block is, and which markup a theme gives it."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    QUOTE = "quote"
    BULLETS = "ul"
    ORDERED = "ol"
    BROKEN_LINES = "br"
    NUMBERED = "p"
    RELATED = "related"


LISTS = frozenset({Kind.BULLETS, Kind.ORDERED, Kind.BROKEN_LINES, Kind.NUMBERED})
_LIST_MARKS = (
    (re.compile(r"-\s+"), Kind.BULLETS),
    (re.compile(r"\d+\.\s+"), Kind.ORDERED),
    (re.compile(r"•\s+"), Kind.BROKEN_LINES),
    (re.compile(r"\d+\)\s+"), Kind.NUMBERED),
)
_LINE_MARKS = (
    ("## ", Kind.HEADING),
    ("> ", Kind.QUOTE),
    ("!related ", Kind.RELATED),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One block of a story, its inline markup still in it.

    Attributes:
        kind: what it is.
        lines: the items of a list; of anything else, one line.
    """

    kind: Kind
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotation:
    """A quotation that must come out, as marked in the story.

    Attributes:
        text: the words between the marks.
        speaker: the named person who said them, if any.
        source_text: the unnamed source as printed, if that is what the story gives.
    """

    text: str
    speaker: str | None
    source_text: str | None


def parse(source: str, language: str) -> tuple[Block, ...]:
    """Read a story's body."""
    chunks = re.split(r"\n\s*\n", source.strip())
    return tuple(_block(typeset(chunk.strip(), language)) for chunk in chunks if chunk.strip())


def typeset(text: str, language: str) -> str:
    """Set apostrophes and, in French, the no-break spaces that an author types as spaces."""
    text = text.replace("'", APOSTROPHE)
    if language != "fr":
        return text
    text = re.sub(r" ([:;?!»])", NO_BREAK_SPACE + r"\1", text)
    text = text.replace("« ", "«" + NO_BREAK_SPACE)
    return re.sub(r"(?<=\d) (?=\d{3}\b|h\b|%|€)", NO_BREAK_SPACE, text)


def plain(line: str) -> str:
    """Return a line as a reader sees it."""
    return _LINK.sub(r"\1", _EMPHASIS.sub(r"\1", _ATTRIBUTION.sub("", line)))


def inline_html(line: str) -> Html:
    """Return a line as HTML."""
    shown = escape(_ATTRIBUTION.sub("", line))
    linked = _LINK.sub(r'<a href="\2">\1</a>', shown)
    return Html(_EMPHASIS.sub(r"<em>\1</em>", linked))


def quotations(block: Block) -> tuple[Quotation, ...]:
    """Return a block's marked quotations in reading order."""
    pattern = _BLOCK_QUOTATION if block.kind is Kind.QUOTE else _QUOTATION
    return tuple(
        _quotation(plain(match[1]), match[2])
        for line in block.lines
        for match in pattern.finditer(line)
    )


def _quotation(text: str, attribution: str) -> Quotation:
    if attribution.startswith("="):
        return Quotation(text=text, speaker=None, source_text=attribution[1:])
    return Quotation(text=text, speaker=attribution or None, source_text=None)


def _block(chunk: str) -> Block:
    for mark, kind in _LINE_MARKS:
        if chunk.startswith(mark):
            return Block(kind=kind, lines=(_one_line(chunk.removeprefix(mark)),))
    for pattern, kind in _LIST_MARKS:
        if pattern.match(chunk):
            items = re.split(rf"^{pattern.pattern}", chunk, flags=re.MULTILINE)[1:]
            return Block(kind=kind, lines=tuple(_one_line(item) for item in items))
    return Block(kind=Kind.PARAGRAPH, lines=(_one_line(chunk),))


def _one_line(text: str) -> str:
    # Not str.split(): it would also turn no-break spaces into plain ones.
    return re.sub(r"[ \n]+", " ", text).strip()
