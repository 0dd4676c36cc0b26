"""Blocks that an extractor lost although they stand among those it kept.

Extractors pick one container and miss its like: the second half of a text behind a banner, the
subheadings, a list, a post. What is laid out like the text belongs to it.
"""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from cleaners.records import BlockKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.blocks import Piece

# A layout counts as that of the text if it holds this share of its letters.
_MIN_SHARE = 0.3
_MIN_PARAGRAPHS = 2
_MAX_LINKED = 0.5
# Addresses, dates and slogans are shorter than whole sentences.
_MIN_SENTENCE_CHARS = 60
# The class of posts whose words stand in the page; of others, only who posted a picture does.
_SAYS = "twitter-tweet"


def complete(pieces: Sequence[Piece]) -> None:
    """Keep the lost paragraphs, subheadings, list items and posts, in place."""
    kept = [index for index, piece in enumerate(pieces) if piece.kept]
    if not kept:
        return
    paths = text_paths(pieces)
    _keep_paragraphs(pieces, kept[0], paths)
    containers = {_container(path) for path in paths}
    last = max(index for index, piece in enumerate(pieces) if piece.kept)
    _keep_enclosed(pieces[kept[0] : last + 1])
    _keep_headings(pieces[kept[0] : last + 1], containers)
    _keep_items(pieces[kept[0] : last + 1], containers)
    _keep_posts(pieces[kept[0] : last + 1])


def text_paths(pieces: Sequence[Piece]) -> set[str]:
    """Return the paths that the paragraphs of the text have, if they name a class."""
    letters: Counter[str] = Counter()
    paragraphs: Counter[str] = Counter()
    for piece in pieces:
        if piece.kept and piece.kind is BlockKind.PARAGRAPH:
            letters[piece.path] += len(piece.key)
            paragraphs[piece.path] += 1
    total = sum(letters.values())
    return {
        path
        for path, count in letters.items()
        if "." in path and count >= _MIN_SHARE * total and paragraphs[path] >= _MIN_PARAGRAPHS
    }


def _container(path: str) -> str:
    """Return the two steps above a block: what its parent and grandparent are."""
    return path.removesuffix("/br").rpartition("/")[0]


def _keep_paragraphs(pieces: Sequence[Piece], first: int, paths: set[str]) -> None:
    known = {piece.key for piece in pieces if piece.kept}
    last = max(index for index, piece in enumerate(pieces) if piece.kept)
    for index, piece in enumerate(pieces[first:], start=first):
        if piece.kind is not BlockKind.PARAGRAPH or not _may_be_text(piece) or piece.key in known:
            continue
        is_inside, is_sentence = index < last, len(piece.text) >= _MIN_SENTENCE_CHARS
        if piece.path in paths and (is_inside or is_sentence):
            _keep(piece, "laid out like the text")
        elif is_sentence and any(_is_like(piece.path, path, inside=is_inside) for path in paths):
            _keep(piece, "a paragraph of the text in another box")


def _is_like(path: str, other: str, *, inside: bool) -> bool:
    """Tell whether a path is that of a paragraph with the same class in another box of the text.

    Inside the text the class says so; behind it, where comments stand, the boxes must have a
    class in common, too.
    """
    (above, own), (other_above, other_own) = _steps(path), _steps(other)
    if own != other_own or not own.startswith("p."):
        return False
    classes = above.split(".")[1:]
    return inside or not set(classes).isdisjoint(other_above.split(".")[1:])


def _steps(path: str) -> tuple[str, str]:
    """Return what a block's parent and the block itself are."""
    above, _, own = path.removesuffix("/br").rpartition("/")
    return above.rpartition("/")[2], own


def _keep_enclosed(pieces: Sequence[Piece]) -> None:
    """Keep the paragraph or subheading between two blocks of the text, in the same box as they.

    Extractors drop it for its class, or for a class that it lacks. What stands below the headline
    may be a standfirst.
    """
    for before, piece, behind in zip(pieces, pieces[1:], pieces[2:], strict=False):
        boxes = {_container(one.path) for one in (before, piece, behind)}
        is_headline = before.kind is BlockKind.HEADING and before.level == 1
        is_enclosed = before.kept and behind.kept and len(boxes) == 1
        if is_enclosed and not is_headline and _is_passage(piece) and _may_be_text(piece):
            _keep(piece, "between two blocks of the text")


def _is_passage(piece: Piece) -> bool:
    """Tell whether a block is a subheading, or a paragraph of a sentence's length."""
    if piece.kind is BlockKind.HEADING:
        return piece.level > 1
    return piece.kind is BlockKind.PARAGRAPH and len(piece.text) >= _MIN_SENTENCE_CHARS


def _may_be_text(piece: Piece) -> bool:
    return not piece.kept and not piece.beside and piece.linked < _MAX_LINKED


def _keep_headings(pieces: Sequence[Piece], containers: set[str]) -> None:
    for piece, following in pairwise(pieces):
        is_sub = piece.kind is BlockKind.HEADING and piece.level > 1
        if (
            is_sub
            and _may_be_text(piece)
            and following.kept
            and _container(piece.path) in containers
        ):
            _keep(piece, "heads a part of the text")


def _keep_items(pieces: Sequence[Piece], containers: set[str]) -> None:
    parents = {
        container.rpartition("/")[2]
        for container in containers
        if "." in container.rpartition("/")[2]
    }
    for piece in pieces:
        if (
            piece.kind is BlockKind.LIST_ITEM
            and _may_be_text(piece)
            and piece.path.partition("/")[0] in parents
        ):
            _keep(piece, "list inside the text")


def _keep_posts(pieces: Sequence[Piece]) -> None:
    """Keep posts that are all text: extractors keep some of a page, and lose others."""
    for piece in pieces:
        if piece.kind is BlockKind.EMBED and _may_be_text(piece) and _SAYS in piece.path:
            _keep(piece, "post inside the text")


def _keep(piece: Piece, evidence: str) -> None:
    piece.kept = True
    piece.evidence = evidence
