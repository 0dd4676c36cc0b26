"""What `newsgrain compact` saves: files, bytes, and the cost of two usual reads.

    python benchmarks/compact.py [--nights 365] [--articles 2000]

Publishes synthetic nights through the store, as runs do, and measures before and after: files and
bytes of the present state, bytes of all manifests, and the processor seconds of reading five
light columns of ``revisions`` and one site's month of it, with pandas, polars, DuckDB and
pyarrow, each in a process of its own. Ratios hold on any machine, seconds only on this one.
Texts are random words: real ones compress better.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from newsgrain.compact import compact
from newsgrain.schema import TABLES
from newsgrain.store import Store
from newsgrain.workspace import Workspace

_START = datetime(2025, 11, 20, 2, tzinfo=UTC)
_SITES = 40
_EDITED = 0.05
_WORDS = [f"w{number:04x}" for number in range(4096)]
_COLUMNS = "['article_id', 'url', 'domain', 'date_published', 'revision']"
_MONTH = "('site7.example', datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC))"
READS = {
    "light columns": {
        "pandas": f"import pandas; pandas.read_parquet(root, columns={_COLUMNS})",
        "polars": f"import polars; polars.scan_parquet(g).select({_COLUMNS}).collect()",
        "duckdb": 'import duckdb; duckdb.sql(f"select article_id, url, domain, date_published,'
        " revision from '{g}'\").arrow().read_all()",
        "pyarrow": f"import pyarrow.dataset as d; d.dataset(root).to_table(columns={_COLUMNS})",
    },
    "site-month": {
        "pandas": f"import pandas; s, a, b = {_MONTH}; pandas.read_parquet(root, filters="
        "[('domain', '==', s), ('fetched_at', '>=', a), ('fetched_at', '<', b)])",
        "polars": f"import polars as p; s, a, b = {_MONTH}; p.scan_parquet(g).filter("
        "(p.col('domain') == s) & p.col('fetched_at').is_between(a, b)).collect()",
        "duckdb": f"import duckdb; s, a, b = {_MONTH}; duckdb.sql(f\"from '{{g}}' where domain ="
        " '{s}' and fetched_at >= '{a}' and fetched_at < '{b}'\").arrow().read_all()",
        "pyarrow": f"import pyarrow.dataset as d; s, a, b = {_MONTH}; f = d.field;"
        " d.dataset(root).to_table(filter=(f('domain') == s) & (f('fetched_at') >= a)"
        " & (f('fetched_at') < b))",
    },
}
_PROGRAM = """
import resource, sys
from datetime import UTC, datetime
root, g = sys.argv[1], sys.argv[1] + '/**/*.parquet'
{library}
before = resource.getrusage(resource.RUSAGE_SELF)
{read}
after = resource.getrusage(resource.RUSAGE_SELF)
print(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
"""


def _row(number: int, version: int, run: str, at: datetime, first: datetime) -> dict[str, Any]:
    site = number % _SITES
    chance = random.Random(number * 100 + version)  # noqa: S311 - texts, no secrets
    text = " ".join(chance.choices(_WORDS, k=int(chance.lognormvariate(5.5, 0.6))))
    empty = {column.name: None for column in TABLES["revisions"].columns}
    lists = ("title_alternatives", "aliases", "tags", "robots", "issues", "speakers", "quotes")
    rows = ("authors", "speakers", "quotes", "lists", "recommendations", "blocks")
    return (
        empty
        | {name: [] for name in (*lists, "recommendations", "authors")}
        | {f"{name}_rows": [] for name in rows}
        | {
            "article_id": f"{number:032x}", "duplicate_group": f"{number:032x}",
            "url": f"https://site{site}.example/news/{number}", "domain": f"site{site}.example",
            "source": f"site{site}", "title": text[:60], "text": text, "date_published": first,
            "is_truncated": False, "word_count": text.count(" ") + 1, "revision": version,
            "change_reason": "new" if version == 1 else "edited", "content_sha256": "0" * 64,
            "first_fetched_at": first, "fetched_at": at, "run_id": run, "cleaner_version": "2",
        }
    )  # fmt: skip


def _run_row(run: str, at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: 0 for column in TABLES["runs"].columns}
    return row | {
        "run_id": run, "parent_run_id": None, "command": "run", "started_at": at,
        "finished_at": at, "sources": [], "sources_failed": [], "status": "complete",
        "newsgrain_version": "0", "cleaner_version": "2",
    }  # fmt: skip


def _page(number: int, run: str, at: datetime) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: None for column in TABLES["pages"].columns}
    url = f"https://site{number % _SITES}.example/news/{number}"
    return row | {"page_id": number, "run_id": run, "kind": "article", "url": url,
                  "is_final": True, "fetched_at": at, "status": 200}  # fmt: skip


def _verdict(number: int, run: str) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: None for column in TABLES["verdicts"].columns}
    return row | {
        "page_id": number, "run_id": run, "url": "", "outcome": "new",
        "article_id": f"{number:032x}", "revision": 1, "cleaner_version": "2",
    }  # fmt: skip


def _same(moment: datetime) -> datetime:
    return moment


def publish_nights(root: Path, nights: int, articles: int) -> None:
    """Publish synthetic nights, one after the other."""
    chance = random.Random(1)  # noqa: S311 - edits, no secrets
    versions: dict[int, int] = {}
    for night in range(nights):
        at = _START + timedelta(days=night)
        run = f"{night + 1:08}-{at:%Y%m%dT%H%M%SZ}"
        fresh = range(night * articles, (night + 1) * articles)
        edits = []
        for _ in range(int(articles * _EDITED) if night else 0):
            age = min(night, 1 + int(chance.expovariate(0.5)))
            number = (night - age) * articles + chance.randrange(articles)
            versions[number] = versions.get(number, 1) + 1
            edits.append(_row(number, versions[number], run, at, at - timedelta(days=age)))
        with Store(root, clock=partial(_same, at)).stage(run) as staging:
            staging.append("revisions", [_row(number, 1, run, at, at) for number in fresh])
            staging.append("revisions", edits)
            staging.append("pages", [_page(number, run, at) for number in fresh])
            staging.append("verdicts", [_verdict(number, run) for number in fresh])
            staging.append("runs", [_run_row(run, at)])
            staging.commit(archive_sequence=fresh[-1], pending=(), cleaner_version="2")


def _last(printed: str) -> float:
    """Return the last number: DuckDB draws a progress bar before it."""
    return float(printed.rsplit(maxsplit=1)[-1])


def measure(root: Path) -> dict[str, float]:
    """Return files, bytes and processor seconds."""
    files = [path for path in (root / "current").resolve().rglob("*") if path.is_file()]
    revisions = [path for path in files if "/revisions/" in str(path)]
    found = {
        "files": float(len(files)),
        "files of revisions": float(len(revisions)),
        "bytes": float(sum(path.stat().st_size for path in files)),
        "bytes of manifests": float(
            sum(path.stat().st_size for path in (root / "manifests").iterdir())
        ),
    }
    for what, engines in READS.items():
        for engine, read in engines.items():
            library, _, rest = read.partition("; ")
            program = _PROGRAM.format(library=library, read=rest)
            command = [sys.executable, "-c", program, str(root / "revisions")]
            seconds = [
                _last(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
                for _ in range(3)
            ]
            found[f"{what}, {engine}, CPU s"] = min(seconds)
    return found


def main() -> None:
    """Print a table of before, after and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--nights", type=int, default=365)
    parser.add_argument("--articles", type=int, default=2000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        workspace.make()
        started = time.process_time()
        publish_nights(workspace.datasets, given.nights, given.articles)
        spent = (time.process_time() - started) / given.nights
        before = measure(workspace.datasets)
        started = time.process_time()
        compact(workspace, lambda: _START + timedelta(days=given.nights))
        cost = time.process_time() - started
        after = measure(workspace.datasets)
    print(f"{given.nights} nights x {given.articles} articles, {os.cpu_count()} cores;")
    print(f"a night costs {spent:.2f} CPU s, compaction {cost:.1f} CPU s")
    print(f"{'':<34}{'before':>14}{'after':>14}{'ratio':>8}")
    for name, value in before.items():
        shown = "14.2f" if "CPU" in name else "14,.0f"
        print(f"{name:<34}{value:{shown}}{after[name]:{shown}}{after[name] / value:8.2f}")


if __name__ == "__main__":
    main()
