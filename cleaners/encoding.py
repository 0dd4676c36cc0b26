"""From bytes to text, as browsers decide it, and where the declaration cannot be true, better.

    byte order mark | header | <meta> or XML declaration | detection

https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding. Browsers
believe what is declared. A dataset must not keep "cafÃ©": two mistakes of servers leave traces
that no text has by chance, and are mended and named in the article's issues.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from w3lib.encoding import (
    html_body_declared_encoding,
    http_content_type_encoding,
    read_bom,
    to_unicode,
)

from cleaners.records import Issue
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cleaners.records import Page

_PRESCAN = 4_096
_LABEL = re.compile(r"charset\s*=\s*[\"']?\s*([\w:.+-]+)", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?(?:-->|$)", re.DOTALL)
_LANG = re.compile(rb"<html[^>]*?\slang\s*=\s*[\"']?([a-z]{2})", re.IGNORECASE)
# A lead byte of UTF-8 and its followers, as they look when they were taken for Windows-1252.
_TWICE_ENCODED = re.compile(
    "[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc"
    "\u2013\u2014\u2018-\u201e\u2020-\u2022\u2026\u2030\u2039\u203a\u20ac\u2122]"
)
# The same in UTF-8, as far as a search for one byte finds it: most pages hold none.
_SUSPECT = re.compile(rb"\xc3[\x82-\xb4][\xc2\xc5\xc6\xcb\xe2]")
# Fewer characters are no evidence: a name in a foreign alphabet, a broken emoji.
_LEAST = 3
_SAMPLE = 256


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A page's text.

    Attributes:
        text: the characters.
        encoding: the codec that gave them, in Python's spelling.
        issues: where the declaration was not believed, or characters are lost.
        utf8: the bytes of the text in UTF-8, where the page is in it.
    """

    text: str
    encoding: str
    issues: tuple[Issue, ...] = ()
    utf8: bytes | None = None


@cache
def _known_encodings() -> frozenset[str]:
    return frozenset(load_rules("encodings")["known"])


def _resolved(label: str) -> str | None:
    """Return the codec of a label that Python does not know and browsers do."""
    labels: Mapping[str, list[str]] = load_rules("encodings")["labels"]
    lowered = label.lower()
    return next((codec for codec, names in labels.items() if lowered in names), None)


def _labelled(text: str) -> str | None:
    match = _LABEL.search(text)
    return _resolved(match[1]) if match else None


def _declared(page: Page) -> tuple[str | None, str | None]:
    """Return the codecs that the header and the markup name, None for what no browser knows."""
    header = http_content_type_encoding(page.content_type) or _labelled(page.content_type or "")
    markup = html_body_declared_encoding(page.html)
    if markup is None:
        start = page.html[:_PRESCAN].decode("latin-1")
        markup = _labelled(_COMMENT.sub("", start)) if "charset" in start.lower() else None
    if markup is not None and markup.startswith("utf-16"):
        markup = "utf-8"  # the declaration was read as ASCII, so it cannot be UTF-16
    if header is not None and header.startswith("utf-16") and not _is_wide(page.html):
        header = None
    header = "utf-16-le" if header == "utf-16" else header
    known = _known_encodings()
    return (header if header in known else None), (markup if markup in known else None)


def _is_wide(body: bytes) -> bool:
    return b"\x00" in body[:_SAMPLE]


def _wide(body: bytes) -> str | None:
    """Return which UTF-16 a page without a mark is in: markup has a zero in every character."""
    sample = body[:_SAMPLE]
    first, second = sample[0::2].count(0), sample[1::2].count(0)
    most = len(sample) // 2
    if second * 2 > most and not first:
        return "utf-16-le"
    return "utf-16-be" if first * 2 > most and not second else None


def _decodes(body: bytes, encoding: str) -> bool:
    try:
        body.decode(encoding)
    except UnicodeDecodeError as error:
        # A cut last character is no evidence against the encoding.
        return error.start > len(body) - 4
    return True


