"""Whole sites, cleaned in this process with what each shows of itself."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cleaners import Draft, finish, read
from cleaners.sketch import sketch
from newsgrain.site_memory import SiteMemory
from newsgrain.sketches import filed
from tests.newsgrain.site.sketches import page as page_row

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from cleaners import Cleaned, Page


def clean_site(folder: Path, pages: Iterable[Page]) -> dict[str, Cleaned]:
    """Return what pages give by address, judged with all of them.

    Args:
        folder: for the memory.
        pages: articles, all of them.
    """
    drafts: dict[int, Draft] = {}
    with SiteMemory.open(folder, cleaner_version="1", is_new=True) as memory:
        with memory.writing():
            for number, page in enumerate(pages, start=1):
                draft = read(page)
                assert isinstance(draft, Draft), page.url
                drafts[number] = draft
                row = replace(page_row(number), url=page.url, fetched_at=page.fetched_at)
                memory.add(row, filed(sketch(draft)))
        return {
            draft.url: finish(draft, memory.verdicts(number)) for number, draft in drafts.items()
        }
