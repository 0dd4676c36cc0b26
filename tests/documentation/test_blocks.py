"""Every command and every block of code in the documentation runs.

Commands that ask the web ask the sample newspapers; all others run in a workspace of the demo's
two nights. What stands for an address, a source or a run of the documentation is in `HERE`.
"""

from __future__ import annotations

import ast
import configparser
import gzip
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from contextlib import chdir
from pathlib import Path

import matplotlib as mpl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from typer.testing import CliRunner

from crawler.cli import app
from crawler.demo import serve
from crawler.sources import parse_config
from tests.documentation.blocks import LANGUAGES, PAGES, ROOT, all_blocks, blocks
from tests.end_to_end.conftest import NIGHTS, rows

# Not run here, and why.
ELSEWHERE = {
    "apt": "changes the machine",
    "chmod": "of the system",
    "curl": "asks Common Crawl",
    "docker": "tests/test_container.py follows the Dockerfile's steps",
    "jupyter": "waits for its user; tests/notebooks runs notebooks",
    "pip": "tests/test_packaging.py installs; the extras are looked up below",
    "systemctl": "changes the machine",
}
CLUSTERS = {"engines.md"}  # needs Spark or Ray: tests/newsgrain/engines runs the adapters
# Commands that need more machines, and the tests that run them; here their options are read.
WITH_OTHERS = {
    "--frontier": "a server: tests/crawler/shared",
    "merge": "workspaces of other machines: tests/end_to_end/test_merge.py",
}
ON_THE_WEB = {"init", "run", "crawl"}
_CONFIG = """\
[crawl]
contact = "tests@courrier.example"
delay_s = 0.0
max_articles_per_source = 3

[[source]]
name = "courrier-du-large"
url = "{french}"
"""


def newsgrain_commands():
    """Return every different newsgrain command of the documentation, with its place."""
    found = {}
    for block in all_blocks("sh"):
        for words in block.commands:
            if words[0] == "newsgrain":
                found.setdefault(tuple(words[1:]), block.place)
    return [(list(words), place) for words, place in found.items() if is_here(words)]


def is_here(words):
    return not WITH_OTHERS.keys() & set(words)


def here(text, places):
    """Return a text with what is here in place of what the documentation speaks of."""
    for said, meant in places.items():
        text = re.sub(said, lambda _, meant=meant: meant, text)
    return text


@pytest.fixture(scope="module")
def workspace(two_nights, tmp_path_factory):
    """A workspace after two nights, with the files that the documentation speaks of."""
    folder = tmp_path_factory.mktemp("documented") / "workspace"
    shutil.copytree(two_nights.workspace, folder, symlinks=True)
    shutil.copy(min((folder / "archive").glob("*.warc.gz")), folder / "crawl.warc.gz")
    html = (
        "<html lang='en'><head><title>The bridge is open again</title>"
        "<link rel='canonical' href='https://www.example-times.com/bridge'></head><body><article>"
        "<h1>The bridge is open again</h1>"
        "<p>The old bridge over the creek was opened again on Sunday, after a year of work.</p>"
        "<p>Masons had taken it down stone by stone and built it up again, two feet higher.</p>"
        "<p>“We numbered every stone and lost only one,” said Ada Furlong, who led the work.</p>"
        "</article></body></html>"
    )
    for number in (1, 2, 3):  # `merge` sees at the second one that it has all of it
        shutil.copytree(folder / "archive", folder / f"shard-{number}" / "archive")
    (folder / "page.html").write_text(html)
    (folder / "folder").mkdir()
    (folder / "folder" / "page.html").write_text(html)
    url = "https://www.example-times.com/another-bridge"
    (folder / "warc.paths.gz").write_bytes(gzip.compress(b"crawl.warc.gz\n"))
    (folder / "hosts.txt").write_text("www.courrier-du-large.example\n")
    pq.write_table(pa.table({"url": [url], "html": [html]}), folder / "pages.parquet")
    return folder


