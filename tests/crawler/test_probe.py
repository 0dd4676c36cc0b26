"""What `newsgrain init` finds out about a site."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from crawler.posts import posts_address
from crawler.probe import probe
from newsgrain.errors import ConfigError

PROBE_ONCE = Path(__file__).with_name("probe_once.py")
ROOT = Path(__file__).parents[2]
NOW = "2026-05-04T02:00:00+00:00"


def run_probe(*urls: str, previews: int = 0) -> list[dict[str, Any]]:
    command = [sys.executable, str(PROBE_ONCE), NOW, "{}", str(previews), *urls]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=60, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def usual_places(site: Any, reply: Any) -> Any:
    html = {"Content-Type": "text/html"}
    site.set("/", reply(body=b"<html><body>hello</body></html>", headers=html))
    site.feed("/rss.xml", {site.url("/a/"): "Sun, 03 May 2026 10:00:00 GMT"})
    index = b"<sitemapindex><sitemap><loc>/posts.xml</loc></sitemap></sitemapindex>"
    site.set("/sitemap_index.xml", reply(body=index))
    site.set("/posts.xml", reply(body=b"<urlset><url><loc>/b/</loc></url></urlset>"))
    return site


def only_home(site: Any, reply: Any) -> Any:
    body = b'<html lang="en"><body><a href="/one-two-three/">x</a></body></html>'
    site.set("/", reply(body=body, headers={"Content-Type": "text/html"}))
    return site


def closed(site: Any, reply: Any) -> Any:
    site.set("/robots.txt", reply(body=b"User-agent: *\nDisallow: /\n"))
    return site


def wordpress(site: Any, reply: Any) -> Any:
    """A site with three posts; its feed names two of them, and a second feed nothing else."""
    declared = "".join(
        f'<link rel="alternate" type="application/rss+xml" href="{path}">'
        for path in ("/feed/", "/sport/feed/")
    )
    home = f'<html><head>{declared}<link rel="https://api.w.org/" href="/wp-json/"></head></html>'
    site.set("/", reply(body=home.encode(), headers={"Content-Type": "text/html"}))
    days = {"/a/": 3, "/b/": 2, "/c/": 1}
    dates = {site.url(path): f"Sun, {day:02} May 2026 08:00:00 GMT" for path, day in days.items()}
    two = {url: date for url, date in dates.items() if not url.endswith("/c/")}
    site.feed("/feed/", two)
    site.feed("/sport/feed/", dict(list(two.items())[:1]))
    posts = [
        {
            "link": site.url(path),
            "title": {"rendered": path},
            "date": f"2026-05-{day:02}T10:00:00",
            "date_gmt": f"2026-05-{day:02}T08:00:00",
        }
        for path, day in days.items()
    ]
    json_type = {"Content-Type": "application/json"}
    path = posts_address("/wp-json/wp/v2/posts")
    site.set(path, reply(body=json.dumps(posts).encode(), headers=json_type))
    zone = b'{"timezone_string": "Indian/Reunion"}'
    site.set("/wp-json/?_fields=timezone_string", reply(body=zone, headers=json_type))
    return site


@pytest.fixture(scope="module")
def probed(kit: Any) -> Any:
    paper, reply = kit.Newspaper(), kit.Reply
    host = "courrier.example"
    items = {
        paper.url("/a/", host): "Sun, 03 May 2026 10:00:00 +0200",
        paper.url("/b/", host): "Sun, 04 Jan 2026 10:00:00 +0100",
        paper.url("/dated-ahead/", host): "Sun, 02 Jan 2028 10:00:00 +0100",
    }
    html = {"Content-Type": "text/html"}
    home = (
        '<html lang="fr-FR"><head>'
        '<link rel="alternate" type="application/rss+xml" href="/declared.xml">'
        '<link rel="alternate" type="application/rss+xml" href="/comments/feed/">'
        '<link rel="alternate" hreflang="en" href="/en/"></head></html>'
    )
    paper.set("/", reply(body=home.encode(), headers=html))
    paper.feed("/declared.xml", items)
    paper.feed("/comments/feed/", items)
    robots = f"Crawl-delay: 0.05\nSitemap: {paper.url('/all.xml')}\nSitemap: /newest-news.xml\n"
    paper.set("/robots.txt", reply(body=b"User-agent: *\n" + robots.encode()))
    news = (
        '<urlset xmlns:news="n"><url><loc>/c/</loc><news:news>'
        "<news:publication_date>2026-05-03T11:00:00+02:00</news:publication_date>"
        "<news:title>C</news:title></news:news></url></urlset>"
    )
    paper.set("/newest-news.xml", reply(body=news.encode()))
    paper.set("/all.xml", reply(body=b"<urlset><url><loc>/old/</loc></url></urlset>"))
    makers = (usual_places, only_home, closed, wordpress)
    others = [make(kit.Newspaper(), reply) for make in makers]
    urls = [
        f"{host}:{paper.port}",
        paper.url("/broken/", "broken.example"),
        "dead.invalid",
        paper.url("/declared.xml", "direct.example"),
        *(other.url("/") for other in others),
    ]
    found = run_probe(*urls)
    first = [one.path for one in paper.asked if one.host.startswith(host)]
    yield {"found": found, "paths": first, "paper": paper, "others": others}
    for one in (paper, *others):
        one.close()


def test_declared_feeds_and_all_sitemaps_of_a_small_site_are_proposed(probed: Any) -> None:
    paper, proposal = probed["paper"], probed["found"][0]
    assert proposal["url"] == paper.url("/")
    assert proposal["feeds"] == [paper.url("/declared.xml")]
    assert proposal["sitemaps"] == [paper.url("/all.xml"), paper.url("/newest-news.xml")]
    assert (proposal["name"], proposal["error"], proposal["warning"]) == ("courrier", None, None)


def test_language_zone_and_counts_are_proposed(probed: Any) -> None:
    proposal = probed["found"][0]
    assert (proposal["language"], proposal["timezone"]) == ("fr-FR", "Europe/Paris")
    assert proposal["entries"] == 5
    assert proposal["newest"] == "2026-05-03 09:00:00+00:00"
    assert proposal["crawl_delay_s"] == 0.05


def test_few_requests_are_made(probed: Any) -> None:
    # Once for the site itself; and its robots.txt, seen under another name, names /all.xml.
    asked = ["/", "/all.xml", "/all.xml", "/declared.xml", "/newest-news.xml", "/robots.txt"]
    assert sorted(probed["paths"]) == asked


def test_a_page_that_is_not_there_and_a_host_that_is_not_there_are_errors(probed: Any) -> None:
    broken, dead = probed["found"][1:3]
    assert broken["url"] == probed["paper"].url("/broken/", "broken.example")
    assert broken["error"] == "HTTP 404"
    assert dead["url"] == "https://dead.invalid/"
    assert dead["error"] == "no answer (DNS lookup failed)"


def test_the_address_of_a_feed_is_taken_for_its_site(probed: Any) -> None:
    direct = probed["found"][3]
    assert direct["feeds"] == [probed["paper"].url("/declared.xml", "direct.example")]
    assert direct["url"] == probed["paper"].url("/", "direct.example")
    assert direct["error"] is None


def test_without_declarations_the_usual_places_are_tried(probed: Any) -> None:
    site, proposal = probed["others"][0], probed["found"][4]
    assert proposal["feeds"] == [site.url("/rss.xml")]
    assert proposal["sitemaps"] == [site.url("/sitemap_index.xml")]
    assert (proposal["entries"], proposal["timezone"]) == (2, None)


def test_a_site_without_both_is_proposed_with_a_warning(probed: Any) -> None:
    proposal = probed["found"][5]
    assert (proposal["feeds"], proposal["sitemaps"], proposal["entries"]) == ([], [], 1)
    assert proposal["error"] is None
    assert proposal["warning"] == (
        "neither feed nor sitemap found; articles are taken from the home page"
    )


def test_a_site_whose_robots_file_forbids_it_is_an_error(probed: Any) -> None:
    site, proposal = probed["others"][2], probed["found"][6]
    assert proposal["error"] == "forbidden by robots.txt"
    assert site.paths() == ["/robots.txt"]


def test_each_way_into_a_site_is_shown_with_what_only_it_names(probed: Any) -> None:
    site, proposal = probed["others"][3], probed["found"][7]
    shown = {
        one["url"].removeprefix(site.url("/")[:-1]): (
            one["kind"], one["entries"], one["only_here"], one["is_chosen"],
        )
        for one in proposal["offers"]
    }  # fmt: skip
    assert shown == {
        "/feed/": ("feed", 2, 0, True),
        "/sport/feed/": ("feed", 1, 0, False),
        "/wp-json/wp/v2/posts": ("wp-json", 3, 1, True),
    }
    posts = proposal["offers"][-1]
    assert posts["newest"] == "2026-05-03 08:00:00+00:00"
    assert posts["oldest"] == "2026-05-01 08:00:00+00:00"


def test_the_best_combination_is_proposed_with_the_zone_and_a_budget(probed: Any) -> None:
    site, proposal = probed["others"][3], probed["found"][7]
    assert proposal["feeds"] == [site.url("/feed/")]
    assert proposal["posts"] == [site.url("/wp-json/wp/v2/posts")]
    assert proposal["timezone"] == "Indian/Reunion"
    assert proposal["entries"] == 3
    assert 1 < proposal["a_day"] < 2
    assert proposal["max_articles"] == 100


def test_no_wordpress_is_looked_for_where_none_is_declared(probed: Any) -> None:
    assert not [path for path in probed["paths"] if "wp-json" in path]
    assert not [path for path in probed["others"][0].paths() if "wp-json" in path]


def test_the_newest_articles_are_fetched_to_be_shown(kit: Any) -> None:
    site = kit.Newspaper()
    dates = {"/a/": "01", "/b/": "04", "/c/": "02", "/d/": "03"}
    items = {site.article(path): f"Fri, {day} May 2026 01:00:00 GMT" for path, day in dates.items()}
    known = site.feed("/known.xml", items)
    site.article("/")
    (proposal,) = run_probe(f"{site.url('/')}={known}", previews=3)
    site.close()
    assert proposal["feeds"] == [known]
    assert [page["url"] for page in proposal["previews"]] == [
        site.url(path) for path in ("/b/", "/d/", "/c/")
    ]


@pytest.mark.parametrize(
    ("urls", "contact"),
    [(["http://"], None), (["ftp://a.example/"], None), (["a b"], None), (["a.example"], "me")],
)
def test_what_is_no_address_is_refused_before_anything_is_asked(
    urls: list[str], contact: str | None
) -> None:
    with pytest.raises(ConfigError, match="is needed, not"):
        probe(urls, contact=contact)
