"""What newsgrain.toml can say: frozen records, one for each of its tables.

The tables of docs/configuration.md are written from the descriptions here (`docs/keys.py`).
"""

from __future__ import annotations

from dataclasses import dataclass

from cleaners.options import DEADLINE_S, MEMORY_BYTES

Address = str
"""Of a page or a server, ``http`` or ``https``."""
Expression = str
"""A regular expression, as Python has them."""
LanguageTag = str
"""BCP 47."""
TimeZone = str
"""Of the IANA database."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlLimits:
    """The table ``[crawl]``: what holds for all sources.

    Attributes:
        contact: mail address or web page by which a publisher can reach you; part of the user
            agent. Without it a run stops at 100 requests a host.
        delay_s: least seconds between two requests to one host; a larger Crawl-delay in
            robots.txt counts instead.
        crawl_delay_cap_s: a longer Crawl-delay counts as this.
        retry_after_cap_s: longest Retry-After that is waited for; at a longer one the host
            rests until the next run.
        timeout_s: seconds until a request counts as unanswered, from connecting to the last
            byte; four times as long for sitemaps.
        max_body_mb: largest body in megabytes, as received and decompressed; 50 MiB at least
            for sitemaps.
        max_redirects: redirects followed for one request.
        max_articles_per_source: article requests per source and run, newest first.
        max_requests_per_host: requests of all kinds per host and run.
        max_host_s: seconds that one host's answers may take together in a run; delays between
            requests do not count.
        max_crawl_s: seconds after which a crawl ends; the rest waits for the next run.
        min_free_disk_mb: free megabytes below which a crawl ends; what it fetched is still
            cleaned and published, down to a tenth of this.
        workers: processes that clean pages.
        deadline_s: seconds of processor time that cleaning one page may take.
        worker_memory_mb: megabytes that a process which cleans may hold (watched on Linux); the
            page that makes it take more is rejected as ``crashed``. Raise it for a large
            ``ner_model``.
        max_recleaned: published articles that a run cleans again at most because their sites
            have shown more of what is boilerplate; the rest waits for the next run.
        obey_tdm: leave out what its publisher reserves from text and data mining.
        obey_noindex: leave out pages that ask search engines not to list them.
        ner_model: a spaCy model of yours, installed or in a folder, that finds names beside the
            rules; needs the extra ``ner``.
    """

    contact: str | None = None
    delay_s: float = 1.0
    crawl_delay_cap_s: float = 30.0
    retry_after_cap_s: float = 300.0
    timeout_s: float = 15.0
    max_body_mb: float = 10.0
    max_redirects: int = 5
    max_articles_per_source: int = 1000
    max_requests_per_host: int = 5000
    max_host_s: float = 3600.0
    max_crawl_s: float = 21_600.0
    min_free_disk_mb: float = 1000.0
    workers: int = 1
    deadline_s: float = DEADLINE_S
    worker_memory_mb: float = MEMORY_BYTES / 1e6
    max_recleaned: int = 1000
    obey_tdm: bool = True
    obey_noindex: bool = False
    ner_model: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLimits:
    """The table ``limits`` of a source: what differs from ``[crawl]``; None: nothing does.

    Attributes:
        delay_s: as ``crawl.delay_s``.
        max_articles: as ``crawl.max_articles_per_source``.
        max_age_days: articles that are older when they are discovered are not fetched.
    """

    delay_s: float | None = None
    max_articles: int | None = None
    max_age_days: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One ``[[source]]``: a site, as data.

    Attributes:
        name: unique; the column ``source`` of the datasets.
        url: home page; read for links, with the sections that it links, where a source names
            no other list.
        feeds: RSS, Atom, RDF or JSON feeds.
        sitemaps: sitemaps or sitemap indexes; also text files with one address a line.
        posts: WordPress's list of posts, ``https://.../wp-json/wp/v2/posts``.
        sections: pages whose links are read for articles, such as the home page.
        robots_sitemaps: sitemaps that robots.txt names and this file does not are read, too:
            whole if the source names no other list, else for what they date within the last 30
            days (or ``limits.max_age_days``).
        include: if any, an article's address must match one.
        exclude: an article's address must match none.
        language: for pages that do not name theirs.
        timezone: for dates that are printed without an offset.
        proxy: the source's requests go through it; user and password come from the
            environment.
        obey_tdm: as ``crawl.obey_tdm``; e.g. ``false`` where the publisher gave you a licence.
        obey_noindex: as ``crawl.obey_noindex``.
        render: open article pages in a browser, for sites whose text is only there for scripts.
        limits: what differs from ``[crawl]``.
    """

    name: str
    url: Address
    feeds: tuple[Address, ...] = ()
    sitemaps: tuple[Address, ...] = ()
    posts: tuple[Address, ...] = ()
    sections: tuple[Address, ...] = ()
    robots_sitemaps: bool = True
    include: tuple[Expression, ...] = ()
    exclude: tuple[Expression, ...] = ()
    language: LanguageTag | None = None
    timezone: TimeZone | None = None
    proxy: Address | None = None
    obey_tdm: bool | None = None
    obey_noindex: bool | None = None
    render: bool = False
    limits: SourceLimits = SourceLimits()

    @property
    def listings(self) -> tuple[str, ...]:
        """All addresses that list its articles."""
        return (*self.feeds, *self.sitemaps, *self.posts, *self.sections)


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmHooks:
    """The table ``[alarm]``: who is told when a source is not as usual, or fails.

    Attributes:
        command: a program and its arguments, e.g. ``["notify-send", "newsgrain"]``; it is
            started without a shell and gets the alarms as JSON on its standard input.
        webhook: the same JSON is sent there by POST, also into a private network. Redirects are
            not followed.
    """

    command: tuple[str, ...] = ()
    webhook: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """newsgrain.toml.

    Attributes:
        crawl: what holds for all sources.
        sources: in the order of the file; at least one.
        alarm: who is told of alarms.
    """

    crawl: CrawlLimits = CrawlLimits()
    sources: tuple[Source, ...] = ()
    alarm: AlarmHooks = AlarmHooks()
