"""Sources that fail, are silent, or are crawled without a contact."""

from __future__ import annotations

import subprocess

import pytest

from crawler.demo import serve
from crawler.proposals import Proposal
from crawler.toml_writing import write_config
from tests.end_to_end.conftest import NIGHTS, rows, step_command

_HERALD = "wexmere-herald.example"
_COURRIER = "www.courrier-du-large.example"


@pytest.fixture
def server():
    with serve(night=1, now=NIGHTS[0]) as running:
        yield running


def _run(workspace, *options):
    command = [*step_command("run", workspace, NIGHTS[0]), *options]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _configure(workspace, server, contact=None):
    limits = "[crawl]\ndelay_s = 0.0\nmax_articles_per_source = 2\n"
    (workspace / "newsgrain.toml").write_text(limits)
    proposals = [Proposal(url=url) for url in server.urls]
    write_config(workspace / "newsgrain.toml", proposals, contact=contact)


def test_without_a_contact_each_run_warns(server, tmp_path):
    _configure(tmp_path, server)
    done = _run(tmp_path)
    assert done.returncode == 0
    (warning,) = done.stderr.splitlines()
    assert "crawl.contact" in warning
    assert "100 requests a host" in warning
    agents = {request.headers["user-agent"] for request in server.requests}
    assert all("+" not in agent for agent in agents)


def test_one_source_that_fails_does_not_keep_the_other(server, tmp_path):
    _configure(tmp_path, server, contact="me@a.example")
    server.fail(_HERALD)
    done = _run(tmp_path)
    assert done.returncode == 3
    assert "1 of 2 answered; failed or silent: wexmere-herald" in done.stdout
    (line,) = done.stderr.splitlines()
    assert "wexmere-herald" in line
    assert "503" in line
    assert {row["source"] for row in rows(tmp_path, "articles")} == {"courrier-du-large"}
    (run,) = rows(tmp_path, "runs")
    assert (run["status"], run["sources_failed"]) == ("partial", ["wexmere-herald"])


def test_when_every_source_fails_the_run_has_failed_and_says_why(server, tmp_path):
    _configure(tmp_path, server, contact="me@a.example")
    for host in (_HERALD, _COURRIER):
        server.fail(host)
    done = _run(tmp_path)
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 2
    assert "Traceback" not in done.stderr
    assert rows(tmp_path, "articles") == []
    assert rows(tmp_path, "pages"), "what was asked for is on record all the same"
