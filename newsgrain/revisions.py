"""New, edited or known? A pure decision about one cleaned page."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from newsgrain.fair_copy import FairCopy
    from newsgrain.identity import Identity
    from newsgrain.store import Known


class Outcome(StrEnum):
    """What a page ended in; the column ``verdicts.outcome``, and the counters of ``runs``."""

    NEW = "new"
    EDITED = "edited"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not_modified"
    RECLEANED = "recleaned"
    REJECTED = "rejected"
    FAILED = "failed"


PUBLISHING = frozenset({Outcome.NEW, Outcome.EDITED, Outcome.RECLEANED})
"""The outcomes that give a revision."""

# What a revision owes to the run and not to the page: no reason for a new revision.
_PROVENANCE = frozenset(
    {
        "article_id",
        "aliases",
        "source",
        "revision",
        "change_reason",
        "first_fetched_at",
        "fetched_at",
        "run_id",
        "cleaner_version",
        "superseded_by",
        "gone_at",
        "last_seen_at",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a cleaned page comes from.

    Attributes:
        source: name of the source, None for a given file.
        fetched_at: when the page was fetched, UTC.
        aliases: addresses that were redirected to it.
        run_id: the run that publishes it.
        cleaner_version: the version that cleaned it.
        recleaned: the page was judged before and is cleaned again.
        judged_before: it was this version of the cleaner that judged it.
    """

    source: str | None
    fetched_at: datetime
    aliases: tuple[str, ...] = ()
    run_id: str
    cleaner_version: str
    recleaned: bool = False
    judged_before: bool = False


def judge(copy: FairCopy, identity: Identity, origin: Provenance) -> Outcome:
    """Decide what a cleaned page means for its article.

    Args:
        copy: the cleaned page.
        identity: what it was recognised as; for a page cleaned again `identity.known.row`
            must hold the published revision.
        origin: where the page comes from.
    """
    known, content = identity.known, copy.article.content_sha256
    if known is None:
        return Outcome.NEW
    if identity.is_variant:
        return Outcome.UNCHANGED
    if not origin.recleaned:
        same = content == known.content_sha256
        return Outcome.UNCHANGED if same else Outcome.EDITED
    if origin.fetched_at < known.fetched_at:
        return Outcome.UNCHANGED  # an older page than the one that was published
    is_mine = known.cleaner_version == origin.cleaner_version
    if origin.judged_before and is_mine and origin.fetched_at > known.fetched_at:
        # What this cleaner called unchanged when it came stays so: tags and dates of change
        # that a later page gives are no revision, neither then nor now.
        same = content == known.content_sha256
        return Outcome.UNCHANGED if same else Outcome.RECLEANED
    return Outcome.RECLEANED if _differs(copy.row, known.row) else Outcome.UNCHANGED


def _differs(fresh: Mapping[str, Any], published: Mapping[str, Any]) -> bool:
    return any(
        fresh[name] != published[name] for name in fresh.keys() - _PROVENANCE if name in published
    )


def _merged(first: Sequence[str], more: Sequence[str], url: str) -> list[str]:
    return [alias for alias in dict.fromkeys([*first, *more]) if alias != url]


def _not_before(known: Known | None, origin: Provenance) -> datetime:
    """Return when a revision counts as fetched.

    What is crawled comes in the order of time even where the clock stepped back; what is given
    in files comes in any order.
    """
    if known is None or origin.source is None:
        return origin.fetched_at
    return max(origin.fetched_at, known.fetched_at)


def revision_row(
    copy: FairCopy, identity: Identity, outcome: Outcome, origin: Provenance
) -> dict[str, Any]:
    """Return the row of ``revisions`` for a page whose outcome is in `PUBLISHING`."""
    known = identity.known
    before = (*known.aliases, known.url) if known else ()
    return copy.row | {
        "article_id": identity.article_id,
        "duplicate_group": identity.article_id,  # until the run is linked
        "aliases": _merged(before, origin.aliases, copy.article.url),
        "source": origin.source or (known.source if known else None),
        "revision": known.last_revision + 1 if known else 1,
        "change_reason": outcome.value,
        "first_fetched_at": known.first_fetched_at if known else origin.fetched_at,
        "fetched_at": _not_before(known, origin),
        "run_id": origin.run_id,
        "cleaner_version": origin.cleaner_version,
        "superseded_by": known.superseded_by if known else None,
        # What was fetched is there.
        "gone_at": None,
        "last_seen_at": None,
    }
