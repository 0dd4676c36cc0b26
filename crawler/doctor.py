"""``newsgrain doctor``: is everything fit for tonight? Nothing is changed.

machine | newsgrain.toml | archive | datasets -> a line each, exit code 1 if one is wrong
"""

from __future__ import annotations

import fcntl
import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from crawler import surroundings
from crawler.configuration import Config
from crawler.display import Display
from crawler.rendering import rendering_settings
from crawler.sources import load_config
from crawler.surroundings import Diagnosis, Health
from newsgrain.clock import system_clock
from newsgrain.errors import ConfigError, NewsgrainError
from newsgrain.ledger import read_ledger
from newsgrain.report import size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsgrain.clock import Clock
    from newsgrain.manifest import Manifest
    from newsgrain.workspace import Workspace

_STYLES = {Health.GOOD: "green", Health.DOUBTFUL: "yellow", Health.BAD: "bold red"}


def examine(workspace: Workspace, clock: Clock = system_clock) -> Iterator[Diagnosis]:
    """Look at machine and workspace.

    Args:
        workspace: an existing folder.
        clock: to be compared with that of the first source that is asked directly.

    Raises:
        ConfigError: there is no such folder.
    """
    if not workspace.root.is_dir():
        raise ConfigError("there is no such folder", path=workspace.root)
    yield from surroundings.packages()
    yield surroundings.certificates()
    diagnoses, config = _configuration(workspace)
    yield from diagnoses
    # A source behind a proxy is asked through nothing else.
    home = next((source.url for source in config.sources if not source.proxy), None)
    yield surroundings.clock(home, clock)
    yield surroundings.disk(workspace.root, config.crawl.min_free_disk_mb)
    yield surroundings.file_system(workspace.root)
    yield from _lock(workspace)
    yield from _archive(workspace)
    yield from _datasets(workspace)


def _configuration(workspace: Workspace) -> tuple[list[Diagnosis], Config]:
    subject = "newsgrain.toml"
    if not workspace.config.exists():
        text = "there is none; `newsgrain init ADDRESS...` writes it"
        return [_told(subject, Health.DOUBTFUL, text)], Config()
    try:
        config = load_config(workspace.config)
        rendering_settings(config.sources)
    except ConfigError as exc:
        return [_told(subject, Health.BAD, line) for line in str(exc).splitlines()], Config()
    if config.crawl.contact:
        return [_told(subject, Health.GOOD, f"{len(config.sources)} sources")], config
    text = "has no crawl.contact: a run stops at 100 requests a host"
    return [_told(subject, Health.DOUBTFUL, text)], config


def _told(subject: str, health: Health, text: str) -> Diagnosis:
    return Diagnosis(subject=subject, health=health, text=text)


def _lock(workspace: Workspace) -> Iterator[Diagnosis]:
    path = workspace.root / ".lock"
    if not path.exists():
        return
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            yield _told("lock", Health.GOOD, "a run is under way")
        else:
            yield _told("lock", Health.GOOD, "no run is under way")


def _archive(workspace: Workspace) -> Iterator[Diagnosis]:
    try:
        with read_ledger(workspace.archive) as connection:
            if connection is None:
                yield _told("archive", Health.GOOD, "nothing is archived yet")
                return
            (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            (pages,) = connection.execute("SELECT count(*) FROM pages").fetchone()
    except NewsgrainError as exc:
        yield _told("archive", Health.BAD, str(exc))
        return
    if said != "ok":
        yield _told("archive", Health.BAD, f"the ledger is damaged: {said}; restore a backup")
        return
    files = list(workspace.archive.glob("*.warc.gz"))
    total = size(sum(path.stat().st_size for path in files))
    yield _told("archive", Health.GOOD, f"{pages} pages, {len(files)} files, {total}")


def _datasets(workspace: Workspace) -> Iterator[Diagnosis]:
    from newsgrain.catalog import Catalog
    from newsgrain.snapshot import read_head

    try:
        head = read_head(workspace.datasets, Catalog())
    except NewsgrainError as exc:
        yield _told("datasets", Health.BAD, str(exc))
        return
    if head.manifest is None:
        yield _told("datasets", Health.GOOD, "nothing is published yet")
        return
    entries = [entry for found in head.manifest.tables.values() for entry in found]
    harmed = [
        entry.path
        for entry in entries
        if not head.file(entry.path).is_file()
        or head.file(entry.path).stat().st_size != entry.bytes
    ]
    if harmed:
        text = f"{len(harmed)} files are missing or cut, e.g. {harmed[0]}; see `newsgrain verify`"
        yield _told("datasets", Health.BAD, text)
    else:
        yield _told("datasets", Health.GOOD, _published(head.manifest, len(entries)))


def _published(manifest: Manifest, files: int) -> str:
    left = len(manifest.pending) + manifest.unsettled
    more = f"; {left} pages are left to the next run" if left else ""
    return f"{manifest.rows('articles')} articles, {files} files, run {manifest.run_id}{more}"


def show_examination(
    workspace: Workspace, *, as_json: bool = False, clock: Clock = system_clock
) -> int:
    """Print what was found, a line each.

    Returns:
        the exit code: 1 if something is wrong.

    Raises:
        ConfigError: there is no such folder.
    """
    found = list(examine(workspace, clock))
    display = Display()
    if as_json:
        display.line(json.dumps([asdict(one) for one in found], ensure_ascii=False, indent=1))
    else:
        table = Table(box=None, pad_edge=False, show_header=False)
        for one in found:
            mark = Text(one.health.value, style=_STYLES[one.health])
            table.add_row(mark, Text(one.subject), Text(one.text))
        display.table(table, whole=True)
    return int(any(one.health is Health.BAD for one in found))