def _likely(body: bytes, language: str | None) -> str:
    """Return what a page in no Unicode is most likely written in, by its language."""
    named = _LANG.search(body[:_PRESCAN])
    tag = named[1].decode("ascii").lower() if named else (language or "")[:2].lower()
    by_language: Mapping[str, list[str]] = load_rules("encodings")["by_language"]
    likely = by_language.get(tag, ["cp1252"])
    return next((name for name in likely if _decodes(body, name)), likely[0])


def _valid_and_broken(body: bytes) -> tuple[int, int]:
    """Return how many characters beyond ASCII are valid UTF-8, and how many are broken.

    A snippet in another encoding, or a character that was cut, leaves few that are broken.
    """
    broken = body.decode("utf-8", "replace").count("\ufffd")
    text = body.decode("utf-8", "ignore")
    return len(text) - len(text.encode("ascii", "ignore")), broken


def decode(page: Page) -> Decoded:
    """Return the text of a page."""
    body = page.html
    marked, mark = read_bom(body)
    if marked is not None and mark is not None:
        return Decoded(text=to_unicode(body[len(mark) :], marked), encoding=marked)
    header, markup = _declared(page)
    said = header or markup
    if said is None or not said.startswith("utf-16"):
        said = _wide(body) or said
    if said in {None, "utf-8"} and (text := _strictly(body)) is not None:
        return _mended(Decoded(text=text, encoding="utf-8", issues=_lost(text), utf8=body))
    encoding, issues = _chosen(page, said)
    text = to_unicode(body, encoding)
    found = Decoded(text=text, encoding=encoding, issues=issues or _lost(text))
    return _mended(found) if encoding == "utf-8" else found


def _strictly(body: bytes) -> str | None:
    """Return the text of most pages: it is UTF-8 from end to end."""
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _mended(decoded: Decoded) -> Decoded:
    """Return what was read as UTF-8, mended if its server has encoded it twice."""
    text = _once_encoded(decoded.text, decoded.utf8)
    if text is None:
        return decoded
    evidence = "UTF-8 that was taken for Windows-1252 and encoded again"
    return Decoded(text=text, encoding="utf-8", issues=(_issue("mojibake", evidence),))


def _chosen(page: Page, said: str | None) -> tuple[str, tuple[Issue, ...]]:
    """Return the codec to use, and an issue if it is not the one that is declared."""
    body = page.html
    if said is not None and (said.startswith("utf-16") or body.isascii()):
        return said, ()
    if said != "utf-8" and _decodes(body, "utf-8"):
        # Text in another encoding that is valid UTF-8 throughout does not occur.
        return "utf-8", () if said is None else (_mismatch(said, "utf-8"),)
    if said not in {None, "utf-8"}:
        return str(said), ()
    valid, broken = _valid_and_broken(body)
    if valid > broken or (said and broken < _LEAST):
        return "utf-8", ()
    found = _likely(body, page.language)
    return found, (_mismatch(said, found),) if said else ()


def _mismatch(declared: str, found: str) -> Issue:
    return _issue("encoding_mismatch", f"declared as {declared}, read as {found}")


def _issue(code: str, evidence: str) -> Issue:
    return Issue(code=code, field="text", evidence=evidence)


def _lost(text: str) -> tuple[Issue, ...]:
    lost = text.count("\ufffd")
    return (_issue("undecodable", f"{lost} characters"),) if lost else ()


def _once_encoded(text: str, utf8: bytes | None) -> str | None:
    """Return the text of a page that a server encoded twice, None if it did not.

    The whole page must give valid UTF-8 when the first step is taken back. `utf8` are the
    bytes of the text, if they are at hand.
    """
    if text.isascii():
        return None
    if len(_SUSPECT.findall(utf8 or text.encode("utf-8", "replace"))) < _LEAST:
        return None
    if len(_TWICE_ENCODED.findall(text)) < _LEAST:
        return None
    try:
        return b"".join(map(_first_bytes, re.split(r"([^\x00-\x7f]+)", text))).decode("utf-8")
    except UnicodeError:
        return None


def _first_bytes(part: str) -> bytes:
    """Return what Windows-1252 makes of some characters; its five gaps are what Latin-1 says."""
    try:
        return part.encode("cp1252")
    except UnicodeEncodeError:
        return b"".join(
            character.encode("latin-1" if character < "\xa0" else "cp1252") for character in part
        )
