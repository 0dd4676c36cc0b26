"""Scrapy's own command line works in a checkout."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
RESOLVER = "TWISTED_DNS_RESOLVER=crawler.demo.resolver.LoopbackResolver"


def scrapy(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "scrapy", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_spiders_are_listed() -> None:
    assert scrapy("list").stdout.split() == ["news", "probe", "single"]


def test_one_source_can_be_crawled(
    newspaper: Any, bench: Any, source_of: Callable[..., str]
) -> None:
    newspaper.article("/", "front page")
    newspaper.feed("/feed/", {newspaper.article("/a/"): "Sun, 03 May 2026 10:00:00 GMT"})
    feed = f'feeds = ["{newspaper.url("/feed/")}"]'
    bench.configure(
        source_of(newspaper, more=feed), source_of(newspaper, name="other", host="o.example")
    )
    arguments = ("-a", "source=courrier", "-a", f"workspace={bench.root}", "-s", RESOLVER)
    done = scrapy("crawl", "news", *arguments)
    assert "Traceback" not in done.stderr
    assert done.returncode == 0
    assert [path for _, path, _, _ in bench.pages()] == ["/robots.txt", "/feed/", "/a/"]
    assert newspaper.asked[0].headers["User-Agent"].endswith("(+desk@example.org)")
    assert bench.rows("SELECT command, finished_at IS NULL FROM runs") == [("crawl", 0)]


def test_a_wrong_source_is_told_by_name(
    newspaper: Any, bench: Any, source_of: Callable[..., str]
) -> None:
    bench.configure(source_of(newspaper))
    done = scrapy("crawl", "news", "-a", "source=courier", "-a", f"workspace={bench.root}")
    assert 'no source is named "courier"; there are: courrier' in done.stderr
    assert done.returncode != 0
    assert newspaper.asked == []


def test_a_second_crawl_of_one_workspace_is_refused(
    newspaper: Any, bench: Any, source_of: Callable[..., str]
) -> None:
    from newsgrain.workspace import Workspace

    bench.configure(source_of(newspaper))
    with Workspace(bench.root).lock():
        done = scrapy("crawl", "news", "-a", f"workspace={bench.root}")
    assert "another run holds this workspace" in done.stderr
    assert newspaper.asked == []
