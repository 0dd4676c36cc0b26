"""The clauses around a quotation that may say whose it is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.quotes import Span
    from cleaners.text import Line

# Marks come first in these patterns and only then what must stand before them: `re` passes over
# all other places at once.
_SENTENCE_END = re.compile(r"[.!?…](?<=[^\W\d_]{3}[.!?…])[»”\"’]?(?=\s|$)|[;•]")
_LAST_WORD = re.compile(r"[^\W\d_]+$")
_MAX_SHORT = 4
_STOPPED = re.compile(r"\s*[.!?…;]+(?=\s|$)")


class Clause(NamedTuple):
    """Some words of a line that may say who speaks; a tuple, as a `cleaners.names.Mention` is."""

    method: str
    line: int
    start: int
    end: int
    text: str

    @property
    def follows(self) -> bool:
        """Tell whether it stands behind the words it is about."""
        return self.method in {"after", "inside"}


def clauses_around(
    span: Span, lines: Sequence[Line], left: Span | None, right: Span | None
) -> Iterator[Clause]:
    """Yield the clauses that may name the speaker of a quotation, the most telling first.

    Args:
        span: the quotation.
        lines: the lines of the text.
        left: the quotation before it, if any.
        right: the one behind it, if any.
    """
    line, text = span.line, lines[span.line].block.text
    start = left.outer_end if left and left.line == line else 0
    end = right.outer_start if right and right.line == line else len(text)
    if span.aside:
        yield _clause("inside", lines, line, span.aside)
    is_led_in = text[start : span.outer_start].rstrip().endswith(":")
    for method in ("before", "after") if is_led_in else ("after", "before"):
        if method == "after":
            bounds = span.outer_end, _stop(text, span.outer_end, end)
        else:
            bounds = sentence_start(text, start, span.outer_start), span.outer_start
        yield _clause(method, lines, line, bounds)
    above = lines[line - 1].block.text if line else ""
    if opens_line(span, lines) and above.rstrip().endswith(":"):
        at = sentence_start(above, 0, len(above))
        yield _clause("paragraph_before", lines, line - 1, (at, len(above)))


def opens_line(span: Span, lines: Sequence[Line]) -> bool:
    """Tell whether nothing stands before a quotation in its line."""
    return not lines[span.line].block.text[: span.outer_start].strip()


def sentence_start(text: str, start: int, end: int) -> int:
    """Return where the last sentence between two places of a text begins."""
    trimmed = text[start:end].rstrip()
    ends = [end for end in _ends(trimmed) if end.end() < len(trimmed)]
    return start + (ends[-1].end() if ends else 0)


def _ends(text: str) -> Iterator[re.Match[str]]:
    """Yield the ends of sentences; "Gov." and "Prof." before a name end none."""
    for end in _SENTENCE_END.finditer(text):
        word = _LAST_WORD.search(text, max(0, end.start() - _MAX_SHORT - 1), end.start())
        is_short = word is not None and word[0][0].isupper() and len(word[0]) <= _MAX_SHORT
        if not (is_short and text[end.end() : end.end() + 2].strip()[:1].isupper()):
            yield end


def _clause(method: str, lines: Sequence[Line], line: int, bounds: tuple[int, int]) -> Clause:
    start, end = bounds
    text = lines[line].block.text[start:end]
    return Clause(method=method, line=line, start=start, end=end, text=text)


def _stop(text: str, start: int, end: int) -> int:
    if _STOPPED.match(text[start:end]):
        return start
    stop = next(_ends(text[start:end]), None)
    return start + stop.start() if stop else end
