"""An inspection judges blocks by what the site has shown, as a run would, and changes nothing."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from newsgrain import inspect_page
from newsgrain.errors import ArchiveError
from newsgrain.sightings import MEMORY_NAME
from tests.newsgrain.site.paper import BLURB, LEGAL, START, Paper, stories, story

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.inspection import Inspection

_NEW = "https://harbour.example/99"


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five stories of one paper, each with the same blurb."""
    paper = Paper(tmp_path_factory.mktemp("paper"))
    paper.night(*stories(*range(5)))
    return paper.folder / "archive"


def _removed(inspection: Inspection) -> dict[str, tuple[str | None, str | None]]:
    return {
        block.text: (block.removed, block.evidence)
        for block in inspection.blocks
        if block.removed and block.kind.value == "paragraph"
    }


def test_a_page_that_was_never_crawled_is_judged_by_its_site(archive: Path) -> None:
    html = story(99, BLURB, LEGAL)
    alone = inspect_page(html, url=_NEW, fetched_at=START)
    known = inspect_page(html, url=_NEW, fetched_at=START, archive=archive)
    assert (alone.site_articles, known.site_articles) == (None, 5)
    assert _removed(alone) == {}
    told = ("repeated_on_site", "site: stands in 6 articles, this one included")
    assert _removed(known) == {BLURB: told, LEGAL: told}
    assert BLURB not in known.article.text


def test_an_archived_page_is_counted_once(archive: Path) -> None:
    url = "https://harbour.example/3"
    known = inspect_page(story(3, BLURB, LEGAL), url=url, fetched_at=START, archive=archive)
    assert known.site_articles == 4
    assert _removed(known)[BLURB][1] == "site: stands in 5 articles, this one included"


def test_a_teaser_names_the_article_that_it_teases(archive: Path) -> None:
    teaser = "Story number 2 of the council"
    html = story(99, teaser)
    known = inspect_page(html, url=_NEW, fetched_at=START, archive=archive)
    assert _removed(known) == {
        teaser: ("teaser_title", "site: the title of another article: https://harbour.example/2")
    }


def test_the_page_says_what_it_was_judged_with(archive: Path) -> None:
    html = story(99, BLURB)
    known = inspect_page(html, url=_NEW, fetched_at=START, archive=archive).to_html()
    assert "the 5 other articles that its site showed within 90 days" in known
    assert "stands in 6 articles, this one included" in known
    assert "Judged by itself" in inspect_page(html, url=_NEW, fetched_at=START).to_html()


def test_another_site_another_time_and_another_cleaner_say_nothing(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    html = story(99, BLURB)
    elsewhere = inspect_page(html, url="https://else.example/99", fetched_at=START, archive=archive)
    later = inspect_page(html, url=_NEW, fetched_at=START.replace(year=2027), archive=archive)
    assert (elsewhere.site_articles, later.site_articles) == (None, 0)
    assert _removed(elsewhere) == _removed(later) == {}
    monkeypatch.setattr("newsgrain.inspection.CLEANER_VERSION", "another")
    assert inspect_page(html, url=_NEW, archive=archive).site_articles is None


def test_looking_changes_nothing_also_while_a_run_writes(archive: Path) -> None:
    path = archive / MEMORY_NAME
    before = path.read_bytes()
    with sqlite3.connect(path) as writer:
        writer.execute("BEGIN IMMEDIATE")
        known = inspect_page(story(99, BLURB), url=_NEW, fetched_at=START, archive=archive)
        writer.execute("ROLLBACK")
    assert known.site_articles == 5
    assert path.read_bytes() == before


def test_without_a_memory_a_page_is_judged_by_itself(tmp_path: Path) -> None:
    found = inspect_page(story(99, BLURB), url=_NEW, archive=tmp_path)
    assert found.site_articles is None
    assert list(tmp_path.iterdir()) == []


def test_a_damaged_memory_is_an_error_of_the_archive(tmp_path: Path) -> None:
    (tmp_path / MEMORY_NAME).write_bytes(b"no database" * 500)
    with pytest.raises(ArchiveError, match="site_memory"):
        inspect_page(story(99, BLURB), url=_NEW, archive=tmp_path)
