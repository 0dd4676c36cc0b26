"""The grammar of author lines: prefixes, names, roles, credentials, organizations.

Words come from ``rules/bylines.toml``. A name is never re-cased: papers print ``dpa``,
``Bill MCCARTHY`` and ``aawoods``, and mean it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from cleaners.outline import collapse, comparable
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

_ADDRESS = re.compile(r"https?:|www\.|\S+@\S+\.\w|^[@/]|[<>{}=\\]")
_SEGMENT = re.compile(r"\s*(?:[|•·●∙⋅/\uff0f;\n]|\s[\u2013—-]\s|\s{2,}|\t)\s*")
_PARENTHESIS = re.compile(r"\s*[(\[\uff08]([^()\[\]\uff08\uff09]*)[)\]\uff09]")
_CASED = re.compile(r"[^\W\d_]")
_DIGIT = re.compile(r"\d")
_STRIPPED = ' \t,;:.\u2013—-|•·*"“”„«»'
_MOST_WORDS = 6
_MOST_NAME_WORDS = 4
_SHORTEST_PART, _SHORTEST_SITE = 4, 3
_LONGEST_NAME = 60
_ACRONYM = re.compile(r"[A-ZÄÖÜ]{2,5}|[a-z]{2,5}")
_CREDENTIAL = re.compile(
    r"[A-Z][A-Za-z]{0,2}(?:[.-]?[A-Z]\.?){1,5}[®™]?|[A-Z]{2,6}[®™]?|[A-Z][a-z]?\.[A-Z][a-z]?\."
)
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """One name found in an author line, with the function printed behind it."""

    name: str
    role: str | None = None


@cache
def words(name: str) -> frozenset[str]:
    """Return a list of ``rules/bylines.toml`` as a set of lower-case words."""
    return frozenset(w.casefold() for w in load_rules("bylines")[name])


def _alternatives(name: str) -> str:
    return "|".join(re.escape(w) for w in sorted(words(name), key=len, reverse=True))


@cache
def _prefix() -> re.Pattern[str]:
    # Chinese and Japanese set no space behind the word; a single sign may be a surname.
    glued = "|".join(w for w in words("prefixes") if len(w) > 1 and _CJK.match(w))
    spaced = rf"(?:{_alternatives('prefixes')})(?:\s*[:\uff1a]\s*|\s+)"
    return re.compile(rf"{spaced}|(?:{glued})(?={_CJK.pattern})", re.IGNORECASE)


@cache
def _bare_prefix() -> re.Pattern[str]:
    return re.compile(rf"(?:{_alternatives('prefixes')})\s*[:\uff1a]?", re.IGNORECASE)


@cache
def _ender() -> re.Pattern[str]:
    return re.compile(rf"\s+({_alternatives('enders')})(?!\w)(.*)$", re.IGNORECASE | re.DOTALL)


def _without_ending(text: str) -> str:
    """Cut what follows the names: "Published", "min read", "Share", ...

    Read, On and View are surnames, too: with a capital, behind one name, and with nothing else
    after them.
    """
    match = _ender().search(f" {text}")
    if match is None:
        return text
    before = text[: max(0, match.start() - 1)]
    is_surname = match[1].istitle() and not match[2].strip() and len(before.split()) == 1
    return text if is_surname else before.strip()


@cache
def _other_hands() -> re.Pattern[str]:
    opener = r"(?=[|\n]|\s(?:written|story|words|text) by\s|$)"
    return re.compile(
        rf"(?<=[\s|,.;/])(?:{_alternatives('other_hands')})(?!\w).*?{opener}", re.IGNORECASE
    )


@cache
def _printed_date() -> re.Pattern[str]:
    months = r"[^\W\d_]{3,14}\.?"
    return re.compile(
        rf"(?:\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}|\d{{4}}-\d\d-\d\d\S*"
        rf"|\d{{1,2}}\S{{0,2}}\s(?:de\s)?{months},?\s(?:de\s)?\d{{4}}|{months}\s\d{{1,2}}(?:st|nd|rd|th)?,?\s\d{{4}}"
        rf"|(?:(?<=\s)|^)\d+\s?(?:min|minutes?|hours?|days?)\b).*?(?=[|•·]|\s(?:by|von|par|por)\s|$)",
        re.IGNORECASE,
    )


@cache
def _place() -> re.Pattern[str]:
    return re.compile(rf"\s(?:{_alternatives('places')})\s[A-ZÀ-Þ].*$")


@cache
def _joints() -> re.Pattern[str]:
    latin = [w for w in words("conjunctions") if w.isalpha()]
    others = [re.escape(w) for w in words("conjunctions") if not w.isalpha()]
    inner = "|".join(sorted(latin, key=len, reverse=True))
    return re.compile(
        rf"\s*(?:[,،、\uff0c;]|{'|'.join(others)})\s*(?:(?:{inner})\s+)?|\s+(?:{inner})\s+",
        re.IGNORECASE,
    )


def is_prefix(text: str) -> bool:
    """Tell whether `text` is nothing but a word that stands before names."""
    return bool(_bare_prefix().fullmatch(text.strip()))


def starts_with_prefix(text: str) -> bool:
    """Tell whether `text` begins with a word that stands before names."""
    return bool(_prefix().match(text))


@cache
def _openings() -> tuple[str, ...]:
    return tuple(f"{p} " for p in words("prefixes") if " " in p)


def opens_byline(text: str) -> bool:
    """Tell whether `text` begins with a phrase that announces authors ("Written by")."""
    return f"{text.strip().casefold()} ".replace(":", " ").startswith(_openings())


def without_prefix(text: str) -> str:
    """Cut the words that stand before a name, also several of them."""
    for _ in range(4):
        text = text.strip(_STRIPPED)
        match = _prefix().match(text)
        if match is None or match.end() == len(text):
            return text
        rest = text[match.end() :]
        # "Von" and "De" also begin surnames: cut only what leaves a name behind.
        is_surname = match[0].strip().casefold() in words("particles") and len(rest.split()) == 1
        if is_surname and text[0].isupper() and not _ACRONYM.fullmatch(rest):
            return text
        text = rest
    return text


def is_role(text: str) -> bool:
    """Tell whether `text` names a function."""
    return bool(set(re.findall(r"[\w.-]+", text.casefold())) & words("roles"))


def is_organization(text: str) -> bool:
    """Tell whether a name is one of an organization by its words or its form."""
    parts = re.findall(r"[^\W_]+\.?|\S", text.casefold())
    if set(parts) & words("organizations"):
        return True
    if _CJK.search(text):
        return any(w in text for w in words("organizations") if _CJK.search(w))
    return bool(_ACRONYM.fullmatch(text)) or bool(re.search(r"\w\.(?:com|org|net|[a-z]{2})$", text))


def _is_name_word(word: str) -> bool:
    bare = word.strip("'\u2019\u2018\"“”.,()")
    if not bare:
        return False
    first = bare[0]
    return (
        first.isupper()
        or not first.islower()
        or bare.casefold() in words("particles")
        or "'" in bare
    )


def is_name(text: str) -> bool:
    """Tell whether `text` has the shape of a printed name: capitalised words, no sentence."""
    parts = text.split()
    if not 1 <= len(parts) <= _MOST_WORDS or len(text) > _LONGEST_NAME:
        return False
    if _DIGIT.search(text) or _ADDRESS.search(text) or not _CASED.search(text):
        return False
    lowered = {p.strip(".,:!?()").casefold() for p in parts}
    if lowered & words("stop_words") or text[-1] in "?!:…" or "..." in text:
        return False
    return all(_is_name_word(p) for p in parts) and parts[0].casefold() not in {"the", "of"}


def is_full_name(text: str) -> bool:
    """Tell whether `text` is first name and surname, and no function."""
    return is_name(text) and 1 < len(text.split()) <= _MOST_NAME_WORDS and not is_role(text)


def names_site(name: str, site_names: frozenset[str]) -> bool:
    """Tell whether an author's name is that of the site or its publisher."""
    flat = comparable(name).replace(" ", "")
    others = [n.replace(" ", "") for n in site_names]
    is_long = len(flat) >= _SHORTEST_PART
    return any(
        flat == other or (is_long and (flat in other or other in flat))
        for other in others
        if len(other) >= _SHORTEST_SITE
    )


