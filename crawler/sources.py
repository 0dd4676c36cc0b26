"""newsgrain.toml: read into frozen records, every mistake named with file, line and key."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, TypeVar

from cleaners.options import DEADLINE_S, MEMORY_BYTES
from crawler.checks import (
    check_contact,
    check_flag,
    check_language,
    check_name,
    check_proxy,
    check_regex,
    check_text,
    check_timezone,
    check_url,
    count_from,
    list_of,
    number_in,
)
from crawler.toml_lines import key_lines, line_of
from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from crawler.checks import Check
    from crawler.toml_lines import KeyPath

_Record = TypeVar("_Record")


def _cpu_count() -> int:
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlLimits:
    """The table ``[crawl]``: what holds for all sources.

    Attributes:
        contact: mail address or web page by which a publisher can reach whoever crawls;
            part of the user agent.
        delay_s: least seconds between two requests to one host.
        crawl_delay_cap_s: longest ``Crawl-delay`` of a robots.txt that is followed to the
            letter; a longer one counts as this.
        retry_after_cap_s: longest Retry-After that is waited for; at a longer one the host
            rests until the next run.
        timeout_s: seconds until a request counts as unanswered.
        max_body_mb: largest body in megabytes, as received and decompressed.
        max_redirects: redirects followed for one request.
        max_articles_per_source: article requests per source and run.
        max_requests_per_host: requests of all kinds per host and run; without a contact
            100 at most.
        max_host_s: seconds that one host's answers may take together in a run; delays between
            requests do not count.
        max_crawl_s: seconds after which a crawl ends; what is left waits for the next run.
        min_free_disk_mb: free megabytes in the workspace below which a crawl ends; cleaning
            and publishing end below a tenth of it.
        workers: processes that clean pages.
        deadline_s: seconds of processor time that cleaning one page may take.
        worker_memory_mb: megabytes that a process which cleans may hold (on Linux).
        max_recleaned: published articles that a run cleans again at most because their sites
            have shown more of what is boilerplate.
        obey_tdm: leave out what its publisher reserves from text and data mining.
        obey_noindex: leave out pages that ask search engines not to list them.
        ner_model: an installed spaCy model, or its folder, that finds names beside the rules.
    """

    contact: str | None = None
    delay_s: float = 1.0
    crawl_delay_cap_s: float = 30.0
    retry_after_cap_s: float = 300.0
    timeout_s: float = 15.0
    max_body_mb: float = 10.0
    max_redirects: int = 5
    max_articles_per_source: int = 1000
    max_requests_per_host: int = 5000
    max_host_s: float = 3600.0
    max_crawl_s: float = 21_600.0
    min_free_disk_mb: float = 1000.0
    workers: int = 1
    deadline_s: float = DEADLINE_S
    worker_memory_mb: float = MEMORY_BYTES / 1e6
    max_recleaned: int = 1000
    obey_tdm: bool = True
    obey_noindex: bool = False
    ner_model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLimits:
    """The table ``limits`` of a source: what differs from ``[crawl]``; None: nothing does.

    Attributes:
        delay_s: as `CrawlLimits.delay_s`.
        max_articles: as `CrawlLimits.max_articles_per_source`.
        max_age_days: articles that discovery dates older than this are not fetched.
    """

    delay_s: float | None = None
    max_articles: int | None = None
    max_age_days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One ``[[source]]``: a site, as data.

    Attributes:
        name: unique; the column ``source`` of the datasets.
        url: home page.
        feeds: addresses of RSS, Atom, RDF or JSON feeds.
        sitemaps: addresses of sitemaps or sitemap indexes, also of text files with one address
            a line.
        posts: addresses of WordPress's list of posts (``.../wp-json/wp/v2/posts``).
        sections: pages whose links are read for articles, such as the home page.
        robots_sitemaps: whether sitemaps that robots.txt names are read, too: whole if the
            source lists nothing else, else for what is new.
        include: regular expressions; if any, an article's address must match one.
        exclude: regular expressions; an article's address must match none.
        language: BCP 47 tag for pages that do not name theirs.
        timezone: IANA zone for dates without an offset.
        proxy: address of the proxy that its requests go through; credentials come from the
            environment, see `crawler.middlewares.proxies`.
        obey_tdm: as `CrawlLimits.obey_tdm`, for this source; None: nothing differs.
        obey_noindex: the same of `CrawlLimits.obey_noindex`.
        render: open article pages in a browser, for sites whose text is only there for scripts.
        limits: what differs from ``[crawl]``.
    """

    name: str
    url: str
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    robots_sitemaps: bool = True
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    language: str | None = None
    timezone: str | None = None
    proxy: str | None = None
    obey_tdm: bool | None = None
    obey_noindex: bool | None = None
    render: bool = False
    limits: SourceLimits = SourceLimits()

    @property
    def listings(self) -> tuple[str, ...]:
        """All addresses that list its articles."""
        return (*self.feeds, *self.sitemaps, *self.posts, *self.sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmHooks:
    """The table ``[alarm]``: who is told when a source is not as usual, or fails.

    Attributes:
        command: a program and its arguments, which reads the alarms as JSON; empty: none.
        webhook: an address to which the same JSON is sent by POST.
    """

    command: tuple[str, ...] = ()
    webhook: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """newsgrain.toml.

    Attributes:
        crawl: what holds for all sources.
        sources: in the order of the file; at least one.
        alarm: who is told of alarms.
    """

    crawl: CrawlLimits = CrawlLimits()
    sources: tuple[Source, ...] = ()
    alarm: AlarmHooks = AlarmHooks()


_DAY_S = 86_400.0

_LIMITS: dict[str, Check] = {
    "delay_s": number_in(0, 3600),
    "max_articles": count_from(0),
    "max_age_days": number_in(0, 36_500),
}
_SOURCE: dict[str, Check] = {
    "name": check_name,
    "url": check_url,
    "feeds": list_of(check_url),
    "sitemaps": list_of(check_url),
    "posts": list_of(check_url),
    "sections": list_of(check_url),
    "robots_sitemaps": check_flag,
    "include": list_of(check_regex),
    "exclude": list_of(check_regex),
    "language": check_language,
    "timezone": check_timezone,
    "proxy": check_proxy,
    "obey_tdm": check_flag,
    "obey_noindex": check_flag,
    "render": check_flag,
}
_CRAWL: dict[str, Check] = {
    "contact": check_contact,
    "delay_s": number_in(0, 3600),
    "crawl_delay_cap_s": number_in(0, 3600),
    "retry_after_cap_s": number_in(0, _DAY_S),
    "timeout_s": number_in(0.1, 600),
    "max_body_mb": number_in(0.001, 1000),
    "max_redirects": count_from(0, 20),
    "max_articles_per_source": count_from(0),
    "max_requests_per_host": count_from(1),
    "max_host_s": number_in(1, 7 * _DAY_S),
    "max_crawl_s": number_in(1, 7 * _DAY_S),
    "min_free_disk_mb": number_in(0, 10**9),
    "workers": count_from(1, 1024),
    "max_recleaned": count_from(0),
    "deadline_s": number_in(0.1, 3600),
    "worker_memory_mb": number_in(200, 10**6),
    "obey_tdm": check_flag,
    "obey_noindex": check_flag,
    "ner_model": check_text,
}

_ALARM: dict[str, Check] = {"command": list_of(check_text), "webhook": check_url}


class _Reader:
    """Checks the tables of one file and gathers every mistake with its line."""

    def __init__(self, path: Path, text: str) -> None:
        self.path = path
        self.lines = key_lines(text)
        self.mistakes: list[tuple[int, str]] = []

    def complain(self, where: KeyPath, message: str) -> None:
        """Note one mistake."""
        key = ".".join(part for part in where if isinstance(part, str))
        line = line_of(self.lines, where)
        self.mistakes.append((line, f"{self.path}:{line}: {key}: {message}"))

    def table(self, value: Any, where: KeyPath, known: frozenset[str]) -> Mapping[str, Any]:
        """Return a table without its unknown keys."""
        if not isinstance(value, dict):
            self.complain(where, f"a table is needed, not {value!r}")
            return {}
        for key in value.keys() - known:
            close = difflib.get_close_matches(key, sorted(known), n=1)
            hint = f', did you mean "{close[0]}"?' if close else ""
            self.complain((*where, key), f"unknown key{hint}")
        return {key: item for key, item in value.items() if key in known}

    def record(
        self, make: type[_Record], value: Any, where: KeyPath, checks: Mapping[str, Check]
    ) -> _Record | None:
        """Return the record of one table; None if a needed key is missing or wrong."""
        values: dict[str, Any] = {}
        table = self.table(value, where, frozenset(checks))
        for key, item in table.items():
            try:
                values[key] = checks[key](item)
            except ValueError as exc:
                self.complain((*where, key), str(exc))
        needed = {field.name for field in fields(make) if field.default is MISSING}  # type: ignore[arg-type]
        for key in sorted(needed - table.keys() if isinstance(value, dict) else ()):
            self.complain((*where, key), "is missing")
        return make(**values) if needed <= values.keys() else None

    def source(self, value: Any, where: KeyPath) -> Source | None:
        """Return one source; None if it has no usable name or address."""
        limits = value.get("limits", {}) if isinstance(value, dict) else {}
        parsed = self.record(SourceLimits, limits, (*where, "limits"), _LIMITS)
        checks = {**_SOURCE, "limits": lambda _: parsed}
        return self.record(Source, value, where, checks)

    def sources(self, value: Any) -> tuple[Source, ...]:
        """Return all sources with unique names."""
        if not isinstance(value, list) or not value:
            self.complain(("source",), "at least one [[source]] is needed; see `newsgrain init`")
            return ()
        found: dict[str, Source] = {}
        for number, item in enumerate(value):
            where: KeyPath = ("source", number)
            source = self.source(item, where)
            if source is None:
                continue
            if source.name in found:
                self.complain((*where, "name"), f'"{source.name}" is the name of another source')
            found[source.name] = source
        return tuple(found.values())


def read_text(path: Path) -> str:
    """Return the text of newsgrain.toml.

    Raises:
        ConfigError: it is missing or unreadable.
    """
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError as exc:
        message = "there is no such file; `newsgrain init ADDRESS...` writes one"
        raise ConfigError(message, path=path) from exc
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"cannot be read as UTF-8 text: {exc}", path=path) from exc


