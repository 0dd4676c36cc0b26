"""No page, redirect, listing or name server leads to where nobody may look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.crawler.hostile.conftest import crawl
from tests.crawler.hostile.site import story
from tests.crawler.hostile.traps import to

if TYPE_CHECKING:
    from tests.crawler.hostile.conftest import Night
    from tests.crawler.hostile.site import Canary, Site

RESOLVER = {"TWISTED_DNS_RESOLVER": "tests.crawler.hostile.resolvers.EverythingIsHere"}
HOSTS = (
    "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "0.0.0.0",  # noqa: S104 - asked for, not bound
    "[::1]", "[::ffff:127.0.0.1]", "ssrf.example", "other.example", "SSRF.example",
)  # fmt: skip
SCHEMES = (
    "file:///etc/passwd", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/_",
    "data:text/html,<p>story</p>", "javascript:alert(1)", "http:///x", "http://[::1/",
)  # fmt: skip


def targets(port: int) -> list[str]:
    addresses = [f"http://{host}:{port}/secret" for host in HOSTS]
    addresses += [f"https://ssrf.example:{port}/secret", "http://169.254.169.254/latest/meta-data/"]
    return addresses + [address.format(port=port) for address in SCHEMES]


def crawled(bench: Any, site: Site, *sources: str) -> Night:
    return crawl(bench, site, *sources, settings=RESOLVER)


def test_no_redirect_leads_to_a_private_address_or_another_scheme(
    bench: Any, site: Site, canary: Canary
) -> None:
    pages = {f"/{number}/": to(url) for number, url in enumerate(targets(canary.port))}
    site.add("ssrf", {**pages, "/good/": story})
    night = crawled(bench, site, site.source("ssrf"))
    assert canary.connections == 0
    assert night.summary["ssrf"]["fetched"] == 1
    assert night.summary["ssrf"]["failed"] == len(pages)
    # Not "no answer": they were refused before a connection was thought of.
    refused = [line for line in night.log.splitlines() if "is a private address" in line]
    assert len(refused) >= len(HOSTS), night.log[-3000:]
    assert {call.host for call in site.calls} == {"ssrf.example"}


def test_no_listing_leads_to_a_private_address(bench: Any, site: Site, canary: Canary) -> None:
    urls = targets(canary.port)
    items = "".join(f"<item><link>{url}</link></item>" for url in urls)
    maps = "".join(f"<sitemap><loc>{url}.xml</loc></sitemap>" for url in urls)
    feed = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    index = f"<sitemapindex>{maps}</sitemapindex>".encode()
    site.add("ssrf", {"/feed.xml": lambda call: call.reply(feed)})
    site.add("maps", {"/index.xml": lambda call: call.reply(index)})
    site.add("moved", {"/feed.xml": to(f"http://other.example:{canary.port}/")})
    site.add(
        "ruled", {"/robots.txt": to(f"http://127.0.0.1:{canary.port}/robots.txt"), "/a/": story}
    )
    listing = f'sitemaps = ["{site.url("maps.example", "/index.xml")}"]'
    sources = [site.source("maps", listing), *map(site.source, ("ssrf", "moved", "ruled"))]
    night = crawled(bench, site, *sources)
    assert canary.connections == 0
    reasons = {name: source["error"] or "" for name, source in night.summary.items()}
    assert reasons["moved"].endswith("other.example is a private address")
    assert reasons["ruled"].endswith("127.0.0.1 is a private address")


def test_a_name_that_changes_its_address_leads_nowhere(
    bench: Any, site: Site, canary: Canary
) -> None:
    site.add("ssrf", {"/trap/": to(f"http://rebind.example:{canary.port}/"), "/good/": story})
    night = crawled(bench, site, site.source("ssrf"))
    assert canary.connections == 0
    assert night.errors("rebind") == []
    assert night.summary["ssrf"]["fetched"] == 1


def test_the_port_of_a_source_is_no_pass_for_another_host_or_scheme(bench: Any, site: Site) -> None:
    site.add(
        "mine",
        {"/a/": to(site.url("theirs.example")), "/b/": to(f"https://mine.example:{site.port}/")},
    )
    night = crawled(bench, site, site.source("mine"))
    assert {call.host for call in site.calls} == {"mine.example"}
    assert night.errors("mine") == [
        "theirs.example is a private address",
        "mine.example is a private address",
    ]
