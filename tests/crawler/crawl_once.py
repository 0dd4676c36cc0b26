"""One crawl in a process of its own: ``crawl_once.py WORKSPACE NOW SETTINGS``."""

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


def main(root: str, now: str, settings: str, since: str = "", refetch: str = "") -> None:
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
    # Kibibytes on Linux, bytes on macOS.
    unit = 1 if sys.platform == "darwin" else 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1_000_000
    found = {**asdict(summary), "run_id": run_id, "heavy": heavy, "peak_mb": peak}
    sys.stdout.write(json.dumps(found))


main(*sys.argv[1:])
