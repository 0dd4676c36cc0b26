"""The benchmark of discovery measures what it says."""

from __future__ import annotations

from benchmarks.discovery import run


def test_the_benchmark_of_discovery_runs_and_finds_what_it_made() -> None:
    rows = dict(run(entries=300, feeds=3))
    assert "300 sitemap entries, new" in rows
    assert "3 feeds of 40 articles, known" in rows
