"""Three machines crawl six sites together, and one of them dies, or sleeps."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from newsgrain.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable

WORKER = Path(__file__).with_name("worker.py")
ROOT = Path(__file__).resolve().parents[3]
NIGHT = "2026-05-04T02:00:00+00:00"
DELAY_S, LEASE_S = 0.5, 8.0
SITES, ARTICLES = 6, 8
_PATIENCE_S = 150


class Machines:
    """Machines with one newsgrain.toml, each with a workspace of its own."""

    def __init__(self, root: Path, paper: Any, address: str) -> None:
        self.root = root
        self.paper = paper
        self.address = address
        self.paths = {self._site(number): self._publish(number) for number in range(SITES)}
        self.config = (
            f'[crawl]\ncontact = "desk@example.org"\ndelay_s = {DELAY_S}\ntimeout_s = 2\n'
            "crawl_delay_cap_s = 1\nobey_tdm = false\n"
        ) + "".join(
            f'[[source]]\nname = "s{number}"\nurl = "{paper.url("/", host)}"\n'
            f'feeds = ["{paper.url(f"/{number}/feed", host)}"]\n'
            for number, host in enumerate(self.paths)
        )

    @staticmethod
    def _site(number: int) -> str:
        return f"paper{number}.example"

    def _publish(self, number: int) -> list[str]:
        paths = [f"/{number}/story-{one}" for one in range(ARTICLES)]
        for path in paths:
            self.paper.article(path, text=f"story {path}")
        items = {
            self.paper.url(path, self._site(number)): "Sun, 03 May 2026 10:00:00 GMT"
            for path in paths
        }
        self.paper.feed(f"/{number}/feed", items)
        return paths

    def start(self, name: str, *, at_once: int = 2) -> subprocess.Popen[str]:
        folder = self.root / name
        folder.mkdir(exist_ok=True)
        (folder / "newsgrain.toml").write_text(self.config)
        command = [str(folder), NIGHT, self.address, str(LEASE_S), str(at_once)]
        environment = {
            key: value for key, value in os.environ.items() if not key.lower().endswith("_proxy")
        }
        with (folder / "log").open("a") as log:
            return subprocess.Popen(
                [sys.executable, str(WORKER), *command],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env=environment | {"PYTHONPATH": str(ROOT)},
            )

    def log(self, name: str) -> str:
        return (self.root / name / "log").read_text()

    def count(self, name: str, query: str) -> int:
        """Return what a query counts in a ledger; 0 as long as there is none."""
        try:
            path = f"file:{self.root / name}/archive/ledger.sqlite?mode=ro"
            with closing(sqlite3.connect(path, uri=True)) as ledger:
                return int(ledger.execute(query).fetchone()[0])
        except sqlite3.OperationalError:
            return 0

    def articles(self, name: str) -> int:
        return self.count(name, "SELECT count(*) FROM pages WHERE kind = 'article'")

    def archived(self, *names: str) -> Counter[str]:
        """Return how often each article's path is in the machines' archives."""
        found: Counter[str] = Counter()
        for name in names:
            with Archive.open(self.root / name / "archive") as archive:
                found.update(
                    "/" + page.url.split("/", 3)[3]
                    for page in archive.pages(kinds=("article",), final_only=True)
                )
        return found

    def every_path_once(self) -> Counter[str]:
        return Counter(path for paths in self.paths.values() for path in paths)

    def gaps(self) -> dict[str, list[float]]:
        """Return the seconds between requests, as each host saw them."""
        times: dict[str, list[float]] = {}
        for asked in self.paper.asked:
            times.setdefault(asked.host, []).append(asked.at)
        return {
            host: [later - earlier for earlier, later in pairwise(at)] for host, at in times.items()
        }

    def stop_at(self, process: subprocess.Popen[str], name: str, articles: int) -> None:
        """Stop a machine that has archived so many articles and has told the others of all."""
        wait_for(lambda: self.articles(name) >= articles, process)
        while True:
            process.send_signal(signal.SIGSTOP)
            if not self.count(name, "SELECT count(*) FROM frontier_unshared"):
                return
            process.send_signal(signal.SIGCONT)
            time.sleep(0.01)


def wait_for(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + _PATIENCE_S
    while not condition():
        assert process.poll() is None, "it ended too early"
        assert time.monotonic() < deadline
        time.sleep(0.05)


def end(process: subprocess.Popen[str]) -> dict[str, Any]:
    out, _ = process.communicate(timeout=_PATIENCE_S)
    assert process.returncode == 0
    summary: dict[str, Any] = json.loads(out)
    return summary


@pytest.fixture
def machines(tmp_path, newspaper, address) -> Machines:
    return Machines(tmp_path, newspaper, address)


@pytest.mark.slow
def test_one_of_three_machines_is_killed_and_every_page_is_archived_once(machines, server) -> None:
    names = ("one", "two", "three")
    running = {name: machines.start(name) for name in names}
    machines.stop_at(running["one"], "one", 3)
    running["one"].kill()
    running["one"].wait()
    held = machines.log("one").count("taken ")
    assert held
    for name in ("two", "three"):
        end(running[name])
        assert "Traceback" not in machines.log(name)
    assert machines.archived(*names) == machines.every_path_once()
    assert machines.articles("one") >= 3
    # What was under way when it was killed is asked for again; no more than that.
    asked = Counter(one.path for one in machines.paper.asked if "story" in one.path)
    assert sum(asked.values()) <= SITES * ARTICLES + held
    gaps = machines.gaps()
    assert len(gaps) == SITES
    assert min(gap for found in gaps.values() for gap in found) >= 0.95 * DELAY_S
    assert server.xlen("newsgrain:turns") == 0
    assert server.xpending("newsgrain:turns", "crawlers")["pending"] == 0


@pytest.mark.slow
def test_a_machine_that_slept_asks_nothing_of_what_was_taken_over(machines) -> None:
    """It is stopped for longer than its lease, and wakes up with requests in hand."""
    sleeper = machines.start("sleeper", at_once=SITES)
    machines.stop_at(sleeper, "sleeper", 6)
    other = machines.start("other", at_once=SITES)
    wait_for(lambda: machines.articles("other") >= 6, other)
    sleeper.send_signal(signal.SIGCONT)
    end(other)
    end(sleeper)
    assert "lost " in machines.log("sleeper")
    assert machines.archived("sleeper", "other") == machines.every_path_once()
    gaps = [gap for found in machines.gaps().values() for gap in found]
    assert min(gaps) >= 0.95 * DELAY_S


def test_a_machine_with_another_configuration_is_refused(machines, server) -> None:
    from crawler.turns import Turns

    Turns(server, place="x", worker="w", lease_s=9).join(["paper0.example"], "another")
    process = machines.start("one")
    process.communicate(timeout=_PATIENCE_S)
    assert process.returncode == 1
    assert "all machines need the same one" in machines.log("one").splitlines()[-1]
    assert machines.paper.asked == []
