"""Corrections of what an extractor kept: rules that hold on any news site.

Each rule looks at the page's blocks in reading order and takes some out of the text with a
reason, or puts some in. None looks at the name of a site.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from cleaners.blocks import text_key
from cleaners.closing import drop_closing
from cleaners.lexicon import words_pattern
from cleaners.records import BlockKind
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.blocks import Piece
    from cleaners.records import Metadata

# The opening of an article ends at its first paragraph of this length.
_LONG_CHARS = 160
_MAX_OPENING = 12
_MAX_BYLINE_WORDS = 14
_BYLINE_REACH = 4
# "Stand: 22.04.2024, 06:00 Uhr", "segunda-feira, 22 de janeiro de 2018 às 0:13".
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_DIGIT = re.compile(r"\d")
_YEAR_DIGITS = 4
_MAX_DATE_WORDS = 6
_TIME_STAMP = re.compile(r"\d{4}-\d\d-\d\dT[\d:.+Z-]+")
_LINK_LINE = 0.8
# "Read more: HEADLINE", where the phrase and the colon stand outside the link.
_LINKED_AFTER_COLON = 0.3
_MAX_TEASER_WORDS = 40
# Letters that may be left when a phrase or a name is taken out of its line: an initial.
_MAX_REST = 2
_MIN_HEADLINE_CHARS = 25
_MIN_TITLE_KEY = 15
_MIN_TITLE_SHARE = 0.6
_MIN_TITLE_WORDS, _MAX_TITLE_LEVEL = 5, 2
_WORD = re.compile(r"\w+")
_MAX_TOPIC_WORDS = 5
_MIN_HEADLINE_WORDS = 3
_TOPIC_END = re.compile(r"[:?!|–—]")
_MAX_CONSENT_WORDS, _MAX_READING_WORDS = 70, 10
_MAX_BESIDE = 0.4
_MIN_LINK_LINES = 2
_MAX_LINK_SHARE = 0.25
_MAX_HIDDEN_WORDS = 8
# A second copy of the text, or of one long paragraph; shorter lines recur in recipes and lists.
_MIN_COPY_CHARS = 300


def judge(pieces: list[Piece], metadata: Metadata) -> None:
    """Apply the rules to a page's blocks, in place."""
    _drop_headline(pieces, metadata)
    _drop_bylines(pieces, metadata)
    _drop_dates(pieces)
    _drop_phrases(pieces)
    _drop_notices(pieces)
    _drop_marketplace(pieces)
    _drop_repeated(pieces)
    _drop_link_lists(pieces)
    _drop_link_lines(pieces)
    _drop_beside(pieces)
    drop_closing(pieces, [author.name for author in metadata.authors])


def _kept(pieces: Sequence[Piece]) -> list[Piece]:
    return [piece for piece in pieces if piece.kept]


def _opening(pieces: Sequence[Piece]) -> list[Piece]:
    """Return the kept blocks before the first long paragraph."""
    opening = []
    for piece in _kept(pieces)[:_MAX_OPENING]:
        if len(piece.text) >= _LONG_CHARS and piece.kind is BlockKind.PARAGRAPH:
            break
        opening.append(piece)
    return opening


def _drop_headline(pieces: Sequence[Piece], metadata: Metadata) -> None:
    titles = _titles(metadata)
    others = {text_key(one) for one in metadata.title_alternatives}
    for number, piece in enumerate(_opening(pieces)):
        is_headline = piece.kind is BlockKind.HEADING and piece.level == 1
        if piece.key in titles or (is_headline and any(piece.key in one for one in titles)):
            piece.remove("headline", "equals the title")
        elif is_headline and piece.key in others:
            piece.remove("headline", "equals another title of the page")
        elif piece.kind is BlockKind.HEADING and any(_ends_with(piece, one) for one in titles):
            piece.remove("headline", "ends with the title, behind a kicker")
        elif not number and _is_variant(piece, metadata.title or ""):
            piece.remove("headline", "the title in other words")
    for piece in _kept(pieces):
        if len(piece.key) >= _MIN_TITLE_KEY and piece.key in titles:
            piece.remove("headline", "equals the title")


def _ends_with(piece: Piece, title: str) -> bool:
    is_long = len(title) >= max(_MIN_TITLE_KEY, _MIN_TITLE_SHARE * len(piece.key))
    return is_long and piece.key.endswith(title)


def _is_variant(piece: Piece, title: str) -> bool:
    """Tell whether a heading says what the title says, as editors write it for the page."""
    if piece.kind is not BlockKind.HEADING or piece.level > _MAX_TITLE_LEVEL:
        return False
    ours, theirs = (set(_WORD.findall(text.lower())) for text in (piece.text, title))
    shorter, longer = sorted((len(ours), len(theirs)))
    # A standfirst uses the title's words, and many more.
    is_alike = len(ours & theirs) >= _MIN_TITLE_SHARE * shorter and shorter * 2 > longer
    return shorter >= _MIN_TITLE_WORDS and is_alike


