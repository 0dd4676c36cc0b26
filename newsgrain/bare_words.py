"""Words as they are compared: without case, accents and strokes."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

# What Unicode does not decompose has a name that does: "LATIN SMALL LETTER L WITH STROKE".
_NAMED = re.compile(r"LATIN SMALL (?:LETTER|LIGATURE) (?:DOTLESS )?([A-Z]{1,2})(?: WITH .+)?")


@lru_cache(maxsize=50_000)
def bare(word: str) -> str:
    """Return a word as those write it who have no more than its letters: "Łódź" is "lodz".

    The sharp s is two letters, as in capitals; what is no Latin letter stays.
    """
    decomposed = unicodedata.normalize("NFKD", word).casefold()
    return "".join(_letter(one) for one in decomposed if not unicodedata.combining(one))


def _letter(one: str) -> str:
    named = None if one.isascii() else _NAMED.fullmatch(unicodedata.name(one, ""))
    return named[1].lower() if named else one
