"""One page and its body, found by address, article or file; nothing is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cleaners.urls import url_key
from newsgrain.bodies import read_body
from newsgrain.errors import ConfigError, InputError, StoreError
from newsgrain.formats import Format, format_of
from newsgrain.inputs import scan_inputs
from newsgrain.ledger import PageRow, read_ledger, select_pages
from newsgrain.verdicts import holds_body

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from newsgrain.inputs import InputFile
    from newsgrain.ledger import NewInput
    from newsgrain.workspace import Workspace

_NEWEST = (
    "url IN ({}) AND kind IN ('article', 'input') AND is_final AND archive_file IS NOT NULL"
    " ORDER BY fetched_at DESC, page_id DESC"
)


def find_archived(workspace: Workspace, name: str) -> tuple[PageRow, bytes] | None:
    """Return the newest archived page of an address or article, with its body.

    Args:
        workspace: its ledger is read only, also while a run writes it.
        name: an address as it was requested, any address of a published article, or an
            ``article_id``.

    Raises:
        NewsgrainError: the ledger, the datasets or the archived record cannot be read.
    """
    urls = sorted({name, *_published_addresses(workspace, name)})
    with read_ledger(workspace.archive) as connection:
        if connection is None:
            return None
        condition = _NEWEST.format(", ".join("?" * len(urls)))
        rows = select_pages(connection, condition, tuple(urls))
    for row in rows:
        if holds_body(row):
            return row, read_body(row, workspace.archive)
    return None


def _published_addresses(workspace: Workspace, name: str) -> Iterator[str]:
    """Yield the addresses of the published articles that a name means."""
    from newsgrain.reading import load

    try:
        key = url_key(name)
    except ValueError:
        key = name
    try:
        columns = ["article_id", "url", "aliases"]
        rows = load("articles", columns=columns, workspace=workspace.root, engine="arrow")
    except StoreError:
        return  # nothing is published yet
    for row in rows.to_pylist():
        addresses = (row["url"], *row["aliases"])
        if row["article_id"] == key or name in addresses:
            yield from addresses


def find_given(
    path: Path, *, url: str | None = None, fetched_at: datetime | None = None
) -> tuple[PageRow, bytes]:
    """Return the page in a file, with its body.

    Args:
        path: an HTML file, or a WARC or Parquet file with the page.
        url: address of the HTML file's page, or of the one that is meant among many.
        fetched_at: when the page was fetched, where the file does not say.

    Raises:
        ConfigError: the file holds many pages, and `url` does not tell which.
        InputError: the file cannot be read, or holds no page, or not this one.
    """
    is_html = format_of(path) is Format.HTML
    (file,) = scan_inputs([path], url=url if is_html else None, fetched_at=fetched_at)
    page = _choose(file, None if is_html else url)
    given: dict[str, Any] = {
        name: getattr(page, name, None) for name in PageRow.__dataclass_fields__
    }
    given |= {"page_id": 0, "run_id": "", "kind": "input", "is_final": True, "hints": ()}
    row = PageRow(**given)
    return row, read_body(row, path.absolute().parent)


def _choose(file: InputFile, url: str | None) -> NewInput:
    wanted = url_key(url) if url else None
    first: NewInput | None = None
    for page in file.pages():
        if wanted and url_key(page.url) != wanted:
            continue
        if first is not None and not wanted:
            message = f"holds many pages: name one with --url, e.g. --url {first.url}"
            raise ConfigError(message, path=file.path)
        first = page  # the last one of an address is the newest
    if first is not None:
        return first
    if file.error:
        raise file.error
    raise InputError(f"holds no page of {url}" if url else "holds no page", path=file.path)
