"""One machine of several: the command line on a simulated night.

``machine.py NIGHT COMMAND ...``
"""

from __future__ import annotations

import sys
import time
from datetime import datetime, timedelta
from functools import partial

from crawler import runs
from crawler.cli import app
from crawler.demo import RESOLVER

_SETTINGS = {"TWISTED_DNS_RESOLVER": RESOLVER, "HTTPPROXY_ENABLED": False}


def main(night: str, *arguments: str) -> None:
    moment, started = datetime.fromisoformat(night), time.monotonic()

    def clock() -> datetime:
        return moment + timedelta(seconds=time.monotonic() - started)

    runs.execute = partial(runs.execute, clock=clock, settings=_SETTINGS)  # type: ignore[assignment]
    app(arguments, prog_name="newsgrain")


if __name__ == "__main__":  # the processes that clean are spawned, and import this file
    main(*sys.argv[1:])
