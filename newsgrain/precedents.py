"""What the present cleaner makes of pages whose articles an earlier one published.

An article that is fetched again is edited if its page changed, and not if the cleaner did. So
where another version of the cleaner made the published revision, the page that the site served
before is cleaned once more, and its content is what the new page is compared with. Nothing is
published of it: a new cleaner changes no article unasked.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.compute as pc

from cleaners.urls import url_key
from newsgrain.docket import WITH_ARTICLE
from newsgrain.errors import ArchiveError
from newsgrain.verdicts import aliases, holds_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from newsgrain.archive import Archive
    from newsgrain.ledger import PageRow
    from newsgrain.store import Known, Store

_CHUNK = 500


def precedents(
    archive: Archive, store: Store, page_ids: Sequence[int], cleaner_version: str
) -> dict[int, str]:
    """Return the pages to compare with: number -> article.

    Of each article that another cleaner published the newest page of its own address that gave
    it or confirmed it, if the archive still holds its body.

    Args:
        archive: the pages.
        store: the published articles, and the verdicts on the archive's pages.
        page_ids: pages that are going to be judged.
        cleaner_version: the present one.
    """
    outdated: dict[str, Known] = {}
    for start in range(0, len(page_ids), _CHUNK):
        pages = archive.pages_of(page_ids[start : start + _CHUNK])
        keys = {key for page in pages if holds_body(page) for key in _keys(page)}
        for known in store.known(keys).values():
            if known.cleaner_version != cleaner_version:
                outdated[known.article_id] = known
    if not outdated:
        return {}
    newest = {}
    for article_id, candidates in _judged(store, outdated).items():
        own = url_key(outdated[article_id].url)
        pages_of_it = [page for page in _present(archive, candidates) if url_key(page.url) == own]
        if pages_of_it:
            page = max(pages_of_it, key=lambda page: (page.fetched_at, page.page_id))
            newest[page.page_id] = article_id
    return dict(sorted(newest.items()))


def _keys(page: PageRow) -> set[str]:
    return {url_key(url) for url in (page.url, *aliases(page))}


def _judged(store: Store, articles: Iterable[str]) -> dict[str, list[int]]:
    """Return the pages that gave or confirmed each of some articles."""
    rows = store.columns("verdicts", ["page_id", "article_id", "outcome"])
    wanted = pa.array(sorted(articles), pa.string())
    is_wanted = pc.field("article_id").isin(wanted) & pc.field("outcome").isin(WITH_ARTICLE)
    found: dict[str, list[int]] = defaultdict(list)
    for row in rows.filter(is_wanted).to_pylist():
        found[row["article_id"]].append(row["page_id"])
    return found


def _present(archive: Archive, page_ids: Iterable[int]) -> Iterable[PageRow]:
    for page_id in page_ids:
        try:
            page = archive.page(page_id)
        except ArchiveError:
            continue  # the ledger was lost and begun anew
        if holds_body(page):
            yield page
