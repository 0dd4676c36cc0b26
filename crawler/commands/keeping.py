"""What keeps a workspace in order: forget, back up, restore, compact."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.commands.options import HERE, DebugOption, WorkspaceOption, one_line_errors
from newsgrain.errors import ConfigError
from newsgrain.tombstones import Reason
from newsgrain.workspace import Workspace


def forget(
    url: Annotated[
        str | None, typer.Argument(help="An address of the article.", metavar="URL")
    ] = None,
    person: Annotated[
        list[str] | None,
        typer.Option(
            help="A person's whole name; may be repeated for other spellings.", metavar="NAME"
        ),
    ] = None,
    reason: Annotated[Reason, typer.Option(help="Why; the tombstone says it.")] = Reason.ERASURE,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what would be removed.")
    ] = False,
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Remove an article or a person from everything in the workspace, for good."""
    with one_line_errors(debug=debug):
        from crawler.forgetting import show_forgetting

        if (url is None) == (not person):
            raise ConfigError("name the address of an article, or a --person")
        place = Workspace(workspace or HERE)
        show_forgetting(place, url, person or (), reason, dry_run=dry_run)


def backup(
    target: Annotated[Path, typer.Argument(help="File to write: NAME.tar.zst.", metavar="FILE")],
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Write the whole workspace to one file, its shared files once."""
    with one_line_errors(debug=debug):
        from crawler.keeping import show_backup

        show_backup(Workspace(workspace or HERE), target)


def restore(
    source: Annotated[Path, typer.Argument(help="File that backup wrote.", metavar="FILE")],
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Make a workspace of a backup, in an empty folder, and prove that it is whole."""
    with one_line_errors(debug=debug):
        from crawler.keeping import show_restoring

        show_restoring(source, Workspace(workspace or HERE))


def compact(
    keep: Annotated[
        list[str] | None,
        typer.Option(
            help="Also keep the files of this night for good; may be repeated.", metavar="RUN"
        ),
    ] = None,
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Merge the files of closed months, and pack old manifests and logs."""
    with one_line_errors(debug=debug):
        from crawler.keeping import show_compacting

        show_compacting(Workspace(workspace or HERE), keep or ())
