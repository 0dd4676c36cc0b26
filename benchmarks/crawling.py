"""What fetching costs, and a second night in which nothing changed.

Costs of a page are those of a larger crawl less those of a smaller one, divided by the
difference: what starting a program costs is not counted. Each crawl is made some times, and the
cheapest counts.
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
    from collections.abc import Iterable, Iterator, Sequence

NIGHTS = ("2026-11-20T02:00:00+00:00", "2026-11-21T02:10:00+00:00")
_SMALL = 20
_PER_SITE = 1_000
_CONFIG = """\
[crawl]
contact = "mailto:bench@site.example"
delay_s = 0.0
workers = 1
"""
_SOURCE = """
[[source]]
name = "{name}"
url = "http://{host}:{port}/"
sitemaps = ["http://{host}:{port}/sitemap.xml"]
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Costs:
    """CPU seconds of each kind of crawl, and the memory of two of them.

    Attributes:
        bare: Scrapy alone.
        bare_again: the same, every page answered by 304.
        rows: newsgrain without an archive.
        crawl: with it.
        again: a second night in which nothing has changed, cleaned and published.
        peaks_mb: of the crawl's process in the first night and in the second.
    """

    bare: float
    bare_again: float
    rows: float
    crawl: float
    again: float
    peaks_mb: tuple[float, ...]

    def per_page(self, smaller: _Costs, pages: int) -> dict[str, float]:
        """Return milliseconds a page of each kind, without what starting costs."""
        names = ("bare", "bare_again", "rows", "crawl", "again")
        return {
            name: (getattr(self, name) - getattr(smaller, name)) / pages * 1000 for name in names
        }


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


def _workspace(folder: Path, port: int, hosts: Sequence[str] = ("paper0.example",)) -> Path:
    folder.mkdir(parents=True)
    sources = (_SOURCE.format(name=host.partition(".")[0], host=host, port=port) for host in hosts)
    (folder / "newsgrain.toml").write_text(_CONFIG + "".join(sources))
    return folder


def _clean(workspace: Path) -> Spent:
    return spent([sys.executable, "-m", "crawler.cli", "clean", "-q", "-w", str(workspace)])


def _least(costs: Iterable[Spent]) -> float:
    """Return the least that the same took: what else runs on a machine only adds to it."""
    return min(cost.cpu_s for cost in costs)


def _costs(articles: int, workspace: Path, times: int) -> _Costs:
    places = [workspace, *(workspace.with_name(f"{workspace.name}-{n}") for n in range(1, times))]
    script = str(ROOT / "benchmarks" / "bare_scrapy.py")
    with served(articles) as port:
        bare = [sys.executable, script, str(port), str(articles)]
        again = [*bare, '{"If-None-Match": "*"}']
        rows = [_workspace(place.with_name(f"{place.name}-rows"), port) for place in places]
        costs = {
            "bare": [spent(bare) for _ in places],
            "bare_again": [spent(again) for _ in places],
            "rows": [_night("rows", place, 0) for place in rows],
            "crawl": [_night("crawl", _workspace(place, port), 0) for place in places],
        }
        for place in places:
            _clean(place)
        second = [_night("crawl", place, 1) for place in places]
        verdicts = [_clean(place) for place in places]
    peaks = (max(max(cost.peaks_mb) for cost in nights) for nights in (costs["crawl"], second))
    least = {name: _least(of_kind) for name, of_kind in costs.items()}
    return _Costs(**least, again=_least(second) + _least(verdicts), peaks_mb=tuple(peaks))


def measure(articles: int, workspace: Path, *, times: int = 1) -> Iterator[Figure]:
    """Yield the figures of crawls.

    Args:
        articles: of the larger one.
        workspace: what it leaves behind, for others to measure.
        times: that each crawl is made; the cheapest counts.
    """
    with TemporaryDirectory() as folder:
        small = _costs(_SMALL, Path(folder) / "small", times)
    large = _costs(articles, workspace, times)
    ms = large.per_page(small, articles - _SMALL)
    yield Figure(name="crawl with archive / bare Scrapy", value=ms["crawl"] / ms["bare"], unit="x",
                 mark=1.3, note=f"{ms['crawl']:.1f} against {ms['bare']:.1f} ms a page, "
                 f"{articles} pages")  # fmt: skip
    yield Figure(name="crawl without archive / bare Scrapy", value=ms["rows"] / ms["bare"],
                 unit="x", note=f"{ms['rows']:.1f} ms a page: no WARC, rows alone")  # fmt: skip
    yield Figure(name="second night, an unchanged URL", value=ms["again"], unit="ms CPU", mark=4.0,
                 note="request, records, row, verdict")  # fmt: skip
    yield Figure(name="the same / bare Scrapy's 304", value=ms["again"] / ms["bare_again"],
                 unit="x", note=f"of {ms['bare_again']:.1f} ms a page")  # fmt: skip
    for night, peak in zip(("first", "second"), large.peaks_mb, strict=True):
        yield Figure(name=f"memory of the crawler, {night} night", value=peak, unit="MB",
                     mark=150.0, note=f"{articles} pages")  # fmt: skip


def soak(articles: int) -> Iterator[Figure]:
    """Yield the memory of a crawl of many sites at once, beside that of a quarter of them."""
    peaks = {}
    for count in (articles // 4, articles):
        hosts = [f"paper{number}.example" for number in range(-(-count // _PER_SITE))]
        with TemporaryDirectory() as folder, served(count // len(hosts)) as port:
            workspace = _workspace(Path(folder) / "soak", port, hosts)
            peaks[count] = max(_night("crawl", workspace, 0).peaks_mb)
    note = f"{articles} pages of {len(hosts)} sites; {peaks[articles // 4]:.0f} MB of a quarter"
    yield Figure(name="memory of the crawler, a long night", value=peaks[articles], unit="MB",
                 mark=150.0, note=note)  # fmt: skip
