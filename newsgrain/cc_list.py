"""Which pages of which WARC files of Common Crawl: the list, and the filter."""

from __future__ import annotations

import gzip
import zlib
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cleaners.language import normalise_tag
from newsgrain.clock import system_clock
from newsgrain.errors import ConfigError, InputError
from newsgrain.page_language import speaks
from newsgrain.remote import is_remote, open_address

if TYPE_CHECKING:
    from datetime import datetime

    from newsgrain.warc_stream import WarcPage

COMMON_CRAWL = "https://data.commoncrawl.org/"
"""Where the paths lead that Common Crawl publishes in its lists (``warc.paths.gz``)."""

_CC_PATH = "crawl-data/"
_GZIP_MAGIC = b"\x1f\x8b"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which pages are wanted; what is empty or None does not matter.

    Attributes:
        hosts: host names; each stands for those below it, too.
        language: primary language, e.g. ``fr``; pages whose language cannot be told are not.
        since: first moment of fetching.
        until: first moment of fetching that is too late.
    """

    hosts: frozenset[str] = frozenset()
    language: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def digest(self) -> str:
        """Return what is the same for the same filter."""
        moments = [str(moment and moment.isoformat()) for moment in (self.since, self.until)]
        return " ".join([*sorted(self.hosts), str(self.language), *moments])

    def address(self, url: str, fetched_at: datetime | None) -> bool:
        """Say whether a page may be wanted, by what stands in front of its body."""
        if self.hosts and not self._hosts_of(url) & self.hosts:
            return False
        if fetched_at is None:
            return self.since is None and self.until is None
        too_early = self.since is not None and fetched_at < self.since
        return not too_early and (self.until is None or fetched_at < self.until)

    @staticmethod
    def _hosts_of(url: str) -> set[str]:
        labels = (urlsplit(url).hostname or "").split(".")
        return {".".join(labels[place:]) for place in range(len(labels))}

    def page(self, page: WarcPage) -> bool:
        """Say whether a page is wanted, by its body."""
        if self.language is None:
            return True
        try:
            return speaks(page.body(), self.language)
        except ValueError:
            return False  # it cannot be decoded


@dataclass(frozen=True, slots=True, kw_only=True)
class NewsList:
    """A list of WARC files, and what is wanted of them.

    Attributes:
        files: paths or addresses.
        wanted: the filter.
        fetched_at: for records that do not say when they were fetched; aware.
    """

    files: tuple[str, ...]
    wanted: Wanted = field(default_factory=Wanted)
    fetched_at: datetime


def news_list(  # noqa: PLR0913 - the options of a command
    place: str | None,
    *,
    hosts: Path | None = None,
    language: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    fetched_at: datetime | None = None,
) -> NewsList | None:
    """Return what ``newsgrain clean --cc-news`` asks for; None without a list.

    Args:
        place: path or address of the list.
        hosts: file with host names, one a line.
        language: e.g. ``fr``.
        since: start of the first day.
        until: start of the last day.
        fetched_at: for records that do not say when they were fetched; None: now.

    Raises:
        ConfigError: a filter without a list, or a list or filter that is none.
        InputError: the list cannot be read.
    """
    if place is None:
        if hosts or language or since or until:
            raise ConfigError("--hosts, --language, --since and --until choose of --cc-news LIST")
        return None
    if language is not None and normalise_tag(language) is None:
        raise ConfigError(f"--language {language}: not a language tag, such as fr")
    wanted = Wanted(
        hosts=_read_hosts(hosts) if hosts else frozenset(),
        language=language,
        since=since,
        until=until and until + timedelta(days=1),
    )
    return NewsList(files=read_list(place), wanted=wanted, fetched_at=fetched_at or system_clock())


def _read_hosts(path: Path) -> frozenset[str]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as exc:
        raise ConfigError(f"--hosts: cannot be read: {exc}", path=path) from exc
    names = (line.strip().lower().removeprefix("www.") for line in lines)
    hosts = frozenset(name for name in names if name and not name.startswith("#"))
    if not hosts:
        raise ConfigError("--hosts: names no host", path=path)
    return hosts


def read_list(place: str) -> tuple[str, ...]:
    """Return the WARC files that a list names, one a line.

    Args:
        place: path or address of the list, which may be gzipped. Its lines are addresses or
            paths; those that Common Crawl publishes lead to `COMMON_CRAWL` unless there is
            such a file beside the list.

    Raises:
        InputError: the list cannot be read.
        ConfigError: it names no file.
    """
    with open_address(place) as file:
        content = file.read()
    try:
        text = gzip.decompress(content) if content.startswith(_GZIP_MAGIC) else content
        lines = text.decode().splitlines()
    except (OSError, EOFError, ValueError, zlib.error) as exc:
        raise InputError(f"{place}: is no list of files: {exc}") from exc
    folder = Path() if is_remote(place) else Path(place).absolute().parent
    named = (line.strip() for line in lines)
    files = tuple(_place(name, folder) for name in named if name and not name.startswith("#"))
    if not files:
        raise ConfigError(f"{place}: names no file")
    return files


def _place(name: str, folder: Path) -> str:
    if is_remote(name):
        return name
    path = folder / name
    return COMMON_CRAWL + name if name.startswith(_CC_PATH) and not path.exists() else str(path)
