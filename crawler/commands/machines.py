"""What several machines need beside ``newsgrain crawl``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from crawler.commands.options import (
    HERE,
    DebugOption,
    QuietOption,
    WorkspaceOption,
    one_line_errors,
)
from newsgrain.workspace import Workspace


def merge(
    shards: Annotated[
        list[Path],
        typer.Argument(help="Workspaces that other crawls filled.", metavar="WORKSPACE..."),
    ],
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Take over what other workspaces archived, and publish it as one dataset in one commit."""
    with one_line_errors(debug=debug):
        from crawler.jobs import Job
        from crawler.merge import shards_of
        from crawler.redis_server import address_of
        from crawler.runs import execute

        target = Workspace(workspace or HERE)
        job = Job(
            command="merge",
            publish=True,
            shards=shards_of(target, shards),
            frontier=address_of(None, os.environ),
        )
        raise typer.Exit(execute(target, job, quiet=quiet))
