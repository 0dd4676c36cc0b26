"""Writes newsgrain.toml: makes it, and adds to it; nothing in it is changed or removed."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import tomlkit
import tomlkit.items

from crawler.checks import check_contact
from crawler.sources import parse_toml, read_text
from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from crawler.proposals import Proposal

_CRAWL_HEADER = re.compile(r"^[ \t]*\[crawl\][^\n]*(?:\n|\Z)", re.MULTILINE)
_NEW_FILE = """\
# What newsgrain crawls. Unknown keys are errors.

[crawl]
"""
_NO_CONTACT = """\
# contact = "you@example.org"  # lets publishers reach you; without it 100 requests a host and run
"""


def _source_table(name: str, proposal: Proposal) -> tomlkit.items.Table:
    table = tomlkit.table()
    table.add("name", name)
    table.add("url", proposal.url)
    for key in ("feeds", "sitemaps", "posts"):
        if addresses := getattr(proposal, key):
            table.add(key, list(addresses))
    for key in ("language", "timezone"):
        if value := getattr(proposal, key):
            table.add(key, value)
    limits = tomlkit.inline_table()
    for key in ("max_articles", "max_age_days"):
        if (figure := getattr(proposal, key)) is not None:
            limits.add(key, figure)
    if limits:
        table.add("limits", limits)
    return table


def _free_name(wanted: str, taken: set[str]) -> str:
    number = 1
    name = wanted
    while name in taken:
        number += 1
        name = f"{wanted}-{number}"
    return name


def _new_text(contact: str | None) -> str:
    line = f"contact = {tomlkit.string(contact).as_string()}\n" if contact else _NO_CONTACT
    return _NEW_FILE + line


def _with_contact(text: str, contact: str | None, document: Mapping[str, Any]) -> str:
    """Add a contact to a text that has none; what stands there stays byte for byte."""
    crawl = document.get("crawl", {})
    if contact is None or not isinstance(crawl, dict) or "contact" in crawl:
        return text
    line = f"contact = {tomlkit.string(contact).as_string()}\n"
    if "crawl" not in document:
        return f"[crawl]\n{line}\n{text}"
    return _CRAWL_HEADER.sub(lambda header: header[0] + line, text, count=1)


def _site(url: str) -> str:
    parts = urlsplit(url)
    host = (parts.hostname or "").removeprefix("www.")
    return f"{host}:{parts.port or ''}"


def add_proposals(
    text: str, proposals: Iterable[Proposal]
) -> tuple[str, tuple[tuple[str, Proposal], ...]]:
    """Return the text of newsgrain.toml with new sources at its end, and what was added.

    A proposal with an error, or whose site is already a source, adds nothing. What stands in
    the text stays byte for byte.
    """
    sources = [one for one in tomllib.loads(text).get("source", []) if isinstance(one, dict)]
    taken = {str(source.get("name")) for source in sources}
    sites = {_site(str(source.get("url"))) for source in sources}
    added: list[tuple[str, Proposal]] = []
    for proposal in proposals:
        if proposal.error is None and _site(proposal.url) not in sites:
            name = _free_name(proposal.name, taken)
            taken.add(name)
            sites.add(_site(proposal.url))
            added.append((name, proposal))
            text = f"{text.rstrip()}\n\n[[source]]\n{_source_table(name, proposal).as_string()}"
    return text, tuple(added)


def _check_contact(contact: str | None) -> None:
    try:
        if contact is not None:
            check_contact(contact)
    except ValueError as exc:
        raise ConfigError(f"contact: {exc}") from exc


def write_config(
    path: Path, proposals: Iterable[Proposal], *, contact: str | None = None
) -> tuple[tuple[str, Proposal], ...]:
    """Write newsgrain.toml, or add sources to it; nothing in it is changed or removed.

    Args:
        path: the file; made if it does not exist.
        proposals: those with an error, and those whose site is a source already, are left out.
        contact: mail address or web page; a file that has one keeps its own.

    Returns:
        The added sources with the names they got, derived from their domains.

    Raises:
        ConfigError: the contact is none, or the file exists and is no valid configuration, or
            cannot be written.
    """
    _check_contact(contact)
    old = read_text(path) if path.exists() else None
    base = _new_text(contact) if old is None else old
    text, added = add_proposals(_with_contact(base, contact, parse_toml(path, base)), proposals)
    if text == old or not (added or old):
        return added
    parse_toml(path, text)  # an array "source = []" cannot be added to
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_name(f"{path.name}.partial")
        partial.write_text(text, encoding="utf-8")
        partial.replace(path)
    except OSError as exc:
        raise ConfigError(f"cannot be written: {exc}", path=path) from exc
    return added
