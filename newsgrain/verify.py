"""Prove of a published state that it is whole: every file, every key, every page.

Each check reads what lies on the disk and compares it with what else lies there; none trusts
what the program that wrote it believed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newsgrain import layout
from newsgrain.bodies import read_body
from newsgrain.derive import latest_of_each
from newsgrain.disk import translated
from newsgrain.errors import NewsgrainError
from newsgrain.ledger import JUDGED_KINDS
from newsgrain.manifests import Manifests
from newsgrain.state import open_state

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from newsgrain.archive import Archive
    from newsgrain.catalog import Catalog
    from newsgrain.published import Published
    from newsgrain.state import State

_KEYS = {
    "revisions": ("article_id", "revision"),
    "articles": ("article_id",),
    "pages": ("page_id",),
    "verdicts": ("page_id", "cleaner_version"),
    "runs": ("run_id",),
    "site_blocks": ("site", "digest"),
}
_FLAT_KEY = ("article_id", "ord")
_OUTCOMES = ("new", "edited", "unchanged", "not_modified", "rejected", "failed")
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """The result of one check.

    Attributes:
        check: its name.
        is_good: whether it holds.
        detail: what was counted; or what is wrong, with examples.
    """

    check: str
    is_good: bool
    detail: str


def verify(root: Path, catalog: Catalog) -> Iterator[Finding]:
    """Check the published state.

    Args:
        root: the folder ``datasets``.
        catalog: the schema.

    Yields:
        one finding a check.

    Raises:
        StoreError: nothing has been published yet, or the manifest cannot be read.
    """
    with translated(root):
        state = open_state(root, catalog)
        files = _files(state.files)
        yield files
        if not files.is_good:  # the others read these files
            return
        for check in (_keys, _articles, _items, _pages, _runs):
            yield check(state)
        forgotten = _forgotten(root, state)
        if forgotten:
            yield forgotten


def _forgotten(root: Path, state: State) -> Finding | None:
    """Say how what was cited before differs from what is there; None if nothing was removed."""
    manifest = state.files.manifest
    tombstones = set(manifest.tombstones) if manifest else set()
    if not tombstones:
        return None
    before = [one for one in Manifests(root).all() if not tombstones <= set(one.tombstones)]
    runs = sorted({one.run_id for one in before}, key=layout.sequence)
    span = f"; manifests of runs {runs[0]} to {runs[-1]}" if runs else ""
    detail = (
        f"something was removed on request ({len(tombstones)} tombstones){span} were written "
        "before it: files that they name were written again without it, all other rows are the same"
    )
    return _finding("forgotten", [], detail)


def verify_archive(archive: Archive) -> Finding:
    """Check that every archived body can be read and has the digest that the ledger says.

    Args:
        archive: its segments and ledger.
    """
    wrong, count = [], 0
    for page in archive.pages():
        if page.archive_file is None or page.body_sha256 is None or page.pruned_at is not None:
            continue
        count += 1
        try:
            read_body(page, archive.folder)
        except NewsgrainError as exc:
            wrong.append(f"page {page.page_id}: {exc}")
    return _finding("archive", wrong, f"{count} records can be read")


def _finding(check: str, wrong: list[str], good: str) -> Finding:
    if not wrong:
        return Finding(check=check, is_good=True, detail=good)
    more = f" and {len(wrong) - _SHOWN} more" if len(wrong) > _SHOWN else ""
    return Finding(check=check, is_good=False, detail="; ".join(wrong[:_SHOWN]) + more)


def _files(published: Published) -> Finding:
    manifest, folder = published.manifest, published.folder
    assert manifest is not None and folder is not None  # noqa: S101, PT018 - an opened state
    entries = [entry for table in manifest.tables.values() for entry in table]
    wrong = [f"{entry.path}: {fault}" for entry in entries for fault in _faults(published, entry)]
    named = {entry.path for entry in entries}
    found = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    wrong += [f"{path}: not in the manifest" for path in sorted(found - named)]
    return _finding("files", wrong, f"{len(entries)} files with the digests of the manifest")


def _faults(published: Published, entry: Any) -> Iterator[str]:
    path = published.file(entry.path)
    if not path.is_file():
        yield "is missing"
        return
    with path.open("rb") as source:
        if hashlib.file_digest(source, "sha256").hexdigest() != entry.sha256:
            yield "has other bytes than the manifest says"
            return
    rows = pq.read_metadata(path).num_rows
    if rows != entry.rows:
        yield f"has {rows} rows, the manifest says {entry.rows}"


def _keys(state: State) -> Finding:
    wrong, count = [], 0
    for name, table in state.catalog.tables.items():
        key = _KEYS.get(name, _FLAT_KEY if table.kind == "flat" else ())
        if key:
            rows = state.dataset(name).to_table(columns=list(key))
            count += len(rows)
            doubled = len(rows) - len(rows.group_by(list(key)).aggregate([]))
            wrong += [f"{name}: {doubled} rows share {', '.join(key)}"] if doubled else []
    return _finding("keys", wrong, f"{count} rows, no key twice")


def _articles(state: State) -> Finding:
    columns = ["article_id", "fetched_at", "revision", "content_sha256"]
    latest = latest_of_each(state.dataset("revisions").to_table(columns=columns))
    articles = state.dataset("articles").to_table(columns=columns)
    order = [("article_id", "ascending")]
    wrong = []
    if articles.sort_by(order).to_pydict() != latest.sort_by(order).to_pydict():
        wrong.append("not the latest revisions")
    return _finding("articles", wrong, f"{len(articles)} articles are the latest revisions")


def _items(state: State) -> Finding:
    current = state.dataset("articles").to_table(columns=["article_id", "revision"])
    wrong, count = [], 0
    for name, table in state.catalog.tables.items():
        if table.kind == "flat":
            rows = state.dataset(name).to_table(columns=["article_id", "revision"])
            stray = rows.join(current, ["article_id", "revision"], join_type="left anti")
            count += len(rows)
            wrong += [f"{name}: {len(stray)} rows of no current article"] if len(stray) else []
    return _finding("items", wrong, f"{count} rows of flat tables belong to current articles")


def _pages(state: State) -> Finding:
    manifest = state.files.manifest
    assert manifest is not None  # noqa: S101 - an opened state
    judged = pc.field("is_final") & pc.field("kind").isin(JUDGED_KINDS)
    pages = state.dataset("pages").to_table(columns=["page_id"], filter=judged)["page_id"]
    verdicts = state.dataset("verdicts").to_table(columns=["page_id"])["page_id"]
    has_end = pc.is_in(
        pages,
        value_set=pa.concat_arrays(
            [verdicts.combine_chunks(), pa.array(manifest.pending, pa.int64())]
        ),
    )
    lost = pages.filter(pc.invert(has_end)).to_pylist()
    wrong = [f"page {page_id} has no verdict" for page_id in lost]
    pending = f", {len(manifest.pending)} wait" if manifest.pending else ""
    return _finding("pages", wrong, f"{len(pages)} pages, each with its verdict{pending}")


def _runs(state: State) -> Finding:
    rows = state.dataset("runs").to_table(columns=["run_id", "article_fetches", *_OUTCOMES])
    wrong = [
        f"{row['run_id']}: {row['article_fetches']} pages, but their outcomes do not add up"
        for row in rows.to_pylist()
        if row["article_fetches"] != sum(row[outcome] for outcome in _OUTCOMES)
    ]
    return _finding("runs", wrong, f"{len(rows)} runs whose outcomes add up to their pages")
