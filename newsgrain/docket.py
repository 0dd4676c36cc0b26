"""Which pages of the archive a run has to judge."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeAlias

import pyarrow.compute as pc

from cleaners.urls import url_key
from newsgrain.errors import ArchiveError
from newsgrain.ledger import JUDGED_KINDS
from newsgrain.revisions import Outcome
from newsgrain.verdicts import holds_body

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from newsgrain.archive import Archive
    from newsgrain.store import Store

_log = logging.getLogger("newsgrain.publish")
WITH_ARTICLE = [
    Outcome.NEW.value,
    Outcome.EDITED.value,
    Outcome.UNCHANGED.value,
    Outcome.RECLEANED.value,
]
"""The outcomes of a page that gave an article, or confirmed one."""
_Age: TypeAlias = "tuple[datetime, int]"


def new_pages(archive: Archive, pending: Sequence[int], *, after: int, upto: int) -> list[int]:
    """Return the pages that have no verdict yet.

    Args:
        archive: its ledger may have been lost and begun anew: what it lacks is left out.
        pending: pages that the manifest left for later.
        after: the last page that it covers.
        upto: the last page of the archive.
    """
    found = []
    for page_id in pending:
        try:
            found.append(archive.page(page_id).page_id)
        except ArchiveError as exc:
            _log.warning("pending page is lost page=%d: %s", page_id, exc)
    pages = archive.pages(after=after, upto=upto, kinds=JUDGED_KINDS, final_only=True)
    return [*found, *(page.page_id for page in pages)]


def old_pages(archive: Archive, store: Store, *, upto: int, without: Collection[int]) -> list[int]:
    """Return the pages to clean again, in the order of time.

    Of each address the newest page that gave an article, and a newer one that gave none: what
    a wall was to one cleaner may be an article to the next.

    Args:
        archive: the pages.
        store: tells which of them gave an article.
        upto: the last page that the manifest covers.
        without: pages that this run judges anyway.
    """
    verdicts = store.verdicts()
    gave = verdicts.filter(pc.field("outcome").isin(WITH_ARTICLE))
    good = set(gave["page_id"].to_pylist()) - set(without)
    best: dict[str, tuple[_Age | None, _Age | None]] = {}
    for page in archive.pages(upto=upto, kinds=JUDGED_KINDS, final_only=True):
        if page.page_id in without or not holds_body(page):
            continue
        key, age = url_key(page.url), (page.fetched_at, page.page_id)
        with_article, without_article = best.get(key, (None, None))
        if page.page_id in good:
            best[key] = (max(age, with_article or age), without_article)
        else:
            best[key] = (with_article, max(age, without_article or age))
    return [page_id for _, page_id in sorted(_chosen(best.values()))]


def _chosen(pairs: Collection[tuple[_Age | None, _Age | None]]) -> list[_Age]:
    chosen = []
    for with_article, without_article in pairs:
        if with_article:
            chosen.append(with_article)
        if without_article and (with_article is None or without_article > with_article):
            chosen.append(without_article)
    return chosen


def judged_pages(archive: Archive, store: Store, cleaner_version: str) -> list[int]:
    """Return the pages that the datasets hold a verdict of this cleaner on.

    They are what the memory of sites must hold when it is up to date.
    """
    verdicts = store.verdicts()
    same = verdicts.filter(pc.field("cleaner_version") == cleaner_version)
    found = []
    for page_id in sorted(set(same["page_id"].to_pylist())):
        try:
            page = archive.page(page_id)
        except ArchiveError:
            continue  # the ledger was lost and begun anew
        if holds_body(page):
            found.append(page_id)
    return found
