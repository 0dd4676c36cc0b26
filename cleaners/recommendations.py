"""Recommendations: the items of the lists that announce advice, one record each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from cleaners.checks import count_issue, split_to_count
from cleaners.records import Issue, Recommendation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.list_words import ListWords
    from cleaners.lists import FoundList, Item


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What an article recommends.

    Attributes:
        recommendations: in reading order.
        announced: how many the lead-ins announce in all; None if none gives a number.
        issues: where announced and found disagree.
    """

    recommendations: tuple[Recommendation, ...]
    announced: int | None
    issues: tuple[Issue, ...]


def find_recommendations(lists: Sequence[FoundList], words: ListWords) -> Advice:
    """Return the recommendations in an article's lists."""
    found: list[Recommendation] = []
    issues: list[Issue] = []
    announced: list[int] = []
    for order, listed in enumerate(lists):
        if listed.record.kind != "recommendations":
            continue
        count = listed.record.announced_count
        items = tuple(_items(listed, words))
        found.extend(_record(item, number, order, method) for number, item, method in items)
        if count is not None:
            announced.append(count)
        if issue := count_issue(count, len(items)):
            issues.append(issue)
    return Advice(
        recommendations=tuple(found),
        announced=sum(announced) if announced else None,
        issues=tuple(issues),
    )


def _items(listed: FoundList, words: ListWords) -> Iterator[tuple[int, Item, str]]:
    count = listed.record.announced_count
    split = None if count is None else split_to_count(listed.items, count, words)
    if split is None:
        yield from ((number, item, "list") for number, item in enumerate(listed.items))
    else:
        shared = {left for (left, _), (right, _) in pairwise(split) if left == right}
        for number, item in split:
            yield number, item, "list:split" if number in shared else "list"


def _record(item: Item, number: int, order: int, method: str) -> Recommendation:
    return Recommendation(
        text=item.text,
        list_item=number,
        list_ord=order,
        start=item.start,
        end=item.end,
        method=method,
    )
