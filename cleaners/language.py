"""The language that the article is written in, as a BCP 47 tag: declared, and as the text is."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

from cleaners.records import Issue
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cleaners.records import Candidate, Metadata

_TAG = re.compile(
    r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}|\d{3}))?(?=$|[-_.,;@ ])"
)
# Pages that write their encoding where the language belongs: "utf-8" is no Utf.
_CHARSET = re.compile(r"(?:utf|iso)[-_]?\d", re.IGNORECASE)
_ORDER = ("html:lang", "json-ld:inLanguage", "meta:og:locale", "meta:content-language")
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")
_SAMPLE_CHARS = 4_000
_LEAST_WORDS, _LEAST_SIGNS = 40, 40
# Small words are a third of most texts; half of them are those that the table knows.
_LEAST_SHARE = 0.15
# A related language shares many of them.
_LEAD = 1.3
_SCRIPT_SHARE = 0.3
# Kana stand among Chinese signs, never the other way round.
_KANA_SHARE = 0.05
# Tags of one language, or of spellings that small words do not tell apart.
_SAME = ({"no", "nb", "nn"}, {"hr", "bs", "sr", "sh", "cnr"}, {"id", "ms"}, {"tl", "fil"})
_CHINESE = {"zh", "yue", "cmn"}


def normalise_tag(tag: str) -> str | None:
    """Return a language tag in canonical case (RFC 5646, 2.1.1): ``de_at`` is ``de-AT``."""
    match = _TAG.match(tag.strip())
    if match is None or _CHARSET.match(tag.strip()):
        return None
    language, script, region = match.groups()
    parts = [language.lower()]
    if script:
        parts.append(script.title())
    if region:
        parts.append(region.upper())
    return "-".join(parts)


def resolve_language(
    candidates: Sequence[Candidate], configured: str | None
) -> tuple[str | None, str | None]:
    """Return the tag that the page declares, else the one configured for its source; and which.

    A declaration that contradicts the configured language is believed: papers publish in
    several languages. Of declarations that agree in the language, the one with a region wins.
    """
    found = [c for c in candidates if c.field == "language"]
    found.sort(key=lambda c: _ORDER.index(c.source) if c.source in _ORDER else len(_ORDER))
    tags = [(t, c.source) for c in found if (t := normalise_tag(c.value)) and t != "und"]
    if not tags:
        tag = normalise_tag(configured) if configured else None
        return tag, "configuration" if tag else None
    primary = _base(tags[0][0])
    with_region = (t for t in tags if t[0].startswith(f"{primary}-"))
    return next(with_region, tags[0])


def with_language_of_text(metadata: Metadata, text: str) -> Metadata:
    """Return the metadata with the language of the text where the declared one is not it.

    Sites declare the language of their template for articles in any other. A language that
    cannot be recognised is believed.
    """
    declared = metadata.language
    spoken = detect_language(text)
    if spoken is None or (declared and (not _is_known(declared) or _agree(declared, spoken))):
        return metadata
    found = replace(metadata, language=spoken, language_source="text")
    if declared is None:
        return found
    evidence = f"{metadata.language_source} {declared}; the text is {spoken}"
    issue = Issue(code="language_conflict", field="language", evidence=evidence)
    return replace(found, issues=(*metadata.issues, issue))


def detect_language(text: str) -> str | None:
    """Return the language of a text by its script and small words; None where that is unsure."""
    sample = text[:_SAMPLE_CHARS]
    if (by_script := _by_script(sample)) is not None:
        return by_script
    words = _WORD.findall(sample.lower())
    if len(words) < _LEAST_WORDS:
        return None
    known, counts = _small_words(), Counter[str]()
    for word, times in Counter(words).items():
        for tag in known.get(word, ()):
            counts[tag] += times
    (best, most), (_, second) = (*counts.most_common(2), ("", 0), ("", 0))[:2]
    if most < _LEAST_SHARE * len(words) or most < _LEAD * second:
        return None
    return best


def _by_script(sample: str) -> str | None:
    letters = sum(map(str.isalpha, sample))
    if sample.isascii() or letters < _LEAST_SIGNS:
        return None
    # A text that quotes another script is of the language that most of it is written in.
    if 2 * sum(map(str.isalpha, sample.encode("ascii", "ignore").decode())) > letters:
        return None
    for tag, pattern in _scripts():
        least = _KANA_SHARE if tag == "ja" else _SCRIPT_SHARE
        if len(pattern.findall(sample)) >= least * letters:
            return tag
    return None


@cache
def _scripts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    def ranges(spans: list[str]) -> str:
        ends = (span.split("-") for span in spans)
        return "".join(f"{chr(int(a, 16))}-{chr(int(b, 16))}" for a, b in ends)

    table: dict[str, list[str]] = load_rules("languages")["scripts"]
    return tuple((tag, re.compile(f"[{ranges(spans)}]")) for tag, spans in table.items())


@cache
def _small_words() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for tag, words in load_rules("languages")["words"].items():
        for word in set(words.split()):
            found[word] = (*found.get(word, ()), tag)
    return found


def _base(tag: str) -> str:
    return tag.partition("-")[0].lower()


def _is_known(tag: str) -> bool:
    rules = load_rules("languages")
    base = _base(tag)
    alike = set().union(*(group for group in (*_SAME, _CHINESE) if base in group), {base})
    return not alike.isdisjoint(rules["words"]) or not alike.isdisjoint(rules["scripts"])


def _agree(declared: str, spoken: str) -> bool:
    base = _base(declared)
    return base == spoken or any({base, spoken} <= group for group in (*_SAME, _CHINESE))
