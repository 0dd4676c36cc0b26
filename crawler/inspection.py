"""``newsgrain inspect``: find a page, wherever it lies, and show what becomes of it.

a file | an archived or published page | the web -> inspect_page -> HTML or JSON
"""

from __future__ import annotations

import json
import re
import webbrowser
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cleaners.urls import registrable_domain, url_key
from crawler.configuration import Config
from crawler.display import Display
from crawler.single import fetch_page
from crawler.sources import load_config
from newsgrain.clock import system_clock
from newsgrain.errors import ConfigError, NewsgrainError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from crawler.configuration import Source
    from newsgrain.clock import Clock
    from newsgrain.inspection import Inspection
    from newsgrain.ledger import PageRow
    from newsgrain.workspace import Workspace

_ARTICLE_ID = re.compile(r"[0-9a-f]{32}")
_NOT_IN_NAMES = re.compile(r"[^\w.-]+", re.ASCII)
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Which page to inspect, as it was asked for.

    Attributes:
        name: an address, the ``article_id`` of a published article, or the path of a file.
        url: address of the page in a given file.
        fetched_at: when a given file was fetched, where it does not say.
        fetch: ask the web, even where the page is archived.
    """

    name: str
    url: str | None = None
    fetched_at: datetime | None = None
    fetch: bool = False

    @property
    def is_address(self) -> bool:
        """Whether it is an address of the web."""
        return self.name.lower().startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """What to do with an inspection.

    Attributes:
        as_json: print it, instead of writing a page.
        output: where to write the page; None: into the workspace.
        opened: show the page in the browser.
    """

    as_json: bool = False
    output: Path | None = None
    opened: bool = True


def inspect_target(
    workspace: Workspace,
    target: Target,
    *,
    clock: Clock = system_clock,
    settings: Mapping[str, object] = {},
) -> Inspection:
    """Find the page and inspect it.

    Raises:
        ConfigError: there is no such file, or newsgrain.toml is wrong.
        NewsgrainError: the page cannot be read or fetched.
    """
    config = load_config(workspace.config) if workspace.config.exists() else Config()
    found = _find(workspace, target)
    archive = workspace.archive if workspace.archive.is_dir() else None
    if found is None:
        return _fetched(target.name, config, clock, settings, archive)
    from newsgrain.inspection import inspect_page

    row, body = found
    source = _source_of(config, row.url, row.source)
    return inspect_page(
        body,
        url=row.url,
        fetched_at=row.fetched_at,
        content_type=row.content_type,
        language=source.language if source else None,
        timezone=source.timezone if source else None,
        hints=row.hints,
        archive=archive,
    )


def _find(workspace: Workspace, target: Target) -> tuple[PageRow, bytes] | None:
    """Return a page that lies on the disk, and its body; None for one that is to be fetched."""
    if target.is_address and (target.fetch or not workspace.archive.is_dir()):
        return None
    from newsgrain.archived import find_archived, find_given

    path = Path(target.name)
    if not target.is_address and path.is_file():
        return find_given(path, url=target.url, fetched_at=target.fetched_at)
    is_id = _ARTICLE_ID.fullmatch(target.name) is not None
    if not target.is_address and not is_id:
        raise ConfigError(f"{target.name}: neither a file, an address nor an article_id")
    found = find_archived(workspace, target.name)
    if found is None and is_id:
        raise NewsgrainError(f"{target.name}: no such article with a page in the archive")
    return found


def _fetched(
    url: str,
    config: Config,
    clock: Clock,
    settings: Mapping[str, object],
    archive: Path | None,
) -> Inspection:
    page = fetch_page(url, config, clock=clock, settings=settings)
    from newsgrain.inspection import inspect_page

    source = _source_of(config, page.url, None)
    return inspect_page(
        page.body,
        url=page.url,
        fetched_at=page.fetched_at,
        content_type=page.content_type,
        language=source.language if source else None,
        timezone=source.timezone if source else None,
        archive=archive,
    )


def _source_of(config: Config, url: str, name: str | None) -> Source | None:
    """Return the source that a page belongs to: by its name, else by its site."""
    domain = registrable_domain(url)
    for source in config.sources:
        if source.name == name or (name is None and registrable_domain(source.url) == domain):
            return source
    return None


def show(
    workspace: Workspace,
    target: Target,
    showing: Showing,
    *,
    clock: Clock = system_clock,
    settings: Mapping[str, object] = {},
) -> None:
    """Inspect a page, and print it as JSON or write, name and open its HTML page.

    Raises:
        NewsgrainError: as `inspect_target`.
        OSError: the page cannot be written.
    """
    inspection = inspect_target(workspace, target, clock=clock, settings=settings)
    display = Display()
    if showing.as_json:
        display.line(json.dumps(inspection.to_dict(), ensure_ascii=False, indent=2))
        return
    path = showing.output or workspace.inspections / _file_name(inspection.page.url)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(inspection.to_html(), "utf-8")
    display.line(str(path))
    if showing.opened and not webbrowser.open(path.absolute().as_uri()):
        display.hint("newsgrain: no browser was found; open the file yourself")


def _file_name(url: str) -> str:
    """Return a file name that tells the page, the same for every spelling of its address."""
    readable = _NOT_IN_NAMES.sub("-", url.partition("://")[2]).strip("-.")[:_LONGEST_NAME]
    return f"{readable}-{url_key(url)[:8]}.html"
