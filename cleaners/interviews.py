"""Question-and-answer pages: who answers, and which paragraphs are the answers.

Questions are paragraphs or headings that end in a question mark and address somebody; answers
speak of "I". A page of frequent questions does it the other way round ("Can I ...?" "You can").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.quotes import Span
from cleaners.records import BlockKind
from cleaners.spellings import folded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.grammar import Grammar
    from cleaners.roster import Person, Roster
    from cleaners.text import Layout, Line

_MIN_QUESTIONS = 4
_MIN_SHARE = 0.15
_MIN_YOU = 0.5
_MIN_I = 0.4
_MAX_QUESTION_CHARS = 450
_MIN_ANSWER_WORDS = 4
_MAX_END_CHARS = 8
_QUESTION_MARKS = "?\uff1f"
_QUESTION = re.compile(rf"[{_QUESTION_MARKS}]\s*[»”\"’]?\s*$")
_LABEL = re.compile(r"^([^\W\d_][\w.’' -]{0,40}?)\s?:\s+(?=\S)")
_SPOKEN = frozenset((BlockKind.PARAGRAPH, BlockKind.OTHER, BlockKind.QUOTE))
_ASKING = frozenset((*_SPOKEN, BlockKind.HEADING))


@dataclass(frozen=True, slots=True, kw_only=True)
class Interview:
    """A conversation that is most of a page.

    Attributes:
        person: who answers; None where the page does not name one person.
        answers: the paragraphs of the answers, labels left out.
    """

    person: Person | None
    answers: tuple[Span, ...]


def find_interview(
    layout: Layout, title: str | None, roster: Roster, grammar: Grammar
) -> Interview | None:
    """Return the interview that a text is, or None.

    Args:
        layout: the text.
        title: the article's title, which names the guest on many pages.
        roster: the persons of the text.
        grammar: the words of its language.
    """
    if sum(map(layout.text.count, _QUESTION_MARKS)) < _MIN_QUESTIONS:  # as most pages have
        return None
    lines = layout.lines
    questions = [n for n, line in enumerate(lines) if _is_question(line)]
    if len(questions) < _MIN_QUESTIONS:
        return None
    answers = list(_answers(lines, questions))
    if len(questions) < _MIN_SHARE * (len(questions) + len(answers)):
        return None
    asked = sum(bool(grammar.you.search(lines[n].block.text)) for n in questions)
    told = sum(bool(grammar.first_person.search(lines[n].block.text)) for n in answers)
    if asked < _MIN_YOU * len(questions) or told < _MIN_I * len(answers):
        return None
    person = _guest(lines, questions[0], title, roster)
    return Interview(person=person, answers=tuple(_span(lines[n], n) for n in answers))


def _is_question(line: Line) -> bool:
    text = line.block.text
    return (
        line.block.kind in _ASKING
        and len(text) <= _MAX_QUESTION_CHARS
        and _QUESTION.search(text, max(0, len(text) - _MAX_END_CHARS)) is not None
    )


def _answers(lines: Sequence[Line], questions: Sequence[int]) -> Iterator[int]:
    """Yield the paragraphs between the first question and the end that ask nothing."""
    asked = set(questions)
    for number in range(questions[0] + 1, len(lines)):
        block = lines[number].block
        is_long = len(block.text.split()) >= _MIN_ANSWER_WORDS
        if number not in asked and block.kind in _SPOKEN and is_long:
            yield number


def _span(line: Line, number: int) -> Span:
    text = line.block.text
    label = _LABEL.match(text)
    start = label.end() if label and label[1][:1].isupper() and len(label[1].split()) < 4 else 0  # noqa: PLR2004 - a name
    return Span(line=number, start=start, end=len(text), outer_start=start, outer_end=len(text))


def _guest(lines: Sequence[Line], first: int, title: str | None, roster: Roster) -> Person | None:
    """Return whom the title or the lines before the first question introduce."""
    named = set(folded(title or ""))
    counts: dict[str, tuple[float, Person]] = {}
    for number in range(len(lines)):
        for mention in roster.mentions[number]:
            person = roster.person(number, mention)
            if person is None:
                continue
            weight = 1.0 if number <= first else 0.2
            known = counts.get(person.name, (0.0, person))[0]
            counts[person.name] = (known + weight, person)
    for name, (weight, person) in counts.items():
        if folded(name)[-1] in named:
            counts[name] = (weight + len(named), person)
    best = max(counts.values(), key=lambda found: found[0], default=None)
    return best[1] if best and best[0] >= 1 else None
