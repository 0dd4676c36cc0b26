"""The server answers as real news servers do, and each night as it should."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import lxml.html
import pytest
from lxml import etree

from crawler.demo import Outage, serve

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from crawler.demo import DemoServer

    Fetch: TypeAlias = Callable[..., Any]

NOW = datetime(2026, 11, 21, 2, 0, tzinfo=UTC)
COURRIER = "www.courrier-du-large.example"
HERALD = "wexmere-herald.example"
NEW = "une-baleine-dans-l-avant-port"
EDITED = "harbour-dues-to-rise-in-april"
GONE = "greve-des-lamaneurs-suspendue"


def site(server: DemoServer, host: str, path: str = "/") -> str:
    return f"http://{host}:{server.port}{path}"


def listed(server: DemoServer, fetch: Fetch, host: str) -> dict[str, list[str]]:
    """Return every address that the site's machine-readable lists give, by list."""
    found: dict[str, list[str]] = {}
    robots = fetch(site(server, host, "/robots.txt")).body.decode()
    waiting = re.findall(r"^Sitemap: (.+)$", robots, flags=re.MULTILINE)
    while waiting:
        url = waiting.pop()
        root = etree.fromstring(fetch(url).body)
        locations = root.xpath("//*[local-name()='loc']/text()")
        if etree.QName(root).localname == "sitemapindex":
            waiting.extend(locations)
        else:
            found[url] = locations
    return found


def test_every_address_of_the_sitemaps_answers_200(server: DemoServer, fetch: Fetch) -> None:
    for host in (COURRIER, HERALD):
        lists = listed(server, fetch, host)
        assert {url for urls in lists.values() for url in urls} == {
            one.url(server.port) for one in server.articles if one.host == host
        }
        assert {fetch(url).status for urls in lists.values() for url in urls} == {200}


def test_every_address_of_the_feeds_answers_200(server: DemoServer, fetch: Fetch) -> None:
    rss = etree.fromstring(fetch(site(server, COURRIER, "/feed/")).body)
    atom = etree.fromstring(fetch(site(server, HERALD, "/feeds/latest.atom")).body)
    links = rss.xpath("//item/link/text()")
    links += atom.xpath("//*[local-name()='entry']/*[local-name()='link']/@href")
    assert len(links) == 24
    assert {fetch(link).status for link in links} == {200}
    guids = rss.xpath("//item/guid/text()")
    assert [fetch(guid).headers["Location"] for guid in guids] == rss.xpath("//item/link/text()")


def test_every_address_of_wp_json_answers_200_and_paging_is_announced(
    server: DemoServer, fetch: Fetch
) -> None:
    posts, number = [], 1
    while True:
        url = site(server, COURRIER, f"/wp-json/wp/v2/posts?per_page=9&page={number}")
        reply = fetch(url)
        posts += json.loads(reply.body)
        assert reply.headers["X-WP-Total"] == "22"
        if number == int(reply.headers["X-WP-TotalPages"]):
            break
        number += 1
    assert number == 3
    assert len({post["id"] for post in posts}) == 22
    assert {fetch(post["link"]).status for post in posts} == {200}
    assert fetch(site(server, COURRIER, "/wp-json/wp/v2/posts?page=99")).status == 400
    assert fetch(site(server, COURRIER, "/wp-json/wp/v2/posts?per_page=101")).status == 400


def test_wp_json_understands_after_and_fields(server: DemoServer, fetch: Fetch) -> None:
    path = "/wp-json/wp/v2/posts?after=2026-11-20T00:00:00&_fields=link,date_gmt"
    posts = json.loads(fetch(site(server, COURRIER, path)).body)
    assert posts == [
        {
            "date_gmt": "2026-11-20T19:15:00",
            "link": site(server, COURRIER, f"/{GONE}/"),
        }
    ]


def test_undated_pages_stand_in_no_feed(server: DemoServer, fetch: Fetch) -> None:
    undated = {one.path for one in server.articles if one.kind == "page"}
    assert len(undated) == 3
    text = fetch(site(server, COURRIER, "/feed/")).body.decode()
    text += fetch(site(server, COURRIER, "/wp-json/wp/v2/posts?per_page=100")).body.decode()
    assert not [path for path in undated if path in text]


def test_every_link_of_every_listing_leads_to_a_page(server: DemoServer, fetch: Fetch) -> None:
    for host in (COURRIER, HERALD):
        seen, waiting = set(), [site(server, host)]
        while waiting:
            url = waiting.pop()
            if url in seen or not url.startswith(site(server, host)):
                continue
            seen.add(url)
            reply = fetch(url)
            assert reply.status == 200, url
            if "html" in reply.headers["Content-Type"]:
                tree = lxml.html.document_fromstring(reply.body.decode())
                tree.make_links_absolute(url)
                waiting += [link.partition("#")[0] for link in tree.xpath("//a/@href")]
        assert {one.url(server.port) for one in server.articles if one.host == host} <= seen


