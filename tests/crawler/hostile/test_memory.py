"""The memory of a crawl, as the operating system counts it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.crawler.hostile.conftest import crawl
from tests.crawler.hostile.site import story
from tests.crawler.hostile.traps import endless

if TYPE_CHECKING:
    from tests.crawler.hostile.site import Site

HOSTS = 14


@pytest.mark.slow
def test_memory_is_bounded_when_every_site_sends_all_it_can_at_once(bench: Any, site: Site) -> None:
    sources = []
    for number in range(HOSTS):
        site.add(f"maps-{number}", {"/s.xml": endless})
        url = site.url(f"maps-{number}.example", "/s.xml")
        sources.append(site.source(f"maps-{number}", f'sitemaps = ["{url}"]'))
        site.add(f"pages-{number}", {"/a/": endless, "/b/": endless, "/good/": story})
        sources.append(site.source(f"pages-{number}"))
    # A sitemap may have 50 MiB: without a bound on all of them, 700 MB.
    night = crawl(bench, site, *sources, max_body_mb=10, timeout_s=15)
    assert night.peak_mb < 500
    good = [night.article(f"pages-{number}", "/good/")[0] for number in range(HOSTS)]
    assert good == ["fetched"] * HOSTS
