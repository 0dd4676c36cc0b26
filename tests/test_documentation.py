"""What the documentation names exists, and what exists is documented."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.cli import COMMANDS, app
from crawler.sources import AlarmHooks, CrawlLimits, Source, SourceLimits, parse_config
from newsgrain.schema import TABLES

_ROOT = Path(__file__).resolve().parent.parent
_README = (_ROOT / "README.md").read_text("utf-8")
_CONFIGURATION = (_ROOT / "docs" / "configuration.md").read_text("utf-8")


@pytest.mark.parametrize("record", [CrawlLimits, Source, SourceLimits, AlarmHooks])
def test_every_key_of_the_configuration_is_documented(record):
    prefix = "limits." if record is SourceLimits else ""
    names = [f"`{prefix}{field.name}`" for field in fields(record) if field.name != "limits"]
    assert [name for name in names if f"| {name} |" not in _CONFIGURATION] == []


def test_the_documented_defaults_are_those_of_the_program():
    for field in fields(CrawlLimits):
        pattern = rf"^\| `{field.name}` \| [^|]+ \| ([^|]+) \|"
        (row,) = re.findall(pattern, _CONFIGURATION, re.MULTILINE)
        if isinstance(field.default, bool):
            assert row == str(field.default).lower(), field.name
        elif isinstance(field.default, int | float) and field.name != "workers":
            assert float(row) == field.default, field.name


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
