"""The benchmarks measure what they say, on next to nothing."""

from __future__ import annotations

import gzip
import math
import sys
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest

from benchmarks import bench, crawling, publishing
from benchmarks.cost import spent
from benchmarks.figures import Figure, table
from cleaners import Cleaned, clean
from cleaners.records import Page

if TYPE_CHECKING:
    from pathlib import Path


def test_what_children_take_is_counted_and_their_memory_told_apart() -> None:
    burn = "import time\nwhile time.process_time() < .3: pass"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {burn!r}])"
    keep = "kept = b'x' * 90_000_000; import time; time.sleep(.5)"
    assert spent([sys.executable, "-c", child]).cpu_s >= 0.3
    assert max(spent([sys.executable, "-c", keep]).peaks_mb) > 85


def test_a_command_that_fails_is_no_figure() -> None:
    with pytest.raises(RuntimeError, match="broken"):
        spent([sys.executable, "-c", "raise SystemExit('broken')"])


def test_marks_hold_from_below_or_from_above() -> None:
    below = Figure(name="a", value=2, unit="x", mark=1)
    above = Figure(name="b", value=2, unit="x", mark=1, at_least=True)
    told = Figure(name="c", value=2, unit="x")
    assert [one.holds for one in (below, above, told)] == [False, True, None]
    assert table([below, above, told]).row_count == 3


def test_the_site_answers_what_did_not_change_with_304_and_its_pages_are_articles() -> None:
    with crawling.served(3) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        connection.request("GET", "/story-2")
        first = connection.getresponse()
        body, tag = first.read(), first.headers["ETag"]
        connection.request("GET", "/story-2", headers={"If-None-Match": tag})
        again = connection.getresponse()
        assert (again.status, again.read()) == (304, b"")
        connection.request("GET", "/story-2", headers={"Accept-Encoding": "gzip"})
        packed = connection.getresponse().read()
        connection.close()
    assert gzip.decompress(packed) == body
    assert 3 < len(body) / len(packed) < 7
    page = Page(url="https://site.example/story-2", html=body, fetched_at=publishing._START)
    assert isinstance(clean(page), Cleaned)


def test_publishing_is_measured_by_what_is_published() -> None:
    found = {figure.name: figure for figure in publishing.measure(30)}
    assert set(found) == {"publish", "load articles (arrow)", "load articles (pandas)"}
    assert all(figure.value > 0 for figure in found.values())


@pytest.mark.slow
def test_crawls_and_starts_are_measured(tmp_path: Path) -> None:
    sizes = bench.Sizes(crawl=30, crawls=2)
    found = list(bench.figures(sizes, ("crawl", "start"), tmp_path / "workspace"))
    marks = [figure.mark for figure in found]
    assert marks == [1.3, None, 4.0, None, 150.0, 150.0, 0.5, 3.0, 0.0]
    # What a few pages cost, less what fewer cost, may be nothing; memory and starts may not.
    assert all(math.isfinite(figure.value) for figure in found)
    assert all(figure.value > 0 for figure in found[4:8])
