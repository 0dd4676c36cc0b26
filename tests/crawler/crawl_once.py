"""One crawl in a process of its own.

``crawl_once.py WORKSPACE NOW SETTINGS SINCE REFETCH LARGEST_FILE``, the last three empty for none.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from crawler.crawl import Reach, crawl
from crawler.sources import load_config
from newsgrain.archive import Archive
from newsgrain.workspace import Workspace


def main(root: str, now: str, settings: str, *reach: str) -> None:
    since, refetch, largest_file = reach
    if largest_file:
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(largest_file),) * 2)
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    workspace = Workspace(Path(root))
    moment = datetime.fromisoformat(now)
    own = {"TWISTED_DNS_RESOLVER": "crawler.demo.resolver.LoopbackResolver"}
    with workspace.lock(), Archive.open(workspace.archive) as archive:
        run_id = archive.begin_run("crawl", moment, head=None)
        summary = crawl(
            workspace,
            load_config(workspace.config),
            archive,
            run_id=run_id,
            clock=lambda: moment,
            reach=Reach(
                since=datetime.fromisoformat(since) if since else None, refetch=bool(refetch)
            ),
            settings=own | json.loads(settings),
        )
        if not summary.interrupted:
            archive.end_run(run_id, moment)
    heavy = sorted({"trafilatura", "pyarrow", "pandas"} & set(sys.modules))
    found = {**asdict(summary), "run_id": run_id, "heavy": heavy, "peak_mb": _peak_mb()}
    sys.stdout.write(json.dumps(found))


def _peak_mb() -> float:
    """Return this process's largest resident set, in megabytes.

    Linux hands a process's ru_maxrss on to the programs that it starts, so that a crawl would
    answer for the tests that started it; VmHWM begins anew with each program.
    """
    status = Path("/proc/self/status")
    if status.exists():
        fields = dict(line.split(":", 1) for line in status.read_text().splitlines())
        return int(fields["VmHWM"].split()[0]) * 1024 / 1_000_000
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1_000_000  # macOS: bytes


main(*sys.argv[1:])