def _titles(metadata: Metadata) -> set[str]:
    """Return the title and those of its alternatives that are no standfirst."""
    title = metadata.title or ""
    own = set(title.lower().split())
    near = (
        one
        for one in metadata.title_alternatives
        if len(own & set(one.lower().split())) * 2 >= len(own)
    )
    return {text_key(one) for one in (title, *near)} - {""}


@cache
def _byline_words() -> re.Pattern[str]:
    return re.compile(rf"\b{words_pattern(load_rules('boilerplate')['byline'])}\b", re.IGNORECASE)


def _drop_bylines(pieces: Sequence[Piece], metadata: Metadata) -> None:
    names = [author.name for author in metadata.authors]
    kept = _kept(pieces)
    # Below a long standfirst the byline stands behind the opening.
    first = kept[: max(_BYLINE_REACH, len(_opening(pieces)))]
    for piece in (*first, *kept[-3:]):
        if len(piece.text.split()) <= _MAX_BYLINE_WORDS and _is_byline(piece.text, names):
            piece.remove("byline", "names the author and nothing else")


def _is_byline(text: str, names: Sequence[str]) -> bool:
    rest = text
    for name in names:
        rest = re.sub(re.escape(name), " ", rest, flags=re.IGNORECASE)
    if rest == text:
        return False
    return len(text_key(_byline_words().sub(" ", rest))) <= _MAX_REST


def _is_dated(text: str) -> bool:
    """Tell whether a line has a year, and digits beside it."""
    return bool(_YEAR.search(text)) and len(_DIGIT.findall(text)) > _YEAR_DIGITS


def _drop_dates(pieces: Sequence[Piece]) -> None:
    """Drop date lines from the opening, and lines that are a time stamp."""
    for piece in _opening(pieces):
        words = [word for word in piece.text.split() if word[:1].isalpha()]
        if _is_dated(piece.text) and len(words) <= _MAX_DATE_WORDS and piece.text[-1] not in "?!":
            piece.remove("byline", "a date and nothing else")
    for piece in _kept(pieces):
        if _TIME_STAMP.fullmatch(piece.text):
            piece.remove("boilerplate", "written for machines")


@cache
def _phrases(kind: str) -> re.Pattern[str]:
    return re.compile(
        rf"[\W_]*{words_pattern(load_rules('boilerplate')[kind])}(?!\w)", re.IGNORECASE
    )


def _drop_phrases(pieces: Sequence[Piece]) -> None:
    """Drop lines that are nothing but a publisher's phrase, or such a phrase and its link."""
    for piece in _kept(pieces):
        for reason in ("teaser", "share", "newsletter"):
            match = _phrases(reason).match(piece.text)
            if match is not None and _is_phrase_line(piece, piece.text[match.end() :].strip()):
                piece.remove(reason, match[0].strip())
                break


def _is_phrase_line(piece: Piece, rest: str) -> bool:
    """Tell whether a line that opens with a phrase says nothing of the article's own."""
    if len(text_key(rest)) <= _MAX_REST:
        return True
    is_link = piece.linked >= (_LINKED_AFTER_COLON if rest[:1] in {":", "|"} else _LINK_LINE)
    return is_link and len(rest.split()) <= _MAX_TEASER_WORDS


@cache
def _consents() -> tuple[str, ...]:
    return tuple(load_rules("boilerplate")["consent"])


@cache
def _reading() -> re.Pattern[str]:
    return re.compile(
        rf"(?<!\w){words_pattern(load_rules('boilerplate')['reading'])}(?!\w)", re.IGNORECASE
    )


def _drop_notices(pieces: Sequence[Piece]) -> None:
    """Drop what stands in place of content that waits for consent, and how long reading takes."""
    for piece in _kept(pieces):
        small = piece.text.lower()
        words = small.count(" ") + 1
        asked = (phrase for phrase in _consents() if phrase in small)
        if words <= _MAX_CONSENT_WORDS and (found := next(asked, None)):
            piece.remove("consent", found)
        is_short = words <= _MAX_READING_WORDS and _DIGIT.search(small)
        if is_short and (said := _reading().search(small)):
            piece.remove("byline", said[0])


@cache
def _marketplace() -> re.Pattern[str]:
    return re.compile(words_pattern(load_rules("boilerplate")["marketplace"]), re.IGNORECASE)


