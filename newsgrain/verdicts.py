"""Every page ends in one verdict, and some verdicts give a revision."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from cleaners.urls import registrable_domain, url_key
from newsgrain.duplicates import Text
from newsgrain.events import Event, event_row, last_seen, new_addresses
from newsgrain.fair_copy import FairCopy
from newsgrain.identity import canonical_key, identify, lookup_keys
from newsgrain.lookup import keys_of
from newsgrain.memorial import REASON as FORGOTTEN
from newsgrain.memorial import Memorial
from newsgrain.page_class import (
    PageClass,
    class_of_article,
    class_of_rejection,
    evidence_of_cut,
)
from newsgrain.revisions import PUBLISHING, Outcome, Provenance, judge, revision_row
from newsgrain.shingles import signature
from newsgrain.store import Known

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from cleaners.outcome import Rejected
    from newsgrain.identity import Identity
    from newsgrain.ledger import PageRow

_BATCH = 256
_ANSWERED = range(200, 300)
_NOT_MODIFIED = 304
_GONE = frozenset({404, 410})
_INCOMPARABLE = "compared with another cleaner's reading: the page before is archived no more"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one page ended in.

    Attributes:
        page: the page.
        outcome: see `Outcome`.
        article_id: the article it belongs to, None for a page without one.
        revision: the revision that it gave or confirmed.
        page_class: what the page is, see `newsgrain.page_class`; None if no page came.
        reason: for rejected and failed pages, a stable word.
        detail: evidence for people.
        revision_row: the row of ``revisions`` that it gave, if any.
        text: of that row, as far as duplicates are concerned.
        events: the rows of ``events`` that it gave.
    """

    page: PageRow
    outcome: Outcome
    article_id: str | None = None
    revision: int | None = None
    page_class: PageClass | None = None
    reason: str | None = None
    detail: str | None = None
    revision_row: dict[str, Any] | None = None
    text: Text | None = None
    events: tuple[dict[str, Any], ...] = ()

    def row(self, run_id: str, cleaner_version: str) -> dict[str, Any]:
        """Return the row of the table ``verdicts``."""
        return {
            "page_id": self.page.page_id,
            "run_id": run_id,
            "url": self.page.url,
            "article_id": self.article_id,
            "revision": self.revision,
            "outcome": self.outcome.value,
            "page_class": self.page_class.value if self.page_class else None,
            "reason": self.reason,
            "detail": self.detail,
            "cleaner_version": cleaner_version,
        }


def holds_body(page: PageRow) -> bool:
    """Say whether there is something to clean: a page that was answered in full."""
    if page.archive_file is None or page.error is not None or page.pruned_at is not None:
        return False
    return page.kind == "input" or (page.status in _ANSWERED and bool(page.body_bytes))


def aliases(page: PageRow) -> tuple[str, ...]:
    """Return the addresses that were redirected to the page."""
    return tuple(hint.value for hint in page.hints if hint.field == "requested_url")


def _without_body(page: PageRow) -> Verdict:
    if page.status == _NOT_MODIFIED and page.error is None:
        return Verdict(page=page, outcome=Outcome.NOT_MODIFIED)
    if page.status is None:
        reason, detail = "no_answer", page.error
    else:
        reason = "gone" if page.status in _GONE else "http_error"
        detail = page.error or f"HTTP {page.status}"
    return Verdict(page=page, outcome=Outcome.FAILED, reason=reason, detail=detail)


def _text(row: Mapping[str, Any], copy: FairCopy) -> Text:
    is_redacted = row["text"] != copy.row["text"]
    return Text.of(row, signature(row["text"]) if is_redacted else copy.signature)


def _current(before: Known | None, fresh: Known) -> Known:
    """Return the current revision of the two: files may be given in any order of time."""
    if before is None or before.fetched_at <= fresh.fetched_at:
        return fresh
    return replace(before, last_revision=fresh.revision)


def _superseded(identity: Identity) -> tuple[Known | None, Known | None]:
    """Return which of two articles that are the same gives way, and to which.

    The one whose page declares the other as canonical; else the one that moved to the other's
    address.
    """
    found, same = identity.known, identity.same
    if found is None or same is None:
        return None, None
    declared = canonical_key(found.canonical_url, registrable_domain(found.url))
    return (found, same) if declared == url_key(same.url) else (same, found)


