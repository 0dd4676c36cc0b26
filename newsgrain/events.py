"""What happens to a published article apart from its content, and what that changes in its row.

An article that gets a further address, is taken down or turns out to be another one has no new
revision: its content is what it was. Such an event is a row of the log ``events``, and the
article's row in ``articles`` shows what follows from it.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from cleaners.urls import url_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from newsgrain.ledger import PageRow
    from newsgrain.store import Known

AMENDED = ("aliases", "superseded_by", "gone_at", "last_seen_at")
"""The columns of ``articles`` that events change."""


class Event(StrEnum):
    """What happened; the column ``events.event``."""

    ALIAS = "alias"
    """Another address was seen to lead to the article."""
    GONE = "gone"
    """The site answered 404 or 410 for its address."""
    BACK = "back"
    """The site serves it again."""
    SUPERSEDED = "superseded"
    """It was seen to be the same as another article, which is to be used instead."""


def event_row(  # noqa: PLR0913 - a row has as many columns
    event: Event,
    known: Known,
    page: PageRow,
    run_id: str,
    *,
    url: str | None = None,
    last_seen_at: datetime | None = None,
    superseded_by: str | None = None,
) -> dict[str, Any]:
    """Return a row of ``events``.

    Args:
        event: what happened.
        known: the article that it happened to.
        page: the page that shows it.
        run_id: the run that publishes it.
        url: the address that it is about; that of the page if not given.
        last_seen_at: of an article that is gone.
        superseded_by: the other article.
    """
    return {
        "article_id": known.article_id,
        "event": event.value,
        "url": url or page.url,
        "at": page.fetched_at,
        "last_seen_at": last_seen_at,
        "superseded_by": superseded_by,
        "page_id": page.page_id,
        "run_id": run_id,
    }


def new_addresses(known: Known, urls: Iterable[str]) -> list[str]:
    """Return which of some addresses are not yet known to lead to an article."""
    keys = {known.article_id, *map(url_key, (known.url, *known.aliases))}
    found: dict[str, str] = {}
    for url in urls:
        found.setdefault(url_key(url), url)
    return [url for key, url in found.items() if key not in keys]


def last_seen(page: PageRow, known: Known) -> datetime:
    """Return when the site last served an article that is gone, as the crawl remembers it."""
    told = (hint.value for hint in page.hints if hint.field == "last_seen_at")
    moments = [datetime.fromisoformat(value) for value in told]
    return max([*moments, known.fetched_at])


def amend(rows: pa.Table, events: pa.Table) -> pa.Table:
    """Return rows of ``articles`` with what events say of them.

    Args:
        rows: of ``articles``, or columns of it, among them ``article_id`` and ``fetched_at``.
        events: rows of ``events``, in the order in which they were published.
    """
    columns = [name for name in AMENDED if name in rows.schema.names]
    if not len(events) or not columns:
        return rows
    by_article: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
    here = events.filter(pc.is_in(events["article_id"], value_set=_one(rows["article_id"])))
    for event in here.to_pylist():
        by_article[event["article_id"]].append(event)
    if not by_article:
        return rows
    known = ["article_id", "fetched_at", *(["url"] if "url" in rows.schema.names else [])]
    amended = [
        _amended(row, by_article[row["article_id"]]) if row["article_id"] in by_article else row
        for row in rows.select(list(dict.fromkeys([*known, *columns]))).to_pylist()
    ]
    for name in columns:
        place, field = rows.schema.get_field_index(name), rows.schema.field(name)
        values = pa.array([row[name] for row in amended], field.type)
        rows = rows.set_column(place, field, values)
    return rows


def _one(column: Any) -> Any:
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _amended(row: dict[str, Any], events: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    row = dict(row)
    for event in events:
        match event["event"]:
            case Event.ALIAS:
                if event["url"] not in (*row.get("aliases", ()), row.get("url")):
                    row["aliases"] = [*row.get("aliases", ()), event["url"]]
            case Event.SUPERSEDED:
                row["superseded_by"] = event["superseded_by"]
            case Event.GONE if event["at"] >= row["fetched_at"]:
                row["gone_at"], row["last_seen_at"] = event["at"], event["last_seen_at"]
            case Event.BACK:
                row["gone_at"] = row["last_seen_at"] = None
    return row
