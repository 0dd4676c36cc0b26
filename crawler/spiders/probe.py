"""Looks at what a site offers, with few requests and under the same rules as a crawl."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

import scrapy
from scrapy import Request, signals
from scrapy.http.request import NO_CALLBACK

from cleaners.records import Page
from cleaners.urls import url_key
from crawler.answers import SUCCESSES, header
from crawler.checks import check_timezone
from crawler.configuration import Source
from crawler.discovery import base_of, read_home, read_listing, select
from crawler.listing import Listing, parse_date, read_moment
from crawler.offers import articles_a_day, budget, compare, moment_of, offer, worth_reading
from crawler.posts import POSTS_PATH, posts_address
from crawler.proposals import Proposal, SitemapOffer, choose_sitemaps
from crawler.refusal import FETCH_ERRORS, describe
from crawler.scope import Scope
from crawler.timezones import country_of, guess_zone
from newsgrain.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.listing import Found
    from crawler.offers import Offer
    from crawler.robots_file import RobotsFile
    from newsgrain.clock import Clock

_FEED_TYPES = frozenset(
    {"application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json"}
)
_USUAL_FEEDS = ("/feed/", "/rss.xml", "/rss", "/atom.xml", "/feed.xml", "/feeds/all.rss.xml")
_USUAL_SITEMAPS = (
    "/news-sitemap.xml",
    "/sitemap-news.xml",
    "/sitemap_index.xml",
    "/sitemap.xml",
)
_MAX_FEEDS = 3
_MAX_SITEMAPS = 4
_MAX_CHILDREN = 4


@dataclass(slots=True, kw_only=True)
class _Site:
    """What was found so far of one site."""

    url: str
    feeds: list[str] = field(default_factory=list)
    sitemaps: list[SitemapOffer] = field(default_factory=list)
    posts: str | None = None
    found: dict[str, Found] = field(default_factory=dict)
    ways: list[tuple[Offer, frozenset[str]]] = field(default_factory=list)
    language: str | None = None
    timezone: str | None = None
    articles_on_home: tuple[Found, ...] = ()
    wordpress: str | None = None

    def add(self, kind: str, url: str, found: Iterable[Found], now: datetime) -> None:
        """Add a way into the site, and the articles on it that are the site's own."""
        scope = Scope(Source(name="probe", url=self.url))
        own = [one for one in found if scope.reason_against(one.url) is None]
        for one in own:
            # What is dated says more of the same article.
            before = self.found.get(key := url_key(one.url))
            if before is None or moment_of(before) is None:
                self.found[key] = one
        keys = frozenset(url_key(one.url) for one in own)
        self.ways.append((offer(kind, url, own, now), keys))

    def keys(self, url: str) -> frozenset[str]:
        """Return the articles that a way into the site names."""
        return next((keys for one, keys in self.ways if one.url == url), frozenset())


class Unreachable(Exception):  # noqa: N818 - says what the site is
    """A site's home page could not be read.

    Attributes:
        url: the address that was asked for.
        reason: why, in a few words.
    """

    def __init__(self, url: str, reason: str) -> None:
        """Take the address and the reason."""
        super().__init__(f"{url}: {reason}")
        self.url = url
        self.reason = reason


