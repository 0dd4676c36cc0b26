"""A site whose redesign hides its authors and half of its texts is named the same night."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from crawler.demo import DemoServer, serve
from tests.end_to_end.conftest import NIGHTS, prepare, step, step_command

if TYPE_CHECKING:
    from pathlib import Path

    from crawler.demo.edition import Document

HOST = "wexmere-herald.example"
_AUTHORS = (
    re.compile(rb'"author": \[.*?\],', re.DOTALL),
    re.compile(rb'<div class="c-byline">.*?</div>', re.DOTALL),
)
_PARAGRAPH = re.compile(rb"<p>.*?</p>", re.DOTALL)


def redesigned(document: Document) -> Document:
    """Return a page without its author markup, its text loaded by a script after two lines."""
    if b"c-byline" not in document.body:
        return document
    body = document.body
    for pattern in _AUTHORS:
        body = pattern.sub(b"", body)
    body = body.replace(b'"@type": "Person"', b'"@type": "Thing"')
    paragraphs = _PARAGRAPH.findall(body)
    for paragraph in paragraphs[2:]:
        body = body.replace(paragraph, b'<div data-load="story"></div>')
    return replace(document, body=body)


@pytest.mark.slow
def test_a_redesign_is_named_the_same_night(tmp_path: Path, monkeypatch) -> None:
    before = DemoServer.answer

    def answer(server: DemoServer, host: str, authority: str, target: str) -> Document:
        document = before(server, host, authority, target)
        return redesigned(document) if server.night == 2 and host == HOST else document

    monkeypatch.setattr(DemoServer, "answer", answer)
    with serve(night=1, now=NIGHTS[0]) as server:
        prepare(tmp_path, server)
        step("run", tmp_path, NIGHTS[0])
        server.set_night(2, NIGHTS[1])
        command = step_command("run", tmp_path, NIGHTS[1])
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 3
    alarms = re.findall(r"newsgrain: (\S+): \d+ of \d+ articles lost (\w+)", done.stderr)
    assert sorted(alarms) == [("wexmere-herald", "authors"), ("wexmere-herald", "their")]
    assert done.stderr.count(f"http://{HOST}:") == 6
