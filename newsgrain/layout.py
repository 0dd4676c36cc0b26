"""Names of snapshots, partitions and files: pure, so that paths can be read without a disk.

    datasets/
    ├── README.md, schema.json       the data card, generated from the schema
    ├── articles -> current/articles one such link a table; what readers open
    ├── current -> .snapshots/<run>  the one commit point
    ├── .snapshots/<run>/<table>/month=YYYY-MM/<file>.parquet   hard links
    │                               <run>-schema<n>, -edition<n>: its rows, written again
    ├── manifests/<run>.json         what is published, with digests
    ├── .lookup/                     a cache that can be deleted
    ├── .pinned/<run>                the snapshots that are kept for good
    └── .staging/                    what is being written; nothing here is published

The partition key stands in the path only: readers fail on a key that is in the file too.
Log tables: ``month`` is the month of the run, so that an import of pages of many years is one
file. Derived tables: ``month`` is the month of the article's ``first_fetched_at``, which never
changes, so that an article never moves to another month.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

STAGING = ".staging"
SNAPSHOTS = ".snapshots"
MANIFESTS = "manifests"
CURRENT = "current"
LOOKUP = ".lookup"
PINNED = ".pinned"

KEPT_SNAPSHOTS = 14
"""Older states are given up as folders; their rows remain in ``revisions`` and the logs."""

_RUN_ID = re.compile(r"(\d{8})-(\d{8}T\d{6}Z)")
_SNAPSHOT = re.compile(_RUN_ID.pattern + r"(?:-schema(\d+))?(?:-edition(\d+))?")
_SLOT = re.compile(r"(?:.*/)?month=(\d{4}-\d\d)/(?:day(\d\d)|all)-(\d+)-[^/]*\.parquet")
_FROM = re.compile(r"-from(\d{8})")
_SUFFIX = re.compile(r"(?:-schema\d+)?\.parquet$")
_STAMP = "%Y%m%dT%H%M%SZ"


def _parts(run_id: str) -> tuple[int, datetime]:
    match = _RUN_ID.match(run_id)
    if match is None:
        raise ValueError(f"not a run id: {run_id!r}")
    return int(match[1]), datetime.strptime(match[2], _STAMP).replace(tzinfo=UTC)


def sequence(run_id: str) -> int:
    """Return a run's number, the only part of a run id that is ever compared.

    Raises:
        ValueError: `run_id` is none.
    """
    return _parts(run_id)[0]


def started_at(run_id: str) -> datetime:
    """Return the moment in a run id, UTC.

    Raises:
        ValueError: `run_id` is none.
    """
    return _parts(run_id)[1]


def month_of(moment: datetime) -> str:
    """Return the partition ``YYYY-MM`` of an aware moment."""
    return f"{moment.astimezone(UTC):%Y-%m}"


def first_open_month(run_id: str) -> str:
    """Return the month before the run's: the oldest one that is kept in files of one day."""
    moment = started_at(run_id)
    year, month = (moment.year, moment.month - 1) if moment.month > 1 else (moment.year - 1, 12)
    return f"{year:04}-{month:02}"


def migrated_name(run_id: str, version: int) -> str:
    """Return the name of the snapshot that gives a run's state in a newer schema."""
    return f"{run_id}-schema{version}"


def edition_name(name: str, number: int) -> str:
    """Return the name of the snapshot that gives another's state in a later edition."""
    return f"{name.partition('-edition')[0]}-edition{number}"


def edition_path(path: str, number: int) -> str:
    """Return the new path of a file that is rewritten for an edition."""
    return f"{path.removesuffix('.parquet')}-edition{number}.parquet"


def snapshot_order(name: str) -> tuple[int, int, int] | None:
    """Return what snapshots are ordered by: sequence, schema, edition; None for a foreign name."""
    match = _SNAPSHOT.fullmatch(name)
    return (int(match[1]), int(match[3] or 0), int(match[4] or 0)) if match else None


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Slot:
    """The place where an article lives: one file of each derived table.

    Attributes:
        month: ``YYYY-MM``.
        day: day of the month; 0 for a file of the whole month.
        part: from 1; more than one only where a file would become too large.
    """

    month: str
    day: int
    part: int

    def path(self, snapshot: str) -> str:
        """Return the path in the table's folder of the file that `snapshot` wrote for it."""
        days = f"day{self.day:02}" if self.day else "all"
        return f"month={self.month}/{days}-{self.part}-{snapshot}.parquet"


def slot_of(path: str) -> Slot | None:
    """Return the slot that a file of a derived table is for; None for a placeholder."""
    match = _SLOT.fullmatch(path)
    return Slot(month=match[1], day=int(match[2] or 0), part=int(match[3])) if match else None


def log_path(run_id: str, part: int) -> str:
    """Return the path in a log table's folder of a run's file number `part`, from 1."""
    number = f"-{part:03}" if part > 1 else ""
    return f"month={month_of(started_at(run_id))}/{run_id}{number}.parquet"


def merged_path(paths: Sequence[str]) -> str:
    """Return the path of the file that holds some files of a log table and month, in their order.

    It is named by its last run, the number of that run's last part, and the number of its first.
    """
    first, last = log_span(paths[0])[0], _RUN_ID.match(paths[-1].rpartition("/")[2])
    if last is None:
        raise ValueError(f"not a file of a log table: {paths[-1]!r}")
    part = paths[-1].rpartition("/")[2].removesuffix(".parquet")[last.end() :]
    # Behind it may stand "-schema2" or "-edition3"; without it two parts would have one name.
    number = re.match(r"-\d{3}(?!\d)", part)
    name = f"{last[0]}{number[0] if number else ''}-from{first:08}"
    return f"{paths[0].rpartition('/')[0]}/{name}.parquet"


def log_span(path: str) -> tuple[int, int]:
    """Return the numbers of the first and the last run whose rows a log table's file holds.

    Raises:
        ValueError: it is no such file.
    """
    name = path.rpartition("/")[2]
    last = sequence(name)
    first = _FROM.search(name)
    return (int(first[1]) if first else last, last)


def month_in(path: str) -> str:
    """Return the partition ``YYYY-MM`` that a file lies in."""
    return path.rpartition("/")[0].rpartition("month=")[2]


def placeholder_path(snapshot: str) -> str:
    """Return the path of the file without rows that stands in for an empty table."""
    return f"month={month_of(started_at(snapshot))}/empty-{snapshot}.parquet"


def is_placeholder(path: str) -> bool:
    """Say whether a file stands in for an empty table."""
    return path.rpartition("/")[2].startswith("empty-")


def migrated_path(path: str, version: int) -> str:
    """Return the new path of a file that is rewritten in schema `version`."""
    return _SUFFIX.sub(f"-schema{version}.parquet", path)