@pytest.fixture(scope="module")
def places(workspace):
    """What is meant here by what the documentation names."""
    runs = sorted(row["run_id"] for row in rows(workspace, "runs"))
    article, other = [row for row in rows(workspace, "articles") if row["run_id"] == runs[0]][:2]
    return {
        r"https://www\.example-times\.com/(?:2026/05/03/)?the-bridge(?= --no-open|$)": article[
            "url"
        ],
        r"https://www\.example-times\.com/town/4711": other["url"],
        r"^Jane Doe$": "Callum Dray",
        r"^0f3a\.\.\.$": article["article_id"],
        r"\b00000012-20261104T020003Z\b": runs[-1],
        r"^12$|(?<=as_of=\")(?:12|2026-11-01)(?=\")": "2",
        r"^2026-11-04$": "2026-11-21",
        r"^Lindqvist$": "Strand",
        r"^herald$": "wexmere-herald",
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_block_says_what_it_is(page):
    assert [one.place for one in blocks(page) if one.language not in LANGUAGES] == []


def test_every_command_is_run_or_it_is_said_why_not():
    known = {"newsgrain", "make", "sha256sum", *ELSEWHERE}
    commands = [words[0] for block in all_blocks("sh") for words in block.commands]
    assert set(commands) - known == set()
    assert known - set(commands) == set(), "no command is excused that is not there"


@pytest.mark.slow
def test_the_commands_of_the_documentation_run(workspace, places, monkeypatch):
    monkeypatch.setattr("webbrowser.open", lambda _: True)
    wrong = []
    commands = [one for one in newsgrain_commands() if one[0][0] not in ON_THE_WEB | {"demo"}]
    assert len(commands) > 15
    commands.sort(key=lambda one: one[0][0] == "forget")  # the others speak of what it removes
    with chdir(workspace):
        for words, place in commands:
            given = [here(word, places) for word in words]
            if given[0] == "export":  # it writes where nothing is
                shutil.rmtree(given[1], ignore_errors=True)
            done = CliRunner().invoke(app, given, env={"COLUMNS": "200"})
            if done.exit_code != 0:
                wrong.append(f"{place}: {' '.join(given)}: {done.exit_code}: {done.output[-300:]}")
    assert wrong == []


@pytest.mark.slow
def test_the_commands_that_ask_the_web_run_against_the_sample_newspapers(tmp_path):
    wrong = []
    with serve(night=2, now=NIGHTS[1]) as server:
        french, english = server.urls
        (tmp_path / "newsgrain.toml").write_text(_CONFIG.format(french=french))
        places = {
            r"^https://www\.actuia\.com/$": french,
            r"^https://www\.example-times\.com/$": english,
            r"^example-times$": "wexmere-herald",
        }
        (tmp_path / "sites.txt").write_text(f"{english}\n")
        feed = f"{english}feeds/latest.atom"
        outline = f'<outline type="rss" text="Herald" xmlUrl="{feed}" htmlUrl="{english}"/>'
        opml = f'<opml version="2.0"><body>{outline}</body></opml>'
        (tmp_path / "subscriptions.opml").write_text(opml)
        commands = [one for one in newsgrain_commands() if one[0][0] in ON_THE_WEB]
        assert {words[0] for words, _ in commands} >= {"init", "run"}
        for words, place in commands:
            given = [here(word, places) for word in words]
            done = subprocess.run(
                [sys.executable, "-m", "tests.documentation.on_the_demo",
                 NIGHTS[1].isoformat(), *given, "--workspace", str(tmp_path)],
                cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode != 0:
                wrong.append(f"{place}: {' '.join(given)}: {done.returncode}: {done.stderr[-500:]}")
    assert wrong == []
    assert rows(tmp_path, "articles")


@pytest.mark.slow
@pytest.mark.parametrize(
    "page",
    [
        page
        for page in PAGES
        if page.name not in CLUSTERS and any(one.language == "python" for one in blocks(page))
    ],
    ids=lambda page: page.name,
)
def test_the_python_of_a_page_runs_from_top_to_bottom(page, workspace, places):
    mpl.use("Agg")
    space: dict[str, object] = {}
    with chdir(workspace):
        for block in blocks(page):
            if block.language == "python":
                code = compile(here(block.text, places), block.place, "exec")
                exec(code, space)  # noqa: S102 - the project's own documentation


@pytest.mark.parametrize("block", all_blocks("toml"), ids=lambda block: block.place)
def test_the_configuration_in_the_documentation_is_valid(block):
    text = block.text
    if "source" not in tomllib.loads(text):
        text += '\n[[source]]\nname = "any"\nurl = "https://any.example/"\n'
    assert parse_config(text, Path(block.place)).sources


@pytest.mark.parametrize("page", [one for one in PAGES if one.name in CLUSTERS])
def test_what_a_page_about_clusters_imports_of_newsgrain_is_there(page):
    found = [
        (node.module, alias.name)
        for block in blocks(page)
        if block.language == "python"
        for node in ast.walk(ast.parse(block.text))
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    ]
    assert found
    for module, name in found:
        tree = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8"))
        assert name in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def scheduled_commands():
    """Return the newsgrain commands in crontabs, units and workflows, with their place."""
    for block in all_blocks("cron"):
        for line in block.text.splitlines():
            yield block.place, line.split()[5:]
    for block in all_blocks("ini"):
        yield from (
            (block.place, line.split("=", 1)[1].split())
            for line in block.text.splitlines()
            if line.startswith("ExecStart=")
        )
    for block in all_blocks("yaml"):
        for job in yaml.safe_load(block.text)["jobs"].values():
            yield from (
                (block.place, step["run"].split()) for step in job["steps"] if "run" in step
            )


def test_scheduled_commands_have_the_options_of_the_program():
    commands = [words for _, words in scheduled_commands() if words[0] == "newsgrain"]
    assert len(commands) == 3
    for words in commands:
        done = CliRunner().invoke(app, [*words[1:], "--help"])  # read whole before it is shown
        assert done.exit_code == 0, (words, done.output)


def test_commands_that_need_other_machines_have_the_options_of_the_program():
    everything = [words for block in all_blocks("sh") for words in block.commands]
    commands = [words for words in everything if words[0] == "newsgrain" and not is_here(words)]
    assert {name for words in commands for name in words} >= WITH_OTHERS.keys()
    for words in commands:
        done = CliRunner().invoke(app, [*words[1:], "--help"])
        assert done.exit_code == 0, (words, done.output)


def test_no_command_hides_among_what_is_no_code():
    shown = [
        block
        for block in all_blocks("text")
        if re.search("^newsgrain [a-z]+ ", block.text, re.MULTILINE)
    ]
    assert [block.place for block in shown] == []


def test_the_timer_is_that_of_newsgrain_schedule(tmp_path):
    command = ["schedule", "--at", "02:00", "--workspace", str(tmp_path)]
    printed = CliRunner().invoke(app, command).output
    for block in all_blocks("ini"):
        units = configparser.ConfigParser()
        units.read_string(block.text)
        for section in units.sections():
            assert f"[{section}]" in printed
            for line in block.text.splitlines():
                assert line in printed or line.startswith("ExecStart="), line


@pytest.mark.parametrize("block", all_blocks("json"), ids=lambda block: block.place)
def test_what_is_shown_as_json_is_json(block):
    assert json.loads(block.text)


def test_the_extras_that_are_installed_exist():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    known = {*extras["optional-dependencies"]}
    text = "".join(block.text for block in all_blocks("sh") if "pip install" in block.text)
    named = {name for names in re.findall(r"\[([\w,]+)\]", text) for name in names.split(",")}
    assert named
    assert named <= known


def test_the_targets_of_make_exist():
    targets = re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
    named = [
        words[1] for block in all_blocks("sh") for words in block.commands if words[0] == "make"
    ]
    assert named
    assert set(named) <= set(targets)


@pytest.mark.slow
def test_the_digest_of_a_manifest_is_that_of_the_citation(two_nights, places):
    (words,) = (
        words for block in all_blocks("sh") for words in block.commands if words[0] == "sha256sum"
    )
    given = [here(word, places) for word in words]
    # Not the workspace of the other tests: their commands forget, and make another edition of it.
    folder = two_nights.workspace
    done = subprocess.run(given, cwd=folder, capture_output=True, text=True, check=True)
    with chdir(folder):
        cited = CliRunner().invoke(app, ["cite", "--as-of", "2"]).output
    assert done.stdout.split()[0] in cited
