"""Kills a commit before every call that it makes to the file system, and looks what is left.

Run as a program: the work is done in forked children of a process that has everything
imported, so that hundreds of kills take seconds. Prints one JSON object.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from newsgrain import layout
from newsgrain.catalog import Catalog
from newsgrain.manifest import read_manifest
from newsgrain.schema import TABLES, Column
from newsgrain.store import Store
from tests.newsgrain.killing import Trace, in_child
from tests.newsgrain.store.nights import START, publish, revision, run_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from newsgrain.schema import Table

_WATCHED = ("open", "link", "rename", "replace", "symlink", "unlink", "rmdir", "mkdir", "fsync")
_TABLES = ("revisions", "articles", "speakers", "quotes")
_COLUMNS = (
    *("article_id", "url", "aliases", "domain", "text", "date_published", "speakers"),
    *("revision", "first_fetched_at", "fetched_at", "run_id", "speakers_rows", "quotes_rows"),
)


def _narrow(table: Table) -> Table:
    """Leave out columns: a commit of a few rows spends its time on their number."""
    if table.kind == "flat":
        return table
    return replace(table, columns=tuple(c for c in table.columns if c.name in _COLUMNS))


SMALL = Catalog(tables={name: _narrow(TABLES[name]) for name in _TABLES})


def _length_of_text(table: str, rows: pa.Table) -> pa.Table:
    if table not in {"articles", "revisions"}:
        return rows
    lengths = [len(text) for text in rows["text"].to_pylist()]
    return rows.append_column("characters", pa.array(lengths, pa.int32()))


def next_catalog(before: Catalog = SMALL) -> Catalog:
    """Return a made-up next schema: a column that a migration gives, and one of nulls."""
    new = (
        Column("characters", pa.int32(), "code points in text"),
        Column("mood", pa.string(), "how it reads", nullable=True),
    )
    tables = dict(before.tables)
    for name in ("articles", "revisions"):
        tables[name] = replace(tables[name], columns=(*tables[name].columns, *new))
    number = before.version + 1
    return Catalog(tables=tables, version=number, migrations={number: _length_of_text})


def state(root: Path) -> dict[str, Any]:
    """Return every row of every table as a reader sees it; empty before the first commit."""
    if not (root / "current").exists():
        return {}
    names = [path.name for path in (root / "current").iterdir()]
    return {name: _table_state(root / name) for name in sorted(names)}


def _table_state(folder: Path) -> Any:
    rows = ds.dataset(folder, format="parquet", partitioning="hive").to_table()
    return rows.schema.names, sorted(map(repr, rows.to_pylist()))


def leftovers(root: Path) -> list[str]:
    """Return what is there and not published, or published and not there."""
    wrong = []
    if (root / layout.STAGING).exists():
        wrong.append("staging is left")
    names = {path.stem for path in (root / layout.MANIFESTS).iterdir()}
    head = (root / layout.CURRENT).readlink().name
    wrong += [f"manifest {name} above {head}" for name in names if name > head]
    for snapshot in (root / layout.SNAPSHOTS).iterdir():
        manifest = read_manifest(root / layout.MANIFESTS / f"{snapshot.name}.json")
        entries = {entry.path: entry for files in manifest.tables.values() for entry in files}
        found = {str(path.relative_to(snapshot)): path for path in snapshot.rglob("*.parquet")}
        wrong += [f"{snapshot.name}: {path}" for path in found.keys() ^ entries.keys()]
        for path in found.keys() & entries.keys():
            whole = found[path].read_bytes()
            if hashlib.sha256(whole).hexdigest() != entries[path].sha256:
                wrong.append(f"{snapshot.name}: {path} is not what the manifest says")
            if pq.read_metadata(found[path]).num_rows != entries[path].rows:
                wrong.append(f"{snapshot.name}: {path} has other rows")
    return wrong


def _publish(root: Path, run: str, rows: list[dict[str, Any]]) -> None:
    narrow = [{name: row[name] for name in _COLUMNS} for row in rows]
    publish(Store(root, catalog=SMALL), run, {"revisions": narrow})


def _first(root: Path) -> None:
    _publish(root, run_id(1), [revision(n, run_id(1)) for n in range(6)])


def _second(root: Path) -> None:
    """An edit of the first night's day, and the second night's new articles."""
    run, at = run_id(2), START + timedelta(days=1)
    edit = revision(2, run, at=at, first=START, version=2, speakers=2)
    _publish(root, run, [edit, *(revision(n, run, at=at) for n in range(10, 13))])


def _settling(root: Path) -> None:
    """Months later: the files of single days become one file."""
    at = START + timedelta(days=80)
    _publish(root, run_id(3, at), [revision(20, run_id(3, at), at=at)])


def _nothing(root: Path) -> None:
    root.mkdir(parents=True)


def _two_nights(root: Path) -> None:
    _first(root)
    _second(root)


def _half_a_commit(root: Path) -> None:
    """The first night, and the second one killed before the link is turned."""
    in_child(lambda: _first(root))
    rehearsal = _copy(root, root.parent / "rehearsal")
    calls = _calls(lambda: _second(rehearsal))
    flip = max(n for n, call in enumerate(calls, 1) if call.endswith("/current"))
    in_child(lambda: _killed(lambda: _second(root), flip))


def _recover(root: Path) -> None:
    Store(root, catalog=SMALL).recover()


def _migrate(root: Path) -> None:
    Store(root, catalog=next_catalog()).recover()


SCENARIOS: dict[str, tuple[Callable[[Path], None], Callable[[Path], None]]] = {
    "first commit": (_nothing, _first),
    "second commit": (_first, _second),
    "settling": (_two_nights, _settling),
    "recover": (_half_a_commit, _recover),
    "migration": (_two_nights, _migrate),
}
"""By name: what makes the state before, and what is killed and then done again."""


def _copy(source: Path, target: Path) -> Path:
    if target.exists():
        shutil.rmtree(target)
    shutil.copytree(source, target, symlinks=True)
    return target


def _calls(work: Callable[[], object]) -> list[str]:
    def traced() -> list[str]:
        trace = Trace(_WATCHED)
        trace.arm()
        work()
        return trace.calls

    found: list[str] = in_child(traced)
    return found


def _killed(work: Callable[[], object], deadly: int) -> str:
    Trace(_WATCHED, deadly).arm()
    work()
    return "alive"


def _look(root: Path, act: Callable[[Path], None]) -> tuple[Any, Any, list[str]]:
    """Return the state after the kill, and the state and the leftovers after a retry."""
    left = state(root)
    act(root)
    return left, state(root), leftovers(root)


def kill_everywhere(folder: Path, scenario: str, stride: int) -> dict[str, Any]:
    """Kill before every `stride`-th call; return what was found wrong, and counts."""
    prepare, act = SCENARIOS[scenario]
    prepared = folder / "prepared"
    if scenario == "recover":
        prepare(prepared)
    else:
        in_child(lambda: prepare(prepared))
    before = in_child(lambda: state(prepared))
    rehearsal = _copy(prepared, folder / "rehearsal")
    calls = _calls(lambda: act(rehearsal))
    after = in_child(lambda: state(rehearsal))
    result: dict[str, Any] = {"calls": len(calls), "before": 0, "after": 0, "wrong": []}
    root = folder / "killed"
    for deadly in sorted({*range(1, len(calls) + 1, stride), len(calls)}):
        _copy(prepared, root)
        if in_child(partial(_killed, partial(act, root), deadly)) is not None:
            result["wrong"].append(f"{deadly}: was not killed")
        left, retried, rest = in_child(partial(_look, root, act))
        where = f"{deadly} {calls[deadly - 1]}"
        if left not in (before, after):
            result["wrong"].append(f"{where}: neither before nor after")
        if retried != after:
            result["wrong"].append(f"{where}: the retry gave another state")
        result["wrong"] += [f"{where}: {what}" for what in rest]
        result["after" if left == after else "before"] += 1
    return result


if __name__ == "__main__":
    os.fsync = lambda _: None  # a kill loses nothing that was written; only time
    layout.KEPT_SNAPSHOTS = 1  # so that giving up old snapshots is killed, too
    print(json.dumps(kill_everywhere(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))))  # noqa: T201
