"""One night of a workspace under a clock that begins at a given moment.

python benchmarks/night.py crawl|rows|run WORKSPACE MOMENT

``rows`` crawls without an archive: answers are noted in the ledger, and not kept.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

from crawler.demo import RESOLVER
from crawler.jobs import Job
from crawler.runs import execute
from newsgrain.archive import Archive
from newsgrain.clock import system_clock
from newsgrain.workspace import Workspace


def main() -> int:
    """Run it."""
    command, folder, moment = sys.argv[1:]
    ahead = datetime.fromisoformat(moment) - system_clock()
    job = Job(command=command, crawl=True, publish=command == "run")
    settings = {"HTTPPROXY_ENABLED": False, "TWISTED_DNS_RESOLVER": RESOLVER}
    if command == "rows":
        patch.object(Archive, "_append", lambda *_: {}).start()
    workspace = Workspace(Path(folder))
    return execute(
        workspace, job, quiet=True, clock=lambda: system_clock() + ahead, settings=settings
    )


if __name__ == "__main__":
    sys.exit(main())
