"""newsgrain.toml: read into frozen records, every mistake named with file, line and key."""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any, TypeVar

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
from crawler.configuration import AlarmHooks, Config, CrawlLimits, Source, SourceLimits
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
