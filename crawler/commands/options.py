"""The options that many commands take, and the border at which errors become one line."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsgrain.errors import NewsgrainError

if TYPE_CHECKING:
    from collections.abc import Iterator

_INTERRUPTED = 130

WorkspaceOption = Annotated[
    Path | None,
    typer.Option("--workspace", "-w", help="Folder of newsgrain.toml and all data.", metavar="DIR"),
]
QuietOption = Annotated[
    bool, typer.Option("--quiet", "-q", help="Print nothing unless something is wrong.")
]
DebugOption = Annotated[bool, typer.Option("--debug", help="Show tracebacks.")]
SourceOption = Annotated[
    list[str] | None,
    typer.Option("--source", "-s", help="Only this source; may be repeated.", metavar="NAME"),
]
ShardOption = Annotated[
    str | None,
    typer.Option(
        help="Only this part of the sites, e.g. 2/8: the second of eight machines.", metavar="N/OF"
    ),
]
FrontierOption = Annotated[
    str | None,
    typer.Option(
        help="Share the sites with other machines through this Redis or Valkey server.",
        metavar="ADDRESS",
    ),
]
SinceOption = Annotated[
    datetime | None,
    typer.Option(
        help="Fill archives back to this day (UTC), newest first.",
        formats=["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"],
        metavar="DATE",
    ),
]
FirstDayOption = Annotated[
    datetime | None,
    typer.Option(
        help="Of --cc-news, only pages fetched on this day (UTC) or later.",
        formats=["%Y-%m-%d"],
        metavar="DATE",
    ),
]
LastDayOption = Annotated[
    datetime | None,
    typer.Option(
        help="Of --cc-news, only pages fetched on this day (UTC) or earlier.",
        formats=["%Y-%m-%d"],
        metavar="DATE",
    ),
]
RefetchOption = Annotated[
    bool, typer.Option("--refetch", help="Fetch known articles again, whole.")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON for other programs.")]
HERE = Path()
"""The workspace of a command that names none."""


@contextmanager
def one_line_errors(*, debug: bool) -> Iterator[None]:
    """Turn errors into one line and an exit code."""
    try:
        yield
    except NewsgrainError as exc:
        if debug:
            raise
        sys.stderr.write(f"newsgrain: {exc}\n")
        raise typer.Exit(exc.exit_code) from exc
    except OSError as exc:
        if debug:
            raise
        place = f"{exc.filename}: " if exc.filename else ""
        sys.stderr.write(f"newsgrain: {place}{exc.strerror or exc}\n")
        raise typer.Exit(1) from exc
    except KeyboardInterrupt as exc:
        sys.stderr.write("newsgrain: interrupted; run it again to finish\n")
        raise typer.Exit(_INTERRUPTED) from exc


def utc(moment: datetime | None) -> datetime | None:
    """Return what was typed in as a moment in UTC."""
    return moment.replace(tzinfo=UTC) if moment else None
