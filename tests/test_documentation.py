"""What the documentation names exists, and what exists is documented."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.cli import COMMANDS, app
from crawler.configuration import AlarmHooks, CrawlLimits, Source, SourceLimits
from crawler.sources import parse_config
from newsgrain.schema import TABLES
from tests.scripts import load_script

_ROOT = Path(__file__).resolve().parent.parent
_README = (_ROOT / "README.md").read_text("utf-8")


@pytest.fixture(scope="module")
def keys():
    return load_script(_ROOT / "docs" / "keys.py")


def test_the_tables_of_the_configuration_are_those_of_the_program(keys):
    page = keys.PAGE.read_text("utf-8")
    assert page == keys.with_tables(page), "run `make keys`"
    # Counted here in another way, lest a table be left out.
    records = (CrawlLimits, Source, SourceLimits, AlarmHooks)
    known = [field.name for record in records for field in fields(record) if field.name != "limits"]
    assert re.findall(r"^\| `(?:limits\.)?(\w+)` \|", page, re.MULTILINE) == known


def test_a_key_without_a_description_or_with_an_unknown_type_gets_no_row(keys):
    @dataclass
    class Odd:
        """A table.

        Attributes:
            known: what is described.
        """

        known: complex = 0j

    with pytest.raises(KeyError, match="complex"):
        keys.rows(Odd)


def test_the_configuration_in_the_readme_is_valid():
    (text,) = re.findall(r"```toml\n(.*?)```", _README, re.DOTALL)
    assert tomllib.loads(text)
    assert parse_config(text, Path("newsgrain.toml")).sources[0].timezone == "Europe/London"


def test_every_command_is_in_the_readme():
    names = [command.name or command.callback.__name__ for command in app.registered_commands]
    assert len(names) == len(COMMANDS)
    assert [name for name in names if f"`newsgrain {name}" not in _README] == []


def test_every_option_has_a_help_text():
    for command in app.registered_commands:
        name = command.name or command.callback.__name__
        text = CliRunner().invoke(app, [name, "--help"], env={"COLUMNS": "200"}).output
        options = [line for line in text.splitlines() if re.match(r"^[│ ]+--?\w", line)]
        assert options, name
        assert [line for line in options if not re.search(r"\w{3,} \w+.*\.", line)] == [], name


def test_every_table_is_in_the_readme():
    assert [table for table in TABLES if f"`{table}`" not in _README] == []


def test_every_path_in_the_readme_exists():
    paths = re.findall(r"\]\(([\w./-]+)\)|((?:cleaners|newsgrain|crawler)/[\w./]+)", _README)
    names = [link or path for link, path in paths]
    assert names
    assert [name for name in names if not (_ROOT / name).exists()] == []


def test_the_library_example_of_the_readme_runs():
    blocks = re.findall(r"```python\n(.*?)```", _README, re.DOTALL)
    (code,) = [block for block in blocks if "Page(" in block]
    space: dict[str, object] = {}
    exec(code, space)  # noqa: S102 - the project's own README
    assert type(space["result"]).__name__ == "Rejected"
