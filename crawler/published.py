"""``newsgrain nights``, ``cite``, ``verify`` and ``export``: what they print."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

from rich.table import Table

from crawler.display import Display
from newsgrain.archive import Archive
from newsgrain.catalog import Catalog
from newsgrain.clock import system_clock
from newsgrain.copies import note_copy
from newsgrain.export import export
from newsgrain.nights import cite, list_nights
from newsgrain.protection import Protection
from newsgrain.verify import verify, verify_archive
from newsgrain.workspace_key import workspace_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from newsgrain.export_format import ExportFormat
    from newsgrain.verify import Finding
    from newsgrain.workspace import Workspace

_DIGEST_CHARS = 12
_COLUMNS = ("run", "new", "edited", "articles", "status", "manifest")
_NUMBERS = (1, 2, 3)


def show_nights(workspace: Workspace, *, as_json: bool) -> None:
    """Print a line for each run that published, oldest first.

    Raises:
        StoreError: nothing has been published yet, or it cannot be read.
    """
    display, nights = Display(), list_nights(workspace.datasets, Catalog())
    if as_json:
        rows = [asdict(night) | {"started_at": night.started_at.isoformat()} for night in nights]
        display.line(json.dumps(rows, indent=1))
        return
    table = Table(box=None, pad_edge=False)
    for number, column in enumerate(_COLUMNS):
        table.add_column(column, justify="right" if number in _NUMBERS else "left", no_wrap=True)
    for night in nights:
        counts = map(str, (night.new, night.edited, night.articles_total))
        digest = (night.manifest_sha256 or "gone")[:_DIGEST_CHARS]
        table.add_row(night.run_id, *counts, night.status, digest)
    display.table(table)


def show_citation(workspace: Workspace, as_of: str | None, *, bibtex: bool) -> None:
    """Print a citation.

    Raises:
        StoreError: there is no such state.
    """
    citation = cite(workspace.datasets, Catalog(), as_of)
    Display().line(citation.bibtex() if bibtex else citation.text())


def show_verification(workspace: Workspace, *, archive: bool) -> int:
    """Print each check with what it found.

    Returns:
        the exit code: 0 if every check holds, else 1.

    Raises:
        NewsgrainError: the datasets or the archive cannot be opened.
    """
    display, is_good = Display(), True
    for finding in _findings(workspace, archive=archive):
        is_good &= finding.is_good
        line = f"{'ok' if finding.is_good else 'WRONG':<6}{finding.check:<10}{finding.detail}"
        (display.line if finding.is_good else display.trouble)(line)
    return 0 if is_good else 1


def _findings(workspace: Workspace, *, archive: bool) -> Iterator[Finding]:
    yield from verify(workspace.datasets, Catalog())
    if archive:
        with workspace.lock(), Archive.open(workspace.archive) as opened:
            yield verify_archive(opened)


def show_export(  # noqa: PLR0913 - what, whither and how
    workspace: Workspace,
    target: Path,
    *,
    to: ExportFormat,
    tables: Sequence[str],
    as_of: str | None,
    no_text: bool = False,
    pseudonymise: bool = False,
) -> None:
    """Export, and print how many rows of each table.

    Args:
        workspace: whose tables.
        target: folder or file to write.
        to: the format.
        tables: their names; all if empty.
        as_of: the state.
        no_text: leave out sentences.
        pseudonymise: replace people, and what leads to them, by pseudonyms.

    Raises:
        ConfigError: the command line is wrong.
        StoreError: there is no such state, or the disk failed.
    """
    key = workspace_key(workspace.root) if pseudonymise else None
    counts = export(
        workspace.datasets,
        Catalog(),
        target,
        to=to,
        tables=tables,
        as_of=as_of,
        protection=Protection(no_text=no_text, key=key) if no_text or key else None,
    )
    note_copy(workspace, "export", target, system_clock())
    display = Display()
    display.lines(f"{name:<16}{count:>9} rows" for name, count in counts.items())
    display.line(str(target))
