"""A new revision is made when the content changed, and only then."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from cleaners.outcome import Cleaned
from newsgrain.fair_copy import FairCopy, fair_copy
from newsgrain.identity import Identity
from newsgrain.revisions import Outcome, Provenance, judge, revision_row
from newsgrain.store import Known
from tests.newsgrain.samples import sample_article

if TYPE_CHECKING:
    from cleaners.records import Article

_FIRST = datetime(2026, 11, 20, tzinfo=UTC)
_ORIGIN = Provenance(
    source="harbour", fetched_at=_FIRST + timedelta(days=1), run_id="00000002-x",
    cleaner_version="1",
)  # fmt: skip


def _copy(article: Article) -> FairCopy:
    copy = fair_copy(Cleaned(article=article))
    assert isinstance(copy, FairCopy)
    return copy


def _published(**changes) -> Known:
    article = sample_article()
    first = Provenance(
        source="harbour", fetched_at=_FIRST, run_id="00000001-x", cleaner_version="1"
    )
    row = revision_row(_copy(article), Identity(article_id="a" * 32), Outcome.NEW, first)
    return Known.from_row(row | changes)


def _identity(known: Known | None, **changes) -> Identity:
    return Identity(article_id="a" * 32, known=known, **changes)


@pytest.mark.parametrize(
    ("identity", "digest", "outcome"),
    [
        (_identity(None), "1", Outcome.NEW),
        (_identity(_published()), "0", Outcome.UNCHANGED),
        (_identity(_published()), "1", Outcome.EDITED),
        (_identity(_published(), is_variant=True), "1", Outcome.UNCHANGED),
    ],
)
def test_the_content_decides(identity, digest, outcome):
    article = sample_article(content_sha256=digest * 64)
    assert judge(_copy(article), identity, _ORIGIN) is outcome


def test_a_page_cleaned_again_gives_a_revision_when_any_field_changed():
    again = replace(_ORIGIN, recleaned=True)
    known = _identity(_published())
    assert judge(_copy(sample_article()), known, again) is Outcome.UNCHANGED
    assert judge(_copy(sample_article(section="Port")), known, again) is Outcome.RECLEANED


def test_an_older_page_cleaned_again_changes_nothing():
    older = replace(_ORIGIN, recleaned=True, fetched_at=_FIRST - timedelta(days=3))
    article = sample_article(section="Port")
    assert judge(_copy(article), _identity(_published()), older) is Outcome.UNCHANGED


def test_a_second_revision_keeps_what_never_changes_and_counts_on():
    known = _published(aliases=["https://harbour.example/short"])
    moved = sample_article(url="https://harbour.example/new")
    row = revision_row(_copy(moved), _identity(known), Outcome.EDITED, _ORIGIN)
    assert row["revision"] == 2
    assert row["first_fetched_at"] == _FIRST
    assert row["fetched_at"] == _ORIGIN.fetched_at
    assert row["change_reason"] == "edited"
    assert row["aliases"] == ["https://harbour.example/short", "https://harbour.example/quay"]
