"""One probe in a process of its own: ``probe_once.py NOW SETTINGS PREVIEWS URL[=FEED]...``."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import datetime

from crawler.probe import probe


def main(now: str, settings: str, previews: str, *urls: str) -> None:
    moment = datetime.fromisoformat(now)
    own = {
        "TWISTED_DNS_RESOLVER": "crawler.demo.resolver.LoopbackResolver",
        "DOWNLOAD_DELAY": 0.01,
    }
    # An address may be followed by feeds that are known of it: ADDRESS=FEED=FEED.
    feeds = {given.split("=")[0]: given.split("=")[1:] for given in urls}
    found = probe(
        list(feeds),
        feeds=feeds,
        previews=int(previews),
        clock=lambda: moment,
        settings=own | json.loads(settings),
    )
    rows = [{**asdict(one), "name": one.name} for one in found]
    sys.stdout.write(json.dumps(rows, default=str))


main(*sys.argv[1:])
