"""The body of an article: which of a page's blocks are its text.

trafilatura decides first; its lines are laid over the page's own blocks, so that kinds,
paths and links are known, and the rules of `cleaners.boilerplate` correct the decision.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from cleaners.alignment import Line, keep_aligned
from cleaners.blocks import Piece, page_pieces, text_key, without_bullet
from cleaners.boilerplate import judge
from cleaners.completion import complete, text_paths
from cleaners.lead import mark_lead
from cleaners.outline import collapse
from cleaners.pruning import drop_controls, drop_empty, drop_sides
from cleaners.records import Block, BlockKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.records import Metadata, Page

# trafilatura's own names for the elements of its result.
_KINDS = {
    "head": BlockKind.HEADING,
    "item": BlockKind.LIST_ITEM,
    "quote": BlockKind.QUOTE,
    "row": BlockKind.TABLE,
}
_BREAKING = frozenset(("p", "lb", "list", "table", "ab", "code", "div", "body", *_KINDS))
# How many dropped blocks before and after the text are kept for inspection and site memory.
_MARGIN = 20
# Text that trafilatura's own rules find is believed if it is more than its shortest article,
# at least so much of the page's letters outside links, and not much more than there are.
_LEAST_LETTERS = 250
_LEAST_SHARE, _MOST_SHARE = 0.5, 1.2
_LINKED = 0.5


def extract_blocks(tree: Any, page: Page, metadata: Metadata) -> tuple[Block, ...]:
    """Return the blocks of a page in reading order, each kept or with a reason of removal.

    Blocks that lie far before or after the text (navigation, footers) are left out. `tree` is
    changed: what is no text is taken out of it.
    """
    drop_controls(tree)
    pieces = page_pieces(tree)
    drop_sides(tree)
    drop_empty(tree)
    pieces = keep_aligned(_main_lines(tree, page.url, pieces), pieces)
    complete(pieces)
    mark_lead(pieces, metadata, text_paths(pieces))
    judge(pieces, metadata)
    return tuple(_block(piece) for piece in _near_text(pieces))


def _main_lines(tree: Any, url: str, pieces: Sequence[Piece]) -> list[Line]:
    """Return the lines that trafilatura takes for the main text, in its order.

    Its own rules come first; with the two algorithms that it compares them with it takes half
    as long again, and they overrule its rules on few pages: those where these have found
    little of the page's text, more than there is, or hardly a paragraph.
    """
    lines = _extracted(tree, url, fast=True)
    return lines if _is_likely(lines, pieces) else _extracted(tree, url, fast=False)


def _is_likely(lines: Sequence[Line], pieces: Sequence[Piece]) -> bool:
    """Tell whether lines are the text of a page by how much of its text they are."""
    found = sum(len(text_key(line.text)) for line in lines)
    there = sum(len(p.key) for p in pieces if p.linked < _LINKED and not p.beside)
    rows = sum(line.kind is BlockKind.TABLE for line in lines)
    paragraphs = sum(line.kind is BlockKind.PARAGRAPH for line in lines)
    return (
        found >= _LEAST_LETTERS
        and _LEAST_SHARE * there <= found <= _MOST_SHARE * there
        and paragraphs > rows
    )


def _extracted(tree: Any, url: str, *, fast: bool) -> list[Line]:
    """Call trafilatura.

    Its metadata and dates are left off (they cost a third of its time, and its dates depend
    on the clock), and so is its de-duplication, which remembers earlier pages.
    """
    from trafilatura import bare_extraction

    document = bare_extraction(
        tree,
        url=url,
        fast=fast,
        include_comments=False,
        include_formatting=False,
        deduplicate=False,
        with_metadata=False,
    )
    body = getattr(document, "body", None)
    return [] if body is None else list(_lines(body))


def _lines(body: Any) -> Iterator[Line]:
    """Cut trafilatura's result where its elements begin and end."""
    run: list[str] = []
    kinds = [BlockKind.PARAGRAPH]
    for event, element in etree.iterwalk(body, events=("start", "end")):
        breaks = element.tag in _BREAKING
        if breaks:
            yield from _line(run, kinds[-1])
        if event == "start":
            if breaks:
                kinds.append(_KINDS.get(element.tag, kinds[-1]))
            run.append(element.text or "")
        else:
            if breaks:
                kinds.pop()
            run.append(" " if element.tag == "cell" else "")
            run.append(element.tail or "")
    yield from _line(run, kinds[-1])


def _line(run: list[str], kind: BlockKind) -> Iterator[Line]:
    text = without_bullet(collapse("".join(run)))
    run.clear()
    if text:
        yield Line(text=text, kind=kind)


def _near_text(pieces: list[Piece]) -> list[Piece]:
    """Return the blocks that were judged, and the dropped ones between and next to them."""
    judged = [index for index, piece in enumerate(pieces) if piece.kept or piece.removed]
    if not judged:
        return []
    return pieces[max(0, judged[0] - _MARGIN) : judged[-1] + 1 + _MARGIN]


def _block(piece: Piece) -> Block:
    removed = None if piece.kept else piece.removed or "boilerplate"
    return Block(
        kind=piece.kind,
        text=piece.text,
        path=piece.path,
        list_id=piece.list_id,
        level=piece.level,
        removed=removed,
        evidence=piece.evidence or ("" if piece.kept else "not main text"),
        links=piece.links,
        linked=round(piece.linked, 2),
        bold=min(piece.bold, len(piece.text)),
    )
