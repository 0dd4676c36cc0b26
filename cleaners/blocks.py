"""The block-level elements of a page, in reading order.

One pass over the tree gives one `Piece` for every stretch of text that a browser puts on
lines of its own: paragraphs, headings, list items, rows of tables, the parts that ``<br>``
cuts, and text that stands loose in a container.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from lxml import etree

from cleaners.outline import collapse
from cleaners.records import BlockKind
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

_ELEMENTS = {name: frozenset(tags) for name, tags in load_rules("elements").items()}
_BREAKING = _ELEMENTS["breaking"]
_SKIPPED = _ELEMENTS["skipped"]
_BESIDE = _ELEMENTS["beside"]
_LAYOUT = _ELEMENTS["layout"]
_HEADINGS = {f"h{level}": level for level in range(1, 7)}
_CAPTIONS = frozenset(("figcaption", "caption"))
_CELLS = ("td", "th")
_BOLD = frozenset(("b", "strong"))
_EMBED_CLASSES = re.compile(r"twitter-tweet|instagram-media|tiktok-embed|fb-post|bluesky-embed")
_MAX_ROW_CHARS = 400
_BULLET = re.compile(r"([•·▪▫◦‣●○■□➤►▸✓✔➜→*–—-])[\s\u00a0]+(?=\S)")
_NOT_KEY = re.compile(r"[\W_]+")


@dataclass(slots=True, kw_only=True)
class Piece:
    """One block of the page while it is being judged; `Block` is its finished form.

    Attributes:
        kind, text, path, list_id, level, links: as in `cleaners.records.Block`.
        linked: share of the text's characters that stand inside links, 0 to 1.
        bold: number of characters at the start of the text that stand in bold.
        key: the text's letters and digits in lower case, for comparing.
        beside: it stands in a footer, an aside or a form.
        kept: it belongs to the article's text so far.
        removed, evidence: as in `Block`.
    """

    kind: BlockKind
    text: str
    path: str = ""
    list_id: int | None = None
    level: int = 0
    links: tuple[str, ...] = ()
    linked: float = 0.0
    bold: int = 0
    key: str = ""
    beside: bool = False
    kept: bool = False
    removed: str | None = None
    evidence: str = ""

    def remove(self, reason: str, evidence: str) -> None:
        """Take the block out of the text; the first reason given stays."""
        self.kept = False
        if self.removed is None:
            self.removed, self.evidence = reason, evidence


@lru_cache(maxsize=4096)
def text_key(text: str) -> str:
    """Return the letters and digits of a text in lower case: equal for equal words."""
    return _NOT_KEY.sub("", text).lower()


def without_bullet(text: str) -> str:
    """Return a text without the bullet that it begins with, if any."""
    found = _BULLET.match(text)
    return text[found.end() :] if found else text


def page_pieces(root: Any) -> list[Piece]:
    """Return the blocks of a page's tree in reading order.

    `root` must be free of comments and processing instructions, whose tails would be lost.
    """
    walk = _Walk()
    events = etree.iterwalk(root, events=("start", "end"))
    for event, element in events:
        tag = element.tag
        if event == "start":
            if tag in _SKIPPED or (tag == "tr" and walk.take_row(element)):
                events.skip_subtree()
            else:
                walk.start(element, tag)
        else:
            walk.end(element, tag)
    walk.flush()
    _join_bulleted(walk.pieces)
    return walk.pieces


class _Walk:
    """The state of one pass: the run of inline text, and the containers that are open."""

    __slots__ = (
        "beside",
        "blocks",
        "bold",
        "broken",
        "caption",
        "embed",
        "fresh_item",
        "head",
        "href",
        "in_bold",
        "in_link",
        "linked",
        "links",
        "lists",
        "made_lists",
        "paths",
        "pieces",
        "quote",
        "run",
    )

    def __init__(self) -> None:
        self.pieces: list[Piece] = []
        # Of the parents: most blocks are one of many children.
        self.paths: dict[Any, str] = {}
        self.run: list[str] = []
        self.links: list[str] = []
        self.linked = 0
        # The bold text that a run begins with, and whether it goes on.
        self.head: list[str] = []
        self.bold = True
        self.in_bold = 0
        self.blocks: list[Any] = []
        self.lists: list[int] = []
        self.made_lists = 0
        self.fresh_item = False
        self.broken = False
        self.in_link = 0
        self.href = ""
        self.quote = self.caption = self.embed = self.beside = 0

    def start(self, element: Any, tag: str) -> None:
        if tag in _BREAKING:
            self.flush()
            self.blocks.append(element)
            self._enter(element, tag, 1)
        elif tag == "a":
            self.in_link += 1
            self.href = element.get("href") or ""
            if self.href:
                self.links.append(self.href)
        elif tag in _BOLD:
            self.in_bold += 1
        if element.text:
            self.add(element.text)

    def end(self, element: Any, tag: str) -> None:
        if tag == "br":
            self.broken = True
            self.flush()
        elif tag in _BREAKING and self.blocks and self.blocks[-1] is element:
            self.flush()
            self.blocks.pop()
            self.broken = False
            self._enter(element, tag, -1)
        elif tag == "a":
            self.in_link -= 1
        elif tag in _BOLD:
            self.in_bold -= 1
        if element.tail:
            self.add(element.tail)

    def add(self, text: str) -> None:
        if not self.run and text.isspace():
            return
        self.run.append(text)
        if self.in_link:
            self.linked += len(text.strip())
        if self.bold:
            self.bold = self.in_bold > 0 or not text.strip()
            if self.bold:
                self.head.append(text)

    def _enter(self, element: Any, tag: str, step: int) -> None:
        """Open (1) or close (-1) what a block says about the text inside it."""
        if tag in {"ul", "ol"}:
            if step > 0:
                self.lists.append(self.made_lists)
                self.made_lists += 1
            else:
                self.lists.pop()
        elif tag == "li":
            self.fresh_item = step > 0
        elif tag in _CAPTIONS:
            self.caption += step
        elif tag in _BESIDE:
            self.beside += step
        elif tag == "blockquote":
            self.quote += step
            if _EMBED_CLASSES.search(element.get("class") or ""):
                self.embed += step

    def flush(self) -> None:
        """End the run of inline text and keep it as a block, unless it is blank."""
        if not self.run:
            self.links.clear()
            return
        text = collapse("".join(self.run))
        if text:
            self._emit(text)
        self.run.clear()
        self.head.clear()
        self.bold = True
        self.links.clear()
        self.linked = 0

    def _emit(self, text: str) -> None:
        element = self.blocks[-1] if self.blocks else None
        kind, level = self._kind(element.tag if element is not None else "")
        links = tuple(self.links) or ((self.href,) if self.in_link and self.href else ())
        path = "" if element is None else self._path(element)
        self.pieces.append(
            Piece(
                kind=kind,
                text=text,
                path=f"{path}/br" if self.broken else path,
                list_id=self.lists[-1] if self.lists else None,
                level=level,
                links=links,
                linked=min(1.0, self.linked / len(text)),
                bold=len(collapse("".join(self.head))),
                key=text_key(text),
                beside=self.beside > 0,
            )
        )
        self.fresh_item = False

    def _path(self, element: Any) -> str:
        """Return tags and classes of an element and its two nearest ancestors."""
        parent = element.getparent()
        if parent is None:
            return _step(element)
        above = self.paths.get(parent)
        if above is None:
            grandparent = parent.getparent()
            above = _step(parent)
            if grandparent is not None:
                above = f"{_step(grandparent)}/{above}"
            self.paths[parent] = above
        return f"{above}/{_step(element)}"

    def _kind(self, tag: str) -> tuple[BlockKind, int]:
        if tag in _HEADINGS:
            return BlockKind.HEADING, _HEADINGS[tag]
        if self.embed:
            return BlockKind.EMBED, 0
        if self.caption:
            return BlockKind.CAPTION, 0
        if self.lists and self.fresh_item:
            return BlockKind.LIST_ITEM, len(self.lists) - 1
        if self.quote:
            return BlockKind.QUOTE, 0
        return BlockKind.PARAGRAPH, 0

    def take_row(self, row: Any) -> bool:
        """Keep a row of a table of data as one block; return False for a table of layout."""
        cells = [collapse("".join(cell.itertext())) for cell in row.iterchildren(*_CELLS)]
        text = "\t".join(cells)
        is_layout = len(text) > _MAX_ROW_CHARS or next(row.iter(*_LAYOUT), None) is not None
        if len(cells) == 1 or is_layout:
            return False
        self.flush()
        if text.strip():
            self.pieces.append(
                Piece(kind=BlockKind.TABLE, text=text, path=self._path(row), key=text_key(text))
            )
        return True


def _step(element: Any) -> str:
    classes = element.get("class")
    return f"{element.tag}.{'.'.join(classes.split())}" if classes else str(element.tag)


def _join_bulleted(pieces: list[Piece]) -> None:
    """Make list items of neighbouring lines that begin with the same bullet."""
    next_id = 1 + max((piece.list_id for piece in pieces if piece.list_id is not None), default=-1)
    for run in _bulleted_runs(pieces):
        for piece in run:
            piece.kind, piece.list_id = BlockKind.LIST_ITEM, next_id
            text = without_bullet(piece.text)
            piece.bold = max(0, piece.bold - len(piece.text) + len(text))
            piece.text = text
        next_id += 1


def _bulleted_runs(pieces: list[Piece]) -> Iterator[list[Piece]]:
    """Yield each run of two or more neighbouring lines that begin with one and the same bullet."""
    run: list[Piece] = []
    mark = ""
    for piece in pieces:
        found = _BULLET.match(piece.text) if piece.kind is BlockKind.PARAGRAPH else None
        if run and (found is None or found[1] != mark):
            if len(run) > 1:
                yield run
            run = []
        if found:
            run.append(piece)
            mark = found[1]
    if len(run) > 1:
        yield run
