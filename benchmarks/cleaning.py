"""What cleaning costs: against trafilatura, its peers and a bare parse; two workers; memory."""

from __future__ import annotations

import itertools
import json
import os
import sys
import time
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from benchmarks.clean import MARK, SETS
from benchmarks.cost import ROOT, spent
from benchmarks.figures import Figure
from benchmarks.site import article

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SHARED = Path(os.environ.get("NEWSGRAIN_SHARED", ROOT.parent / "shared")) / "bench"
_ROUNDS = 2
PEERS_PYTHON = ROOT / ".venv" / "bench" / "bin" / "python"


def against_trafilatura(limit: int | None) -> Iterator[Figure]:
    """Yield the ratio of each set of real pages; nothing where they are not at hand."""
    if not SHARED.is_dir():
        return
    bounds = [] if limit is None else ["--limit", str(limit)]
    script = str(ROOT / "benchmarks" / "clean.py")
    for name in SETS:
        # It ends with 1 where the mark is missed, which is told here.
        command = [sys.executable, "-c", _FORGIVING.format(script=script, args=[name, *bounds])]
        got = json.loads(spent(command).output.splitlines()[-1])[name]
        yield Figure(
            name=f"clean, {name} / trafilatura text and metadata",
            value=got["ratio_of_totals"],
            unit="x",
            mark=MARK,
            note=f"{got['ours_ms']} ms a page (median), {got['pages']} pages",
        )


_FORGIVING = """
import runpy, sys
sys.argv = [{script!r}, *{args!r}, "--json"]
try:
    runpy.run_path({script!r}, run_name="__main__")
except SystemExit:
    pass
"""


def against_peers(limit: int) -> Iterator[Figure]:
    """Yield what each peer takes of the same pages, as shares of trafilatura's time."""
    if not (SHARED.is_dir() and PEERS_PYTHON.exists()):
        return
    script, pages = str(ROOT / "benchmarks" / "peers.py"), str(SHARED / "fundus-a.warc.gz")
    output = spent([str(PEERS_PYTHON), script, pages, str(limit)]).output
    found = json.loads(output.splitlines()[-1])
    base = found["trafilatura"]["ms"]
    for name, got in found.items():
        note = f"{name} {got['version']}, {got['ms']:.1f} ms a page, fundus-a"
        yield Figure(name=f"{name} / trafilatura", value=got["ms"] / base, unit="x", note=note)


def _write_pages(path: Path, count: int, first: int = 0) -> None:
    head = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], protocol="HTTP/1.1")
    with path.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for number in range(first, first + count):
            body = article(number)
            record = writer.create_warc_record(
                f"https://site.example/story-{number}",
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=head,
            )
            writer.write_record(record)


def _clean_command(workspace: Path, pages: Iterable[Path], workers: int) -> list[str]:
    workspace.mkdir()
    source = '[[source]]\nname = "bench"\nurl = "https://site.example/"\n'
    crawl = f'contact = "mailto:bench@site.example"\nworkers = {workers}\nobey_tdm = false'
    (workspace / "newsgrain.toml").write_text(f"[crawl]\n{crawl}\n{source}")
    given = map(str, pages)
    return [sys.executable, "-m", "crawler.cli", "clean", *given, "-q", "-w", str(workspace)]


def in_bulk(pages: int) -> Iterator[Figure]:
    """Yield what a second worker brings to real pages; to ours where those are not at hand.

    Seconds by the clock of the larger run less those of the smaller one: starting is not counted.
    Of rounds in turns the fastest counts: a shared machine is slower at one time than at another.
    """
    with TemporaryDirectory() as folder:
        few, many = _piles(Path(folder), pages)
        taken: dict[int, list[float]] = {1: [], 2: []}
        for number, workers in itertools.product(range(_ROUNDS), taken):
            seconds = []
            for pile in (few, many):
                workspace = Path(folder) / f"{number}-{workers}-{len(pile)}"
                start = time.monotonic()
                spent(_clean_command(workspace, pile, workers))
                seconds.append(time.monotonic() - start)
            taken[workers].append(seconds[1] - seconds[0])
        one, two = (" and ".join(f"{value:.0f}" for value in taken[workers]) for workers in taken)
        yield Figure(name="2 workers / 1 worker, pages a second",
                     value=min(taken[1]) / min(taken[2]), unit="x", mark=1.8, at_least=True,
                     note=f"{one} s; {two} s; {len(os.sched_getaffinity(0))} cores, "
                     f"commit included; load {os.getloadavg()[0]:.1f}")  # fmt: skip


def _piles(folder: Path, pages: int) -> tuple[list[Path], list[Path]]:
    """Return the files of the smaller and of the larger run."""
    if SHARED.is_dir():
        many = [SHARED / f"{name}.warc.gz" for name in SETS]
    else:
        many = [folder / f"pages-{number}.warc.gz" for number in range(3)]
        for number, path in enumerate(many):
            _write_pages(path, pages // 3, first=number * pages)
    return many[:1], many


def soak(pages: int) -> Iterator[Figure]:
    """Yield the memory of cleaning many pages, beside that of a quarter of them."""
    with TemporaryDirectory() as folder:
        path, peaks = Path(folder) / "pages.warc.gz", {}
        for count in (pages // 4, pages):
            _write_pages(path, count)
            command = _clean_command(Path(folder) / f"soak-{count}", [path], 1)
            main, *workers_mb = spent(command).peaks_mb
            peaks[count] = (main, max(workers_mb, default=0.0))
        few, many = peaks[pages // 4], peaks[pages]
        yield Figure(name="memory of a worker", value=many[1], unit="MB", mark=400.0,
                     note=f"{pages} pages; {few[1]:.0f} MB of a quarter")  # fmt: skip
        yield Figure(name="memory of clean's own process", value=many[0], unit="MB",
                     note=f"{pages} pages; {few[0]:.0f} MB of a quarter")  # fmt: skip