class Published(Protocol):
    """What a court asks of the datasets; a `newsgrain.store.Store` answers it."""

    def known(self, keys: Collection[str], *, full: bool = False) -> dict[str, Known]:
        """Return the published articles that have one of the keys, by key."""


class Court:
    """Judges pages in batches against what is published and what this run already gave.

    Args:
        store: the datasets, asked once a batch.
        run_id: the run that publishes.
        cleaner_version: the version that cleaned.
        memorial: what must not be published; None: everything may.
    """

    def __init__(
        self,
        store: Published,
        *,
        run_id: str,
        cleaner_version: str,
        memorial: Memorial | None = None,
    ) -> None:
        self._store = store
        self._memorial = memorial or Memorial()
        self._run_id = run_id
        self._cleaner_version = cleaner_version
        self._recleaned = False
        self._judged_before: Collection[int] = frozenset()
        self._fresh: dict[str, Known] = {}
        self._precedents: dict[str, str] = {}

    def learn(self, article_id: str, result: FairCopy | Rejected) -> None:
        """Learn what this cleaner makes of the page that an earlier one made an article of.

        The article's next page is compared with it; see `newsgrain.precedents`.
        """
        if isinstance(result, FairCopy):
            self._precedents[article_id] = result.article.content_sha256

    def judge(
        self,
        results: Iterable[tuple[PageRow, FairCopy | Rejected | None]],
        *,
        recleaned: bool = False,
        judged_before: Collection[int] = frozenset(),
    ) -> Iterator[list[Verdict]]:
        """Yield the verdicts of pages and their cleaning results, a batch at a time.

        Args:
            results: pages with what cleaning gave; None for a page without a body.
            recleaned: the pages were judged before and are cleaned again.
            judged_before: numbers of those that this version of the cleaner has judged.
        """
        self._recleaned, self._judged_before = recleaned, judged_before
        stream = iter(results)
        while batch := list(itertools.islice(stream, _BATCH)):
            known = self._known(batch)
            yield [self._verdict(page, result, known) for page, result in batch]

    def _known(
        self, batch: Sequence[tuple[PageRow, FairCopy | Rejected | None]]
    ) -> dict[str, Known]:
        keys: set[str] = set()
        for page, result in batch:
            if isinstance(result, FairCopy):
                keys.update(lookup_keys(result.article, aliases(page)))
            else:
                keys.update(map(url_key, (page.url, *aliases(page))))
        fresh = {key: self._fresh[key] for key in keys & self._fresh.keys()}
        published = self._store.known(keys, full=self._recleaned)
        if not self._recleaned:  # then it counts what was published
            published = {key: self._as_read_now(one) for key, one in published.items()}
        return published | fresh

    def _as_read_now(self, known: Known) -> Known:
        if known.cleaner_version == self._cleaner_version:
            return known
        digest = self._precedents.get(known.article_id, known.content_sha256)
        return replace(known, content_sha256=digest)

    def _verdict(
        self, page: PageRow, result: FairCopy | Rejected | None, known: dict[str, Known]
    ) -> Verdict:
        if isinstance(result, FairCopy):
            return self._article(page, result, known)
        if result is None:
            verdict = _without_body(page)
        else:
            reason, detail = result.reason.value, result.detail or None
            verdict = Verdict(
                page=page,
                outcome=Outcome.REJECTED,
                page_class=class_of_rejection(result.reason),
                reason=reason,
                detail=detail,
            )
        published = self._owner(page, known)
        if published is None:
            return verdict
        verdict = replace(verdict, article_id=published.article_id, revision=published.revision)
        return self._presence(verdict, published, known)

    def _owner(self, page: PageRow, known: Mapping[str, Known]) -> Known | None:
        """Return the article whose address led to a page that gave none."""
        urls = (page.url, *aliases(page))
        return next((one for url in urls if (one := known.get(url_key(url)))), None)

    def _presence(self, verdict: Verdict, published: Known, known: dict[str, Known]) -> Verdict:
        """Note that an article is gone, or is there again."""
        page = verdict.page
        is_main = url_key(published.url) in map(url_key, (page.url, *aliases(page)))
        if verdict.reason == "gone" and is_main and published.gone_at is None:
            seen = last_seen(page, published)
            row = event_row(Event.GONE, published, page, self._run_id, last_seen_at=seen)
            current = replace(published, gone_at=page.fetched_at)
        elif verdict.outcome is Outcome.NOT_MODIFIED and published.gone_at is not None:
            row = event_row(Event.BACK, published, page, self._run_id)
            current = replace(published, gone_at=None)
        else:
            return verdict
        self._remember(map(url_key, (published.url, *published.aliases)), current, known)
        return replace(verdict, events=(row,))

    def _remember(self, keys: Iterable[str], current: Known, known: dict[str, Known]) -> None:
        for key in keys:
            known[key] = self._fresh[key] = current

    def _article(self, page: PageRow, copy: FairCopy, known: dict[str, Known]) -> Verdict:
        article, origin = copy.article, self._origin(page)
        if self._memorial.refuses(page, article):
            return Verdict(page=page, outcome=Outcome.REJECTED, reason=FORGOTTEN)
        identity = identify(article, known, origin.aliases)
        outcome = judge(copy, identity, origin)
        revision, row, text = identity.known.revision if identity.known else 1, None, None
        if outcome in PUBLISHING:
            row = revision_row(copy, identity, outcome, origin)
            row = self._memorial.redacted(row, page)
            text = _text(row, copy)
            revision = row["revision"]
            # Without its row: a run may publish more than fits into memory.
            fresh = replace(Known.from_row(row), row={})
            current = _current(identity.known, fresh)
            self._remember(keys_of(row), current, known)
        elif self._memorial.knows_people:
            self._memorial.note(copy.row, page)
        return Verdict(
            page=page,
            outcome=outcome,
            article_id=identity.article_id,
            revision=revision,
            page_class=class_of_article(article, is_variant=identity.is_variant),
            detail=evidence_of_cut(article) or self._doubt(identity.known, outcome),
            revision_row=row,
            text=text,
            events=tuple(self._events(page, identity, outcome, origin, known)),
        )

    def _doubt(self, published: Known | None, outcome: Outcome) -> str | None:
        """Say where it is not known whether the page changed, or how it is read."""
        if published is None or outcome is not Outcome.EDITED:
            return None
        if published.cleaner_version == self._cleaner_version:
            return None
        return None if published.article_id in self._precedents else _INCOMPARABLE

    def _events(
        self,
        page: PageRow,
        identity: Identity,
        outcome: Outcome,
        origin: Provenance,
        known: dict[str, Known],
    ) -> Iterator[dict[str, Any]]:
        """Yield what a page shows of a published article beside its content."""
        before = identity.known
        if before is None:
            return
        current = before
        if outcome not in PUBLISHING:  # a revision holds them in its own row
            for url in new_addresses(before, (page.url, *origin.aliases)):
                yield event_row(Event.ALIAS, before, page, self._run_id, url=url)
                current = replace(current, aliases=(*current.aliases, url))
            if before.gone_at is not None:
                yield event_row(Event.BACK, before, page, self._run_id)
                current = replace(current, gone_at=None)
        one, other = _superseded(identity)
        if one is not None and other is not None and one.superseded_by is None:
            row = event_row(
                Event.SUPERSEDED, one, page, self._run_id, superseded_by=other.article_id
            )
            yield row
            merged = replace(one, superseded_by=other.article_id)
            current = merged if one is before else current
            self._remember(map(url_key, (one.url, *one.aliases)), merged, known)
        if current is not before:
            self._remember(map(url_key, (current.url, *current.aliases)), current, known)

    def _origin(self, page: PageRow) -> Provenance:
        return Provenance(
            source=page.source,
            fetched_at=page.fetched_at,
            aliases=aliases(page),
            run_id=self._run_id,
            cleaner_version=self._cleaner_version,
            recleaned=self._recleaned,
            judged_before=page.page_id in self._judged_before,
        )
