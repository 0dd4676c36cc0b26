"""One night of a workspace under a clock that begins at a given moment.

python benchmarks/night.py crawl|run WORKSPACE MOMENT
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from crawler.jobs import Job
from crawler.runs import execute
from newsgrain.clock import system_clock
from newsgrain.workspace import Workspace


def main() -> int:
    """Run it."""
    command, folder, moment = sys.argv[1:]
    ahead = datetime.fromisoformat(moment) - system_clock()
    job = Job(command=command, crawl=True, publish=command == "run")
    settings = {"HTTPPROXY_ENABLED": False}
    workspace = Workspace(Path(folder))
    return execute(
        workspace, job, quiet=True, clock=lambda: system_clock() + ahead, settings=settings
    )


if __name__ == "__main__":
    sys.exit(main())
