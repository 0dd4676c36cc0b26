"""Feeds and sitemaps with teeth, and listings without an end."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING, Any

from tests.crawler.hostile.bombs import gzipped
from tests.crawler.hostile.conftest import crawl
from tests.crawler.hostile.site import story
from tests.crawler.hostile.traps import endless, once, status

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawler.hostile.site import Call, Handler, Site


def serve(body: bytes, **headers: str) -> Handler:
    return lambda call: call.reply(body, Content_Type="application/xml", **headers)


def laughs(root: str, text: str) -> bytes:
    """Nine levels of entities, each ten times the one before."""
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return f'<!DOCTYPE {root} [<!ENTITY a0 "lol">{levels}]>{text}'.encode()


def test_entities_are_neither_expanded_nor_loaded(bench: Any, site: Site, tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("s3cret-w0rd")
    local = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{secret.as_uri()}">]>'
    remote = f'<!DOCTYPE x [<!ENTITY e SYSTEM "{site.url("else.example", "/dtd")}">]>'
    item = "<rss><channel><item><title>&{};</title><link>/a/</link></item></channel></rss>"
    urls = "<urlset><url><loc>/&{};</loc></url><url><loc>/a/</loc></url></urlset>"
    bodies = {
        "feed-bomb": laughs("rss", item.format("a9")),
        "feed-file": (local + item.format("e")).encode(),
        "feed-http": (remote + item.format("e")).encode(),
        "map-bomb": laughs("urlset", urls.format("a9")),
        "map-file": (local + urls.format("e")).encode(),
        "map-http": (remote + urls.format("e")).encode(),
    }
    sources = []
    for name, body in bodies.items():
        site.add(name, {"/feed.xml": serve(body), "/a/": story})
        url = site.url(f"{name}.example", "/feed.xml")
        sources.append(site.source(name, f'{"sitemaps" if "map" in name else "feeds"} = ["{url}"]'))
    night = crawl(bench, site, *sources)
    found = {name: source["fetched"] for name, source in night.summary.items()}
    # What stands behind a bomb in a sitemap is not read; a feed is read by another parser.
    assert found == dict.fromkeys(bodies, 1) | {"map-bomb": 0}
    assert not site.asked("else")
    assert "s3cret" not in night.log
    hints = bench.rows("SELECT url || hints FROM frontier_articles")
    assert not [text for (text,) in hints if "s3cret" in text or "lollol" in text]
    assert night.peak_mb < 250
    query = "SELECT url, error FROM pages WHERE kind IN ('feed', 'sitemap') ORDER BY page_id"
    reason = "read in part: entities that it declares are not expanded"
    assert {error for _, error in bench.rows(query)} == {reason}


def test_sitemaps_have_an_end(bench: Any, site: Site) -> None:
    head = b"<urlset><url><loc>/a/</loc></url>"
    pad = b"<!-- " + b"x" * 90 + b" -->\n"
    large = head + pad * 20_000 + b"</urlset>"

    def on(call: Call) -> None:
        number = int(call.path.partition("?")[2] or 0)
        maps = "".join(f"<sitemap><loc>/s.xml?{number * 3 + n}</loc></sitemap>" for n in (1, 2, 3))
        call.reply(f"<sitemapindex>{maps}</sitemapindex>".encode())

    def loop(call: Call) -> None:
        call.reply(b"<sitemapindex><sitemap><loc>/s.xml</loc></sitemap></sitemapindex>")

    handlers: dict[str, Handler] = {
        "large": serve(large),
        "bomb": serve(gzipped(head), Content_Encoding="gzip"),
        "file-bomb": serve(gzipped(head)),
        "endless": endless,
        "loop": loop,
        "on": on,
        "cut-once": once(
            lambda call: call.reply(gzip.compress(large)[:-50], Content_Encoding="gzip"),
            serve(large),
        ),
        "down-once": once(status(503), serve(large)),
    }
    sources = []
    for name, handler in handlers.items():
        site.add(name, {"/s.xml": handler, "/a/": story})
        url = site.url(f"{name}.example", "/s.xml")
        sources.append(site.source(name, f'sitemaps = ["{url}"]'))
    night = crawl(bench, site, *sources)
    found = {name: source["fetched"] for name, source in night.summary.items()}
    assert found == dict.fromkeys(handlers, 0) | {"large": 1, "cut-once": 1, "down-once": 1}
    assert night.summary["bomb"]["error"].endswith("the answer is too large")
    assert night.summary["endless"]["error"].endswith("the answer is too large")
    assert site.paths("loop").count("/s.xml") == 1
    assert len(site.asked("on")) <= 1 + 50
    assert night.peak_mb < 500


def test_traps_of_addresses_are_not_entered(bench: Any, site: Site) -> None:
    urls = ["/a/", "/a/;jsessionid=1", "/a/?PHPSESSID=2", "/x/x/x/x/", "/" + "d/e/f/" * 9]
    urls += [f"/shop/?c={n}&s={n}&o={n}" for n in range(99)]
    urls += ["/q/?" + "&".join(f"{n}=1" for n in range(30)), "/long/" + "a" * 3000]
    items = "".join(f"<item><link>{url.replace('&', '&amp;')}</link></item>" for url in urls)
    feed = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    site.add("trap", {"/feed.xml": serve(feed), "/a/": story, "/shop/": story})
    crawl(bench, site, site.source("trap"))
    about = {"/robots.txt", "/feed.xml", "/.well-known/tdmrep.json"}
    paths = [path for path in site.paths("trap") if path not in about]
    assert sum(path.startswith("/a/") for path in paths) == 1
    assert sum(path.startswith("/shop/") for path in paths) == 20
    assert len(paths) == 21