class ProbeSpider(scrapy.Spider):
    """Reads robots.txt, the home page, feeds and sitemaps of some sites.

    Arguments of ``scrapy crawl probe``: ``-a urls=ADDRESS,ADDRESS``.

    Attributes:
        proposals: by the address that was given, when the crawl has ended.
    """

    name = "probe"

    def __init__(
        self,
        urls: str | Sequence[str] = (),
        clock: Clock = system_clock,
        feeds: Mapping[str, Sequence[str]] | None = None,
        previews: int = 0,
        **kwargs: Any,
    ) -> None:
        """Take home pages; ``https://`` may be left out.

        `feeds` are known of them beforehand; so many of their newest `previews` are fetched.
        """
        super().__init__(**kwargs)
        self._clock = clock
        self._feeds = feeds or {}
        self._previews = int(previews)
        self.urls = urls.split(",") if isinstance(urls, str) else list(urls)
        self.proposals: dict[str, Proposal] = {}
        self._robots: dict[str, RobotsFile] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Build the spider as Scrapy does."""
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.keep_robots, signal=signals.robots_parsed)
        return spider

    def keep_robots(self, robotparser: RobotsFile, request: Request) -> None:
        """Remember a robots.txt for its sitemaps and its delay."""
        self._robots[urlsplit(request.url).netloc] = robotparser

    async def start(self) -> AsyncIterator[Request]:
        """Probe all sites at once; each host is asked one thing at a time."""
        proposals = await asyncio.gather(*map(self._propose, self.urls))
        self.proposals = dict(zip(self.urls, proposals, strict=True))
        for proposal in proposals:
            self.logger.info("%s", proposal)
        nothing: tuple[Request, ...] = ()  # all were awaited
        for request in nothing:
            yield request

    async def _propose(self, given: str) -> Proposal:
        try:
            home = await self._home(given)
        except Unreachable as exc:
            return Proposal(url=exc.url, error=exc.reason)
        site = self._read_home(home)
        await self._find_feeds(site, home, self._feeds.get(given, ()))
        await self._find_sitemaps(site)
        await self._find_posts(site)
        return self._proposal(site, await self._preview(site))

    async def _home(self, given: str) -> Response:
        """Return the home page; an address without scheme is tried with https, then http."""
        failures: list[Unreachable] = []
        for url in home_addresses(given):
            try:
                response = await self._get(url, "home")
            except FETCH_ERRORS as exc:
                failures.append(Unreachable(url, describe(exc)))
                continue
            if response.status in SUCCESSES:
                return response
            failures.insert(0, Unreachable(url, f"HTTP {response.status}"))
        # What a server answers says more than that there is none, and https more than http.
        raise failures[0]

    async def _get(self, url: str, kind: str) -> Response:
        request = Request(url, callback=NO_CALLBACK, meta={"kind": kind})
        return await self.crawler.engine.download_async(request)

    async def _listing(self, url: str, kind: str) -> Listing:
        try:
            response = await self._get(url, kind)
        except FETCH_ERRORS:  # an address that does not answer is none to propose
            return Listing(kind="unknown")
        if response.status not in SUCCESSES:
            return Listing(kind="unknown")
        content_type = header(response, "Content-Type") or ""
        limit: int = response.meta["download_maxsize"]
        return read_listing(response.body, response.url, content_type, limit=limit)

    def _read_home(self, home: Response) -> _Site:
        language = select(home.body).xpath("/html/@lang | /html/@xml:lang").get("")
        site = _Site(url=home.url, language=language.strip().replace("_", "-") or None)
        site.articles_on_home = read_home(home.body, home.url).found
        site.wordpress = _wordpress(home)
        return site

    async def _find_feeds(self, site: _Site, home: Response, known: Sequence[str]) -> None:
        listing = read_listing(home.body, home.url)
        if listing.kind == "feed":  # the address that was given is a feed
            site.feeds.append(home.url)
            site.url = urljoin(home.url, "/")
            site.add("feed", home.url, listing.found, self._clock())
            return
        declared = list(dict.fromkeys([*known, *_declared_feeds(home)]))
        for url in declared or [urljoin(home.url, path) for path in _USUAL_FEEDS]:
            listing = await self._listing(url, "feed")
            if listing.kind == "feed" and listing.found:
                site.feeds.append(url)
                site.add("feed", url, listing.found, self._clock())
            if len(site.feeds) >= (_MAX_FEEDS if declared else 1):
                return

    async def _find_sitemaps(self, site: _Site) -> None:
        robots = self._robots.get(urlsplit(site.url).netloc)
        named = list(robots.sitemaps) if robots else []
        named = [urljoin(site.url, url) for url in named]
        for url in named[:_MAX_SITEMAPS] or [urljoin(site.url, p) for p in _USUAL_SITEMAPS]:
            found = await self._sitemap(site, url)
            if found is not None:
                site.sitemaps.append(found)
            if found is not None and not found.is_news and not named:
                return  # the usual addresses are spellings of one sitemap

    async def _sitemap(self, site: _Site, url: str) -> SitemapOffer | None:
        """Return what a sitemap, or an index and some of its sitemaps, offer."""
        listing = await self._listing(url, "sitemap")
        children = sorted(listing.children, key=lambda child: "news" not in child.url.lower())
        found = list(listing.found)
        for child in children[:_MAX_CHILDREN]:
            part = await self._listing(child.url, "sitemap")
            if _is_news(part):
                entries = len(part.found)
                site.sitemaps.append(
                    SitemapOffer(url=child.url, entries=entries, is_news=True, is_part=True)
                )
            found += part.found
        is_cut = len(children) > _MAX_CHILDREN
        is_news = _is_news(listing)
        if found:
            kind = "news-sitemap" if is_news else "sitemap"
            site.add(kind, url, found, self._clock())
        if not found:
            return None
        return SitemapOffer(url=url, entries=len(found), is_news=is_news, is_cut=is_cut)

    async def _find_posts(self, site: _Site) -> None:
        """Look at WordPress's interface, where the home page says or nothing else says more."""
        is_found = bool(site.feeds or site.sitemaps)
        if site.wordpress is None and is_found:
            return
        interface = site.wordpress or urljoin(site.url, "/wp-json/")
        endpoint = urljoin(interface, POSTS_PATH.removeprefix("/wp-json/"))
        listing = await self._listing(posts_address(endpoint), "posts")
        if listing.kind != "posts" or not listing.found:
            return
        site.posts = endpoint
        site.add("wp-json", endpoint, listing.found, self._clock())
        site.timezone = await self._wordpress_zone(interface)

    async def _wordpress_zone(self, interface: str) -> str | None:
        """Return the time zone that WordPress is set to."""
        try:
            response = await self._get(f"{interface}?_fields=timezone_string", "posts")
        except FETCH_ERRORS:
            return None
        try:
            return check_timezone(json.loads(response.body)["timezone_string"])
        except (LookupError, TypeError, ValueError):
            return None  # the setting may also be an offset, which is no zone

    async def _preview(self, site: _Site) -> tuple[Page, ...]:
        """Return the newest pages of a site."""
        dated = [(moment_of(one), one) for one in site.found.values()]
        past = [(moment, one) for moment, one in dated if moment and moment <= self._clock()]
        newest = [one for _, one in sorted(past, key=lambda pair: pair[0], reverse=True)]
        newest += [one for moment, one in dated if moment is None] or list(site.articles_on_home)
        pages = []
        for one in newest[: self._previews]:
            try:
                response = await self._get(one.url, "article")
            except FETCH_ERRORS:
                continue
            if response.status in SUCCESSES:
                pages.append(
                    Page(
                        url=response.url,
                        html=response.body,
                        fetched_at=self._clock(),
                        content_type=header(response, "Content-Type"),
                        hints=one.hints,
                    )
                )
        return tuple(pages)

    def _chosen(self, site: _Site, sitemaps: tuple[str, ...]) -> tuple[str, ...]:
        """Return the combination that names all, the cheapest ways first."""
        order = [*site.feeds, *sitemaps, *([site.posts] if site.posts else ())]
        # The parts of an index that was read are known by the index alone.
        ways = [(url, site.keys(url) or frozenset({url})) for url in order]
        return worth_reading(ways)

    def _proposal(self, site: _Site, previews: tuple[Page, ...]) -> Proposal:
        warning = None
        if not site.feeds and not site.sitemaps and not site.posts:
            site.add("home", site.url, site.articles_on_home, self._clock())
            warning = "neither feed nor sitemap found; articles are taken from the home page"
            if not site.found:
                warning += ", which links none"
        sitemaps, max_age_days = choose_sitemaps(site.sitemaps)
        robots = self._robots.get(urlsplit(site.url).netloc)
        texts = [text for one in site.found.values() if (text := one.published or one.modified)]
        dates = [date for text in texts if (date := parse_date(text)) and date <= self._clock()]
        country = country_of(site.language, urlsplit(site.url).hostname or "")
        chosen = self._chosen(site, sitemaps)
        a_day = articles_a_day(site.found.values(), self._clock())
        return Proposal(
            url=site.url,
            feeds=tuple(url for url in site.feeds if url in chosen),
            sitemaps=tuple(url for url in sitemaps if url in chosen),
            posts=tuple(url for url in [site.posts] if url in chosen),
            offers=tuple(compare(site.ways, chosen or (site.url,))),
            a_day=a_day,
            max_articles=budget(a_day),
            previews=previews,
            max_age_days=max_age_days,
            language=site.language,
            timezone=site.timezone or guess_zone(country, list(_with_offset(texts))),
            entries=len(site.found),
            newest=max(dates, default=None),
            crawl_delay_s=robots.crawl_delay_s if robots else None,
            warning=warning,
        )


