"""Invented texts, by seed, and copies of them that newsrooms make."""

from __future__ import annotations

import random

_WORDS = [f"{a}{b}{c}" for a in "bdfglmnprst" for b in ("a", "en", "io", "u") for c in "klrstv"]
SIGNS = "市長港古橋夜海船町人水風光時年春秋雨雪花鳥山川田村道車門雲月日木金火土石竹米糸耳"


def story(seed: int, words: int = 300) -> str:
    """Return a text; texts of two seeds have no run of four words in common."""
    chosen = random.Random(seed)  # noqa: S311 - texts, no secrets
    return " ".join(chosen.choice(_WORDS) for _ in range(words)).capitalize() + "."


def shortened(text: str, share: float) -> str:
    """Return the first part of a text, as a newsroom cuts a wire from the end."""
    words = text.split()
    return " ".join(words[: int(len(words) * share)])


def signs(seed: int, count: int = 300) -> str:
    """Return a text in a script without spaces."""
    chosen = random.Random(seed)  # noqa: S311 - texts, no secrets
    return "".join(chosen.choice(SIGNS) for _ in range(count)) + "。"
