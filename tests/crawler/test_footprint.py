"""What a crawl loads: its process is there all night, and needs nothing that publishing needs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
NIGHTS = ("2026-05-04T02:00:00+00:00", "2026-05-05T02:00:00+00:00")
HEAVY = {
    *("pandas", "matplotlib", "trafilatura", "dateparser", "pebble", "pyarrow", "numpy"),
    *("aiohttp", "twisted.conch"),  # of what Scrapy offers beside
}
_RUN = """
import json, sys
from datetime import datetime
from pathlib import Path
from crawler.jobs import Job
from crawler.runs import execute
from newsgrain.workspace import Workspace

def main():
    root, now, command = sys.argv[1:]
    settings = {"TWISTED_DNS_RESOLVER": "crawler.demo.resolver.LoopbackResolver"}
    job = Job(command=command, crawl=True, publish=command == "run")
    moment = datetime.fromisoformat(now)
    code = execute(Workspace(Path(root)), job, quiet=True, clock=lambda: moment, settings=settings)
    print(json.dumps([code, sorted(sys.modules)]))

if __name__ == "__main__":
    main()
"""


def loaded_by(command: str, bench: Any, now: str) -> set[str]:
    """Return the modules of a process that has carried out a command."""
    script = bench.root / "run.py"
    script.write_text(_RUN)
    done = subprocess.run(
        [sys.executable, str(script), str(bench.root), now, command],
        env={name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=180,
    )
    assert done.returncode == 0, done.stderr
    code, names = json.loads(done.stdout)
    assert code == 0, done.stderr
    return set(names)


@pytest.fixture
def paper(newspaper: Any, bench: Any, source_of: Callable[..., str]) -> Any:
    paragraph = "The ferry of the evening came back to the quay late on Monday, because of fog. "
    urls = [
        newspaper.article(f"/story-{number}/", paragraph * 20, ETag=f'"{number}"')
        for number in range(2)
    ]
    listed = dict.fromkeys(urls, "Sun, 03 May 2026 10:00:00 +0200")
    feed = newspaper.feed("/feed/", listed)
    bench.configure(source_of(newspaper, more=f'feeds = ["{feed}"]'), crawl="workers = 1")
    return newspaper


def test_a_crawl_loads_nothing_of_what_publishing_needs(paper: Any, bench: Any) -> None:
    """Not in the second night either, when it has published verdicts to learn from."""
    published = loaded_by("run", bench, NIGHTS[0])
    assert {"pandas", "pebble", "pyarrow.dataset"} <= published, "no night that published"
    assert any((bench.root / "datasets" / "verdicts").rglob("*.parquet"))
    asked = len(paper.asked)
    crawled = loaded_by("crawl", bench, NIGHTS[1])
    assert len(paper.asked) > asked
    assert HEAVY & crawled == set()