def _wordpress(home: Response) -> str | None:
    """Return the address of WordPress's interface, if the home page declares one."""
    for link in (header(home, "Link") or "").split(","):
        address, _, parameters = link.partition(";")
        if "https://api.w.org/" in parameters:
            return urljoin(home.url, address.strip(" <>"))
    named = select(home.body).xpath("//link[@rel='https://api.w.org/']/@href").get()
    return urljoin(home.url, named.strip()) if named else None


def home_addresses(given: str) -> list[str]:
    """Return the addresses to try for one that was typed in, the best first."""
    given = given.strip()
    urls = [given] if "://" in given else [f"https://{given}", f"http://{given}"]
    return [url if urlsplit(url).path else f"{url}/" for url in urls]


def _is_news(listing: Listing) -> bool:
    return any(one.source == "news-sitemap" for one in listing.found)


def _declared_feeds(home: Response) -> Iterator[str]:
    """Give the feeds that a page names, without those of comments."""
    page = select(home.body)
    base = base_of(page, home.url)
    given: set[str] = set()
    for link in page.xpath("//link[@href and contains(concat(' ', @rel, ' '), ' alternate ')]"):
        url = urljoin(base, link.attrib["href"].strip())
        kind = link.attrib.get("type", "").partition(";")[0].strip().lower()
        if kind in _FEED_TYPES and "comment" not in url.lower() and url not in given:
            given.add(url)
            yield url


def _with_offset(dates: Iterable[str]) -> Iterator[datetime]:
    """Give the dates in the offsets that they were written with."""
    for text in dates:
        moment = read_moment(text)
        if moment is not None and moment.tzinfo is not None:
            yield moment