def parse_toml(path: Path, text: str) -> dict[str, Any]:
    """Return the document that a text holds; `path` is what messages call it.

    Raises:
        ConfigError: it is no TOML; names the line.
    """
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as exc:
        place = re.search(r"\(at line (\d+), column \d+\)", str(exc))
        line = int(place[1]) if place else text.count("\n") + 1
        message = re.sub(r" \(at .*\)$", "", str(exc))
        raise ConfigError(f"{path}:{line}: no valid TOML: {message}") from exc


def parse_config(text: str, path: Path) -> Config:
    """Return the configuration that a text holds; `path` is what messages call it.

    Raises:
        ConfigError: one line for each mistake, e.g.
            ``newsgrain.toml:7: source.timezone: unknown time zone "Mars/Phobos"``.
    """
    document = parse_toml(path, text)
    reader = _Reader(path, text)
    known = reader.table(document, (), frozenset({"crawl", "source", "alarm"}))
    table = known.get("crawl", {})
    if isinstance(table, dict):
        table = {"workers": _cpu_count(), **table}
    crawl = reader.record(CrawlLimits, table, ("crawl",), _CRAWL)
    sources = reader.sources(known.get("source", []))
    alarm = reader.record(AlarmHooks, known.get("alarm", {}), ("alarm",), _ALARM)
    if reader.mistakes or crawl is None or alarm is None:
        raise ConfigError("\n".join(message for _, message in sorted(reader.mistakes)))
    return Config(crawl=crawl, sources=sources, alarm=alarm)


def load_config(path: Path) -> Config:
    """Read newsgrain.toml.

    Raises:
        ConfigError: the file is missing or unreadable, is no TOML, or has unknown keys or
            impossible values; one line for each mistake, with file, line and key.
    """
    return parse_config(read_text(path), path)
