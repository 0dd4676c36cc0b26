"""Quotations and speakers of an article: finds names once, and lets every rule read from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.attribution import Attribution, attribute
from cleaners.grammar import grammar_for
from cleaners.interviews import find_interview
from cleaners.presented import find_guest, find_listed, find_programme
from cleaners.quotes import find_spans
from cleaners.recogniser import recognise
from cleaners.records import Quote
from cleaners.roster import Roster
from cleaners.speakers import find_speakers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.grammar import Grammar
    from cleaners.interviews import Interview
    from cleaners.lists import FoundList
    from cleaners.quotes import Span
    from cleaners.recogniser import Recogniser
    from cleaners.records import Speaker
    from cleaners.text import Layout, Line


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """Who speaks in an article, and in which words; both in reading order."""

    speakers: tuple[Speaker, ...]
    quotes: tuple[Quote, ...]


def read_speech(
    layout: Layout,
    lists: Sequence[FoundList],
    title: str | None,
    language: str | None,
    recogniser: Recogniser | None = None,
) -> Speech:
    """Return the quotations and the speakers of a text.

    Args:
        layout: the text.
        lists: its lists; those of speakers name some.
        title: the article's title.
        language: a language with rules (`cleaners.idiom.idiom_of`), or None.
        recogniser: what else than the rules finds names, if anything.
    """
    lines = layout.lines
    grammar = grammar_for(language)
    spans = find_spans(lines, title, grammar)
    roster = Roster(lines, grammar, spans, recognise(recogniser, layout.text))
    interview = find_interview(layout, title, roster, grammar)
    quoted = _quoted(spans, lines, roster, grammar, interview)
    presented = (
        *find_listed(lists, grammar),
        *find_programme(layout, title, roster, grammar),
        *find_guest(interview, lines),
    )
    return Speech(
        speakers=find_speakers(layout, presented, quoted, roster, grammar),
        quotes=tuple(_quote(span, given, lines) for span, given in quoted),
    )


def _quoted(
    spans: Sequence[Span],
    lines: Sequence[Line],
    roster: Roster,
    grammar: Grammar,
    interview: Interview | None,
) -> tuple[tuple[Span, Attribution], ...]:
    """Return the quotations and an interview's answers, each with who says it."""
    guest = interview.person if interview else None
    given = attribute(spans, lines, roster, grammar, guest)
    taken = {span.line for span in spans}
    answers = [
        (span, Attribution(person=guest, method="interview", line=span.line))
        for span in (interview.answers if interview else ())
        if span.line not in taken
    ]
    quoted = [*zip(spans, given, strict=True), *answers]
    return tuple(sorted(quoted, key=lambda pair: (pair[0].line, pair[0].start)))


def _quote(span: Span, given: Attribution, lines: Sequence[Line]) -> Quote:
    line, person = lines[span.line], given.person
    return Quote(
        text=line.block.text[span.start : span.end],
        speaker=person.name if person else None,
        source_text=given.source_text,
        start=line.start + span.start,
        end=line.start + span.end,
        method=person.method(given.method) if person else given.method,
    )
