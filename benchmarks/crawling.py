"""What fetching costs, and a second night in which nothing changed.

Costs of a page are those of a larger crawl less those of a smaller one, divided by the
difference: what starting a program costs is not counted.
"""

from __future__ import annotations

import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from benchmarks.cost import ROOT, Spent, spent
from benchmarks.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator

NIGHTS = ("2026-11-20T02:00:00+00:00", "2026-11-21T02:10:00+00:00")
_SMALL = 20
_CONFIG = """\
[crawl]
contact = "mailto:bench@site.example"
delay_s = 0.0
workers = 1

[[source]]
name = "bench"
url = "http://127.0.0.1:{port}/"
sitemaps = ["http://127.0.0.1:{port}/sitemap.xml"]
"""


@dataclass(frozen=True, slots=True)
class _Costs:
    """CPU seconds of each kind of crawl, and the greatest memory of one."""

    bare: float
    crawl: float
    publish: float
    again: float
    peak_mb: float


@contextmanager
def served(articles: int) -> Iterator[int]:
    """Serve a site in a process of its own; gives its port."""
    command = [sys.executable, str(ROOT / "benchmarks" / "site.py"), str(articles)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield int(process.stdout.readline()) if process.stdout else 0
        finally:
            process.kill()


def _night(command: str, workspace: Path, night: int) -> Spent:
    script = str(ROOT / "benchmarks" / "night.py")
    return spent([sys.executable, script, command, str(workspace), NIGHTS[night]])


def _costs(articles: int, workspace: Path) -> _Costs:
    with served(articles) as port:
        workspace.mkdir(parents=True)
        (workspace / "newsgrain.toml").write_text(_CONFIG.format(port=port))
        script = str(ROOT / "benchmarks" / "bare_scrapy.py")
        bare = spent([sys.executable, script, str(port), str(articles)])
        crawl = _night("crawl", workspace, 0)
        publish = spent([sys.executable, "-m", "crawler.cli", "clean", "-q", "-w", str(workspace)])
        again = _night("run", workspace, 1)
    return _Costs(bare.cpu_s, crawl.cpu_s, publish.cpu_s, again.cpu_s, max(crawl.peaks_mb))


def measure(articles: int, workspace: Path) -> Iterator[Figure]:
    """Yield the figures of crawls.

    Args:
        articles: of the larger one.
        workspace: what it leaves behind, for others to measure.
    """
    with TemporaryDirectory() as folder:
        small = _costs(_SMALL, Path(folder) / "small")
    large = _costs(articles, workspace)
    more = (articles - _SMALL) / 1000
    bare, crawl = (large.bare - small.bare) / more, (large.crawl - small.crawl) / more
    again = (large.again - small.again) / more
    note = f"{crawl:.1f} against {bare:.1f} ms a page, {articles} pages"
    yield Figure(name="crawl with archive / bare Scrapy", value=crawl / bare, unit="x", mark=1.3,
                 note=note)  # fmt: skip
    yield Figure(name="second night, an unchanged URL", value=again, unit="ms CPU", mark=4.0)
    yield Figure(name="memory of the crawler", value=large.peak_mb, unit="MB", mark=150.0)