def _without_credentials(text: str) -> str:
    parts = text.split()
    while len(parts) > 1 and parts[-1].strip(",").casefold() in words("credentials"):
        # Ma and Ba are surnames, too: with a small letter, behind one name.
        if len(parts) == 2 and parts[-1].istitle():  # noqa: PLR2004
            break
        parts.pop()
    return " ".join(parts).strip(_STRIPPED)


def _is_credential(text: str) -> bool:
    parts = [p.strip(",") for p in text.split()]
    return all(
        p.casefold() in words("credentials")
        or (bool(_CREDENTIAL.fullmatch(p)) and not is_agency(p))
        for p in parts
    )


def _split_role(text: str) -> tuple[str, str | None]:
    """Cut a function that follows a full name without a comma: "Jane Roe Senior Editor"."""
    parts = text.split()
    # Chinese, Japanese and Korean names are one word.
    for number in range(1 if _CJK.match(text) else 2, len(parts)):
        if parts[number].casefold() in words("roles") | words("role_openers"):
            name = " ".join(parts[:number])
            # "Harbour staff reporter" is whom the paper names.
            return (name, " ".join(parts[number:])) if is_name(name) else (text, None)
    return text, None


def is_agency(text: str) -> bool:
    """Tell whether `text` is the short name of a news agency."""
    return text.casefold() in words("agencies")


