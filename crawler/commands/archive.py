"""What is done with the archive: ``newsgrain archive ...``."""

from __future__ import annotations

from datetime import UTC, datetime
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

app = typer.Typer(name="archive", help="Look after the archive.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Look after the archive."""


@app.command()
def prune(
    before: Annotated[
        datetime,
        typer.Option(help="Fetched before this day, UTC.", metavar="DATE", formats=["%Y-%m-%d"]),
    ],
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Delete the archived bodies of old pages; published rows stay, and cannot be cleaned again."""
    with one_line_errors(debug=debug):
        from crawler.jobs import Job
        from crawler.runs import execute

        job = Job(command="prune", publish=True, prune_before=before.replace(tzinfo=UTC))
        raise typer.Exit(execute(Workspace(workspace or HERE), job, quiet=quiet))
