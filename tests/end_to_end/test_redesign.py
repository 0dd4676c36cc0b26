"""A site whose redesign hides its authors and its texts is named the same night, and only it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from crawler.demo import DemoServer, serve
from tests.end_to_end.conftest import NIGHTS, prepare, step, step_command

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.demo.edition import Document

HOST = "wexmere-herald.example"
_NORMAL = 3
_SAVE = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
_PARAGRAPH = re.compile(rb"<p>.*?</p>", re.DOTALL)
_RENAMED = (
    (re.compile(rb'"author": \['), b'"writtenBy": ['),
    (re.compile(rb'"@type": "Person"'), b'"@type": "Contributor"'),
    (re.compile(rb'<div class="c-byline">.*?</div>', re.DOTALL), b'<x-by data-id="7"></x-by>'),
    (re.compile(rb'<div class="c-story__body">'), b'<div class="n4-flow" data-part="1">'),
)  # fmt: skip


def redesigned(document: Document) -> Document:
    """Return a page with author markup of other names, filled by a script, as is its body.

    The server sends the first paragraph; the others come once somebody scrolls.
    """
    body = document.body
    if b"c-byline" not in body:
        return document
    for pattern, instead in _RENAMED:
        body = pattern.sub(instead, body)
    story = body.split(b'data-part="1">')[1].split(b"<footer")[0]
    rest = story
    for paragraph in _PARAGRAPH.findall(story)[1:]:
        rest = rest.replace(paragraph, b'<div class="n4-flow" data-part="next"></div>')
    return replace(document, body=body.replace(story, rest))


@pytest.fixture
def redesign_on(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """Return where to say on which night the Herald appears in its new design."""
    before, plan = DemoServer.answer, {}

    def answer(server: DemoServer, host: str, authority: str, target: str) -> Document:
        document = before(server, host, authority, target)
        is_new = host == HOST and server.night >= plan.get("night", server.night + 1)
        return redesigned(document) if is_new else document

    monkeypatch.setattr(DemoServer, "answer", answer)
    return plan


def _named(stderr: str) -> list[tuple[str, str]]:
    lines = [line for line in stderr.splitlines() if "fetched again" in line]
    assert len(lines) == len(stderr.splitlines()), stderr
    assert all(line.count(f" http://{HOST}:") == 3 for line in lines), "examples"
    found = re.findall(r"newsgrain: (\S+): \d+ of \d+ articles (.*) when they", stderr)
    assert len(found) == len(lines)
    return found


@pytest.mark.slow
def test_a_redesign_is_named_the_same_night_and_nights_before_it_are_not(
    tmp_path: Path, redesign_on: dict[str, int]
) -> None:
    redesign_on["night"] = _NORMAL + 1
    with serve(night=1, now=NIGHTS[0]) as server:
        prepare(tmp_path, server)
        told = tmp_path / "told.json"
        with (tmp_path / "newsgrain.toml").open("a", encoding="utf-8") as file:
            command = json.dumps([sys.executable, "-c", _SAVE, str(told)])
            file.write(f"\n[alarm]\ncommand = {command}\n")
        for number in range(1, _NORMAL + 1):
            moment = NIGHTS[0] + timedelta(days=number - 1)
            server.set_night(number, moment)
            step("run", tmp_path, moment)  # exit code 0, nothing on the error stream
        assert not told.exists()
        moment += timedelta(days=1)
        server.set_night(_NORMAL + 1, moment)
        command = step_command("run", tmp_path, moment)
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    assert _named(done.stderr) == [
        ("wexmere-herald", "give authors by feed, before by json-ld:author"),
        ("wexmere-herald", "lost a third of their text or more"),
    ]
    alarms = json.loads(told.read_text("utf-8"))["alarms"]
    assert [(alarm["source"], alarm["measure"]) for alarm in alarms] == [
        ("wexmere-herald", "authors"),
        ("wexmere-herald", "words"),
    ]
