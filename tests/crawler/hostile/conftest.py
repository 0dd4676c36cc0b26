"""One crawl over the whole hostile site; every test asks one thing of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from tests.crawler.hostile import robots_modes, traps
from tests.crawler.hostile.site import Canary, Site, story

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_LIMITS = {"delay_s": 0.01, "timeout_s": 8, "max_body_mb": 1}
_WAIT_S = 300


@dataclass(frozen=True, kw_only=True)
class Night:
    """A crawl that is over.

    Attributes:
        site: with all that was asked of it.
        summary: by source.
        peak_mb: the crawling process's largest resident set, as the system counts it.
        timed_out: its deadline ended it.
        log: its lines.
        bench: the workspace.
    """

    site: Site
    summary: dict[str, dict[str, Any]]
    peak_mb: float
    timed_out: bool
    log: str
    bench: Any

    def article(self, name: str, path: str) -> tuple[str, str | None]:
        """Return the state of an article and the kind of its failure."""
        rows = self.bench.rows("SELECT url, state, failure FROM frontier_articles")
        url = self.site.url(f"{name}.example", path)
        (found,) = [(state, failure) for at, state, failure in rows if at == url]
        return found

    def errors(self, name: str) -> list[str | None]:
        """Return the errors of final requests for articles of a host."""
        query = "SELECT url, error, status FROM pages WHERE kind = 'article' AND is_final"
        return [
            error or f"HTTP {status}"
            for url, error, status in self.bench.rows(f"{query} ORDER BY page_id")
            if f"//{name}.example:" in url and not url.endswith("/good/")
        ]


def crawl(
    bench: Any,
    site: Site,
    *sources: str,
    settings: Mapping[str, object] | None = None,
    **limits: float,
) -> Night:
    """Crawl some sources in a process of their own; `limits` are keys of ``[crawl]``."""
    lines = [f"{key} = {value}" for key, value in (_LIMITS | limits).items()]
    head = "\n".join(["[crawl]", 'contact = "desk@example.org"', *lines, ""])
    (bench.root / "newsgrain.toml").write_text(head + "".join(sources))
    process = bench.start(settings=settings)
    out, err = process.communicate(timeout=_WAIT_S)
    assert process.returncode == 0, err[-5000:]
    assert "Traceback" not in err, err[-5000:]
    found = json.loads(out)
    return Night(
        site=site,
        summary={source["name"]: source for source in found["sources"]},
        peak_mb=found["peak_mb"],
        timed_out=found["timed_out"],
        log=err,
        bench=bench,
    )


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.close()


@pytest.fixture
def canary() -> Iterator[Canary]:
    made = Canary()
    yield made
    made.close()


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory, kit: Any) -> Iterator[Night]:
    """The crawl of all traps and of all kinds of robots.txt at once."""
    site = Site()
    names = traps.set_up(site)
    private = {"/private/a/": story, "/open/b/": story}
    modes: dict[str, dict[str, Any]] = {
        **{mode: {"/robots.txt": handler} for mode, (handler, _) in robots_modes.CLOSED.items()},
        **{mode: {"/robots.txt": handler} for mode, handler in robots_modes.OPEN.items()},
        **{mode: {"/robots.txt": handler} for mode, handler in robots_modes.RULED.items()},
    }
    for mode, pages in modes.items():
        site.add(f"robots-{mode}", {**private, **pages})
    for mode, pages in robots_modes.REDIRECTED.items():
        site.add(f"robots-{mode}", private)
        site.pages[f"robots-{mode}.example"] |= pages
    names += [f"robots-{mode}" for mode in (*modes, *robots_modes.REDIRECTED)]
    root: Path = tmp_path_factory.mktemp("hostile")
    yield crawl(kit.Bench(root), site, *map(site.source, names))
    site.close()
