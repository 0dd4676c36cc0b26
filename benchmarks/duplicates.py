"""What a night of new articles costs the search for duplicates, by how many there were before.

    python benchmarks/duplicates.py [SIZE...]      default: 10000 100000 1000000

Signatures are synthetic: random for articles that repeat nothing, and for every tenth one of the
night a copy with an overlap of about .8 of an article of the past. Figures are CPU seconds of
this process, medians of three nights; disk space is that of the file.
"""

from __future__ import annotations

import random
import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from newsgrain.duplicate_store import NAME, DuplicateStore
from newsgrain.duplicates import Duplicates, Text
from newsgrain.shingles import PERMUTATIONS

if TYPE_CHECKING:
    from collections.abc import Iterator

SIZES = (10_000, 100_000, 1_000_000)
NIGHT = 1_000
NIGHTS = 3
COPIES = 10
KEPT = 0.8


def _random(number: int) -> random.Random:
    return random.Random(number)  # noqa: S311 - the same articles in every run


def article(number: int, sketch: bytes | None = None) -> Text:
    """Return an invented article; its number tells its age."""
    sketch = sketch or _random(number).randbytes(PERMUTATIONS)
    return Text(article_id=f"{number:032x}", first_seen=number, signature=sketch)


def copy_of(number: int, original: int) -> Text:
    """Return an article that repeats an older one in part."""
    chance = _random(number)
    old = article(original).signature or b""
    mixed = bytes(byte if chance.random() < KEPT else chance.randrange(256) for byte in old)
    return article(number, mixed)


def night_of(first: int) -> Iterator[Text]:
    """Yield the articles of one night."""
    for number in range(first, first + NIGHT):
        original = _random(-number).randrange(first)
        yield article(number) if number % COPIES else copy_of(number, original)


def fill(folder: Path, size: int) -> float:
    """Make a file with so many articles, as it is built anew; return the CPU seconds."""
    start = time.process_time()
    with DuplicateStore.open(folder) as store:
        for number in range(size):
            store.put(article(number))
        store.commit("00000001-20260501T000000Z")
    return time.process_time() - start


def one_night(folder: Path, first: int) -> tuple[float, int]:
    """Add one night; return the CPU seconds and how many duplicates were found."""
    texts = list(night_of(first))
    start = time.process_time()
    with DuplicateStore.open(folder) as store:
        duplicates = Duplicates(store)
        duplicates.add(texts)
        found = duplicates.settle()
        store.commit("00000002-20260502T000000Z")
    return time.process_time() - start, len(found)


def main(sizes: tuple[int, ...]) -> None:
    """Print a line for each size."""
    print(f"{'articles':>10} {'fill CPU s':>11} {'night CPU s':>12} {'found':>6} {'file MB':>8}")
    first = cost = 0.0
    for size in sizes:
        with TemporaryDirectory() as name:
            folder = Path(name)
            filled = fill(folder, size)
            nights = [one_night(folder, size + NIGHT * night) for night in range(NIGHTS)]
            cost = statistics.median(seconds for seconds, _ in nights)
            found = min(found for _, found in nights)
            megabytes = (folder / NAME).stat().st_size / 1e6
        first = first or cost
        print(f"{size:>10,} {filled:>11.1f} {cost:>12.2f} {found:>6} {megabytes:>8.0f}", flush=True)
    print(f"a night of {NIGHT} articles costs {cost / first:.1f} times as much at the last size")


if __name__ == "__main__":
    main(tuple(map(int, sys.argv[1:])) or SIZES)
