"""A published article, as far as a run needs it to judge a page."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

COPIED = (
    "article_id",
    "url",
    "canonical_url",
    "title",
    "revision",
    "content_sha256",
    "first_fetched_at",
    "fetched_at",
    "source",
    "cleaner_version",
    "superseded_by",
    "gone_at",
)
"""The columns that are fields of the same name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A published article, as far as a run needs it to judge a page.

    Attributes:
        article_id: its identity.
        url: address of its current revision.
        canonical_url: as declared.
        aliases: other addresses that led to it.
        title: of its current revision.
        revision: number of its current revision.
        last_revision: greatest number of all its revisions; greater than `revision` if pages
            were given that are older than the current one.
        content_sha256: of its current revision.
        first_fetched_at: never changes.
        fetched_at: of its current revision.
        source: name of the source.
        cleaner_version: of the cleaner that made its current revision.
        superseded_by: the article to be used instead of it.
        gone_at: since when the site does not serve it.
        row: all columns of ``revisions``, if asked for; else empty.
    """

    article_id: str
    url: str
    canonical_url: str | None
    aliases: tuple[str, ...]
    title: str | None
    revision: int
    last_revision: int
    content_sha256: str
    first_fetched_at: datetime
    fetched_at: datetime
    source: str | None
    cleaner_version: str
    superseded_by: str | None = None
    gone_at: datetime | None = None
    row: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def from_row(cls, row: Mapping[str, Any], *, last_revision: int | None = None) -> Self:
        """Return what a row of ``revisions`` says.

        Args:
            row: all its columns, or the light ones.
            last_revision: the row's own number if not given.
        """
        light = {name: row[name] for name in COPIED}
        is_full = "text" in row
        return cls(
            **light,
            aliases=tuple(row["aliases"]),
            last_revision=max(last_revision or 0, row["revision"]),
            row=row if is_full else {},
        )
