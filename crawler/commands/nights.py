"""What makes a night, and the demo of two."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from crawler.commands.options import (
    HERE,
    DebugOption,
    FirstDayOption,
    FrontierOption,
    JsonOption,
    LastDayOption,
    QuietOption,
    RefetchOption,
    ShardOption,
    SinceOption,
    SourceOption,
    WorkspaceOption,
    one_line_errors,
    utc,
)
from crawler.timers import Timer
from newsgrain.workspace import Workspace

_DEMO = Path("demo-workspace")


def init(
    urls: Annotated[list[str] | None, typer.Argument(help="Home pages.", metavar="URL...")] = None,
    opml: Annotated[
        Path | None, typer.Option(help="Also the feeds of this OPML file.", metavar="FILE")
    ] = None,
    listed: Annotated[
        Path | None,
        typer.Option("--list", help="Also the addresses in this file, one a line.", metavar="FILE"),
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option(help="Mail or web address where sites can reach you.", metavar="ADDRESS"),
    ] = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Look at what sites offer, show it, and add them to newsgrain.toml."""
    with one_line_errors(debug=debug):
        from crawler.init import add_sources, subscriptions

        sites = subscriptions(urls or (), opml=opml, listed=listed)
        place = Workspace(workspace or HERE)
        raise typer.Exit(add_sources(place, sites, contact=contact, quiet=quiet))


def run(
    source: SourceOption = None,
    shard: ShardOption = None,
    since: SinceOption = None,
    refetch: RefetchOption = False,
    metrics: Annotated[
        Path | None,
        typer.Option(help="Write figures for Prometheus to this file.", metavar="FILE"),
    ] = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Fetch what is new, archive, clean, publish, report."""
    with one_line_errors(debug=debug):
        from crawler.jobs import Job
        from crawler.runs import execute
        from crawler.shards import parse_shard

        job = Job(
            command="run",
            crawl=True,
            publish=True,
            only=tuple(source or ()),
            shard=parse_shard(shard) if shard else None,
            since=utc(since),
            refetch=refetch,
            metrics=metrics,
        )
        raise typer.Exit(execute(Workspace(workspace or HERE), job, quiet=quiet))


def crawl(
    source: SourceOption = None,
    shard: ShardOption = None,
    frontier: FrontierOption = None,
    since: SinceOption = None,
    refetch: RefetchOption = False,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Fetch what is new and archive it; clean and publish later."""
    with one_line_errors(debug=debug):
        from crawler.jobs import Job
        from crawler.redis_server import address_of
        from crawler.runs import execute
        from crawler.shards import parse_shard

        job = Job(
            command="crawl",
            crawl=True,
            only=tuple(source or ()),
            shard=parse_shard(shard) if shard else None,
            frontier=address_of(frontier, os.environ),
            since=utc(since),
            refetch=refetch,
        )
        raise typer.Exit(execute(Workspace(workspace or HERE), job, quiet=quiet))


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
    cc_news: Annotated[
        str | None,
        typer.Option(
            help="WARC files of Common Crawl, one a line: paths, http, s3.", metavar="LIST"
        ),
    ] = None,
    hosts: Annotated[
        Path | None,
        typer.Option(help="Of --cc-news, only the hosts in this file, one a line.", metavar="FILE"),
    ] = None,
    language: Annotated[
        str | None, typer.Option(help="Of --cc-news, only pages in it, e.g. fr.", metavar="TAG")
    ] = None,
    since: FirstDayOption = None,
    until: LastDayOption = None,
    workspace: WorkspaceOption = None,
    quiet: QuietOption = False,
    debug: DebugOption = False,
) -> None:
    """Clean and publish what the archive holds and no run has published, or given files."""
    with one_line_errors(debug=debug):
        from crawler.jobs import Given, Job
        from crawler.runs import execute
        from newsgrain.cc_list import news_list

        when = {"since": utc(since), "until": utc(until), "fetched_at": utc(fetched_at)}
        news = news_list(cc_news, hosts=hosts, language=language, **when)
        given = Given(paths=tuple(paths or ()), url=url, fetched_at=utc(fetched_at), news=news)
        job = Job(command="clean", publish=True, reclean=everything, given=given)
        raise typer.Exit(execute(Workspace(workspace or HERE), job, quiet=quiet))


def status(
    as_json: JsonOption = False, workspace: WorkspaceOption = None, debug: DebugOption = False
) -> None:
    """Show what is known and published, source by source."""
    with one_line_errors(debug=debug):
        from crawler.status import show_status

        show_status(Workspace(workspace or HERE), as_json=as_json)


def doctor(
    as_json: JsonOption = False, workspace: WorkspaceOption = None, debug: DebugOption = False
) -> None:
    """Look whether machine and workspace are fit for a run; nothing is changed."""
    with one_line_errors(debug=debug):
        from crawler.doctor import show_examination

        raise typer.Exit(show_examination(Workspace(workspace or HERE), as_json=as_json))


def schedule(
    at: Annotated[str, typer.Option(help="Local time of the day.", metavar="HH:MM")],
    install: Annotated[
        bool, typer.Option("--install", help="Install it, instead of printing it.")
    ] = False,
    timer: Annotated[
        Timer, typer.Option("--with", help="What --install uses: crontab or the user's systemd.")
    ] = Timer.CRON,
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Print a crontab line and a systemd timer for one run a day, or install one of them."""
    with one_line_errors(debug=debug):
        from crawler.schedule import schedule as daily
        from crawler.timers import install as into

        one = daily(at, workspace or HERE)
        typer.echo(into(one, timer) if install else one, nl=install)


def demo(
    workspace: WorkspaceOption = None,
    debug: DebugOption = False,
) -> None:
    """Run two simulated nights against the embedded sample newspapers.

    The workspace is made anew; it is never one that holds anything but a demo.
    """
    with one_line_errors(debug=debug):
        from crawler.demo.nights import show_demo

        raise typer.Exit(show_demo(workspace or _DEMO))
