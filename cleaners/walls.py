"""Pages that show something else in place of their article: robots' tests, consent, logins, errors.

Such a page holds few words, and some of them say what it is. Where a page says of itself that it
is an article, only the words in the place of its text count; where it does not, all that it shows.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from cleaners.outcome import Reason, Rejected
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cleaners.records import Block, Metadata

# A page with more words than this is no wall, whatever phrases it holds.
_MAX_WALL_WORDS = 60
# An article has at least as many words beside those of a wall.
_MIN_OWN_WORDS = 10
# How much of the page is looked at for the phrases of walls.
_MAX_SEARCHED_CHARS = 20_000
_KINDS = (
    ("script", Reason.SCRIPT_ONLY),
    ("captcha", Reason.CAPTCHA),
    ("consent", Reason.CONSENT_WALL),
    ("login", Reason.LOGIN),
    ("missing", Reason.SOFT_404),
)


def find_wall(
    blocks: Sequence[Block], metadata: Metadata, visible_text: Callable[[], str]
) -> Rejected | None:
    """Return the rejection of a page that shows something else in place of an article.

    Args:
        blocks: of the page.
        metadata: of the page.
        visible_text: gives all the text of the page; asked for only if there is little else.
    """
    kept = [block.text for block in blocks if block.removed is None]
    if sum(len(text.split()) for text in kept) > _MAX_WALL_WORDS:
        return None
    if metadata.date_published or metadata.authors:
        return _in_place_of_text(blocks, kept)
    shown = " ".join([*kept, metadata.title or "", visible_text()])
    return _said_by(shown[:_MAX_SEARCHED_CHARS])


def _in_place_of_text(blocks: Sequence[Block], kept: Sequence[str]) -> Rejected | None:
    if any(block.removed == "lead" for block in blocks):
        return None
    own = [text for text in kept if _said_by(text) is None]
    if sum(len(text.split()) for text in own) >= _MIN_OWN_WORDS:
        return None
    return _said_by(" ".join(kept))


def _said_by(text: str) -> Rejected | None:
    lower = text.lower().replace("’", "'")
    for kind, reason in _KINDS:
        match = _phrases(kind).search(lower)
        if match is not None:
            return Rejected(reason=reason, detail=f"the page says: {match[0]}")
    return None


@cache
def _phrases(kind: str) -> re.Pattern[str]:
    words = sorted(load_rules("walls")[kind], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})")
