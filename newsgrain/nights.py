"""The published nights, and how to cite one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsgrain import layout
from newsgrain.disk import translated
from newsgrain.errors import StoreError
from newsgrain.manifests import Manifests
from newsgrain.snapshot import kept_snapshots, read_head, snapshot_of
from newsgrain.state import open_state

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from newsgrain.catalog import Catalog

_DERIVED = " Its rows are derived from the revisions; the files that it names are not kept."
_CHANGED = " Rows of it were removed since, on request; what is left is unchanged."
_COLUMNS = ["run_id", "command", "started_at", "new", "edited", "articles_total", "status"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Night:
    """One run that published.

    Attributes:
        run_id: sequence and start of the run.
        command: ``run`` or ``clean``.
        started_at: when it started, UTC.
        new: articles that it added.
        edited: revisions that it added because other content was fetched.
        articles_total: articles published after it.
        status: ``complete``, ``partial`` or ``interrupted``.
        manifest_sha256: hex digest of the bytes of its manifest, which names every file with
            its own digest; None if the manifest is gone.
        is_kept: its snapshot is there; the tables of other nights are derived on demand.
    """

    run_id: str
    command: str
    started_at: datetime
    new: int
    edited: int
    articles_total: int
    status: str
    manifest_sha256: str | None
    is_kept: bool


def list_nights(root: Path, catalog: Catalog) -> list[Night]:
    """Return every run that published, oldest first.

    Args:
        root: the folder ``datasets``.
        catalog: the schema.

    Raises:
        StoreError: nothing has been published yet, or it cannot be read.
    """
    with translated(root):
        manifests = Manifests(root)
        kept = {layout.sequence(name) for name in kept_snapshots(root)}
        rows = open_state(root, catalog).dataset("runs").to_table(columns=_COLUMNS).to_pylist()
        return sorted(
            (
                Night(
                    **row,
                    manifest_sha256=_digest(manifests, row["run_id"]),
                    is_kept=layout.sequence(row["run_id"]) in kept,
                )
                for row in rows
            ),
            key=lambda night: layout.sequence(night.run_id),
        )


def _digest(manifests: Manifests, run_id: str) -> str | None:
    name = manifests.newest(run_id)
    return manifests.digest(name) if name else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What a paper says of the data that it used.

    Attributes:
        run_id: the run that published the state.
        published_at: when, UTC.
        manifest_sha256: hex digest of the manifest.
        articles, revisions: number of rows.
        schema_version, cleaner_version, newsgrain_version: what made them.
        is_changed: articles or people were forgotten since; rows of the state are missing.
        is_kept: its files are there; if not, its rows are derived.
    """

    run_id: str
    published_at: datetime
    manifest_sha256: str
    articles: int
    revisions: int
    schema_version: int
    cleaner_version: str
    newsgrain_version: str
    is_changed: bool = False
    is_kept: bool = True

    def text(self) -> str:
        """Return one sentence for a paper."""
        return (
            f"News articles collected with newsgrain {self.newsgrain_version}, "
            f"state of run {self.run_id}, published {self.published_at:%Y-%m-%d %H:%M} UTC: "
            f"{self.articles} articles, {self.revisions} revisions "
            f"(schema {self.schema_version}, cleaner {self.cleaner_version}; "
            f"manifest sha256:{self.manifest_sha256})."
            f"{'' if self.is_kept else _DERIVED}{_CHANGED if self.is_changed else ''}"
        )

    def bibtex(self) -> str:
        """Return a BibTeX entry of the type that BibLaTeX has for data."""
        return (
            f"@dataset{{newsgrain-{self.run_id},\n"
            f"  title = {{News articles, state of run {self.run_id}}},\n"
            f"  year = {{{self.published_at:%Y}}},\n"
            f"  date = {{{self.published_at:%Y-%m-%d}}},\n"
            f"  version = {{{self.run_id}}},\n"
            f"  note = {{newsgrain {self.newsgrain_version}, schema {self.schema_version}, "
            f"cleaner {self.cleaner_version}; {self.articles} articles; "
            f"manifest sha256:{self.manifest_sha256}}},\n"
            "}"
        )


def cite(root: Path, catalog: Catalog, as_of: str | None = None) -> Citation:
    """Return what to cite a state by.

    Args:
        root: the folder ``datasets``.
        catalog: the schema.
        as_of: what `newsgrain.state.resolve` takes; None: the present.

    Raises:
        StoreError: there is no such state, or its manifest is gone.
    """
    with translated(root):
        run_id = open_state(root, catalog, as_of).run_id
        head = read_head(root, catalog).manifest
        manifests = Manifests(root)
        name = manifests.newest(run_id)
        if name is None or head is None:
            raise StoreError(f"the manifest of run {run_id} is gone", path=root)
        manifest = manifests.read(name)
        return Citation(
            run_id=run_id,
            published_at=manifest.created_at,
            manifest_sha256=manifests.digest(name),
            articles=manifest.rows("articles"),
            revisions=manifest.rows("revisions"),
            schema_version=manifest.schema_version,
            cleaner_version=manifest.cleaner_version,
            newsgrain_version=manifest.newsgrain_version,
            is_kept=snapshot_of(root, run_id) is not None,
            is_changed=not set(head.tombstones) <= set(manifest.tombstones),
        )


def keep_night(root: Path, catalog: Catalog, name: str) -> str:
    """Keep the files of a night for good, however old it becomes.

    Args:
        root: the folder ``datasets``.
        catalog: the schema.
        name: what `newsgrain.state.resolve` takes.

    Returns:
        the run.

    Raises:
        StoreError: there is no such night, or its files are not kept any more.
    """
    with translated(root):
        run_id = open_state(root, catalog, name).run_id
        if snapshot_of(root, run_id) is None:
            message = f"the files of run {run_id} are not kept any more; its rows still are"
            raise StoreError(message, path=root)
        (root / layout.PINNED).mkdir(exist_ok=True)
        (root / layout.PINNED / run_id).touch()
        return run_id
