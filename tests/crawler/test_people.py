"""``newsgrain people`` and `newsgrain.people` over a published night."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

import newsgrain
from crawler.cli import app

if TYPE_CHECKING:
    from pathlib import Path

_PAGE = """<html lang="en"><head><title>{title}</title>
<meta property="og:type" content="article">
<meta property="article:published_time" content="2026-05-0{day}T08:00:00+00:00">
<link rel="canonical" href="https://gazette.example/story-{day}"></head><body><article>
<h1>{title}</h1><p>The old harbour bridge will be closed to cars and lorries in May, because
its bearings have rusted faster than the engineers had reckoned with in their plan {day}.</p>
<p>{said}</p></article></body></html>"""
_SAID = (
    "“We had no other choice at all,” said Mary Lindqvist, director of the Port Authority.",
    "“The ferry sails every ten minutes,” said mayor Peter Roe. Mary Lindqvist said it was late.",
    "“The case is still open to everyone,” a spokesman said.",
)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("people")
    pages = root / "pages"
    pages.mkdir()
    for day, said in enumerate(_SAID, start=1):
        html = _PAGE.format(title=f"Harbour story number {day}", day=day, said=said)
        (pages / f"story-{day}.html").write_text(html)
    done = CliRunner().invoke(app, ["clean", str(pages), "-w", str(root / "workspace"), "--quiet"])
    assert done.exit_code == 0, done.output
    return root / "workspace"


def test_people_are_counted_over_articles_the_most_frequent_first(workspace: Path) -> None:
    voices = newsgrain.people(workspace=workspace)
    counted = [(voice.name, voice.articles, voice.quotes, voice.roles) for voice in voices]
    assert counted == [
        ("Mary Lindqvist", 2, 1, ("director, Port Authority",)),
        ("Peter Roe", 1, 1, ("mayor",)),
    ]
    assert [one.quotes for one in voices[0].appearances] == [
        (),
        ("We had no other choice at all,",),
    ]


def test_a_name_is_found_by_any_of_its_words_without_accents(workspace: Path) -> None:
    assert [voice.name for voice in newsgrain.people("lindqvíst", workspace=workspace)] == [
        "Mary Lindqvist"
    ]
    assert newsgrain.people("Lind", workspace=workspace) == []


def test_the_command_prints_a_table_an_entry_or_json(workspace: Path) -> None:
    def printed(*arguments: str) -> str:
        done = CliRunner().invoke(app, ["people", *arguments, "-w", str(workspace)])
        assert done.exit_code == 0, done.output
        return done.output

    assert printed().splitlines()[1].split()[:4] == ["Mary", "Lindqvist", "2", "1"]
    assert "“The ferry sails every ten minutes,”" in printed("roe")
    found = json.loads(printed("--json", "--limit", "1"))
    assert [(one["name"], one["articles"]) for one in found] == [("Mary Lindqvist", 2)]
    assert found[0]["appearances"][0]["evidence"] == "mention_as_speaker"


def test_articles_of_other_days_do_not_count(workspace: Path) -> None:
    assert newsgrain.people(until="2001-01-01", workspace=workspace) == []
