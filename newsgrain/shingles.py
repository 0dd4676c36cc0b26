"""A text as a few bytes that tell how much of it stands in another text.

    text | words, or signs | shingles | MinHash | signature

MinHash: A. Broder, On the resemblance and containment of documents (1997). Of each of the 128
minima one byte is kept: P. Li, A. König, b-Bit minwise hashing (2010).
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from operator import eq

from rensa import RMinHash

from cleaners.rules import load_rules

PERMUTATIONS = 128
"""Bytes of a signature; the estimated share is right within .04 (one standard deviation)."""

LEAST_TOKENS = 25
"""A text with fewer words has no signature: a notice or a stub says too little."""

_SEED = 20_260_501
_BY_CHANCE = 1 / 256
_PROBE = "the harbour council met on monday and agreed to repair the old swing bridge"


@cache
def _tokens() -> re.Pattern[str]:
    signs = "".join(load_rules("shingles")["unspaced"])
    return re.compile(rf"([{signs}])|[^\W_{signs}]+")


def shingles(text: str) -> set[str]:
    """Return the runs of words, or of signs in scripts without spaces, that a text holds.

    Case, punctuation, spacing and compatible spellings (full width, ligatures) make no
    difference. A text that is shorter than one run gives none.
    """
    found = list(_tokens().finditer(unicodedata.normalize("NFKC", text).casefold()))
    rules = load_rules("shingles")
    are_signs = 2 * sum(1 for match in found if match[1]) > len(found)
    size = int(rules["signs" if are_signs else "words"])
    tokens = [match[0] for match in found]
    return {" ".join(tokens[i : i + size]) for i in range(len(tokens) - size + 1)}


def _minima(runs: set[str]) -> bytes:
    sketch = RMinHash(num_perm=PERMUTATIONS, seed=_SEED)
    sketch.update(sorted(runs))
    return bytes(value & 0xFF for value in sketch.digest())


def signature(text: str) -> bytes | None:
    """Return the signature of a text; None of one that is too short to be compared.

    The same text gives the same signature in every process and on every machine, as long as
    `method` is the same.
    """
    if sum(1 for _ in _tokens().finditer(text)) < LEAST_TOKENS:
        return None
    runs = shingles(text)
    return _minima(runs) if runs else None


def overlap(one: bytes, other: bytes) -> float:
    """Return the estimated share of shingles that two texts have in common (Jaccard), 0 to 1."""
    equal: float = sum(map(eq, one, other)) / PERMUTATIONS
    return max(0.0, (equal - _BY_CHANCE) / (1 - _BY_CHANCE))


@cache
def method() -> str:
    """Return what signatures depend on; those of another method cannot be compared."""
    return _minima(shingles(_PROBE)).hex()
