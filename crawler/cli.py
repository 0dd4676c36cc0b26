"""The command line: all commands, in the order of ``newsgrain --help``."""

from __future__ import annotations

from typing import Annotated

import typer

from crawler.commands import archive, articles, inspecting, keeping, machines, nights, tables
from crawler.commands.options import WorkspaceOption
from newsgrain.version import __version__

app = typer.Typer(
    name="newsgrain",
    help="Turn news sites into clean, citable Parquet datasets.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

COMMANDS = (
    nights.init,
    nights.run,
    nights.crawl,
    nights.clean,
    machines.merge,
    nights.status,
    articles.history,
    articles.diff,
    tables.report,
    tables.nights,
    tables.people,
    tables.cite,
    tables.verify,
    tables.export,
    keeping.forget,
    keeping.backup,
    keeping.restore,
    keeping.compact,
    nights.schedule,
    nights.doctor,
    inspecting.inspect,
    nights.demo,
)
"""Every command, under the name of its function."""

for _command in COMMANDS:
    app.command()(_command)
app.add_typer(archive.app)


def _print_version(wanted: bool) -> None:  # noqa: FBT001 - Typer's signature
    if wanted:
        typer.echo(f"newsgrain {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    ctx: typer.Context,
    workspace: WorkspaceOption = None,
    _version: Annotated[
        bool,
        typer.Option("--version", callback=_print_version, is_eager=True, help="Print it."),
    ] = False,
) -> None:
    if workspace is not None:
        # What stands before the command holds unless the command says otherwise.
        given = {"workspace": workspace}
        ctx.default_map = {command.__name__: given for command in COMMANDS}
        ctx.default_map["archive"] = {"prune": given}


if __name__ == "__main__":
    app(prog_name="newsgrain")
