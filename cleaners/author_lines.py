"""Where a page prints its authors: beside the headline, around the text, below the article."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cleaners.bylines import (
    Named,
    is_full_name,
    is_prefix,
    names_in,
    names_site,
    opens_byline,
    printed_line,
    starts_with_prefix,
    without_prefix,
)
from cleaners.outline import comparable, spaced
from cleaners.records import Candidate
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import html

    from cleaners.outline import Outline

_LONGEST_BYLINE = 240
_LONGEST_LINE = 120
_LONGEST_BOX = 3_000
_BEFORE, _AFTER = -30, 120
_MOST_AUTHORS = 30
_MOST_CHILDREN = 4
_PARAGRAPH = 80


@cache
def _author_paths() -> tuple[str, ...]:
    return tuple(load_rules("bylines")["author_paths"])


def _is_author_link(element: html.HtmlElement) -> bool:
    rel = (element.get("rel") or "").lower().split()
    address = (element.get("href") or "").lower()
    return "author" in rel or any(p in address for p in _author_paths())


def _linked_names(
    element: html.HtmlElement, line: str
) -> Iterator[tuple[html.HtmlElement, tuple[Named, ...]]]:
    """Yield the links to author pages with the names they print.

    `line` is the text of the element without reviewers, photographers and translators: a link
    whose text is not in it leads to one of them.
    """
    for link in [element] if element.tag == "a" else element.iter("a"):
        text = spaced(link)
        is_printed = bool(text) and len(text) < _LONGEST_LINE and text in line
        names = names_in(text, strict=True) if is_printed and _is_author_link(link) else ()
        if names:
            yield link, names


def _line_candidates(element: html.HtmlElement, text: str, outline: Outline) -> Iterator[Candidate]:
    """Yield the names in one element of the page that holds an author line."""
    where = outline.path(element)
    linked = list(_linked_names(element, text if element.tag == "a" else printed_line(text)))
    if linked:
        for number, (link, names) in enumerate(linked):
            pointer = f"{where}#{outline.position[link]}.{number}"
            for name in names:
                yield Candidate(field="author", value=name.name, source="byline", evidence=pointer)
            if address := link.get("href"):
                yield Candidate(
                    field="author_url", value=address, source="byline", evidence=pointer
                )
        return
    is_announced = starts_with_prefix(text)
    for number, name in enumerate(names_in(text, strict=True)):
        is_word = " " not in name.name and name.name.isascii()
        if is_word and not is_announced and name.name != text:
            continue  # the first word of a button or a label, not a pen name
        pointer = f"{where}#{outline.position[element]}.{number}"
        yield Candidate(field="author", value=name.name, source="byline", evidence=pointer)
        if name.role:
            yield Candidate(field="author_role", value=name.role, source="byline", evidence=pointer)


def _name_in_box(box: html.HtmlElement) -> html.HtmlElement | None:
    """Return the element that prints the name in a box that also holds a biography."""
    for element in box.iter("a", "span", "strong", "b", "h2", "h3", "h4", "h5", "h6", "p", "div"):
        text = spaced(element) if len(element) < _MOST_CHILDREN else ""
        if text and len(text) < _LONGEST_LINE and is_full_name(without_prefix(text)):
            return element
    return None


def _beside(outline: Outline) -> Iterator[html.HtmlElement]:
    for element in outline.beside_headline:
        own = "".join(((element.text or ""), *(c.tail or "" for c in element))).strip()
        if starts_with_prefix(own) or is_prefix(own):
            yield element.getparent() if is_prefix(spaced(element)) else element
        elif element.tag == "a" and _is_author_link(element):
            yield element


def _signed(outline: Outline) -> Iterator[html.HtmlElement]:
    """Yield the first and last lines of the article's text that consist of a name.

    Papers sign an article below its last paragraph, or above its first, in bold or italics.
    """
    body = outline.body
    if body is None:
        return
    children = [c for c in body if isinstance(c.tag, str)]
    long = [n for n, c in enumerate(children) if c.tag == "p" and len(spaced(c)) > _PARAGRAPH]
    if not long:
        return
    for child in (*children[max(0, long[0] - 2) : long[0]], *children[long[-1] + 1 : long[-1] + 4]):
        text = spaced(child)
        if not text or len(text) > _LONGEST_LINE or child.tag != "p":
            continue
        if any(comparable(text) in title for title in outline.titles):
            continue
        is_set_apart = any(spaced(c) == text for c in child.iter("strong", "b", "em", "i"))
        bare = without_prefix(text)
        is_signed = bare != text and is_full_name(bare.partition(",")[0])
        named = names_in(text, strict=True)
        if is_signed or (is_set_apart and named and all(is_full_name(n.name) for n in named)):
            yield child


def _announced(outline: Outline) -> Iterator[html.HtmlElement]:
    """Yield lines after the headline that begin with several words like "Written by"."""
    for element in outline.elements:
        text = element.text
        is_line = bool(text) and len(text) < _LONGEST_LINE and opens_byline(text)
        if is_line and outline.after_headline(element) > 0 and not outline.is_elsewhere(element):
            yield element


def _confirmed(outline: Outline) -> Iterator[html.HtmlElement]:
    """Yield elements beside the headline that are nothing but a name known from elsewhere.

    Known means: a portrait's ``alt`` or a biography begins with it.
    Names of sections look like names of people.
    """
    for element in outline.beside_headline:
        text = spaced(element)
        if not is_full_name(text) or comparable(text) in outline.titles:
            continue
        is_portrayed = any(
            comparable(i.get("alt") or "").startswith(comparable(text))
            for i in outline.tree.iter("img")
        )
        is_described = any(
            (p.text or "").strip().startswith(f"{text} ") for p in outline.tree.iter("p")
        )
        if is_portrayed or is_described:
            yield element


def _lines(outline: Outline) -> Iterator[html.HtmlElement]:
    """Yield elements that may hold the author line, most likely first."""
    own = [e for e in outline.author_marks if not outline.is_elsewhere(e)]
    near = [e for e in own if _BEFORE <= outline.after_headline(e) <= _AFTER]
    near.sort(key=lambda e: (outline.after_headline(e) < 0, abs(outline.after_headline(e))))
    yield from near
    yield from _beside(outline)
    # Below the article, within a container that also holds the headline.
    yield from (e for e in own if outline.after_headline(e) > _AFTER)
    yield from _signed(outline)
    yield from _announced(outline)
    yield from _confirmed(outline)


def _neighbours(element: html.HtmlElement, outline: Outline) -> list[html.HtmlElement]:
    """Return the elements of co-authors: same tag and class, in the same short list."""
    parent = element.getparent()
    box = parent.getparent() if parent is not None else None
    if box is None or box.tag in {"html", "body"} or outline.holds_headline(box):
        box = parent
    name = element.get("class")
    is_marked = bool(name) or element.tag == "a"
    if not is_marked or box is None or outline.holds_headline(box):
        return []
    if len(spaced(box)) > _LONGEST_BYLINE:
        return []
    alike = [e for e in box.iter(element.tag) if e.get("class") == name]
    related = {element, *element.iterancestors(), *element.iterdescendants()}
    return [e for e in alike if e not in related][:_MOST_AUTHORS]


def _read_line(marked: html.HtmlElement, outline: Outline) -> tuple[Candidate, ...]:
    element: html.HtmlElement | None = marked
    text = spaced(marked)
    if _LONGEST_BYLINE < len(text) < _LONGEST_BOX:
        element = _name_in_box(marked)
        text = spaced(element) if element is not None else ""
    if element is None or not text or len(text) > _LONGEST_BYLINE:
        return ()
    found = tuple(_line_candidates(element, text, outline))
    if not found:
        return ()
    line, where = text, outline.path(element)
    for other in _neighbours(element, outline):
        found = (*found, *_line_candidates(other, spaced(other), outline))
        line = f"{line} {spaced(other)}"
    return (
        *found,
        Candidate(field="byline", value=line[:_LONGEST_BYLINE], source="byline", evidence=where),
    )


def byline_candidates(outline: Outline) -> tuple[Candidate, ...]:
    """Return the names of the article's printed author line, and the line itself.

    The first line that names anybody but the site itself is taken.
    """
    first: tuple[Candidate, ...] = ()
    for element in _lines(outline):
        found = _read_line(element, outline)
        names = [c.value for c in found if c.field == "author"]
        if any(not names_site(name, outline.site_names) for name in names):
            return found
        first = first or found
    return first
