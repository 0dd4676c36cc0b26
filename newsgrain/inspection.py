"""One page under the magnifying glass: what was kept, what was removed, and what gave each field.

bytes | read, finish | blocks beside the record, every value beside its evidence
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaners import CLEANER_VERSION, NONE, finish, read
from cleaners.options import CleanOptions
from cleaners.outcome import Cleaned, Rejected
from cleaners.records import Candidate, Page
from cleaners.text import block_digest
from newsgrain.rows import article_row

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.records import Article, Block, Draft, Moment
    from newsgrain.recollection import Recollection

_DEFAULTS = CleanOptions()

# The fields of a record that rest on evidence, and the fields of candidates that speak of each.
_EVIDENCE = {
    "title": ("title", "title_part"),
    "title_alternatives": ("title_alternative",),
    "authors": ("author", "author_type", "author_role", "author_url"),
    "byline": ("byline",),
    "agency": (),
    "date_published": ("date_published",),
    "date_modified": ("date_modified",),
    "language": ("language",),
    "section": ("section",),
    "tags": ("tag", "tags", "keywords"),
    "publisher": ("publisher", "site_name"),
    "description": ("description",),
    "canonical_url": ("canonical_url",),
    "image_url": ("image_url",),
    "is_accessible_for_free": ("is_accessible_for_free",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldEvidence:
    """One field of the record, and what it was chosen from.

    Attributes:
        name: the column.
        values: what was chosen, as people read it; empty if the field is empty.
        sources: what gave each of the values, as in `Candidate.source`; ``""`` if unknown.
        chosen: the candidates that say what was chosen.
        alternatives: the other candidates, in the page's order.
    """

    name: str
    values: tuple[str, ...]
    sources: tuple[str, ...]
    chosen: tuple[Candidate, ...]
    alternatives: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """What became of one page, and why.

    Attributes:
        page: the page.
        result: the article, or why there is none.
        blocks: of the page in reading order, kept and removed; none of a page that was
            rejected before its blocks were judged.
        candidates: all that the page, or what led to it, offers for its fields.
        site_articles: how many other articles its site showed within 90 days of it, of which
            the archive knows; None: nothing is known of its site.
    """

    page: Page
    result: Cleaned | Rejected
    blocks: tuple[Block, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    site_articles: int | None = None

    @property
    def article(self) -> Article | None:
        """The article; None of a rejected page."""
        return self.result.article if isinstance(self.result, Cleaned) else None

    def fields(self) -> tuple[FieldEvidence, ...]:
        """Return the fields of the record with their evidence; of a rejected page the evidence.

        Candidates of a field that no column is made from come last, under their own name.
        """
        told = {name for names in _EVIDENCE.values() for name in names}
        others = dict.fromkeys(c.field for c in self.candidates if c.field not in told)
        found = [self._field(name, names) for name, names in _EVIDENCE.items()]
        found += [self._field(name, (name,)) for name in others]
        return tuple(field for field in found if field.values or field.alternatives)

    def _field(self, name: str, candidate_fields: Sequence[str]) -> FieldEvidence:
        pairs = tuple(_chosen(self.article, name)) if self.article else ()
        candidates = [c for c in self.candidates if c.field in candidate_fields]
        chosen = [c for c in candidates if any(_says(c, *pair) for pair in pairs)]
        named = {_plain(c.value): c.source for c in reversed(chosen)}
        return FieldEvidence(
            name=name,
            values=tuple(value for value, _, _ in pairs),
            sources=tuple(
                source or named.get(_plain(raw), _only_source(chosen)) for _, raw, source in pairs
            ),
            chosen=tuple(chosen),
            alternatives=tuple(c for c in candidates if c not in chosen),
        )

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain data that JSON can hold, times in ISO 8601."""
        rejected = self.result if isinstance(self.result, Rejected) else None
        plain: dict[str, Any] = {
            "url": self.page.url,
            "fetched_at": self.page.fetched_at,
            "outcome": "rejected" if rejected else "article",
            "reason": rejected.reason.value if rejected else None,
            "detail": rejected.detail if rejected else None,
            "record": article_row(self.article) if self.article else None,
            "fields": [asdict(field) for field in self.fields()],
            "blocks": [asdict(block) for block in self.blocks],
            "site_articles": self.site_articles,
        }
        whole: dict[str, Any] = json.loads(json.dumps(plain, default=_json))
        return whole

    def to_html(self) -> str:
        """Return one page for a browser that needs nothing else: no script, no request."""
        from newsgrain.inspection_view import render

        return render(self)

    def _repr_html_(self) -> str:
        """Show the page in a notebook, shut off from the notebook itself."""
        from html import escape

        srcdoc = escape(self.to_html(), quote=True)
        style = "width:100%;height:40em;border:1px solid #888"
        return f'<iframe sandbox title="newsgrain" style="{style}" srcdoc="{srcdoc}"></iframe>'


