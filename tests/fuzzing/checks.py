"""What holds for every page, whatever it is made of."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pyarrow as pa

from cleaners import clean
from cleaners.options import CleanOptions
from cleaners.outcome import Cleaned, Rejected
from newsgrain.batch_schema import CLEANED_SCHEMA, result_row

if TYPE_CHECKING:
    from cleaners.records import Article, Page

MAX_CPU_S = 5.0
"""More than any page of some hundred kilobytes may take; the deadline of a worker is 8 s."""

_ANYTHING = CleanOptions(obey_tdm=False)


def check(page: Page) -> None:
    """Fail if a page is cleaned slowly, differently the second time, or into what no file holds."""
    start = time.process_time()
    outcome = clean(page, _ANYTHING)
    took = time.process_time() - start
    assert took < MAX_CPU_S, f"{took:.1f} s of processor time for {len(page.html)} bytes"
    assert clean(page, _ANYTHING) == outcome
    if isinstance(outcome, Rejected):
        assert "\n" not in outcome.detail
        return
    assert isinstance(outcome, Cleaned)
    _check_offsets(outcome.article)
    rows = [{"url": page.url} | result_row(outcome)]
    pa.RecordBatch.from_pylist(rows, CLEANED_SCHEMA).validate(full=True)


def _check_offsets(article: Article) -> None:
    for item in (*article.quotes, *article.recommendations):
        assert article.text[item.start : item.end] == item.text
    for speaker in article.speakers:
        assert article.text[speaker.start : speaker.end] == speaker.source_text
