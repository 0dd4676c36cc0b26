"""Synthetic nights: rows that a run would give, and the state a reader sees."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pandas as pd

from cleaners.urls import url_key
from newsgrain.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from newsgrain.manifest import Manifest
    from newsgrain.store import Store

START = datetime(2026, 11, 1, 22, 0, tzinfo=UTC)


def run_id(number: int, moment: datetime | None = None) -> str:
    moment = moment or START + timedelta(days=number - 1)
    return f"{number:08}-{moment:%Y%m%dT%H%M%SZ}"


def url_of(number: int) -> str:
    return f"https://site{number % 3}.example/news/{number}"


def _speaker(number: int) -> dict[str, Any]:
    return {
        "name": f"Speaker {number}",
        "honorific": None,
        "role": "mayor",
        "affiliation": None,
        "evidence": "quote",
        "source_text": f"Speaker {number} said so.",
    }


_ITEM = {"start": 0, "end": 9, "method": "test"}
_AUTHOR = _ITEM | {"name": "A. Writer", "type": "person", "role": None, "author_url": None}
_LISTS = ("title_alternatives", "quotes", "recommendations", "issues", "quotes_rows", "lists_rows")


def revision(
    number: int,
    run: str,
    *,
    at: datetime = START,
    first: datetime | None = None,
    version: int = 1,
    aliases: Sequence[str] = (),
    url: str | None = None,
    speakers: int = 1,
) -> dict[str, Any]:
    """Return a row of ``revisions``; its article is told by `number`."""
    text = f"Paragraph {number} in version {version}.\nThe end."
    row: dict[str, Any] = {column.name: None for column in TABLES["revisions"].columns}
    row |= {name: [] for name in (*_LISTS, "recommendations_rows")}
    return row | {
        "article_id": url_key(url_of(number)),
        "duplicate_group": url_key(url_of(number)),
        "url": url or url_of(number),
        "aliases": list(aliases),
        "domain": f"site{number % 3}.example",
        "source": f"site{number % 3}",
        "title": f"Headline {number}",
        "authors": ["A. Writer"],
        "text": text,
        "date_published": at - timedelta(hours=1),
        "tags": ["one", "two"],
        "robots": ["noai"],
        "is_truncated": False,
        "word_count": 6,
        "speakers": [_speaker(number)] * speakers,
        "speakers_rows": [_speaker(number) | _ITEM] * speakers,
        "authors_rows": [_AUTHOR],
        "revision": version,
        "change_reason": "new" if version == 1 else "edited",
        "content_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "first_fetched_at": first or at,
        "fetched_at": at,
        "run_id": run,
        "cleaner_version": "1",
    }


def page(number: int, run: str, *, at: datetime = START) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: None for column in TABLES["pages"].columns}
    return row | {
        "page_id": number,
        "run_id": run,
        "source": f"site{number % 3}",
        "kind": "article",
        "url": url_of(number),
        "is_final": True,
        "fetched_at": at,
        "status": 200,
    }


def verdict(number: int, run: str) -> dict[str, Any]:
    return {
        "page_id": number,
        "run_id": run,
        "url": url_of(number),
        "article_id": url_key(url_of(number)),
        "revision": 1,
        "outcome": "new",
        "reason": None,
        "detail": None,
        "cleaner_version": "1",
    }


def run_row(run: str, *, at: datetime = START) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: 0 for column in TABLES["runs"].columns}
    return row | {
        "run_id": run,
        "parent_run_id": None,
        "command": "run",
        "started_at": at,
        "finished_at": at,
        "sources": ["site0", "site1", "site2"],
        "sources_failed": [],
        "status": "complete",
        "newsgrain_version": "0",
        "cleaner_version": "1",
    }


def publish(
    store: Store, run: str, rows: Mapping[str, Iterable[Mapping[str, Any]]], *, upto: int = 0
) -> Manifest:
    with store.stage(run) as staging:
        for table, content in rows.items():
            staging.append(table, list(content))
        return staging.commit(archive_sequence=upto, pending=(), cleaner_version="1")


def night(store: Store, number: int, articles: Iterable[int], **more: Any) -> Manifest:
    """Publish new articles and their log rows, fetched at the run's own moment."""
    run, at = run_id(number), START + timedelta(days=number - 1)
    numbers = list(articles)
    rows = {
        "revisions": [revision(n, run, at=at, **more) for n in numbers],
        "pages": [page(n, run, at=at) for n in numbers],
        "verdicts": [verdict(n, run) for n in numbers],
        "runs": [run_row(run, at=at)],
    }
    return publish(store, run, rows, upto=max(numbers, default=0))


def read(root: Path, table: str = "articles") -> pd.DataFrame:
    """Return a table as somebody reads it who knows nothing of newsgrain."""
    return pd.read_parquet(root / table)


def files(root: Path, table: str) -> dict[str, int]:
    """Return the inodes of a published table's files by name."""
    return {path.name: path.stat().st_ino for path in (root / table).rglob("*.parquet")}
