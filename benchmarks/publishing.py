"""What publishing and loading cost, by rows."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import newsgrain
from benchmarks.figures import Figure
from benchmarks.site import article
from cleaners import CLEANER_VERSION, clean
from cleaners.records import Page
from newsgrain.clock import system_clock
from newsgrain.fair_copy import FairCopy, fair_copy
from newsgrain.identity import Identity
from newsgrain.revisions import Outcome, Provenance, revision_row
from newsgrain.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

_RUN = "00000001-20261120T020000Z"
_START = datetime(2026, 11, 20, tzinfo=UTC)
_BATCH = 256


def _rows(count: int) -> Iterator[dict[str, Any]]:
    page = Page(url="https://site.example/1", html=article(1), fetched_at=_START)
    found = fair_copy(clean(page))
    if not isinstance(found, FairCopy):
        raise TypeError(found)
    origin = Provenance(
        source="bench", fetched_at=_START, run_id=_RUN, cleaner_version=CLEANER_VERSION
    )
    identity = Identity(article_id="0" * 32)
    row = revision_row(found, identity, Outcome.NEW, origin)
    for number in range(count):
        name = f"{number:032x}"
        moment = _START + timedelta(seconds=number)
        own = {"article_id": name, "duplicate_group": name, "first_fetched_at": moment}
        yield row | own | {"url": f"https://site.example/{number}"}


def measure(rows: int) -> Iterator[Figure]:
    """Yield the figures for a dataset of so many articles."""
    prepared = list(_rows(rows))
    with TemporaryDirectory() as folder:
        workspace = Path(folder)
        store = Store(workspace / "datasets", clock=system_clock)
        start = time.process_time()
        with store.stage(_RUN) as staging:
            for first in range(0, rows, _BATCH):
                staging.append("revisions", prepared[first : first + _BATCH])
            staging.commit(archive_sequence=0, pending=[], cleaner_version=CLEANER_VERSION)
        publish = time.process_time() - start
        yield Figure(name="publish", value=rows / publish, unit="articles/s CPU",
                     note=f"{rows} articles, their flat tables included")  # fmt: skip
        for engine in ("arrow", "pandas"):
            start = time.process_time()
            newsgrain.load("articles", workspace=workspace, engine=engine)
            taken = time.process_time() - start
            yield Figure(name=f"load articles ({engine})", value=rows / taken, unit="rows/s CPU")
