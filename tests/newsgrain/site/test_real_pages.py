"""Real pages in sites that were built around them: what the sites repeat goes, and no more."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import lxml.html
import pytest
from fastwarc.warc import ArchiveIterator

from cleaners import Cleaned, Draft, Page, clean, finish, read
from cleaners.sketch import sketch
from newsgrain.site_memory import SiteMemory
from newsgrain.sketches import filed
from tests.newsgrain.site.papers import clean_site
from tests.newsgrain.site.sketches import page as page_row

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_AT = datetime(2026, 11, 20, tzinfo=UTC)
_HTML = "text/html; charset=utf-8"
_SITES, _PAGES = 2, 30
_MIN_PARAGRAPHS = 4
_BLURBS = (
    "The first marketplace of brooms and lanterns recommends its newest catalogue to you:",
    "Every Saturday our letter brings the best of the week to twelve thousand breakfast tables.",
    "No part of this paper may be copied or stored without the written leave of its owners.",
)
_TEASER = '<p>See our other story: <a href="{link}">{title}</a></p>'
_CARD = '<div class="box"><p>{title}</p></div>'


def _gold(shared_folder: Path, name: str) -> dict[str, str]:
    lines = (shared_folder / "bench" / f"{name}.gold.jsonl").read_text("utf-8").splitlines()
    return {row["url"]: row["text"] for row in map(json.loads, lines) if row.get("text")}


def _pages(shared_folder: Path, name: str) -> Iterator[tuple[str, bytes, str | None]]:
    with (shared_folder / "bench" / f"{name}.warc.gz").open("rb") as file:
        for record in ArchiveIterator(file):
            url = record.headers.get("WARC-Target-URI")
            kind = record.http_headers.get("Content-Type") if record.is_http else None
            if url:
                yield url, record.reader.read(), kind


def _body(tree) -> list | None:
    """Return the paragraphs of the element that holds most of them."""
    parents = Counter(p.getparent() for p in tree.iter("p") if len(p.text_content()) > 80)
    if not parents:
        return None
    parent, count = parents.most_common(1)[0]
    return parent.findall("p") if count >= _MIN_PARAGRAPHS else None


def _insert(paragraph, html: str) -> None:
    paragraph.addnext(lxml.html.fragment_fromstring(html))


def _furnish(tree, paragraphs, rng: random.Random, other: tuple[str, str]) -> bytes:
    """Put what a template puts into a page: blurbs behind its text, teasers amid it."""
    link, title = other
    for blurb in rng.sample(_BLURBS, 2):
        _insert(paragraphs[-1], f"<p>{blurb}</p>")
    teaser = rng.choice((_TEASER, _CARD)).format(link=link, title=title)
    _insert(paragraphs[len(paragraphs) // 2], teaser)
    return lxml.html.tostring(tree, encoding="utf-8")


def _f1(text: str, gold: str) -> float:
    found, expected = (Counter(re.findall(r"\w+", one.lower())) for one in (text, gold))
    shared = sum((found & expected).values())
    return 2 * shared / (sum(found.values()) + sum(expected.values()))


def _site(shared_folder: Path, number: int) -> tuple[list[Page], list[str]]:
    """Return thirty furnished pages of one paper, with the gold of each."""
    gold = _gold(shared_folder, "zyte")
    chosen = []
    for url, body, kind in _pages(shared_folder, "zyte"):
        if url not in gold:
            continue
        plain = clean(Page(url=url, html=body, fetched_at=_AT, content_type=kind))
        tree = lxml.html.document_fromstring(body, parser=lxml.html.HTMLParser(encoding="utf-8"))
        paragraphs = _body(tree)
        if isinstance(plain, Cleaned) and plain.article.title and paragraphs:
            chosen.append((tree, paragraphs, plain.article.title, gold[url]))
        if len(chosen) == (number + 1) * _PAGES:
            break
    rng = random.Random(number)  # noqa: S311 - a site that is the same every time
    chosen = chosen[number * _PAGES :]
    titles = [title for _, _, title, _ in chosen]
    pages = []
    for index, (tree, paragraphs, _, _) in enumerate(chosen):
        other = (index + rng.randrange(1, len(chosen))) % len(chosen)
        html = _furnish(tree, paragraphs, rng, (f"/story/{other}", titles[other]))
        url = f"https://paper.example/story/{index}"
        pages.append(
            Page(url=url, html=html, fetched_at=_AT, content_type="text/html; charset=utf-8")
        )
    return pages, [text for _, _, _, text in chosen]


@pytest.mark.slow
@pytest.mark.parametrize("number", range(_SITES))
def test_f1_rises_where_a_site_shows_what_it_repeats(shared_folder, tmp_path, number) -> None:
    pages, gold = _site(shared_folder, number)
    assert len(pages) == _PAGES
    together = clean_site(tmp_path, pages)
    alone, better, left = [], [], 0
    for page, text in zip(pages, gold, strict=True):
        by_itself = clean(page)
        assert isinstance(by_itself, Cleaned)
        known = together[page.url].article.text
        alone.append(_f1(by_itself.article.text, text))
        better.append(_f1(known, text))
        left += sum(blurb in known for blurb in _BLURBS)
    print(f"f1 {sum(alone) / _PAGES:.4f} -> {sum(better) / _PAGES:.4f}; blurbs left: {left}")  # noqa: T201
    assert left == 0
    assert sum(better) / _PAGES > sum(alone) / _PAGES + 0.01
    worse = [after - before for before, after in zip(alone, better, strict=True) if after < before]
    assert sum(worse) > -0.05, "sentences of articles were taken for boilerplate"


@pytest.mark.slow
def test_a_set_of_real_pages_gets_no_worse_by_what_its_sites_show(shared_folder, tmp_path) -> None:
    gold = _gold(shared_folder, "zyte")
    drafts, loss = {}, 0.0
    with SiteMemory.open(tmp_path, cleaner_version="1", is_new=True) as memory:
        with memory.writing():
            for number, (url, body, kind) in enumerate(_pages(shared_folder, "zyte"), start=1):
                draft = read(Page(url=url, html=body, fetched_at=_AT, content_type=kind))
                if isinstance(draft, Draft) and url in gold:
                    drafts[number] = draft
                    memory.add(
                        replace(page_row(number), url=url, fetched_at=_AT), filed(sketch(draft))
                    )
        for number, draft in drafts.items():
            verdicts = memory.verdicts(number)
            if verdicts:  # the others are finished alike
                alone, known = finish(draft), finish(draft, verdicts)
                right = gold[draft.url]
                loss += _f1(alone.article.text, right) - _f1(known.article.text, right)
    assert len(drafts) > 150
    assert loss / len(drafts) <= 0.001


def test_pages_of_many_sites_lose_nothing_to_each_other(shared_folder, tmp_path) -> None:
    given = list(_pages(shared_folder, "fundus-a"))[:40:5]
    pages = [Page(url=url, html=body, fetched_at=_AT, content_type=k) for url, body, k in given]
    kept = [page for page in pages if isinstance(clean(page), Cleaned)]
    by_domain = {clean(page).article.domain: page for page in kept}
    together = clean_site(tmp_path, by_domain.values())
    assert len(together) > 3
    for page in by_domain.values():
        assert together[page.url].article == clean(replace(page)).article
