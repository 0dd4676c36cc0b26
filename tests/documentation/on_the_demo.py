"""The command line, with the sample newspapers for its network and a simulated night.

python -m tests.documentation.on_the_demo 2026-11-21T02:00:00+00:00 run --quiet
"""

from __future__ import annotations

import sys
from datetime import datetime
from functools import partial

import crawler.init
import crawler.runs
from crawler.cli import app
from crawler.demo import RESOLVER

# Workers that clean pages are spawned: they import this module, and must not run it.
if __name__ == "__main__":
    now = datetime.fromisoformat(sys.argv.pop(1))
    given = {
        "clock": lambda: now,
        "settings": {"TWISTED_DNS_RESOLVER": RESOLVER, "HTTPPROXY_ENABLED": False},
    }
    crawler.runs.execute = partial(crawler.runs.execute, **given)
    crawler.init.add_sources = partial(crawler.init.add_sources, **given)
    app(prog_name="newsgrain")
