"""What a run works with, and what came of it so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from crawler.run_outcome import RunOutcome

if TYPE_CHECKING:
    from datetime import datetime

    from crawler.configuration import Config
    from crawler.display import Bars
    from crawler.jobs import Job
    from newsgrain.archive import Archive
    from newsgrain.clock import Clock
    from newsgrain.tombstones import Tombstones
    from newsgrain.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class RunContext:
    """One run; its steps take their means from here and leave their part in `outcome`.

    Attributes:
        workspace: where.
        job: what the command asks for.
        config: of newsgrain.toml.
        archive: open for writing.
        bars: show how far a step is.
        clock: gives the present.
        tombstones: what was forgotten and does not come back.
        run_id: as `Archive.begin_run` gave it.
        started_at: when it began.
        outcome: what came of it.
    """

    workspace: Workspace
    job: Job
    config: Config
    archive: Archive
    bars: Bars
    clock: Clock
    tombstones: Tombstones
    run_id: str
    started_at: datetime
    outcome: RunOutcome = field(default_factory=RunOutcome)
