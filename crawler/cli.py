"""The command line. Each command says what it does; ``crawler.runs`` does it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from newsgrain.errors import NewsgrainError
from newsgrain.version import __version__
from newsgrain.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(
    name="newsgrain",
    help="Turn news sites into clean, citable Parquet datasets.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

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
_HERE = Path()
_DEMO = Path("demo-workspace")


@contextmanager
def _one_line_errors(*, debug: bool) -> Iterator[None]:
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
        functions = (command.callback for command in app.registered_commands)
        names = [function.__name__ for function in functions if function]
        ctx.default_map = {name: {"workspace": workspace} for name in names}


@app.command()
def init(
    urls: Annotated[list[str], typer.Argument(help="Home pages.", metavar="URL...")],
    contact: Annotated[
        str | None,
        typer.Option(help="Mail or web address where sites can reach you.", metavar="ADDRESS"),
    ] = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Look for feeds and sitemaps and add the sites to newsgrain.toml."""
    with _one_line_errors(debug=debug):
        from crawler.init import add_sources

        raise typer.Exit(
            add_sources(Workspace(workspace or _HERE), urls, contact=contact, quiet=quiet)
        )


@app.command()
def run(
    source: SourceOption = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Fetch what is new, archive, clean, publish, report."""
    with _one_line_errors(debug=debug):
        from crawler.runs import Job, execute

        job = Job(command="run", crawl=True, publish=True, only=tuple(source or ()))
        raise typer.Exit(execute(Workspace(workspace or _HERE), job, quiet=quiet))


@app.command()
def crawl(
    source: SourceOption = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Fetch what is new and archive it; clean and publish later."""
    with _one_line_errors(debug=debug):
        from crawler.runs import Job, execute

        job = Job(command="crawl", crawl=True, only=tuple(source or ()))
        raise typer.Exit(execute(Workspace(workspace or _HERE), job, quiet=quiet))


@app.command()
def clean(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="WARC, HTML and Parquet files, or folders of them.", metavar="PATH..."),
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Clean every archived page again.")
    ] = False,
    url: Annotated[
        str | None, typer.Option(help="Address of the page in the one HTML file given.")
    ] = None,
    fetched_at: Annotated[
        datetime | None, typer.Option(help="When the given pages were fetched, UTC.")
    ] = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Clean and publish what the archive holds and no run has published, or given files."""
    with _one_line_errors(debug=debug):
        from crawler.runs import Given, Job, execute

        moment = fetched_at.replace(tzinfo=UTC) if fetched_at else None
        given = Given(paths=tuple(paths or ()), url=url, fetched_at=moment)
        job = Job(command="clean", publish=True, reclean=everything, given=given)
        raise typer.Exit(execute(Workspace(workspace or _HERE), job, quiet=quiet))


@app.command()
def status(workspace: WorkspaceOption = None, debug: DebugOption = False) -> None:
    """Show what is known and published, source by source."""
    with _one_line_errors(debug=debug):
        from crawler.status import show_status

        show_status(Workspace(workspace or _HERE))


@app.command()
def schedule(
    at: Annotated[str, typer.Option(help="Local time of the day.", metavar="HH:MM")],
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Print a crontab line and a systemd timer for one run a day."""
    with _one_line_errors(debug=debug):
        from crawler.schedule import schedule as lines

        typer.echo(lines(at, workspace or _HERE), nl=False)


@app.command()
def demo(
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Run two simulated nights against the embedded sample newspapers.

    The workspace is made anew; it is never one that holds anything but a demo.
    """
    with _one_line_errors(debug=debug):
        from crawler.demo.nights import show_demo

        raise typer.Exit(show_demo(workspace or _DEMO))


if __name__ == "__main__":
    app(prog_name="newsgrain")
