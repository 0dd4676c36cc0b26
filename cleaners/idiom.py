"""Which language's words a text is read with: the declared one, where the text bears it out.

Sites declare the language of their template for articles in any other. The small words of a
text tell what it is; a language without a file of rules is read with nobody else's words.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

from cleaners.lexicon import LANGUAGES
from cleaners.rules import load_rules

_WORD = re.compile(r"[^\W\d_]+")
_SAMPLE_CHARS = 3_000
# Small words are a third of any prose; of a related language a text has half as many.
_MIN_SHARE = 0.22
_MIN_WORDS = 12


@cache
def _small_words() -> dict[str, list[str]]:
    """Return for each small word the languages that have it."""
    found: dict[str, list[str]] = {}
    for language in LANGUAGES:
        for word in set(load_rules(language).get("people", {}).get("stops", "").split()):
            found.setdefault(word, []).append(language)
    return found


def idiom_of(text: str, declared: str | None) -> str | None:
    """Return the language of a text among those that have rules, or None.

    Args:
        text: the article's text; its beginning is enough.
        declared: BCP 47 tag that the page or its source declares, if any.
    """
    base = (declared or "").replace("_", "-").partition("-")[0].lower()
    if base and base not in LANGUAGES:
        return None
    counts = dict.fromkeys(LANGUAGES, 0)
    words = _WORD.findall(text[:_SAMPLE_CHARS].lower())
    known = _small_words()
    for word, times in Counter(words).items():
        for language in known.get(word, ()):
            counts[language] += times
    best = max(counts, key=lambda language: (counts[language], language == base))
    if base and (len(words) < _MIN_WORDS or 2 * counts[base] >= counts[best]):
        return base
    if len(words) >= _MIN_WORDS and counts[best] >= _MIN_SHARE * len(words):
        return best
    return base or None
