"""What a publisher says below an article, about itself: contacts, newsletters, rights, thanks.

Such lines are sentences, so that no words within them tell them from the article's own; where
they stand does. Only the last lines of a text are looked at, from the end upwards, as far as
each of them is one. A heading below which nothing is left heads what is no text either.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cleaners.records import BlockKind
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.blocks import Piece

_KINDS = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST_ITEM))
_MAX_LINES, _MAX_WORDS = 8, 70
# More of a text than this is no ending, whatever its words.
_MAX_SHARE = 0.25
_ADDRESS = re.compile(
    r"\S+@\S+\.\w+|(?:https?://)?(?:www\.)?(?:twitter|facebook|instagram|x)\.com/\S+"
)


def drop_closing(pieces: Sequence[Piece], authors: Sequence[str]) -> None:
    """Take what a publisher says below its text out of it, in place.

    `authors`: the names of those who wrote the text.
    """
    kept = [piece for piece in pieces if piece.kept]
    most = _MAX_SHARE * sum(len(piece.key) for piece in kept)
    closing = list(_closing(kept, most, authors))
    headings = (piece for piece, _ in closing if piece.kind is BlockKind.HEADING)
    if sum(len(piece.key) for piece in headings) <= most:
        for piece, said in closing:
            piece.remove("closing", said)


def _closing(
    kept: Sequence[Piece], most: float, authors: Sequence[str]
) -> Iterator[tuple[Piece, str]]:
    """Yield the last lines that are a publisher's, from the last upwards, and by what they are."""
    lines = 0
    for piece in reversed(kept):
        if piece.kind is BlockKind.HEADING:
            yield piece, "heads nothing"
            continue
        lines += 1
        is_short = lines <= _MAX_LINES and len(piece.key) <= most
        said = _said(piece, authors) if is_short else None
        if said is None:
            return
        yield piece, said


def _said(piece: Piece, authors: Sequence[str]) -> str | None:
    """Return by what a line is one of the publisher's own; None: it is not."""
    if piece.kind not in _KINDS or len(piece.text.split()) > _MAX_WORDS:
        return None
    if _ADDRESS.fullmatch(piece.text):
        return "an address of the author"
    small = piece.text.lower()
    if _is_life(small, authors):
        return "who the author is"
    found = _opens().match(small) or _labels().match(small) or _holds().search(small)
    if found is None and ("@" in small or "://" in small):
        found = _contacts().match(small)
    return found[0].strip() if found else None


@cache
def _opens() -> re.Pattern[str]:
    return _beginning("opens")


@cache
def _contacts() -> re.Pattern[str]:
    return _beginning("contacts")


@cache
def _labels() -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{_phrases('labels')})\s*(?::|$)")


@cache
def _holds() -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{_phrases('holds')})(?!\w)")


def _beginning(kind: str) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:{_phrases(kind)})(?!\w)")


def _is_life(small: str, authors: Sequence[str]) -> bool:
    """Tell whether a line says of an author who that is: "Jo Roe is a reporter"."""
    line = small.lstrip("(*–— ")
    names = (name.lower() for name in authors)
    return any(line.startswith(name) and _is().match(line, len(name)) for name in names)


@cache
def _is() -> re.Pattern[str]:
    return re.compile(rf"\s+(?:{_phrases('is')})(?!\w)")


def _phrases(kind: str) -> str:
    written = sorted(load_rules("closing")[kind], key=len, reverse=True)
    return "|".join(
        re.escape(phrase).replace(r"\*", r"\w*").replace(r"\ …\ ", r"(?:\s+\S+){1,8}?\s+")
        for phrase in written
    )
