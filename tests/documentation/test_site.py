"""The documentation site: every page is found, and everything that can be typed is described."""

from __future__ import annotations

import re

import pytest
import typer
import yaml

from cleaners.outcome import Reason
from crawler.cli import app
from newsgrain.schema import TABLES
from tests.documentation.blocks import ROOT
from tests.scripts import load_script


@pytest.fixture(scope="module")
def assemble():
    return load_script(ROOT / "docs" / "assemble.py")


@pytest.fixture(scope="module")
def site(assemble, tmp_path_factory):
    folder = tmp_path_factory.mktemp("site") / "docs"
    assemble.assemble(folder)
    return folder


def navigation(entries):
    for entry in entries:
        for target in entry.values():
            yield from [target] if isinstance(target, str) else navigation(target)


def commands(group, name="newsgrain"):
    for own, command in group.commands.items():
        if hasattr(command, "commands"):
            yield from commands(command, f"{name} {own}")
        else:
            yield f"{name} {own}", command


def test_every_page_is_in_the_navigation_once_and_every_entry_is_a_page(site):
    entries = list(navigation(yaml.safe_load((ROOT / "mkdocs.yml").read_text("utf-8"))["nav"]))
    pages = [str(path.relative_to(site)) for path in site.rglob("*.md")]
    assert sorted(entries) == sorted(pages)


def test_every_picture_is_there_and_every_picture_is_shown(site):
    shown = {
        name
        for path in site.rglob("*.md")
        for name in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", path.read_text("utf-8"))
    }
    assert shown == {f"images/{path.name}" for path in (site / "images").iterdir()}
    assert max(path.stat().st_size for path in (site / "images").iterdir()) < 150_000


def test_links_lead_to_pages_of_the_site_and_nowhere_else(site):
    for path in site.rglob("*.md"):
        text = re.sub(r"^```.*?^```$", "", path.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"\]\(([^)\s]+)\)", text):
            if "://" not in target and not target.startswith(("#", "mailto:")):
                assert (path.parent / target.partition("#")[0]).is_file(), (path.name, target)


def test_every_command_and_every_option_is_described(site):
    text = (site / "commands.md").read_text("utf-8")
    for name, command in commands(typer.main.get_command(app)):
        (part,) = re.findall(rf"^##+ `{name}`$(.*?)(?=^##|\Z)", text, re.MULTILINE | re.DOTALL)
        for option in command.params:
            if option.param_type_name == "argument":
                continue
            pattern = rf"^\* `[^`]*{option.opts[0]}[^`]*`: \w.{{8,}}"
            assert re.search(pattern, part, re.MULTILINE), (name, option.opts)


def test_every_column_of_every_table_is_described(site):
    text = (site / "columns.md").read_text("utf-8")
    assert text.startswith("\n#")
    for table in TABLES.values():
        part = text.split(f"\n## {table.name}\n", 1)[1].split("\n## ", 1)[0]
        for column in table.columns:
            assert re.search(rf"^\| `{column.name}` \|.*\| \w[^|]{{4,}} \|$", part, re.MULTILINE)


def test_every_reason_of_a_rejection_is_explained():
    text = (ROOT / "docs" / "judged.md").read_text("utf-8")
    assert [reason.value for reason in Reason if f"`{reason.value}`" not in text] == []


def test_a_link_to_a_file_that_is_no_page_becomes_its_name(assemble):
    text = "[`crawler/robots.py`](../crawler/robots.py) and [how](rights.md#x) and [web](https://a.example/)"
    assert assemble.relinked(text, "docs/politeness.md", "notebooks/1.md") == (
        "`crawler/robots.py` and [how](../rights.md#x) and [web](https://a.example/)"
    )


def test_links_in_code_are_left_alone(assemble):
    text = "```python\nrows[0](../x.md)\n```\n"
    assert assemble.relinked(text, "docs/a.md", "a.md") == text


def test_a_notebook_is_shown_with_its_cells_its_words_and_its_pictures(site):
    text = (site / "notebooks" / "4-how-an-article-changed.md").read_text("utf-8")
    assert text.startswith("# How an article changed")
    assert text.count("data:image/png;base64,") == 2
    assert "```text\n--- revision 1" in text
    assert "<table>" in text
    assert "<style" not in text
