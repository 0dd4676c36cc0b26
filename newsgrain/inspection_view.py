"""An inspection as one self-contained HTML page.

Whatever comes from the inspected page is text: Jinja2 escapes it, and the policy in the file
forbids scripts and requests, should anything ever slip through.
"""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from cleaners import CLEANER_VERSION
from cleaners.outcome import Rejected
from cleaners.records import BlockKind
from newsgrain.version import __version__

if TYPE_CHECKING:
    from cleaners.records import Article, Block
    from newsgrain.inspection import Inspection

# Kept in a column of its own: out of the text, and not lost.
_KEPT_ELSEWHERE = frozenset({"lead"})
_DEEPEST = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockView:
    """One block as it is shown.

    Attributes:
        state: ``kept``, ``lead`` or ``removed``.
        label: what a screen reader says on reaching it, and what the tooltip says.
        kind: of the block.
        level: heading level or depth, 0 to 6.
        cells: its text; more than one for the row of a table.
        reason: why it was removed, for the tag beside it.
    """

    state: str
    label: str
    kind: str
    level: int
    cells: tuple[str, ...]
    reason: str


def _block_view(block: Block) -> BlockView:
    is_row = block.kind is BlockKind.TABLE
    reason = block.removed or ""
    state = "kept" if not reason else "lead" if reason in _KEPT_ELSEWHERE else "removed"
    words = {"kept": "Kept", "lead": "Kept as lead", "removed": f"Removed: {reason}"}[state]
    told = "; ".join(part for part in (words, block.evidence, block.path) if part)
    return BlockView(
        state=state,
        label=told,
        kind=block.kind.value,
        level=min(block.level, _DEEPEST),
        cells=tuple(block.text.split("\t")) if is_row else (block.text,),
        reason=reason,
    )


def _safe_link(address: str | None) -> str | None:
    """Return an address that may be a link: one of the web, never a script."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.netloc else None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("newsgrain"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["safe_link"] = _safe_link
    return environment


@cache
def _style() -> tuple[str, str]:
    """Return the style sheet, and its digest for the policy of the page."""
    sheet = files("newsgrain").joinpath("templates/inspection.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode("ascii")
    return sheet, digest


def _findings(article: Article | None) -> list[tuple[str, tuple[Any, ...]]]:
    """Return what was read from the text, by the names of the tables, empty ones left out."""
    if article is None:
        return []
    names = ("speakers", "quotes", "recommendations", "lists")
    return [(name, found) for name in names if (found := getattr(article, name))]


def render(inspection: Inspection) -> str:
    """Return the page; it needs no file, no script and no network."""
    style, digest = _style()
    article, result = inspection.article, inspection.result
    blocks = [_block_view(block) for block in inspection.blocks]
    html: str = (
        _environment()
        .get_template("inspection.html.j2")
        .render(
            url=inspection.page.url,
            fetched_at=inspection.page.fetched_at.isoformat(timespec="seconds"),
            rejected=result if isinstance(result, Rejected) else None,
            article=article,
            blocks=blocks,
            kept=sum(block.state != "removed" for block in blocks),
            fields=inspection.fields(),
            findings=_findings(article),
            style=style,
            style_digest=digest,
            version=__version__,
            cleaner_version=CLEANER_VERSION,
        )
    )
    return html
