"""What a command asks of a run."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from crawler.shards import Shard
    from newsgrain.cc_list import NewsList
    from newsgrain.workspace import Workspace


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """Files given to ``newsgrain clean``.

    Attributes:
        paths: files and folders.
        url: address of the page, where one HTML file is given.
        fetched_at: when the pages were fetched, where the files do not say.
        news: WARC files of Common Crawl, and what is wanted of them.
    """

    paths: tuple[Path, ...] = ()
    url: str | None = None
    fetched_at: datetime | None = None
    news: NewsList | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a command asks for.

    Attributes:
        command: its name.
        crawl: fetch what is new.
        publish: clean and commit.
        reclean: clean old pages again.
        prune_before: give up the archived bodies of published pages older than this.
        only: names of the sources to crawl; empty: all.
        shard: the part of the sources that is crawled here; None: all.
        frontier: address of the server that several machines share; None: there is one machine.
        since: fill archives back to this moment; None: take what is new.
        refetch: fetch known articles again, whole.
        given: files to clean.
        shards: workspaces whose archives are taken over.
        metrics: file for the figures of the night in the format of Prometheus.
    """

    command: str
    crawl: bool = False
    publish: bool = False
    reclean: bool = False
    prune_before: datetime | None = None
    only: tuple[str, ...] = ()
    shard: Shard | None = None
    frontier: str | None = None
    since: datetime | None = None
    refetch: bool = False
    given: Given = field(default_factory=Given)
    shards: tuple[Workspace, ...] = ()
    metrics: Path | None = None

    @property
    def only_crawls(self) -> bool:
        """Whether there is nothing to do but to crawl."""
        is_given = bool(self.given.paths or self.given.news)
        return not (self.publish or is_given or self.shards or self.prune_before)
