"""One machine on a shared frontier: ``worker.py WORKSPACE NOW ADDRESS LEASE_S GROUPS_AT_ONCE``."""

from __future__ import annotations

import json
import logging
import sys
from dataclasses import asdict
from datetime import datetime
from functools import partial
from pathlib import Path

from crawler import session, shift
from crawler.crawl import Reach, crawl
from crawler.sources import load_config
from newsgrain.archive import Archive
from newsgrain.workspace import Workspace


def main(root: str, now: str, address: str, lease_s: str, at_once: str) -> None:
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    shift._LEASE_S = float(lease_s)
    session.Shift = partial(shift.Shift, at_once=int(at_once))  # type: ignore[assignment,misc]
    workspace, moment = Workspace(Path(root)), datetime.fromisoformat(now)
    with workspace.lock(), Archive.open(workspace.archive) as archive:
        summary = crawl(
            workspace,
            load_config(workspace.config),
            archive,
            run_id=archive.begin_run("crawl", moment, head=None),
            clock=lambda: moment,
            reach=Reach(frontier=address),
            settings={"TWISTED_DNS_RESOLVER": "crawler.demo.resolver.LoopbackResolver"},
        )
    sys.stdout.write(json.dumps(asdict(summary)))


main(*sys.argv[1:])
