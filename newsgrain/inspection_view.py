"""An inspection as one self-contained HTML page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cleaners import CLEANER_VERSION
from cleaners.outcome import Rejected
from cleaners.records import BlockKind
from newsgrain.html_page import render_page

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


def _findings(article: Article | None) -> list[tuple[str, tuple[Any, ...]]]:
    """Return what was read from the text, by the names of the tables, empty ones left out."""
    if article is None:
        return []
    names = ("speakers", "quotes", "recommendations", "lists")
    return [(name, found) for name in names if (found := getattr(article, name))]


def render(inspection: Inspection) -> str:
    """Return the page; it needs no file, no script and no network."""
    article, result = inspection.article, inspection.result
    blocks = [_block_view(block) for block in inspection.blocks]
    return render_page(
        "inspection",
        url=inspection.page.url,
        fetched_at=inspection.page.fetched_at.isoformat(timespec="seconds"),
        rejected=result if isinstance(result, Rejected) else None,
        article=article,
        blocks=blocks,
        kept=sum(block.state != "removed" for block in blocks),
        fields=inspection.fields(),
        findings=_findings(article),
        site_articles=inspection.site_articles,
        cleaner_version=CLEANER_VERSION,
    )