def _is_part(text: str) -> bool:
    return is_name(without_prefix(text)) or is_role(text) or _is_credential(text) or is_agency(text)


def _accepts(name: str, *, strict: bool, is_alone: bool) -> bool:
    if is_name(name) or is_agency(name):
        return True
    if strict:
        article, _, rest = name.partition(" ")
        return article == "the" and is_name(rest) and is_organization(rest)
    return is_alone or is_organization(name)


def _names_in(segment: str, *, strict: bool) -> Iterator[Named]:
    parts = [p.strip(_STRIPPED) for p in _joints().split(segment) if p and p.strip(_STRIPPED)]
    if not strict and not all(_is_part(p) for p in parts):
        parts = [p.strip(_STRIPPED) for p in segment.split(",") if p.strip(_STRIPPED)]
        if not any(is_name(without_prefix(p)) for p in parts):
            parts = [segment]
    pending: Named | None = None
    for part in parts:
        bare = _place().sub("", without_prefix(part) or part)
        if (
            pending
            and not is_agency(bare)
            and (_is_credential(bare) or not is_name(bare) or is_role(bare))
        ):
            if is_role(bare) and pending.role is None:
                pending = Named(name=pending.name, role=bare)
            continue
        name, role = _split_role(_without_credentials(bare))
        if _accepts(name, strict=strict, is_alone=len(parts) == 1):
            if pending:
                yield pending
            pending = Named(name=name, role=role)
    if pending:
        yield pending


def _usable(text: str) -> bool:
    return (
        0 < len(text) <= _LONGEST_NAME + 20
        and not _ADDRESS.search(text)
        and bool(_CASED.search(text))
        and comparable(text) not in words("stop_words")
        and not is_prefix(text)
    )


def _without_parentheses(text: str) -> str:
    """Drop what is no part of a name; nicknames and maiden names in parentheses are kept."""

    def kept(match: re.Match[str]) -> str:
        inner = match[1].strip()
        return (
            match[0]
            if is_name(inner) and not is_role(inner) and not is_organization(inner)
            else " "
        )

    return _PARENTHESIS.sub(kept, text)


def _without_others(text: str) -> str:
    return _other_hands().sub(" | ", f" {text}").strip()


def printed_line(text: str) -> str:
    """Return an author line without its dates, and without translators, photographers, ..."""
    return _without_others(_printed_date().sub(" | ", text)).strip(" |")


def names_in(text: str, *, strict: bool) -> tuple[Named, ...]:
    """Return the names in an author line, in order.

    Args:
        text: the line as printed, or the value of a machine-readable author field.
        strict: the line was printed: only what has the shape of a name is taken. Otherwise
            a value that does not is taken whole: nicknames, acronyms, names of desks.
    """
    if _ADDRESS.search(text):
        return ()
    line = collapse(_without_parentheses(text))
    line = without_prefix(printed_line(line) if strict else line)
    line = _without_ending(line) if strict else line
    found: list[Named] = []
    for number, part in enumerate(s for s in _SEGMENT.split(line) if s.strip(_STRIPPED)):
        segment = part.strip(_STRIPPED)
        if found and is_role(segment):
            last = found.pop()
            found.append(Named(name=last.name, role=last.role or segment))
        elif number == 0 or (is_name(segment) and len(segment.split()) > 1):
            found.extend(n for n in _names_in(segment, strict=strict) if _usable(n.name))
    distinct: dict[str, Named] = {}
    for named in found:
        distinct.setdefault(comparable(named.name), named)
    return tuple(distinct.values())
