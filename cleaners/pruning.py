"""What is taken out of a page's tree before its text is looked for, in place.

Most of a page is machinery, and extractors copy and search the whole of it several times.
What goes here goes in steps, each as soon as nobody reads it any more. It is nothing
that an extractor keeps: the tree becomes smaller, the text stays the same.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, cast

from lxml import etree

from cleaners.rules import load_rules

if TYPE_CHECKING:
    from lxml import html

# A menu, an aside or a button that holds more than this share of the page's letters, and its
# headline too, lacks its end tag: what follows only seems to be inside it.
_SHARE = 0.5
# Without an element that holds so much, nothing would be left of the page.
_NEARLY_ALL = 0.9
_LENGTH = etree.XPath("string-length()")


def drop_machinery(tree: html.HtmlElement) -> None:
    """Take out scripts, styles, drawings and comments: what readers never see."""
    etree.strip_elements(tree, *_tags("machinery"), etree.Comment, with_tail=False)
    etree.strip_elements(tree, etree.ProcessingInstruction, etree.Entity, with_tail=False)


def drop_controls(tree: html.HtmlElement) -> None:
    """Take out menus, buttons, fields and pictures.

    Those that in truth wrap the page, since their end tag is missing, become a ``<div>``.
    """
    for element in _wrappers(tree):
        element.tag = "div"
    etree.strip_elements(tree, *_tags("controls"), with_tail=False)


def drop_sides(tree: html.HtmlElement) -> None:
    """Take out what stands beside an article, and the marks of emphasis around words.

    That is asides, footers, times and figures, but for those that hold a table.
    """
    for figure in tree.iter("figure"):
        if next(figure.iter("table"), None) is not None:
            figure.tag = "div"
    etree.strip_elements(tree, *_tags("sides"), with_tail=False)
    etree.strip_tags(tree, *_tags("emphasis"))


# A control character: lxml loses the text that it would be moved to.
_UNMOVABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def drop_empty(tree: html.HtmlElement) -> None:
    """Take out what holds nothing: frames of advertisements, of pictures and of what comes later.

    They are a quarter of what is left of a page. Cells stay, since they make columns; and so does
    what sets apart the texts before and behind it.
    """
    kept = frozenset(_tags("empty"))
    breaking = frozenset(_tags("breaking"))
    # From behind: a box is empty when all that was in it is gone.
    for element in reversed(list(tree.iterdescendants("*"))):
        if len(element) or not _is_blank(element.text) or element.tag in kept:
            continue
        if element.tag in breaking and _parts_words(element, breaking):
            continue
        if not _UNMOVABLE.search(f"{_text_before(element)}{element.tail or ''}"):
            element.drop_tree()  # what follows it stays, be it only a space between words


def _parts_words(element: html.HtmlElement, breaking: frozenset[str]) -> bool:
    """Tell whether a line would run on where an empty block ends it."""
    before, after = element.getprevious(), element.getnext()
    if _is_blank(_text_before(element)) and (before is None or before.tag in breaking):
        return False
    return not _is_blank(element.tail) or (after is not None and after.tag not in breaking)


def _text_before(element: html.HtmlElement) -> str:
    before = element.getprevious()
    return (element.getparent().text if before is None else before.tail) or ""


def _is_blank(text: str | None) -> bool:
    return not text or text.isspace()


@cache
def _tags(kind: str) -> tuple[str, ...]:
    return tuple(load_rules("elements")[kind])


def _wrappers(tree: html.HtmlElement) -> list[html.HtmlElement]:
    size = _size(tree)
    boxes = _tags("boxes")
    found = tree.iter(*boxes, *_tags("unclosed"))
    large = [e for e in found if len(e) and _size(e) > _SHARE * size]
    return [e for e in large if e.tag in boxes or _size(e) > _NEARLY_ALL * size or _holds_page(e)]


def _size(element: html.HtmlElement) -> float:
    return cast("float", _LENGTH(element))


def _holds_page(element: html.HtmlElement) -> bool:
    return next(element.iter("h1", "main", "article"), None) is not None
