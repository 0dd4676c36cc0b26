"""Which addresses of a site are articles? Learned from what its own pages turned out to be.

    judged addresses | shape of each | articles per shape | an article, none, or unknown

An address says little by itself: one site's ``/word/`` is an article and another's a section.
But addresses of one shape on one site are nearly always of one kind. Pure.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

# With fewer observations a shape says nothing; a shape that also depends on the first step of
# the path needs fewer, since its addresses have more in common.
_ENOUGH_EXACT, _ENOUGH_LOOSE = 3, 6
_MOSTLY, _HARDLY = 0.5, 0.1
_YEAR = re.compile(r"(19|20)\d\d")
_EXTENSION = re.compile(r"\.[a-z]{2,5}$")


def _step_shape(step: str) -> str:
    extension = _EXTENSION.search(step.lower())
    stem = step[: extension.start()] if extension else step
    end = extension[0] if extension else ""
    if _YEAR.fullmatch(stem):
        return f"year{end}"
    if stem.isdigit():
        return f"number{end}"
    parts = [part for part in re.split(r"[-_.,]", stem) if part]
    has_number = any(len(part) >= 4 and part.isdigit() for part in parts)  # noqa: PLR2004
    words = "word" if len(parts) == 1 else "words" if len(parts) < 4 else "slug"  # noqa: PLR2004
    return f"{words}{'+number' if has_number else ''}{end}"


def shapes_of(url: str) -> tuple[str, str]:
    """Return the shape of an address with its first step as it stands, and without.

    >>> shapes_of("https://a.example/sport/2026/11/a-b-c-d")
    ('a.example/=sport/year/number/slug', 'a.example/word/year/number/slug')
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    steps = [step for step in parts.path.split("/") if step]
    names = sorted(re.findall(r"(?:^|&)([^=&]+)=", parts.query))
    query = f"?{'&'.join(names)}" if names else ""
    shapes = [_step_shape(step) for step in steps]
    loose = "/".join([host, *shapes]) + query
    # The first of several words names a section; a single one is the article's own name.
    if len(steps) < 2 or shapes[0] != "word":  # noqa: PLR2004
        return loose, loose
    return "/".join([host, f"={steps[0].lower()}", *shapes[1:]]) + query, loose


@dataclass(slots=True)
class _Count:
    articles: int = 0
    others: int = 0

    def verdict(self, enough: int) -> bool | None:
        total = self.articles + self.others
        if total < enough:
            return None
        share = self.articles / total
        return True if share >= _MOSTLY else False if share <= _HARDLY else None


@dataclass(frozen=True, slots=True)
class UrlPatterns:
    """What is known of the shapes of addresses, site by site."""

    _counts: Mapping[str, _Count] = field(default_factory=dict)

    @classmethod
    def learn(cls, judged: Iterable[tuple[str, bool]]) -> UrlPatterns:
        """Return what addresses teach that are known to be articles, or to be none."""
        counts: defaultdict[str, _Count] = defaultdict(_Count)
        for url, is_article in judged:
            for shape in _different(shapes_of(url)):
                if is_article:
                    counts[shape].articles += 1
                else:
                    counts[shape].others += 1
        return cls(dict(counts))

    @classmethod
    def of_counts(cls, counts: Mapping[str, Sequence[int]]) -> UrlPatterns:
        """Return what `counts` gave."""
        return cls({shape: _Count(*both) for shape, both in counts.items()})

    def counts(self) -> dict[str, tuple[int, int]]:
        """Return articles and others by shape, in a form that JSON takes."""
        return {shape: (count.articles, count.others) for shape, count in self._counts.items()}

    def is_article(self, url: str) -> bool | None:
        """Tell whether an address is an article's; None: the site has not taught it yet."""
        exact, loose = shapes_of(url)
        for shape, enough in ((exact, _ENOUGH_EXACT), (loose, _ENOUGH_LOOSE)):
            count = self._counts.get(shape)
            verdict = count.verdict(enough) if count else None
            if verdict is not None:
                return verdict
        return None


def _different(shapes: tuple[str, str]) -> Iterator[str]:
    yield shapes[0]
    if shapes[1] != shapes[0]:
        yield shapes[1]
