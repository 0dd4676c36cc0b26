"""Commands that look at one article."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.commands.options import HERE, DebugOption, WorkspaceOption, one_line_errors
from newsgrain.workspace import Workspace

AddressArgument = Annotated[
    str, typer.Argument(help="An address of the article, or its article_id.", metavar="URL")
]


def history(
    url: AddressArgument, workspace: WorkspaceOption = None, debug: DebugOption = False
) -> None:
    """Show every published revision of an article, and what else happened to it."""
    with one_line_errors(debug=debug):
        from newsgrain.history import history_lines, read_history

        for line in history_lines(read_history(Workspace(workspace or HERE), url)):
            typer.echo(line)


def diff(
    url: AddressArgument,
    old: Annotated[
        int, typer.Option(help="The earlier revision; -2 is the last but one.", metavar="NUMBER")
    ] = -2,
    new: Annotated[
        int, typer.Option(help="The later revision; -1 is the last one.", metavar="NUMBER")
    ] = -1,
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Show what changed between two revisions of an article."""
    with one_line_errors(debug=debug):
        from newsgrain.history import diff_lines, read_history

        found = read_history(Workspace(workspace or HERE), url)
        for line in diff_lines(found.revision(old), found.revision(new)):
            typer.echo(line)
