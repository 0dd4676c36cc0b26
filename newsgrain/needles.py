"""What is to be found and made unreadable: addresses, phrases, names. Pure.

A page writes the same words in many ways: in capitals, with entities, with JSON's or an
address's escapes, in two elements. A needle knows them. What it finds is masked character by
character, so that offsets into a text stay what they were.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from html.entities import codepoint2name
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from newsgrain.bare_words import bare

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MASK = "█"
"""Stands for each character that was removed."""

_BLANK = (
    r"(?:\s|[\u00ad\u200b-\u200d\ufeff]|&(?:nbsp|shy|#32|#160|#173|#x0*20|#x0*a0|#x0*ad);"
    r"|\\u00(?:20|a0|ad)|\\[nrt]|<[^<>]{0,300}>)"
)
_ENCODED_BLANK = rf"(?:{_BLANK}|%20|\+)"
_SHOWN = re.compile(r"(<[^<>]*>)|(\S)")
_ASCII_RUN = re.compile(r"[a-z0-9]+")
_MIN_HINT = 3
_MIN_PATH = 6
# No boundary between words is written in these.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class Needle:
    """One thing to be found.

    Attributes:
        pattern: finds it in every spelling.
        hint: a lower-case part of it that stands wherever it stands; looked for first.
        site: the registrable domain on whose pages it counts; None: everywhere.
    """

    pattern: re.Pattern[str]
    hint: str
    site: str | None = None

    def mask(self, text: str) -> str:
        """Return a text in which it is unreadable; markup within it stays."""
        return self.pattern.sub(lambda match: _SHOWN.sub(_masked, match[0]), text)


def _masked(part: re.Match[str]) -> str:
    return part[1] or MASK


def mask(text: str, needles: Iterable[Needle]) -> str:
    """Return a text in which no needle can be read."""
    lowered = text.lower()
    for needle in needles:
        if needle.hint in lowered:
            text = needle.mask(text)
    return text


def url_needles(url: str) -> list[Needle]:
    """Return what finds an address: with any scheme, escaped, and as a path on its own site."""
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    port = f":{parts.port}" if parts.port else ""
    path = parts.path.rstrip("/")
    path += f"?{parts.query}" if parts.query else ""
    end = r"/?(?![\w%~-]|[/.]\w)"
    slash = _spelled("/")
    where = rf"(?:https?:)?(?:{slash}{{2}})?(?:www\.)?{_spelled(host + port)}"
    pattern = rf"(?<![\w.@-]){where}{_spelled(path)}{end}"
    found = [Needle(re.compile(pattern, re.IGNORECASE), _hint(path) or host)]
    if len(path) >= _MIN_PATH:
        # After a quotation mark or the like: behind a host it is the address of another site.
        pattern = rf"(?<![\w.:%/\\~-]){_spelled(path)}{end}"
        found.append(Needle(re.compile(pattern), _hint(path), host))
    return found


def phrase_needle(text: str, site: str) -> Needle:
    """Return what finds a phrase on the pages of a site."""
    words = rf"{_BLANK}+".join(map(_spelled, text.split()))
    return Needle(re.compile(words), _hint(text), site)


def name_needle(name: str, *, is_encoded: bool = False) -> Needle:
    """Return what finds a person's name: in any case, and with the last name before the first.

    Accents and strokes of `name` may be missing in a text, and a sharp s may be two.

    Args:
        name: first names and last name.
        is_encoded: also where it stands in addresses, as a part of a query or a path.
    """
    blank = _ENCODED_BLANK if is_encoded else _BLANK
    tokens = name.split()
    orders = [tokens]
    if len(tokens) > 1:
        orders.append([f"{tokens[-1]},", *tokens[:-1]])
    either = "|".join(rf"{blank}+".join(_spelled(word, is_bare=True) for word in o) for o in orders)
    pattern = rf"(?<!\w)(?:{either})s?(?!\w)"
    if _UNSPACED.search(name):
        pattern = rf"(?:{either})"
    return Needle(re.compile(pattern, re.IGNORECASE), _hint(tokens[-1]))


def last_name_needle(name: str) -> Needle | None:
    """Return what finds the last of a person's names, alone or in capitals; None: it has one."""
    tokens = name.split()
    if len(tokens) < 2 or len(tokens[-1]) < _MIN_HINT or _UNSPACED.search(name):  # noqa: PLR2004
        return None
    last = tokens[-1]
    either = "|".join({_spelled(last, is_bare=True), _spelled(last.upper(), is_bare=True)})
    return Needle(re.compile(rf"(?<![\w/.-])(?:{either})s?(?!\w|[/.]\w)"), _hint(last))


def is_same_name(one: str, other: str) -> bool:
    """Tell whether two names are written with the same words, whatever case and accents."""
    return _plain(one) == _plain(other)


def _plain(name: str) -> tuple[str, ...]:
    return tuple(sorted(re.findall(r"\w+", bare(name))))


def _hint(text: str) -> str:
    """Return the longest part of a text that is written in one way; may be empty."""
    return max(_ASCII_RUN.findall(text.lower()), key=len, default="")


def _spelled(text: str, *, is_bare: bool = False) -> str:
    """Return a pattern for a text in all spellings; `is_bare`: also without its accents."""
    return "".join(_character(one, is_bare=is_bare) for one in unicodedata.normalize("NFC", text))


def _character(one: str, *, is_bare: bool) -> str:
    if one.isascii() and (one.isalnum() or one in "_-"):
        return re.escape(one)
    number = ord(one)
    forms = [
        one,
        unicodedata.normalize("NFD", one),
        html.escape(one),
        f"&#{number};",
        f"&#x{number:x};",
        f"&{codepoint2name[number]};" if number in codepoint2name else one,
        f"\\u{number:04x}",
        f"\\{one}" if one in '/"' else one,
        quote(one, safe=""),
    ]
    if one in "'’‘":
        forms += ["'", "’", "‘", "&#39;", "&#8217;", "&rsquo;"]
    folded = bare(one) if is_bare else ""
    if folded.isascii() and folded:
        forms += [folded.upper(), folded.capitalize()] if one.isupper() else [folded]
    return f"(?:{'|'.join(re.escape(form) for form in dict.fromkeys(forms))})"


def sentences(texts: Sequence[str | None], least: int) -> list[str]:
    """Return the sentences of some texts that have at least so many characters."""
    found = (
        part.strip()
        for text in texts
        if text
        for line in text.splitlines()
        for part in re.split(r"(?<=[.!?…。])\s+", line)
    )
    return list(dict.fromkeys(part for part in found if len(part) >= least))