def inspect_page(  # noqa: PLR0913 - what a page may come with
    html: bytes,
    *,
    url: str,
    fetched_at: datetime | None = None,
    content_type: str | None = None,
    language: str | None = None,
    timezone: str | None = None,
    hints: tuple[Candidate, ...] = (),
    archive: Path | str | None = None,
    options: CleanOptions = _DEFAULTS,
) -> Inspection:
    """Clean one page and keep everything that shows why it came out as it did.

    ``newsgrain.inspect_page(html, url=...)`` shows itself in a notebook; `Inspection.to_html`
    gives the same as a file.

    Args:
        html: the body, decompressed, undecoded.
        url: the address that it came from, absolute.
        fetched_at: when, aware; None: now. Relative dates resolve against it.
        content_type: the header ``Content-Type``, if known.
        language: BCP 47 tag for a page that does not name its own.
        timezone: IANA zone for dates without an offset.
        hints: what discovery said of the page.
        archive: the folder ``archive`` of a workspace, whose memory of sites judges the blocks,
            too, as it would in a run.
        options: bounds and choices of the cleaner.

    Raises:
        ValueError: `fetched_at` has no zone.
        ArchiveError: the memory of sites cannot be read.
    """
    moment = fetched_at or datetime.now(UTC)
    if moment.tzinfo is None:
        raise ValueError("fetched_at needs a time zone")
    page = Page(
        url=url,
        html=html,
        fetched_at=moment.astimezone(UTC),
        content_type=content_type,
        language=language,
        timezone=timezone,
        hints=hints,
    )
    return _inspected(page, Path(archive) if archive else None, options)


def _inspected(page: Page, archive: Path | None, options: CleanOptions) -> Inspection:
    draft = read(page, options)
    if isinstance(draft, Rejected):
        return Inspection(page=page, result=draft)
    site = _recall(archive, draft, page.fetched_at) if archive else None
    result = finish(draft, site.verdicts if site else NONE, options)
    blocks = result.blocks if isinstance(result, Cleaned) else draft.blocks
    return Inspection(
        page=page,
        result=result,
        blocks=tuple(_told(block, site) for block in blocks) if site else blocks,
        candidates=draft.candidates,
        site_articles=site.others if site else None,
    )


def _recall(archive: Path, draft: Draft, fetched_at: datetime) -> Recollection | None:
    from newsgrain.recollection import recall

    return recall(archive, draft, fetched_at, cleaner_version=CLEANER_VERSION)


def _told(block: Block, site: Recollection) -> Block:
    """Return a block with the evidence of its site, if that removed it."""
    digest = block_digest(block.text)
    if block.removed is None or site.verdicts.get(digest) != block.removed:
        return block
    return replace(block, evidence=site.evidence[digest])


def _chosen(article: Article, name: str) -> Iterator[tuple[str, str, str]]:
    """Yield the values of a field: for people, as in the evidence, and what gave them."""
    match name:
        case "authors":
            for author in article.authors:
                yield author.name, author.name, author.method
        case "date_published" | "date_modified":
            moment: Moment | None = getattr(article, name)
            if moment:
                yield _moment(moment), moment.raw, moment.source
        case _:
            value = getattr(article, name, None)
            source = getattr(article, f"{name}_source", None) or ""
            for one in value if isinstance(value, tuple) else (value,):
                if one is not None:
                    yield str(one), str(one), source


def _moment(moment: Moment) -> str:
    if moment.precision == "day":
        return moment.value.date().isoformat()
    return moment.value.isoformat()


def _says(candidate: Candidate, value: str, raw: str, source: str) -> bool:
    """Tell whether a candidate is what was chosen: the value as it stands in the evidence."""
    if source and candidate.source != source:
        return False
    return _plain(candidate.value) in {_plain(value), _plain(raw)}


def _only_source(candidates: Sequence[Candidate]) -> str:
    sources = {candidate.source for candidate in candidates}
    return sources.pop() if len(sources) == 1 else ""


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _json(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)
