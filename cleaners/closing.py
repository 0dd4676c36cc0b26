"""What a publisher says below an article, about itself: contacts, newsletters, rights, thanks.

Such lines are sentences, so that no words within them tell them from the article's own; where
they stand does. Only the last lines of a text are looked at, from the end upwards, as far as
each of them is one.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cleaners.records import BlockKind
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.blocks import Piece

_KINDS = frozenset((BlockKind.PARAGRAPH, BlockKind.HEADING, BlockKind.LIST_ITEM))
_MAX_LINES, _MAX_WORDS = 8, 70
# More of a text than this is no ending, whatever its words.
_MAX_SHARE = 0.25
_ADDRESS = re.compile(
    r"\S+@\S+\.\w+|(?:https?://)?(?:www\.)?(?:twitter|facebook|instagram|x)\.com/\S+"
)


def drop_closing(pieces: Sequence[Piece]) -> None:
    """Take what a publisher says below its text out of it, in place."""
    kept = [piece for piece in pieces if piece.kept]
    letters = sum(len(piece.key) for piece in kept)
    for piece in reversed(kept[-_MAX_LINES:]):
        said = _said(piece) if len(piece.key) <= _MAX_SHARE * letters else None
        if said is None:
            return
        piece.remove("closing", said)


def _said(piece: Piece) -> str | None:
    """Return by what a line is one of the publisher's own; None: it is not."""
    if piece.kind not in _KINDS or len(piece.text.split()) > _MAX_WORDS:
        return None
    if _ADDRESS.fullmatch(piece.text):
        return "an address of the author"
    small = piece.text.lower()
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
    return re.compile(rf"[^\w©(]*(?:{_phrases(kind)})(?!\w)")


def _phrases(kind: str) -> str:
    written = sorted(load_rules("closing")[kind], key=len, reverse=True)
    return "|".join(
        re.escape(phrase).replace(r"\*", r"\w*").replace(r"\ …\ ", r"(?:\s+\S+){1,8}?\s+")
        for phrase in written
    )