@pytest.mark.parametrize(
    "path", ["/", "/feed/", "/sitemap_index.xml", "/post-sitemap.xml", f"/{GONE}/"]
)
def test_a_matching_etag_is_answered_304_without_a_body(
    server: DemoServer, fetch: Fetch, path: str
) -> None:
    first = fetch(site(server, COURRIER, path))
    again = fetch(site(server, COURRIER, path), If_None_Match=first.headers["ETag"])
    assert (first.status, again.status, again.raw) == (200, 304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    other = fetch(site(server, COURRIER, path), If_None_Match='"other"')
    assert other.status == 200


def test_if_modified_since_is_answered_304_unless_the_page_is_newer(
    server: DemoServer, fetch: Fetch
) -> None:
    url = site(server, COURRIER, "/feed/")
    modified = fetch(url).headers["Last-Modified"]
    assert fetch(url, If_Modified_Since=modified).status == 304
    assert fetch(url, If_Modified_Since="Wed, 21 Oct 2015 07:28:00 GMT").status == 200
    assert fetch(url, If_Modified_Since="never").status == 200


def test_if_none_match_outweighs_if_modified_since(server: DemoServer, fetch: Fetch) -> None:
    url = site(server, COURRIER, "/feed/")
    modified = fetch(url).headers["Last-Modified"]
    assert fetch(url, If_Modified_Since=modified, If_None_Match='"other"').status == 200


def test_bodies_are_compressed_only_for_clients_that_ask(server: DemoServer, fetch: Fetch) -> None:
    plain = fetch(site(server, HERALD))
    packed = fetch(site(server, HERALD), Accept_Encoding="gzip, deflate")
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert len(packed.raw) < len(plain.raw) / 2
    assert packed.body == plain.raw
    assert packed.headers["ETag"] == plain.headers["ETag"]


def test_head_gives_the_headers_of_get_and_no_body(server: DemoServer, fetch: Fetch) -> None:
    url = site(server, HERALD)
    head, get = fetch(url, method="HEAD"), fetch(url)
    assert head.headers == get.headers
    assert head.raw == b""


def etags(server: DemoServer, fetch: Fetch) -> dict[str, str]:
    replies = {one.slug: fetch(one.url(server.port)) for one in server.articles}
    return {slug: reply.headers["ETag"] for slug, reply in replies.items()}


def test_the_second_night_differs_in_one_new_one_edited_and_one_gone_article(
    server: DemoServer, fetch: Fetch
) -> None:
    before = etags(server, fetch)
    gone = next(one.url(server.port) for one in server.articles if one.slug == GONE)
    server.set_night(2, NOW + timedelta(days=1))
    after = etags(server, fetch)
    assert set(after) - set(before) == {NEW}
    assert set(before) - set(after) == {GONE}
    assert {slug for slug in before.keys() & after.keys() if before[slug] != after[slug]} == {
        EDITED
    }
    assert fetch(gone).status == 410


def test_lists_of_both_sites_change_on_the_second_night(server: DemoServer, fetch: Fetch) -> None:
    paths = [
        (COURRIER, "/"),
        (COURRIER, "/feed/"),
        (COURRIER, "/post-sitemap.xml"),
        (HERALD, "/feeds/latest.atom"),
        (HERALD, "/sitemaps/stories.xml"),
    ]
    before = [fetch(site(server, *path)) for path in paths]
    server.set_night(2)
    for path, known in zip(paths, before, strict=True):
        url = site(server, *path)
        assert fetch(url, If_None_Match=known.headers["ETag"]).status == 200, path
        assert fetch(url, If_Modified_Since=known.headers["Last-Modified"]).status == 200, path


def test_nothing_changes_on_the_third_night(server: DemoServer, fetch: Fetch) -> None:
    paths = [(COURRIER, "/"), (COURRIER, "/feed/"), (HERALD, "/"), (HERALD, "/sitemaps/news.xml")]
    server.set_night(2)
    known = {path: fetch(site(server, *path)).headers["ETag"] for path in paths}
    articles = etags(server, fetch)
    server.set_night(3)
    for path, tag in known.items():
        assert fetch(site(server, *path), If_None_Match=tag).status == 304
    assert etags(server, fetch) == articles


def test_an_edit_declares_when_it_was_made(server: DemoServer, fetch: Fetch) -> None:
    server.set_night(2, NOW + timedelta(days=1))
    article = next(one for one in server.articles if one.slug == EDITED)
    tree = lxml.html.document_fromstring(fetch(article.url(server.port)).body.decode())
    graph = json.loads(tree.xpath("//script[@type='application/ld+json']/text()")[0])["@graph"]
    story = next(node for node in graph if node["@type"] == "NewsArticle")
    assert datetime.fromisoformat(story["dateModified"]) == article.modified
    assert datetime.fromisoformat(story["datePublished"]) == article.published
    assert article.modified == datetime(2026, 11, 21, 11, 30, tzinfo=UTC)
    assert article.revision == 2


def test_robots_forbids_a_folder_that_the_front_page_links(
    server: DemoServer, fetch: Fetch
) -> None:
    for host, folder in ((COURRIER, "/brouillons/"), (HERALD, "/members/")):
        assert f"Disallow: {folder}" in fetch(site(server, host, "/robots.txt")).body.decode()
        tree = lxml.html.document_fromstring(fetch(site(server, host)).body.decode())
        tree.make_links_absolute(site(server, host))
        traps = [link for link in tree.xpath("//a/@href") if folder in link]
        assert len(traps) == 1
        assert fetch(traps[0]).status == 200


def test_the_crawl_delay_is_an_option(fetch: Fetch) -> None:
    with serve(now=NOW, crawl_delay=0.05) as server:
        assert "Crawl-delay: 0.05\n" in fetch(site(server, HERALD, "/robots.txt")).body.decode()
    with serve(now=NOW) as server:
        assert "Crawl-delay" not in fetch(site(server, HERALD, "/robots.txt")).body.decode()


def test_all_addresses_carry_the_port_that_the_client_asked(
    server: DemoServer, fetch: Fetch
) -> None:
    for one in server.articles[:2] + server.articles[-2:]:
        tree = lxml.html.document_fromstring(fetch(one.url(server.port)).body.decode())
        assert tree.xpath("//link[@rel='canonical']/@href") == [one.url(server.port)]


def test_other_names_and_missing_slashes_are_redirected(server: DemoServer, fetch: Fetch) -> None:
    bare = fetch(site(server, "courrier-du-large.example", f"/{GONE}/"))
    assert (bare.status, bare.headers["Location"]) == (301, site(server, COURRIER, f"/{GONE}/"))
    slashless = fetch(site(server, COURRIER, f"/{GONE}"))
    assert slashless.headers["Location"] == site(server, COURRIER, f"/{GONE}/")


def test_unknown_pages_and_hosts_are_refused(server: DemoServer, fetch: Fetch) -> None:
    assert fetch(site(server, COURRIER, "/nulle-part/")).status == 404
    assert fetch(site(server, "elsewhere.example")).status == 421


def test_one_connection_serves_many_requests(server: DemoServer) -> None:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    sockets = set()
    for path in ("/", "/feed/", "/nulle-part/"):
        connection.request("GET", path, headers={"Host": f"{COURRIER}:{server.port}"})
        connection.getresponse().read()
        sockets.add(connection.sock)
    assert len(sockets) == 1
    assert None not in sockets


def test_requests_are_logged_with_what_politeness_needs(server: DemoServer, fetch: Fetch) -> None:
    fetch(site(server, COURRIER), User_Agent="grain/1")
    server.set_night(2)
    fetch(site(server, HERALD, "/x?y=1"), If_None_Match='"a"')
    first, second = server.requests
    assert (first.host, first.path, first.status, first.night) == (COURRIER, "/", 200, 1)
    assert first.headers["user-agent"] == "grain/1"
    assert (second.path, second.status, second.night) == ("/x?y=1", 404, 2)
    assert second.headers["if-none-match"] == '"a"'
    assert second.at > first.at
    server.forget_requests()
    assert server.requests == ()


def test_one_site_can_be_down_while_the_other_answers(server: DemoServer, fetch: Fetch) -> None:
    server.fail(COURRIER, Outage(status=503, headers=(("Retry-After", "7"),)))
    reply = fetch(site(server, COURRIER))
    assert (reply.status, reply.headers["Retry-After"]) == (503, "7")
    assert fetch(site(server, HERALD)).status == 200
    server.fail(COURRIER, Outage(status=None))
    with pytest.raises(ConnectionError):
        fetch(site(server, COURRIER))
    assert server.requests[-1].status is None
    server.mend()
    assert fetch(site(server, COURRIER)).status == 200


def test_the_port_is_closed_after_the_context(fetch: Fetch) -> None:
    with serve(now=NOW) as server:
        port = server.port
        assert fetch(site(server, HERALD)).status == 200
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def test_the_clock_of_the_night_is_the_servers_date(server: DemoServer, fetch: Fetch) -> None:
    assert fetch(site(server, HERALD)).headers["Date"] == "Sat, 21 Nov 2026 02:00:00 GMT"
    server.set_night(2)
    assert fetch(site(server, HERALD)).headers["Date"] == "Sun, 22 Nov 2026 02:00:00 GMT"


DIGEST = """
import hashlib
from datetime import UTC, datetime
from crawler.demo import Calendar, newspapers
from crawler.demo.sites import Scene, answer
digest = hashlib.sha256()
calendar = Calendar.of(1, datetime(2026, 11, 21, 2, tzinfo=UTC))
for night in (1, 2):
    scene = Scene(night=night, calendar=calendar, crawl_delay=0.0)
    for paper in newspapers(calendar):
        lists = ("/", "/robots.txt", "/feed/", "/feeds/latest.atom", "/wp-json/wp/v2/posts")
        for path in (*lists, *(one.path for one in paper.articles(night))):
            host = paper.content.host
            digest.update(answer(scene, host, f"http://{host}:80", path).body)
print(digest.hexdigest())
"""


def test_two_processes_render_the_same_bytes() -> None:
    digests = {
        subprocess.run(
            [sys.executable, "-c", DIGEST],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64
