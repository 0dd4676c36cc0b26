"""Kills a process before every call by which the archive changes the disk, and looks what is left.

Run as a program, for one scenario; see `tests.newsgrain.store.killing`. Watched are the calls of
Python to the file system and every statement that SQLite is given. Prints one JSON object.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import sys
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from newsgrain import ledger, segments
from newsgrain.archive import Archive, read_body
from newsgrain.errors import NewsgrainError
from tests.newsgrain.archive.exchanges import START, exchange, html
from tests.newsgrain.killing import Trace, in_child

if TYPE_CHECKING:
    from collections.abc import Callable

_WATCHED = ("open", "write", "fsync", "fdatasync", "ftruncate", "unlink", "mkdir")
_DAY = timedelta(days=1)
_PAGES = {1: 1, 2: 2, 3: 1, 4: 4, 5: 2, 6: 6}
"""Number of a page -> number of its body: two of them come again."""
_NIGHT = {1: 1, 2: 1, 3: 2, 4: 2, 5: 3, 6: 3}


def _archive_pages(folder: Path, last_night: int = 3) -> None:
    """Archive what is missing of some nights, as a crawl that is begun again does."""
    for night in range(1, last_night + 1):
        with Archive.open(folder, segment_bytes=4_000) as archive:
            there = {page.url for page in archive.pages()}
            lacking = [n for n, its in _NIGHT.items() if its == night and _url(n) not in there]
            if not lacking:
                continue
            run_id = archive.begin_run("run", START + night * _DAY, head=None)
            for number in lacking:
                at = START + night * _DAY
                page = exchange(number, run_id, body=html(_PAGES[number]), fetched_at=at)
                archive.record(page)
            archive.end_run(run_id, START + night * _DAY)


def _url(number: int) -> str:
    return exchange(number).url


def _prune(folder: Path) -> None:
    with Archive.open(folder) as archive:
        archive.prune(START + 3 * _DAY, START + 9 * _DAY, upto=6)


def _recover(folder: Path) -> None:
    Archive.open(folder).close()


def _torn(folder: Path) -> None:
    """Leave what a process leaves that was killed between the disk and the ledger."""
    _archive_pages(folder)
    with (folder / "00000003.warc.gz").open("ab") as file:
        file.write(b"\x1f\x8b half a member")
    (folder / "00000004.warc.gz").write_bytes(b"begun")


def _old_ledger(folder: Path) -> None:
    _archive_pages(folder, last_night=1)
    from tests.newsgrain.archive.test_ledger import take_back_to_version_1

    connection = sqlite3.connect(folder / ledger.LEDGER_NAME)
    take_back_to_version_1(connection)
    connection.close()


SCENARIOS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None]]] = {
    "the first page": (lambda _: None, partial(_archive_pages, last_night=1)),
    "more nights": (partial(_archive_pages, last_night=1), _archive_pages),
    "recovery": (_torn, _recover),
    "pruning": (_archive_pages, _prune),
    "update of the ledger": (_old_ledger, _recover),
}
"""By name: what makes the state before, and what is killed and then done again."""


def state(folder: Path) -> list[tuple[str, str]]:
    """Return every page with what became of its body; segments are where the ledger says."""
    with Archive.open(folder, segment_bytes=4_000) as archive:
        pages = list(archive.pages())
        named = {page.archive_file for page in pages if not page.pruned_at}
        named |= {page.body_file for page in pages if page.body_file and not page.pruned_at}
        there = {path.name for path in folder.glob("*.warc.gz")}
        lost = [("missing", name) for name in sorted(named - there)]  # type: ignore[type-var]
        return sorted((page.url, _body(page, folder)) for page in pages) + lost  # type: ignore[operator]


def _body(page: Any, folder: Path) -> str:
    if page.pruned_at:
        return "pruned"
    try:
        return "whole" if read_body(page, folder).startswith(b"<html>") else "another"
    except NewsgrainError as error:
        return str(error)


def _traced(act: Callable[[Path], None], folder: Path, deadly: int = 0) -> list[str]:
    trace = Trace(_WATCHED, deadly)
    trace.arm()
    segments._sync = os.fdatasync  # named before it was watched
    act(folder)
    return trace.calls


def _copy(source: Path, target: Path) -> Path:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target)
    return target


def kill_everywhere(work: Path, scenario: str, stride: int) -> dict[str, Any]:
    """Kill before every `stride`-th change; return what was found wrong, and counts."""
    prepare, act = SCENARIOS[scenario]
    prepared = work / "prepared"
    prepared.mkdir()
    in_child(partial(prepare, prepared))
    before = in_child(partial(state, _copy(prepared, work / "before")))
    calls: list[str] = in_child(partial(_traced, act, _copy(prepared, work / "rehearsal")))
    after = in_child(partial(state, work / "rehearsal"))
    result: dict[str, Any] = {"calls": len(calls), "killed": 0, "pages": len(after), "wrong": []}
    for deadly in sorted({*range(1, len(calls) + 1, stride), len(calls)}):
        root = _copy(prepared, work / "killed")
        if in_child(partial(_traced, act, root, deadly)) is None:
            result["killed"] += 1
        where = f"{deadly} {calls[deadly - 1]}"
        left = in_child(partial(state, _copy(root, work / "left")))
        if not _lies_between(before, left, after):
            result["wrong"].append(f"{where}: {left}")
        in_child(partial(act, root))
        if (retried := in_child(partial(state, root))) != after:
            result["wrong"].append(f"{where}: the retry gave {retried}")
    return result


def _lies_between(before: list[Any], left: list[Any], after: list[Any]) -> bool:
    """Say whether every page is as it was or as it will be, and none is missing or there twice."""
    urls = [url for url, _ in left]
    return (
        len(set(urls)) == len(urls)
        and {url for url, _ in before} <= set(urls)
        and set(left) <= {*before, *after}
    )


if __name__ == "__main__":
    os.fsync = os.fdatasync = lambda _: None  # a kill loses nothing that was written; only time
    print(json.dumps(kill_everywhere(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))  # noqa: T201
