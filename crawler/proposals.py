"""What a site offers, as found by `newsgrain init`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cleaners.urls import registrable_domain

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cleaners.records import Page
    from crawler.offers import Offer

ARCHIVE_ENTRIES = 1_000
"""More articles than this in a site's sitemaps are its archive, not its news."""
ARCHIVE_MAX_AGE_DAYS = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class SitemapOffer:
    """A sitemap, or an index of sitemaps, as it answers today.

    Attributes:
        url: its address.
        entries: articles that it lists, as far as it was read.
        is_news: it is a news sitemap: it lists the articles of the last days.
        is_cut: it names more sitemaps than were read.
        is_part: an index among the offers names it.
    """

    url: str
    entries: int
    is_news: bool = False
    is_cut: bool = False
    is_part: bool = False


def choose_sitemaps(offers: Sequence[SitemapOffer]) -> tuple[tuple[str, ...], float | None]:
    """Return the sitemaps to read every night, and how old their articles may be, in days.

    A site that lists few articles is read whole. Of an archive only what is new counts: its
    news sitemap lists that; without one, the age of the articles is bounded.
    """
    whole = [one for one in offers if not one.is_part]
    everything = tuple(one.url for one in whole)
    is_cut = any(one.is_cut for one in whole)
    if not is_cut and sum(one.entries for one in whole) <= ARCHIVE_ENTRIES:
        return everything, None
    news = tuple(one.url for one in offers if one.is_news)
    return (news, None) if news else (everything, ARCHIVE_MAX_AGE_DAYS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """One site to be written into newsgrain.toml.

    Attributes:
        url: home page, after redirects.
        feeds: feeds that answered and have entries, the one with most entries first.
        sitemaps: sitemaps that answered and have entries, as `choose_sitemaps` has it.
        max_age_days: how old an article may be when it is discovered; None: any age.
        language: the language that the home page declares.
        timezone: IANA zone if the dates of the entries leave no doubt.
        entries: articles that feeds and sitemaps list today, the home page's links if there
            are neither.
        newest: latest date among them.
        crawl_delay_s: what robots.txt asks for.
        posts: addresses of WordPress's list of posts, if they name what nothing else does.
        offers: every way into the site that answered, chosen or not.
        a_day: articles that it publishes a day, if enough of them are dated.
        max_articles: article requests that a night needs at most; None: the usual.
        previews: its newest pages, uncleaned.
        error: a few words, without the address, if the site cannot be a source: it is then not
            to be written.
        warning: one line for people about a source that is usable but poor.
    """

    url: str
    feeds: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()
    max_age_days: float | None = None
    language: str | None = None
    timezone: str | None = None
    entries: int = 0
    newest: datetime | None = None
    crawl_delay_s: float | None = None
    posts: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    a_day: float | None = None
    max_articles: int | None = None
    previews: tuple[Page, ...] = ()
    error: str | None = None
    warning: str | None = None

    @property
    def name(self) -> str:
        """The name that newsgrain.toml gives the source, unless it is taken."""
        return source_name(self.url)


def source_name(url: str) -> str:
    """Return a short name for a site: its host without ``www.`` and public suffix.

    >>> source_name("https://www.example.co.uk/"), source_name("https://blog.example.org:8080/")
    ('example', 'blog-example')
    """
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    domain = registrable_domain(url)
    if domain.replace(".", "").isdigit() or ":" in domain:
        return domain.replace(".", "-").replace(":", "-").strip("-")
    labels = [label for label in host.removesuffix(domain).split(".") if label not in {"", "www"}]
    return "-".join([*labels, domain.split(".")[0]])
