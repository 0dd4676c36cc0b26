"""A page under the magnifying glass."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from crawler.commands.options import HERE, DebugOption, WorkspaceOption, one_line_errors
from newsgrain.workspace import Workspace


def inspect(
    page: Annotated[
        str,
        typer.Argument(
            help="Address, article_id, or HTML, WARC or Parquet file.", metavar="URL|FILE"
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print everything as JSON.")] = False,
    output: Annotated[
        Path | None, typer.Option(help="Where to write the HTML page.", metavar="FILE")
    ] = None,
    no_open: Annotated[
        bool, typer.Option("--no-open", help="Do not open the page in a browser.")
    ] = False,
    fetch: Annotated[
        bool, typer.Option("--fetch", help="Fetch the address, also if it is archived.")
    ] = False,
    url: Annotated[str | None, typer.Option(help="Address of the page in the file given.")] = None,
    fetched_at: Annotated[
        datetime | None, typer.Option(help="When the given page was fetched, UTC.")
    ] = None,
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Show what was kept of a page and what was removed, and the evidence of each field."""
    with one_line_errors(debug=debug):
        from crawler.inspection import Showing, Target, show

        moment = fetched_at.replace(tzinfo=UTC) if fetched_at else None
        target = Target(name=page, url=url, fetched_at=moment, fetch=fetch)
        showing = Showing(as_json=as_json, output=output, opened=not no_open)
        show(Workspace(workspace or HERE), target, showing)
