"""From bytes to the one tree that every other step reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, cast

from lxml import etree, html

from cleaners.encoding import decode
from cleaners.outcome import Reason, Rejected
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleaners.encoding import Decoded
    from cleaners.options import CleanOptions
    from cleaners.records import Issue, Page

# Without huge_tree libxml2 silently drops everything below 256 nested elements and every text
# of more than 10 MB. With it the limit is 2048 levels; size is bounded by `CleanOptions`.
_LIBXML2_MAX_DEPTH = 2048
_PARSER = html.HTMLParser(encoding="utf-8", huge_tree=True)
# lxml.html asks Python for the class of every element, forms and labels apart. Nobody here
# fills forms, and a page's elements are met dozens of times: one class saves a tenth of all.
_PARSER.set_element_class_lookup(
    etree.ElementDefaultClassLookup(
        element=html.HtmlElement,
        comment=html.HtmlComment,
        pi=html.HtmlProcessingInstruction,
        entity=html.HtmlEntity,
    )
)

_COUNT = etree.XPath("count(//*) + count(//comment()) + count(//processing-instruction())")
_VISIBLE = re.compile(rb"[^\x00 \t\r\n\f]")

_PROLOG = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?>|<!doctype[^>]*>)*", re.IGNORECASE | re.DOTALL)
_DOCUMENT_START = re.compile(r"<(?:html|head|body)[\s/>]|<!doctype\s+html", re.IGNORECASE)
# https://mimesniff.spec.whatwg.org/#identifying-a-resource-with-an-unknown-mime-type and the
# elements that article fragments begin with.
_HTML_TAG = re.compile(
    r"<(?:html|head|body|title|meta|link|script|style|iframe|h[1-6]|div|font|table|a|b|br|p|img|"
    r"article|main|section|header|nav|span|ul|ol|center|form|noscript|template)[\s/>]",
    re.IGNORECASE,
)
_FIRST_TAG = re.compile(r"<([a-z][\w:.-]*)", re.IGNORECASE)
_CONTROL = re.compile(r"[\x01-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_HTML_TYPES = frozenset({"", "text/html", "application/xhtml+xml", "application/xml", "text/xml"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A page as a tree.

    Attributes:
        tree: the root element. All steps share it, in their order; each takes out what no later
            one reads (`cleaners.pruning`).
        encoding: the codec that the bytes were decoded with, in Python's spelling.
        issues: where what the page says of its encoding is not so.
    """

    tree: html.HtmlElement
    encoding: str
    issues: tuple[Issue, ...] = ()


@cache
def _magic_numbers() -> tuple[tuple[str, bytes], ...]:
    magic: Mapping[str, str] = load_rules("encodings")["magic"]
    return tuple((name, bytes.fromhex(digits)) for name, digits in magic.items())


def _binary(body: bytes) -> str | None:
    """Return what `body` is by its first bytes if that is no text, else None."""
    return next((name for name, magic in _magic_numbers() if body.startswith(magic)), None)


def _not_html(text: str, content_type: str | None) -> str | None:
    """Return why `text` is no HTML document or fragment of one, else None."""
    head = text[:65_536]
    prolog = _PROLOG.match(head)
    start = prolog.end() if prolog else 0
    if _DOCUMENT_START.match(head, start) or _DOCUMENT_START.search(head, 0, start):
        return None
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type not in _HTML_TYPES:
        return f"content type {media_type}"
    if head[start : start + 1] in {"{", "["} and not _DOCUMENT_START.search(head):
        return "JSON"
    if _CONTROL.search(head, 0, 1024):
        return "binary data"
    return _other_markup(text, head, start)


def _other_markup(text: str, head: str, start: int) -> str | None:
    """Return why markup that does not begin as an HTML document is none, else None."""
    first = _FIRST_TAG.match(head, start)
    if first and first[1].lower() in load_rules("encodings")["xml_roots"]:
        return f"document element {first[1]}"
    if first and not _HTML_TAG.match(head, start):
        is_xml = head.lstrip().startswith("<?xml") or not _HTML_TAG.search(head)
        return f"document element {first[1]}" if is_xml or ":" in first[1] else None
    return None if _HTML_TAG.search(text) else "no tags of HTML"


@cache
def _deeper(limit: int) -> etree.XPath:
    """Return the path that finds whether more elements than `limit` are nested.

    libxml2 walks it level by level: a page that is too deep exhausts no stack.
    """
    return etree.XPath(f"boolean({'/*' * (limit + 1)})")


def _tree(decoded: Decoded) -> html.HtmlElement | None:
    text = decoded.text
    body = text.encode("utf-8", "replace") if decoded.utf8 is None else decoded.utf8
    if b"\x00" in body:
        body = body.replace(b"\x00", b"")  # browsers drop them, libxml2 writes U+FFFD
    if not body or text.isspace():
        return None
    try:
        tree = etree.fromstring(body, _PARSER)
    except etree.XMLSyntaxError:
        return None
    return tree if isinstance(tree, html.HtmlElement) and len(tree) else None


def _refused_bytes(page: Page, options: CleanOptions) -> Rejected | None:
    if len(page.html) > options.max_bytes:
        detail = f"{len(page.html)} bytes, {options.max_bytes} allowed"
        return Rejected(reason=Reason.TOO_LARGE, detail=detail)
    if not _VISIBLE.search(page.html):
        return Rejected(reason=Reason.EMPTY, detail="no bytes")
    if kind := _binary(page.html):
        return Rejected(reason=Reason.NOT_HTML, detail=kind)
    return None


def parse(page: Page, options: CleanOptions) -> Parsed | Rejected:
    """Decode and parse a page.

    Returns:
        The tree; or a rejection: ``empty``, ``too_large``, ``not_html`` or ``too_deep``.
    """
    if refused := _refused_bytes(page, options):
        return refused
    decoded = decode(page)
    if why := _not_html(decoded.text, page.content_type):
        return Rejected(reason=Reason.NOT_HTML, detail=why)
    tree = _tree(decoded)
    if tree is None:
        return Rejected(reason=Reason.EMPTY, detail="no elements")
    if (elements := int(cast("float", _COUNT(tree)))) > options.max_elements:
        detail = f"{elements} elements, {options.max_elements} allowed"
        return Rejected(reason=Reason.TOO_LARGE, detail=detail)
    limit = min(options.max_depth, _LIBXML2_MAX_DEPTH - 1)
    if _deeper(limit)(tree):
        return Rejected(reason=Reason.TOO_DEEP, detail=f"more than {limit} nested elements")
    return Parsed(tree=tree, encoding=decoded.encoding, issues=decoded.issues)
