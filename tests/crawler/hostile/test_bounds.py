"""Each bound of time, size and number at its edge: what it just allows, and what is one more."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

import pytest

from crawler.configuration import CrawlLimits
from crawler.discovery import read_listing
from crawler.settings import settings_for
from crawler.sitemaps import MAX_SITEMAP_BYTES, MAX_SITEMAP_ENTRIES
from tests.crawler.hostile.conftest import crawl
from tests.crawler.hostile.site import STORY, story
from tests.crawler.hostile.traps import TOO_LARGE

if TYPE_CHECKING:
    from tests.crawler.hostile.site import Call, Handler, Site

MEGABYTE = 1_000_000


def test_an_answer_may_take_fifteen_seconds_and_ten_megabytes_unless_you_say_otherwise() -> None:
    settings = settings_for(CrawlLimits(), ())
    assert (settings["DOWNLOAD_TIMEOUT"], settings["DOWNLOAD_MAXSIZE"]) == (15, 10 * MEGABYTE)


def padded(size: int) -> bytes:
    """Return a page of so many bytes."""
    return STORY + b" " * (size - len(STORY))


def lasting(seconds: float) -> Handler:
    """Return what answers at once, and ends after some seconds."""

    def answer(call: Call) -> None:
        call.begin("Content-Type: application/xml", f"Content-Length: {len(STORY)}")
        call.send(STORY[:40])
        call.site.is_closed.wait(seconds)
        call.send(STORY[40:])

    return answer


def unannounced(body: bytes) -> Handler:
    """Return what says nothing of its length, and ends where the connection does."""

    def answer(call: Call) -> None:
        call.begin("Content-Type: text/html", "Connection: close")
        call.send(body)

    return answer


def test_a_page_has_its_bounds_on_the_wire_and_unpacked(bench: Any, site: Site) -> None:
    fits, over = padded(MEGABYTE), padded(MEGABYTE + 1)
    pages: dict[str, tuple[Handler, str]] = {
        "wire-fits": (lambda call: call.reply(fits), "HTTP 200"),
        "wire-over": (lambda call: call.reply(over), TOO_LARGE),
        "end-fits": (unannounced(fits), "HTTP 200"),
        "end-over": (unannounced(over), TOO_LARGE),
        "gzip-fits": (
            lambda call: call.reply(gzip.compress(fits), Content_Encoding="gzip"),
            "HTTP 200",
        ),
        "gzip-over": (
            lambda call: call.reply(gzip.compress(over), Content_Encoding="gzip"),
            TOO_LARGE,
        ),
        "time-fits": (lasting(1.0), "HTTP 200"),
        "time-over": (lasting(8.0), "no answer in time"),
    }
    for name, (handler, _) in pages.items():
        site.add(name, {"/page/": handler})
    night = crawl(bench, site, *map(site.source, pages), timeout_s=3)
    found = {name: night.errors(name)[-1] for name in pages}
    assert found == {name: error for name, (_, error) in pages.items()}


def test_a_sitemap_has_four_times_the_time_of_a_page(bench: Any, site: Site) -> None:
    for name, seconds in (("fits", 3.0), ("over", 8.0)):
        site.add(name, {"/s.xml": lasting(seconds)})
    sources = [
        site.source(name, f'sitemaps = ["{site.url(f"{name}.example", "/s.xml")}"]')
        for name in ("fits", "over")
    ]
    night = crawl(bench, site, *sources, timeout_s=1)
    assert night.summary["over"]["error"].endswith("no answer in time")
    assert not night.summary["fits"]["error"].endswith("no answer in time")


def sitemap(entries: int, size: int) -> bytes:
    """Return a sitemap of so many addresses and bytes, as news sites fill theirs: with captions."""
    head = b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    head += b' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">\n'
    entry = (
        "<url><loc>/2026/{:05}-a-story-of-the-quay/</loc><lastmod>2026-05-01</lastmod>"
        "<image:image><image:loc>/i/{:05}.jpg</image:loc><image:caption>{}</image:caption>"
        "</image:image></url>\n"
    )
    bare = sum(len(entry.format(n, n, "")) for n in range(entries))
    room = size - len(head) - len(b"</urlset>") - bare
    share, rest = divmod(room, entries)
    caption = ("The quay was swept, and the gulls went on. " * 40)[:share]
    body = "".join(entry.format(n, n, caption) for n in range(entries)).encode()
    return head + body + b" " * rest + b"</urlset>"


@pytest.mark.slow
def test_a_sitemap_of_the_legal_size_is_read_whole_and_one_more_is_not(
    bench: Any, site: Site
) -> None:
    legal = sitemap(MAX_SITEMAP_ENTRIES, MAX_SITEMAP_BYTES)
    assert len(legal) == 50 * 1024 * 1024
    larger = gzip.compress(legal + b" ", 1)
    maps: dict[str, tuple[Handler, int, str | None]] = {
        "wire": (lambda call: call.reply(legal), MAX_SITEMAP_ENTRIES, None),
        "wire-larger": (lambda call: call.reply(legal + b" "), 0, TOO_LARGE),
        "coded-larger": (
            lambda call: call.reply(larger, Content_Encoding="gzip"),
            0,
            TOO_LARGE,
        ),
    }
    sources = []
    for name, (handler, _, _) in maps.items():
        site.add(name, {"/s.xml": handler, "/2026/00000-a-story-of-the-quay/": story})
        url = site.url(f"{name}.example", "/s.xml")
        sources.append(site.source(name, f'sitemaps = ["{url}"]\nlimits = {{ max_articles = 1 }}'))
    night = crawl(bench, site, *sources, timeout_s=15, max_body_mb=10)
    counted = dict(bench.rows("SELECT source, count(*) FROM frontier_articles GROUP BY source"))
    assert {name: counted.get(name, 0) for name in maps} == {
        name: entries for name, (_, entries, _) in maps.items()
    }
    query = "SELECT source, error FROM pages WHERE kind = 'sitemap' AND is_final"
    assert dict(bench.rows(query)) == {name: error for name, (_, _, error) in maps.items()}
    assert night.peak_mb < 500


def test_a_gzip_file_that_unpacks_to_more_than_the_legal_size_is_read_up_to_it() -> None:
    last = b"<url><loc>/z/</loc></url></urlset>"
    head = b"<urlset><url><loc>/a/</loc></url><!--"
    legal = head + b" " * (MAX_SITEMAP_BYTES - len(head) - len(last) - 3) + b"-->" + last
    url = "https://maps.example/s.xml.gz"
    whole = read_listing(gzip.compress(legal, 1), url)
    assert (len(whole.found), whole.cut) == (2, None)
    larger = read_listing(gzip.compress(legal.replace(b"</urlset>", b" </urlset>"), 1), url)
    # The last address may have been cut, and would be another page's.
    assert (len(larger.found), larger.cut) == (1, "larger than a sitemap may be")
