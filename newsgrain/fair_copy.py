"""An article, made ready to be judged and published where it was cleaned.

    cleaned | row of ``revisions`` | checked against the schema | signature

All of it is a matter of the page alone, and takes as long as a tenth of cleaning: workers do it
side by side, and the one process that judges does not wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from cleaners.outcome import Reason, Rejected
from newsgrain.errors import StoreError
from newsgrain.parquet import to_arrow
from newsgrain.rows import OF_DATASETS, article_row
from newsgrain.schema import TABLES, Table
from newsgrain.shingles import signature

if TYPE_CHECKING:
    from cleaners.outcome import Cleaned
    from cleaners.records import Article


@dataclass(frozen=True, slots=True, kw_only=True)
class FairCopy:
    """A cleaned page as it is judged.

    Attributes:
        article: what was extracted.
        row: the columns of ``revisions`` that come from the page, which fit the table.
        signature: of the row's text, see `newsgrain.shingles.signature`.
    """

    article: Article
    row: dict[str, Any]
    signature: bytes | None


def fair_copy(result: Cleaned | Rejected) -> FairCopy | Rejected:
    """Return what a page ended in, ready to be judged.

    An article whose row fits no file is rejected: no page may veto the run that holds it.
    """
    if isinstance(result, Rejected):
        return result
    row = article_row(result.article, result.blocks)
    try:
        to_arrow([row], _table())
    except StoreError as exc:
        return Rejected(reason=Reason.CRASHED, detail=str(exc))
    return FairCopy(article=result.article, row=row, signature=signature(row["text"]))


@cache
def _table() -> Table:
    """Return the table ``revisions`` without what only a dataset knows of a page."""
    table = TABLES["revisions"]
    columns = tuple(column for column in table.columns if column.name not in OF_DATASETS)
    return replace(table, columns=columns)
