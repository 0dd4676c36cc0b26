"""Politeness, limits, failures and signals, at small newspapers."""

from __future__ import annotations

import gzip
import json
import random
import signal
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from tests.crawler.certificates import Authority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DATE = "Sun, 03 May 2026 10:00:00 +0200"


def dated(urls: list[str]) -> dict[str, str]:
    return dict.fromkeys(urls, DATE)


def gaps(asked: list[Any], host: str) -> list[float]:
    times = [one.at for one in asked if one.host.startswith(host)]
    return [after - before for before, after in pairwise(times)]


def test_hosts_are_paced_each_by_its_own_wishes(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    newspaper.set("/robots.txt", reply(body=b"User-agent: newsgrain\nCrawl-delay: 0.4\n"))
    sources = []
    for name in ("slow", "busy", "own"):
        host = f"{name}.example"
        paths = [f"/{name}/{number}/" for number in range(4)]
        for path in paths:
            newspaper.article(path)
        newspaper.feed(f"/{name}.xml", dated([newspaper.url(path, host) for path in paths]))
        more = f'feeds = ["{newspaper.url(f"/{name}.xml", host)}"]'
        more += "\nlimits = { delay_s = 0.7 }" if name == "own" else ""
        sources.append(source_of(newspaper, name=name, host=host, more=more))
    busy = reply(status=503, headers={"Retry-After": "1"})
    newspaper.set("/busy/0/", busy, reply(body=b"<p>ok</p>"))
    bench.configure(*sources)
    summary = bench.crawl()
    assert [source["fetched"] for source in summary["sources"]] == [4, 4, 4]
    assert min(gaps(newspaper.asked, "slow")) >= 0.39
    assert max(gaps(newspaper.asked, "slow")) < 1.5
    assert min(gaps(newspaper.asked, "own")) >= 0.39
    assert min(gaps(newspaper.asked, "own")[1:]) >= 0.69
    after = next(i for i, one in enumerate(newspaper.asked) if one.path == "/busy/0/")
    assert gaps(newspaper.asked[after:], "busy")[0] >= 1.0


def test_a_robots_file_that_fails_closes_the_site_and_loses_nothing(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    newspaper.feed("/feed/", dated([newspaper.article("/a/")]))
    bench.configure(source_of(newspaper, more=f'feeds = ["{newspaper.url("/feed/")}"]'))
    newspaper.set("/robots.txt", reply(status=503))
    (source,) = bench.crawl()["sources"]
    assert set(newspaper.paths()) == {"/robots.txt"}
    assert source["error"] == f"{newspaper.url('/feed/')}: robots.txt: HTTP 503"
    newspaper.set("/robots.txt", reply(status=403))
    (source,) = bench.crawl(now="2026-05-05T02:00:00+00:00")["sources"]
    assert (source["error"], source["fetched"]) == (None, 1)


def test_each_source_fails_or_is_silent_alone(
    newspaper: Any, bench: Any, source_of: Callable[..., str]
) -> None:
    newspaper.feed("/feed/", dated([newspaper.article("/a/")]))
    newspaper.feed("/empty/", {})
    newspaper.article("/page/")
    paths = {"good": "/feed/", "silent": "/empty/", "lost": "/nowhere/", "page": "/page/"}
    sources = [
        source_of(newspaper, name=name, more=f'feeds = ["{newspaper.url(path)}"]')
        for name, path in paths.items()
    ]
    partly = f'feeds = ["{newspaper.url("/nowhere/")}", "{newspaper.url("/feed/")}"]'
    sources.append(source_of(newspaper, name="partly", more=partly))
    sources.append('[[source]]\nname = "dead"\nurl = "http://dead.invalid/"\n')
    bench.configure(*sources)
    found = {source["name"]: source for source in bench.crawl()["sources"]}
    # Both list the one article; it is asked for once.
    assert found["good"]["fetched"] + found["partly"]["fetched"] == 1
    assert (found["good"]["error"], found["good"]["is_silent"]) == (None, False)
    assert (found["silent"]["error"], found["silent"]["is_silent"]) == (None, True)
    assert found["lost"]["error"] == f"{newspaper.url('/nowhere/')}: HTTP 404"
    assert found["page"]["error"] == (
        f"{newspaper.url('/page/')}: neither feed nor sitemap nor page"
    )
    assert found["partly"]["error"] is None
    assert found["partly"]["warning"] == f"{newspaper.url('/nowhere/')}: HTTP 404"
    assert found["dead"]["error"] == "http://dead.invalid/: no answer (DNS lookup failed)"


def test_sitemaps_are_followed_and_a_home_page_stands_in(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    first = f"<urlset><url><loc>{newspaper.article('/a/')}</loc></url></urlset>"
    second = f"<urlset><url><loc>{newspaper.article('/b/')}</loc></url></urlset>"
    index = (
        "<sitemapindex><sitemap><loc>/one.xml</loc></sitemap>"
        "<sitemap><loc>/two.xml.gz</loc></sitemap><sitemap><loc>/index.xml</loc></sitemap>"
        "</sitemapindex>"
    )
    newspaper.set("/index.xml", reply(body=index.encode(), headers={"ETag": '"i"'}))
    newspaper.set("/one.xml", reply(body=first.encode(), headers={"ETag": '"1"'}))
    newspaper.set("/two.xml.gz", reply(body=gzip.compress(second.encode())))
    home = '<a href="/a-story-here/">x</a><a href="/section/">y</a><a href="/a-story-here/#c">x</a>'
    newspaper.set("/", reply(body=home.encode(), headers={"Content-Type": "text/html"}))
    newspaper.article("/a-story-here/")
    bench.configure(
        source_of(newspaper, name="map", more=f'sitemaps = ["{newspaper.url("/index.xml")}"]'),
        source_of(newspaper, name="home", host="home.example"),
    )
    by_map, by_home = bench.crawl()["sources"]
    assert (by_map["discovered"], by_map["fetched"], by_map["error"]) == (2, 2, None)
    assert (by_home["discovered"], by_home["fetched"], by_home["error"]) == (1, 1, None)
    kinds = {path: kind for kind, path, _, _ in bench.pages()}
    assert kinds["/index.xml"] == kinds["/two.xml.gz"] == "sitemap"
    assert kinds["/"] == "home"
    newspaper.asked.clear()
    bench.crawl(now="2026-05-05T02:00:00+00:00")
    asked = {one.path: one.headers for one in newspaper.asked}
    assert "If-None-Match" not in asked["/index.xml"]
    assert asked["/one.xml"]["If-None-Match"] == '"1"'


def test_limits_end_a_night_and_the_rest_comes_the_next_night(
    newspaper: Any, bench: Any, source_of: Callable[..., str]
) -> None:
    hosts = ("few.example", "capped.example")
    sources = []
    for host in hosts:
        name = host.partition(".")[0]
        items = {
            newspaper.url(f"/{name}/{day}/", host): f"{day:02} May 2026 10:00:00 GMT"
            for day in range(1, 5)
        }
        for day in range(1, 5):
            newspaper.article(f"/{name}/{day}/", ETag=f'"{day}"')
        newspaper.feed(f"/{name}.xml", items, ETag='"f"')
        more = f'feeds = ["{newspaper.url(f"/{name}.xml", host)}"]'
        more += "\nlimits = { max_articles = 2 }" if name == "few" else ""
        sources.append(source_of(newspaper, name=name, host=host, more=more))
    bench.configure(*sources, crawl="max_requests_per_host = 5")
    few, capped = bench.crawl(now="2026-05-06T02:00:00+00:00")["sources"]
    assert [p for p in newspaper.paths() if p.startswith("/few/")] == ["/few/4/", "/few/3/"]
    assert few["warning"] is None
    assert few["skipped"] == 2
    assert capped["requests"] == 5
    assert capped["warning"] == "left for the next run: 5 requests to capped.example in this run"
    assert list(bench.states().values()).count("pending") == 3
    newspaper.asked.clear()
    bench.crawl(now="2026-05-20T02:00:00+00:00")
    assert {p for p in newspaper.paths() if p.startswith("/few/")} == {"/few/2/", "/few/1/"}
    assert set(bench.states().values()) == {"fetched"}


def test_without_a_contact_a_host_is_asked_a_hundred_times_at_most() -> None:
    from crawler.configuration import CrawlLimits
    from crawler.settings import settings_for

    assert settings_for(CrawlLimits(), ())["NEWSGRAIN_MAX_REQUESTS_PER_HOST"] == 100
    known = CrawlLimits(contact="desk@example.org")
    assert settings_for(known, ())["NEWSGRAIN_MAX_REQUESTS_PER_HOST"] == 5000
    small = CrawlLimits(max_requests_per_host=7)
    assert settings_for(small, ())["NEWSGRAIN_MAX_REQUESTS_PER_HOST"] == 7


def test_a_site_that_only_fails_is_left_for_the_next_night(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    paths = [f"/{number}/" for number in range(30)]
    newspaper.feed("/feed/", dated([newspaper.url(path) for path in paths]))
    for path in paths:
        newspaper.set(path, reply(status=502))
    bench.configure(source_of(newspaper, more=f'feeds = ["{newspaper.url("/feed/")}"]'))
    summary = bench.crawl()
    (source,) = summary["sources"]
    # robots.txt, the feed, nine failures, and one that was waiting for its turn
    assert 2 + 9 <= source["requests"] <= 2 + 9 + 1
    assert source["warning"] == ("left for the next run: courrier.example failed 9 times in a row")
    assert summary["log"].count("event=host_stopped") == 1
    assert list(bench.states().values()).count("pending") >= 26


def test_a_redirect_cannot_lead_into_the_private_network(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    newspaper.article("/secret")
    targets = {
        "/literal/": f"http://127.0.0.1:{newspaper.port}/secret",
        "/name/": newspaper.url("/secret", host="inside.example"),
        "/scheme/": "file:///etc/passwd",
        "/loop/": "/loop/",
    }
    for path, target in targets.items():
        newspaper.set(path, reply(status=302, headers={"Location": target}))
    newspaper.feed("/feed/", dated([newspaper.url(path) for path in targets]))
    bench.configure(source_of(newspaper, more=f'feeds = ["{newspaper.url("/feed/")}"]'))
    (source,) = bench.crawl()["sources"]
    assert "/secret" not in newspaper.paths()
    assert {one.host for one in newspaper.asked} == {f"courrier.example:{newspaper.port}"}
    assert source["failed"] == 4
    rows = bench.rows(
        "SELECT url, error FROM pages WHERE kind = 'article' AND is_final ORDER BY page_id"
    )
    errors = {"/" + url.split("/", 3)[3]: error for url, error in rows}
    assert errors == {
        "/literal/": "127.0.0.1 is a private address",
        "/name/": "inside.example is a private address",
        "/scheme/": "HTTP 302",
        "/loop/": "max redirections reached",
    }
    assert set(bench.states().values()) == {"failed"}


@pytest.fixture
def long_night(newspaper: Any, bench: Any, source_of: Callable[..., str]) -> list[str]:
    """A newspaper whose sixty articles take a while."""
    urls = [newspaper.article(f"/{number}/", ETag=f'"{number}"') for number in range(60)]
    newspaper.feed("/feed/", dated(urls), ETag='"f"')
    bench.configure(source_of(newspaper, more=f'feeds = ["{newspaper.url("/feed/")}"]'))
    return urls


def wait_for(newspaper: Any, count: int) -> None:
    deadline = time.monotonic() + 30
    while len(newspaper.asked) < count:
        assert time.monotonic() < deadline
        time.sleep(0.005)


@pytest.mark.parametrize("after", [(3, 25), pytest.param((1, 2, 15, 50), marks=pytest.mark.slow)])
def test_a_killed_crawl_is_resumed_and_nothing_is_lost(
    newspaper: Any, bench: Any, long_night: list[str], after: tuple[int, ...]
) -> None:
    for count in after:
        process = bench.start()
        wait_for(newspaper, count)
        process.kill()
        process.communicate()
    bench.crawl()
    runs = bench.rows("SELECT run_id FROM runs")
    assert len(runs) == 1
    fetched = bench.rows("SELECT url FROM pages WHERE kind = 'article' AND status = 200")
    assert sorted(url for (url,) in fetched) == sorted(long_night)
    assert set(bench.states().values()) == {"fetched"}
    # Asked for twice are at most those that were under way when the process died.
    assert len([p for p in newspaper.paths() if p[1].isdigit()]) <= 60 + 2 * len(after)


def test_a_signal_ends_the_crawl_in_order_and_says_so(
    newspaper: Any, bench: Any, long_night: list[str]
) -> None:
    process = bench.start()
    wait_for(newspaper, 10)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=20)
    assert process.returncode == 0, err
    assert json.loads(out)["interrupted"] is True
    states = list(bench.states().values())
    assert 5 < states.count("fetched") < 60
    assert states.count("fetched") + states.count("pending") == len(long_night)


def test_a_disk_that_is_nearly_full_ends_the_crawl_with_its_reason(
    newspaper: Any, bench: Any, source_of: Callable[..., str]
) -> None:
    newspaper.feed("/feed/", dated([newspaper.article("/a/")]))
    feed = f'feeds = ["{newspaper.url("/feed/")}"]'
    bench.configure(source_of(newspaper, more=feed), crawl="min_free_disk_mb = 900000000")
    process = bench.start()
    _, err = process.communicate(timeout=20)
    assert process.returncode != 0
    assert "DiskLowError" in err
    assert "crawl.min_free_disk_mb asks for 900000000" in err
    assert "/a/" not in newspaper.paths()


def test_a_full_disk_ends_the_crawl_and_keeps_what_was_archived(
    newspaper: Any, bench: Any, reply: Any, source_of: Callable[..., str]
) -> None:
    noise = random.Random(7)  # noqa: S311 - bytes that do not compress
    urls = []
    for number in range(12):
        body = noise.randbytes(60_000)
        newspaper.set(f"/{number}/", reply(body=body, headers={"Content-Type": "text/html"}))
        urls.append(newspaper.url(f"/{number}/"))
    newspaper.feed("/feed/", dated(urls))
    bench.configure(source_of(newspaper, more=f'feeds = ["{newspaper.url("/feed/")}"]'))
    process = bench.start(largest_file=400_000)
    _, err = process.communicate(timeout=30)
    assert process.returncode != 0
    assert "DiskFullError" in err
    assert "event=stopped" in err
    states = list(bench.states().values())
    assert 2 < states.count("fetched") < 12
    assert states.count("fetched") + states.count("pending") == 12
    bench.crawl()
    assert set(bench.states().values()) == {"fetched"}
    fetched = bench.rows("SELECT url FROM pages WHERE kind = 'article' AND status = 200")
    assert sorted(url for (url,) in fetched) == sorted(urls)


@pytest.fixture
def forged(tmp_path: Path) -> Iterator[int]:
    """A server with a certificate that nobody has vouched for."""
    context = Authority(tmp_path).context("courrier.example")
    server = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


def test_a_certificate_that_nobody_vouches_for_is_refused(forged: int, bench: Any) -> None:
    url = f"https://courrier.example:{forged}/"
    bench.configure(f'[[source]]\nname = "courrier"\nurl = "{url}"\n')
    (source,) = bench.crawl()["sources"]
    assert source["error"] == f"{url}: the certificate is not valid"
