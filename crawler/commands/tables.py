"""What looks at the published tables: list, cite, verify and export their states."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from crawler.commands.options import (
    HERE,
    DebugOption,
    JsonOption,
    WorkspaceOption,
    one_line_errors,
)
from newsgrain.export_format import ExportFormat
from newsgrain.workspace import Workspace

AsOfOption = Annotated[
    str | None,
    typer.Option(
        help="The state after an earlier run: its id, its number or a day.", metavar="RUN"
    ),
]
DayOption = Annotated[
    datetime | None,
    typer.Option(help="Day on which articles were first fetched.", formats=["%Y-%m-%d"]),
]


def nights(
    as_json: JsonOption = False, workspace: WorkspaceOption = None, debug: DebugOption = False
) -> None:
    """List the published nights: what each brought, and what it is cited by."""
    with one_line_errors(debug=debug):
        from crawler.published import show_nights

        show_nights(Workspace(workspace or HERE), as_json=as_json)


def cite(
    as_of: AsOfOption = None,
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Print a BibTeX entry.")] = False,
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Print what to cite the data by: run, digest of its manifest, versions."""
    with one_line_errors(debug=debug):
        from crawler.published import show_citation

        show_citation(Workspace(workspace or HERE), as_of, bibtex=bibtex)


def report(
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Write the report of a night as one HTML page to reports/; each run does so, too."""
    with one_line_errors(debug=debug):
        from crawler.reports import show_report

        show_report(Workspace(workspace or HERE), as_of, as_json=as_json)


def people(
    name: Annotated[
        str | None, typer.Argument(help="Only people with these words in their name.")
    ] = None,
    since: DayOption = None,
    until: DayOption = None,
    source: Annotated[str | None, typer.Option("--source", "-s", help="Only this source.")] = None,
    limit: Annotated[int, typer.Option(help="How many people at most.", min=1)] = 50,
    as_of: AsOfOption = None,
    as_json: JsonOption = False,
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Count who speaks in the articles; with a name, show where and in which words."""
    with one_line_errors(debug=debug):
        from crawler.voices import show_people

        days = {"since": since and since.date(), "until": until and until.date()}
        selection = days | {"source": source, "as_of": as_of}
        show_people(Workspace(workspace or HERE), name, limit=limit, as_json=as_json, **selection)


def verify(
    archive: Annotated[
        bool, typer.Option("--archive", help="Read every archived page again, too.")
    ] = False,
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Prove that the published data are whole: files, keys, and an outcome for every page."""
    with one_line_errors(debug=debug):
        from crawler.published import show_verification

        raise typer.Exit(show_verification(Workspace(workspace or HERE), archive=archive))


def export(
    target: Annotated[
        Path, typer.Argument(help="Folder, or database file, to write.", metavar="TARGET")
    ],
    to: Annotated[ExportFormat, typer.Option("--format", help="What to write.")],
    table: Annotated[
        list[str] | None,
        typer.Option("--table", "-t", help="Only this table; may be repeated.", metavar="NAME"),
    ] = None,
    as_of: AsOfOption = None,
    no_text: Annotated[
        bool, typer.Option("--no-text", help="Leave out what publishers wrote.")
    ] = False,
    pseudonymise: Annotated[
        bool, typer.Option("--pseudonymise", help="Replace people by pseudonyms of this workspace.")
    ] = False,
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Write the published tables in another format."""
    with one_line_errors(debug=debug):
        from crawler.published import show_export

        protection = {"no_text": no_text, "pseudonymise": pseudonymise}
        place, tables = Workspace(workspace or HERE), table or ()
        show_export(place, target, to=to, tables=tables, as_of=as_of, **protection)