def _drop_marketplace(pieces: Sequence[Piece]) -> None:
    kept = _kept(pieces)
    for piece in reversed(kept[-2:]):
        if piece.text.endswith(":") and _marketplace().search(piece.text):
            piece.remove("marketplace", "announces what does not follow")


def _drop_repeated(pieces: Sequence[Piece]) -> None:
    """Drop second copies: neighbouring lines that stand in the same order further up."""
    kept = _kept(pieces)
    first: dict[str, int] = {}
    copy: list[int] = []
    for index, piece in enumerate(kept):
        source = first.setdefault(piece.key, index)
        if source == index or (copy and source != first[kept[copy[-1]].key] + 1):
            _drop_copy(kept, copy)
            copy = []
        if source != index:
            copy.append(index)
    _drop_copy(kept, copy)


def _drop_copy(kept: Sequence[Piece], indexes: Sequence[int]) -> None:
    copied = [kept[index] for index in indexes]
    if sum(len(piece.key) for piece in copied) >= _MIN_COPY_CHARS:
        for piece in copied:
            piece.remove("repeated", "stands above already")


def _drop_link_lists(pieces: Sequence[Piece]) -> None:
    """Drop lists whose every item is one link with a headline: other articles."""
    lists: dict[int, list[Piece]] = {}
    for piece in _kept(pieces):
        if piece.list_id is not None:
            lists.setdefault(piece.list_id, []).append(piece)
    for items in lists.values():
        if all(_is_linked(item) and len(item.text) >= _MIN_HEADLINE_CHARS for item in items):
            for item in items:
                item.remove("teaser", "every item is a link")


def _drop_link_lines(pieces: Sequence[Piece]) -> None:
    """Drop the lines below a text that are one link each: other articles."""
    kept = _kept(pieces)
    first = len(kept)
    while first and _is_headline_link(kept[first - 1]):
        first -= 1
    tail = kept[first:]
    letters = sum(len(piece.key) for piece in kept)
    if len(tail) >= _MIN_LINK_LINES and (
        sum(len(piece.key) for piece in tail) <= _MAX_LINK_SHARE * letters
    ):
        for piece in tail:
            piece.remove("teaser", "a line that is a link, below the text")


def _is_headline_link(piece: Piece) -> bool:
    kinds = (BlockKind.PARAGRAPH, BlockKind.HEADING)
    is_long = len(piece.text) >= _MIN_HEADLINE_CHARS
    return piece.kind in kinds and is_long and len(piece.links) == 1 and piece.linked >= _LINK_LINE


def _is_linked(piece: Piece) -> bool:
    """Tell whether a line is one link, or a topic and a link: "Climate: HEADLINE"."""
    if piece.linked >= _LINK_LINE:
        return True
    end = len(piece.text) - round(piece.linked * len(piece.text))
    topic, headline = piece.text[: end + 1].rstrip(), piece.text[end:]
    return (
        len(piece.links) == 1
        and 0 < len(topic.split()) <= _MAX_TOPIC_WORDS
        and _TOPIC_END.search(topic[-3:]) is not None
        and len(headline.split()) >= _MIN_HEADLINE_WORDS
    )


@cache
def _beside() -> re.Pattern[str]:
    words = load_rules("boilerplate")["beside"]
    return re.compile(rf"(?<![a-z]){words_pattern(words)}(?![a-z])", re.IGNORECASE)


@lru_cache(maxsize=4096)
def _box_name(path: str) -> str:
    """Return which name of a box beside the text stands in a path, or nothing."""
    found = _beside().search(path)
    return found[0].lower() if found else ""


@cache
def _hidden() -> frozenset[str]:
    return frozenset(load_rules("boilerplate")["hidden"])


def _drop_beside(pieces: Sequence[Piece]) -> None:
    """Drop what stands in boxes that are named for something beside the article, or is hidden.

    Where more of the text bears such a name than a box would hold, it means something else:
    blog software writes the categories of an article into the classes around it.
    """
    kept = _kept(pieces)
    boxes: dict[str, list[Piece]] = {}
    for piece in kept:
        if name := _box_name(piece.path):
            boxes.setdefault(name, []).append(piece)
    left = _MAX_BESIDE * sum(len(piece.key) for piece in kept)
    sizes = {name: sum(len(piece.key) for piece in named) for name, named in boxes.items()}
    for name in sorted(sizes, key=sizes.__getitem__):
        left -= sizes[name]
        if left < 0:  # all of them together are no larger part of a text
            break
        for piece in boxes[name]:
            piece.remove("beside", "its box is named for something else")
    for piece in kept:
        classes = piece.path.rpartition("/")[2].lower().split(".")[1:]
        if len(piece.text.split()) <= _MAX_HIDDEN_WORDS and not _hidden().isdisjoint(classes):
            piece.remove("hidden", "its class says that nobody sees it")
