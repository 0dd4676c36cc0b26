"""Sites that can be found in one way only, and what is read of each on the next night."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

FIRST = datetime(2026, 5, 4, 2, tzinfo=UTC)
DAY = timedelta(days=1)
HTML = {"Content-Type": "text/html"}


def night(number: int) -> str:
    return (FIRST + (number - 1) * DAY).isoformat()


def fetched(bench: Any) -> set[str]:
    return {path for path, state in bench.states().items() if state == "fetched"}


def test_a_site_known_by_its_home_page_gives_the_articles_of_its_sections(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    """Flat permalinks, numbers, ``?p=`` and short slugs; a list of two pages; a dead section."""
    menu = "".join(f'<a href="/{name}/">{name}</a>' for name in ("town", "port", "about"))
    home = (
        f"<nav>{menu}</nav><a href='/quay/'>The old quay gets a new lamp at last</a>"
        "<a href='/?p=123'>x</a><a href='/story-120345.html'>x</a>"
    )
    newspaper.set("/", reply(body=home.encode(), headers=HTML))
    town = (
        "<h1>Town</h1><a href='/swans-back-on-pond/'>x</a><a rel='next' href='/town/page/2/'>2</a>"
    )
    newspaper.set("/town/", reply(body=town.encode(), headers=HTML))
    second = "<a href='/2026/05/bridge/'>x</a>"
    newspaper.set("/town/page/2/", reply(body=second.encode(), headers=HTML))
    newspaper.set("/port/", reply(body=b"<a href='/tug-calls-at-dawn/'>x</a>", headers=HTML))
    newspaper.set("/about/", reply(body=b"<p>We are a newspaper.</p>", headers=HTML))
    articles = {"/quay/", "/?p=123", "/story-120345.html", "/swans-back-on-pond/",
                "/2026/05/bridge/", "/tug-calls-at-dawn/"}  # fmt: skip
    for path in articles:
        newspaper.article(path, ETag='"1"')
    bench.configure(source_of(newspaper))
    (source,) = bench.crawl(now=night(1))["sources"]
    assert fetched(bench) == articles
    assert (source["error"], source["fetched"]) == (None, 6)
    kinds = {path: kind for kind, path, _, _ in bench.pages()}
    assert (kinds["/"], kinds["/town/"], kinds["/town/page/2/"]) == ("home", "section", "section")
    hints = bench.rows("SELECT hints FROM frontier_articles WHERE url LIKE '%/swans%'")
    assert "Town" in hints[0][0]

    newspaper.asked.clear()
    bench.crawl(now=night(2))
    lists = {"/", "/town/", "/port/"}
    assert lists <= set(newspaper.paths()) <= lists | articles | {"/robots.txt"}, (
        "neither the dead section nor the second page of a list that holds nothing new"
    )


def posts_of(newspaper: Any, reply: Any, count: int, *, per_page: int = 100) -> list[str]:
    """Serve a WordPress interface with so many posts, newest first."""
    paths = [f"/{number:03}/" for number in range(count)]
    for path in paths:
        newspaper.article(path, ETag='"1"')
    endpoint = "/wp-json/wp/v2/posts"
    real = newspaper.answer

    def answer(handler: Any) -> None:
        parts = urlsplit(handler.path)
        if parts.path == endpoint:
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            newspaper.set(handler.path, posts_page(query))
        real(handler)

    def posts_page(query: dict[str, str]) -> Any:
        page, after = int(query.get("page", 1)), query.get("after", "")
        posts = [newspaper.posts[path] for path in newspaper.posts]
        posts.sort(key=lambda post: post[query["orderby"]], reverse=True)
        posts = [post for post in posts if f"{post['date_gmt']}Z" > after]
        pages = -(-len(posts) // per_page)
        shown = posts[(page - 1) * per_page : page * per_page]
        headers = {"Content-Type": "application/json", "X-WP-TotalPages": str(pages)}
        return reply(body=json.dumps(shown).encode(), headers=headers)

    newspaper.posts = {
        path: post(newspaper.url(path), FIRST - number * DAY) for number, path in enumerate(paths)
    }
    newspaper.answer = answer
    return paths


def post(url: str, moment: datetime, modified: datetime | None = None) -> dict[str, Any]:
    def wall(moment: datetime) -> str:
        return moment.replace(tzinfo=None).isoformat()

    changed = modified or moment
    return {
        "link": url,
        "title": {"rendered": "Fish &#038; ships"},
        "date": wall(moment + timedelta(hours=2)),
        "date_gmt": wall(moment),
        "modified": wall(changed + timedelta(hours=2)),
        "modified_gmt": wall(changed),
    }


def test_a_site_known_by_its_posts_gives_them_all_and_then_what_is_new_or_edited(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    paths = posts_of(newspaper, reply, 65, per_page=30)
    more = f'posts = ["{newspaper.url("/wp-json/wp/v2/posts")}"]'
    bench.configure(source_of(newspaper, more=more))
    (source,) = bench.crawl(now=night(1))["sources"]
    assert fetched(bench) == set(paths)
    assert source["discovered"] == 65
    asked = [urlsplit(path) for path in newspaper.paths()]
    pages = [parse_qs(one.query) for one in asked if one.path.startswith("/wp-json")]
    assert [page.get("page", ["1"]) for page in pages] == [["1"], ["2"], ["3"]]
    hints = bench.rows("SELECT hints FROM frontier_articles WHERE url LIKE '%/064/'")[0][0]
    assert "Fish & ships" in hints
    assert "+02:00" in hints

    newspaper.article("/new/")
    newspaper.posts["/new/"] = post(newspaper.url("/new/"), FIRST + DAY / 2)
    newspaper.posts["/040/"] = post(newspaper.url("/040/"), FIRST - 40 * DAY, FIRST + DAY / 2)
    newspaper.asked.clear()
    summary = bench.crawl(now=night(2))
    asked = [urlsplit(path) for path in newspaper.paths()]
    orders = [parse_qs(one.query)["orderby"] for one in asked if one.path.startswith("/wp-json")]
    assert sorted(orders) == [["date"], ["modified"]], "one page each: the rest is known"
    assert summary["log"].count("event=known_from_here") == 2
    assert {"/new/", "/040/"} <= set(newspaper.paths())
    young = {f"/{number:03}/" for number in range(8)}
    articles = {one.path for one in asked if not one.path.startswith("/wp-json")}
    assert articles <= {"/new/", "/040/", "/robots.txt"} | young


def test_a_walk_that_was_cut_short_is_not_taken_for_a_finished_one(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    paths = posts_of(newspaper, reply, 45, per_page=15)
    more = f'posts = ["{newspaper.url("/wp-json/wp/v2/posts")}"]'
    bench.configure(source_of(newspaper, more=more), crawl="max_requests_per_host = 3")
    bench.crawl(now=night(1))
    assert len(bench.states()) == 30
    bench.configure(source_of(newspaper, more=more))
    bench.crawl(now=night(2))
    assert fetched(bench) == set(paths)


def test_a_back_fill_goes_back_to_its_date_and_no_further(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    paths = posts_of(newspaper, reply, 45, per_page=15)
    old = "".join(
        f"<url><loc>{newspaper.article(f'/old/{days}/')}</loc>"
        f"<lastmod>{(FIRST - days * DAY).date()}</lastmod></url>"
        for days in (10, 25, 35)
    )
    index = (
        "<sitemapindex><sitemap><loc>/old.xml</loc><lastmod>2026-04-20</lastmod></sitemap>"
        "<sitemap><loc>/older.xml</loc><lastmod>2020-01-01</lastmod></sitemap></sitemapindex>"
    )
    newspaper.set("/index.xml", reply(body=index.encode()))
    newspaper.set("/old.xml", reply(body=f"<urlset>{old}</urlset>".encode()))
    newspaper.set("/robots.txt", reply(body=b"Sitemap: /index.xml\n"))
    more = f'posts = ["{newspaper.url("/wp-json/wp/v2/posts")}"]\nlimits = {{ max_age_days = 2 }}'
    bench.configure(source_of(newspaper, more=more))
    since = (FIRST - 30 * DAY).isoformat()
    bench.crawl(now=night(1), since=since)
    wanted = {*paths[:30], "/old/10/", "/old/25/"}
    assert fetched(bench) == wanted
    assert "/older.xml" not in newspaper.paths()
    dates = [path for path in newspaper.paths() if path in wanted]
    assert dates[0] == "/000/", "newest first"
    assert dates[-1] in {"/029/", "/028/"}


def test_a_refetch_asks_again_for_what_is_known_and_nothing_is_conditional(
    newspaper: Any, bench: Any, source_of: Callable[..., str]
) -> None:
    old = newspaper.article("/a/", ETag='"1"')
    feed = newspaper.feed("/feed/", {old: "Sun, 03 May 2020 10:00:00 GMT"}, ETag='"f"')
    bench.configure(source_of(newspaper, more=f'feeds = ["{feed}"]'))
    bench.crawl(now=night(1))
    newspaper.asked.clear()
    bench.crawl(now=night(2))
    assert "/a/" not in newspaper.paths()
    bench.crawl(now=night(3), refetch=True)
    (asked,) = [one for one in newspaper.asked if one.path == "/a/"]
    assert "If-None-Match" not in asked.headers


def test_the_sitemaps_of_robots_txt_count_at_each_run(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    """Whole where a source lists nothing else; for what is new where it does."""

    def sitemap(name: str) -> bytes:
        entries = {"new": "2026-05-03", "old": "2020-01-01", "undated": ""}
        locations = "".join(
            f"<url><loc>{newspaper.article(f'/{name}/{path}/')}</loc>"
            f"<lastmod>{date}</lastmod></url>"
            for path, date in entries.items()
        )
        return f"<urlset>{locations}</urlset>".encode()

    feed = newspaper.feed("/feed/", {newspaper.article("/a/"): "Sun, 03 May 2026 10:00:00 GMT"})
    sources = [source_of(newspaper, more=f'feeds = ["{feed}"]')]
    bench.configure(*sources)
    bench.crawl(now=night(1))
    assert fetched(bench) == {"/a/"}

    newspaper.set("/robots.txt", reply(body=b"Sitemap: /map.xml\n"))
    newspaper.set("/map.xml", reply(body=sitemap("part")))
    (source,) = bench.crawl(now=night(2))["sources"]
    assert fetched(bench) == {"/a/", "/part/new/"}
    assert source["error"] is None

    bench.configure(source_of(newspaper, name="bare"))
    newspaper.set("/", reply(body=b"<p>nothing</p>", headers=HTML))
    newspaper.set("/map.xml", reply(body=sitemap("whole")))
    bench.crawl(now=night(3))
    assert {"/whole/new/", "/whole/old/", "/whole/undated/"} <= fetched(bench)

    bench.configure(source_of(newspaper, name="closed", more="robots_sitemaps = false"))
    newspaper.asked.clear()
    bench.crawl(now=night(4))
    assert "/map.xml" not in newspaper.paths()


def test_a_sitemap_of_an_index_is_asked_for_again_only_if_it_has_changed(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    def index(second: str) -> Any:
        body = (
            "<sitemapindex><sitemap><loc>/1.xml</loc><lastmod>2026-04-01</lastmod></sitemap>"
            f"<sitemap><loc>/2.xml</loc><lastmod>{second}</lastmod></sitemap></sitemapindex>"
        )
        return reply(body=body.encode())

    for number in (1, 2):
        url = newspaper.article(f"/{number}/")
        body = f"<urlset><url><loc>{url}</loc></url></urlset>".encode()
        newspaper.set(f"/{number}.xml", reply(body=body))
    newspaper.set("/index.xml", index("2026-05-01"))
    more = f'sitemaps = ["{newspaper.url("/index.xml")}"]'
    bench.configure(source_of(newspaper, more=more))
    bench.crawl(now=night(1))
    assert fetched(bench) == {"/1/", "/2/"}
    newspaper.set("/index.xml", index("2026-05-04T12:00:00Z"))
    newspaper.asked.clear()
    (source,) = bench.crawl(now=night(2))["sources"]
    assert "/2.xml" in newspaper.paths()
    assert "/1.xml" not in newspaper.paths()
    assert source["discovered"] == 2


def test_a_change_in_a_feed_is_looked_at_however_old_the_article_is(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    def feed(updated: str) -> Any:
        entries = "".join(
            f"<entry><link href='{newspaper.url(path)}'/>"
            f"<published>2020-05-03T10:00:00Z</published><updated>{date}</updated></entry>"
            for path, date in (("/a/", updated), ("/b/", "2020-05-03T10:00:00Z"))
        )
        return reply(body=f"<feed xmlns='http://www.w3.org/2005/Atom'>{entries}</feed>".encode())

    for path in ("/a/", "/b/"):
        newspaper.article(path, ETag='"1"')
    newspaper.set("/atom", feed("2020-05-03T10:00:00Z"))
    bench.configure(source_of(newspaper, more=f'feeds = ["{newspaper.url("/atom")}"]'))
    bench.crawl(now=night(1))
    newspaper.set("/atom", feed("2026-05-04T12:00:00Z"))
    newspaper.asked.clear()
    summary = bench.crawl(now=night(2))
    assert "/a/" in newspaper.paths()
    assert "/b/" not in newspaper.paths()
    assert 'why="changed in a listing"' in summary["log"]


def pages_with_errors(bench: Any) -> dict[str, str]:
    rows = bench.rows("SELECT url, error FROM pages WHERE error IS NOT NULL AND kind != 'article'")
    return {urlsplit(url).path: error for url, error in rows}


def test_hostile_listings_are_bounded_with_a_reason_and_the_night_goes_on(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    good = newspaper.article("/good/")
    feed = newspaper.feed("/good.xml", {good: "Sun, 03 May 2026 10:00:00 GMT"})
    newspaper.set("/huge", reply(body=b"<rss><channel>" + b" " * 1_100_000))
    circle = "<sitemapindex><sitemap><loc>{}</loc></sitemap></sitemapindex>"
    newspaper.set("/itself.xml", reply(body=circle.format("/itself.xml?2").encode()))
    newspaper.set("/itself.xml?2", reply(body=circle.format("/itself.xml").encode()))
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "x">{levels}]><urlset><url><loc>&a11;</loc></url></urlset>'
    newspaper.set("/bomb.xml", reply(body=bomb.encode()))
    many = b"<urlset>" + b"<url><loc>/b/</loc></url>" * 50_001 + b"</urlset>"
    newspaper.set("/many.xml.gz", reply(body=gzip.compress(many)))
    newspaper.set("/page.xml", reply(body=b"<html><p>sorry</p></html>"))
    newspaper.article("/b/")
    names = ("itself.xml", "bomb.xml", "many.xml.gz", "page.xml")
    maps = ", ".join(f'"{newspaper.url(f"/{name}")}"' for name in names)
    more = f'feeds = ["{newspaper.url("/huge")}", "{feed}"]\nsitemaps = [{maps}]'
    bench.configure(source_of(newspaper, more=more), crawl="max_body_mb = 1")
    (source,) = bench.crawl(now=night(1))["sources"]
    assert fetched(bench) == {"/good/", "/b/"}
    assert source["error"] is None
    assert newspaper.paths().count("/itself.xml") == 1
    assert pages_with_errors(bench) == {
        "/huge": "the answer is too large",
        "/bomb.xml": "read in part: entities that it declares are not expanded",
        "/many.xml.gz": "read in part: more than 50000 addresses",
        "/page.xml": "neither feed nor sitemap nor page",
    }


@pytest.mark.slow
def test_a_sitemap_of_the_legal_size_is_read_whole_while_other_hosts_are_served(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    """50,000 entries, and larger than `max_body_mb` allows a page to be."""
    entry = "<url><loc>/n/{:05}/</loc><lastmod>2020-01-01</lastmod><x>{}</x></url>"
    body = "<urlset>" + "".join(entry.format(n, "y" * 180) for n in range(50_000)) + "</urlset>"
    assert 10_000_000 < len(body) < 52_428_800
    newspaper.set("/map.xml", reply(body=body.encode()))
    urls = [newspaper.article(f"/other/{n}/") for n in range(20)]
    feed = newspaper.feed("/f", dict.fromkeys(urls, "Sun, 03 May 2026 10:00:00 GMT"))
    more = f'sitemaps = ["{newspaper.url("/map.xml")}"]\nlimits = {{ max_articles = 0 }}'
    bench.configure(
        source_of(newspaper, more=more),
        source_of(newspaper, name="other", more=f'feeds = ["{feed}"]'),
    )
    summary = bench.crawl(now=night(1), settings={"DOWNLOAD_TIMEOUT": 60})
    found = {source["name"]: source for source in summary["sources"]}
    assert found["courrier"]["discovered"] == 50_000
    assert (found["courrier"]["error"], found["courrier"]["warning"]) == (None, None)
    assert pages_with_errors(bench) == {}
