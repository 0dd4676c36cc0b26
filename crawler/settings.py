"""Scrapy's settings: polite and safe by default, a reason beside each.

Figures that newsgrain.toml can change are set by `settings_for`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from crawler.rendering import rendering_settings
from newsgrain.version import __version__

if TYPE_CHECKING:
    from crawler.configuration import CrawlLimits, Source

BOT_NAME = "newsgrain"
SPIDER_MODULES = ["crawler.spiders"]
NEWSPIDER_MODULE = "crawler.spiders"

# Who we are. The contact is added by settings_for. Publishers write rules for this token.
USER_AGENT = f"newsgrain/{__version__}"
ROBOTSTXT_USER_AGENT = "newsgrain"
ROBOTSTXT_OBEY = True

# Bodies are archived as received, and every reader of the archive knows these two codings;
# Scrapy would also ask for br and zstd.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate",
}

# One request at a time per host; many hosts at once, because every one of them is slow.
CONCURRENT_REQUESTS = 64
CONCURRENT_REQUESTS_PER_DOMAIN = 1
DOWNLOAD_DELAY = 1.1
DOWNLOAD_DELAY_JITTER = 0.09

# A page that does not come in time, or does not end, must not hold up its host all night.
DOWNLOAD_TIMEOUT = 15
DOWNLOAD_MAXSIZE = 10_000_000
DOWNLOAD_WARNSIZE = 0  # Scrapy's warnings carry no key=value; the maximum is logged as an error
DNS_TIMEOUT = 10
# Scrapy accepts any certificate by default: whoever sits between would write our dataset.
DOWNLOAD_VERIFY_CERTIFICATES = True
# A cut body is no page: it is asked for again and, if it stays cut, recorded as failed.
DOWNLOAD_FAIL_ON_DATALOSS = True

RETRY_TIMES = 2  # crawler.failures tells what is worth another attempt
RETRY_GIVE_UP_LOG_LEVEL = "DEBUG"  # the archive logs how each request ended
REDIRECT_MAX_TIMES = 5
# Cookies make a crawl depend on its order, and floods of them made a site answer 431.
COOKIES_ENABLED = False

# In the order of the plan, and each request as often as it is made; and for less than Scrapy's own.
SCHEDULER = "crawler.waiting.Waiting"

# A redirect leads nowhere but to http and https; Scrapy's other handlers read files, too.
DOWNLOAD_HANDLERS: dict[str, str | None] = {
    "http": "crawler.connections.BoundedDownloadHandler",
    "https": "crawler.connections.BoundedDownloadHandler",
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}

# Doors into the process: a telnet console, and a server that runs the code it is sent.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False

# Scrapy's own components: those that are wanted, instead of all but those that are not. Even of
# what is switched off Scrapy imports the modules, 12 MB for cookies and remote control; and what is
# on is asked about every request and answer, a tenth of their cost. Not wanted are, for one:
# - Start: it marks requests for Scrapy's scheduler.
# - DownloadTimeout: the bounds of a request are set by crawler.middlewares.bodies.
# - HttpError: every answer reaches the spider, since every one means something to the frontier.
# - Referer: what we read before is nobody's business.
# - UrlLength: crawler.scope has its own limit, and this one drops without an errback.
# - Depth: each answer asks for the next page; loops end by the visit's own counts.
# - Offsite: crawler.scope tells which hosts are asked.
# - MetaRefresh: a page with a refresh in it is a page; front pages reload themselves all day.
# - HttpCompression, Redirect, Retry, RobotsTxt: ours do the same, and what is said in each.
SPIDER_MIDDLEWARES_BASE: dict[str, int] = {}
DOWNLOADER_MIDDLEWARES_BASE = {
    "scrapy.downloadermiddlewares.httpproxy.HttpProxyMiddleware": 85,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
}
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
}

DOWNLOADER_MIDDLEWARES = {
    # Above all others: what they make of an answer is decided.
    "crawler.middlewares.next_article.NextArticle": 70,
    # A proxy is known, to Scrapy's own middleware too, before addresses are judged.
    "crawler.middlewares.proxies.Proxies": 80,
    "crawler.middlewares.addresses.PublicAddresses": 90,
    "crawler.middlewares.robots.Robots": 100,
    "crawler.middlewares.reservations.Reservations": 110,
    "crawler.middlewares.conditional.ConditionalGet": 510,
    "crawler.middlewares.retries.Retries": 550,
    # Above redirects: it is given the page itself.
    "crawler.middlewares.rendering.Rendering": 585,
    "crawler.middlewares.redirects.Redirects": 600,
    # Below Scrapy's own: they see every attempt, as sent and as received.
    "crawler.middlewares.limits.HostLimits": 940,
    "crawler.middlewares.archive.ArchiveEverything": 950,
    "crawler.middlewares.bodies.BoundedBodies": 960,
}
EXTENSIONS = {
    "crawler.extensions.closing.Closing": 0,
    "crawler.extensions.pace.Pace": 0,
    "crawler.extensions.disk.FreeDisk": 0,
    "crawler.extensions.memory.BytesInFlight": 0,
}

# Two things that Scrapy does for each answer, and that cost more than all that newsgrain does. It
# parses the source of the callback, to warn of a mistake that ours does not make; and it starts a
# task for each of so many items at once, of which ours gives none.
WARN_ON_GENERATOR_RETURN_VALUE = False
CONCURRENT_ITEMS = 1

# The caller of a run sets up handlers; `scrapy crawl` in a checkout logs to the terminal.
LOG_LEVEL = "INFO"
LOG_VERSIONS: list[str] = []
LOGSTATS_INTERVAL = 0
STATS_DUMP = False

MAX_REQUESTS_WITHOUT_CONTACT = 100


def user_agent(contact: str | None) -> str:
    """Return how we introduce ourselves."""
    return f"{USER_AGENT} (+{contact})" if contact else USER_AGENT


def paced(delay_s: float) -> dict[str, float]:
    """Return the slot settings under which no gap is shorter than a delay.

    Scrapy's jitter goes both ways, so the middle is set 10 % above.
    """
    return {"delay": delay_s * DOWNLOAD_DELAY, "jitter": DOWNLOAD_DELAY_JITTER, "concurrency": 1}


def _hosts(source: Source) -> set[str]:
    addresses = (source.url, *source.listings)
    return {urlsplit(url).hostname or "" for url in addresses}


def settings_for(limits: CrawlLimits, sources: tuple[Source, ...]) -> dict[str, Any]:
    """Return what newsgrain.toml says, as settings of Scrapy and of our components."""
    most = limits.max_requests_per_host
    if limits.contact is None:
        most = min(most, MAX_REQUESTS_WITHOUT_CONTACT)
    slots = {
        host: paced(source.limits.delay_s)
        for source in sources
        if source.limits.delay_s is not None
        for host in _hosts(source)
    }
    return rendering_settings(sources) | {
        "USER_AGENT": user_agent(limits.contact),
        "DOWNLOAD_DELAY": paced(limits.delay_s)["delay"],
        "DOWNLOAD_SLOTS": slots,
        "DOWNLOAD_TIMEOUT": limits.timeout_s,
        "DOWNLOAD_MAXSIZE": int(limits.max_body_mb * 1_000_000),
        "REDIRECT_MAX_TIMES": limits.max_redirects,
        "CLOSESPIDER_TIMEOUT": limits.max_crawl_s,
        "NEWSGRAIN_MAX_REQUESTS_PER_HOST": most,
        "NEWSGRAIN_HAS_CONTACT": limits.contact is not None,
        "NEWSGRAIN_MAX_HOST_S": limits.max_host_s,
        "NEWSGRAIN_CRAWL_DELAY_CAP": limits.crawl_delay_cap_s,
        "NEWSGRAIN_RETRY_AFTER_CAP": limits.retry_after_cap_s,
        "NEWSGRAIN_MIN_FREE_DISK_MB": limits.min_free_disk_mb,
        "NEWSGRAIN_SOURCE_PROXIES": {
            source.name: source.proxy for source in sources if source.proxy is not None
        },
        "NEWSGRAIN_CONFIGURED": [
            url for source in sources for url in (source.url, *source.listings)
        ],
    }
