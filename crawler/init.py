"""``newsgrain init``: look at sites and write what they offer into newsgrain.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table

from crawler.display import Display
from crawler.probe import probe
from crawler.run_outcome import COMPLETE, FAILED, PARTIAL
from crawler.sources import load_config
from crawler.subscriptions import Subscription, read_list, read_opml
from crawler.toml_writing import write_config
from newsgrain.clock import system_clock
from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from crawler.offers import Offer
    from crawler.proposals import Proposal
    from newsgrain.clock import Clock
    from newsgrain.workspace import Workspace

_PREVIEWS = 3
_COLUMNS = ("read", "way", "articles", "only here", "newest", "oldest", "address")
_COUNTS = frozenset({"articles", "only here"})


def subscriptions(
    urls: Sequence[str], *, opml: Path | None = None, listed: Path | None = None
) -> tuple[Subscription, ...]:
    """Return the sites that a command line names.

    Args:
        urls: home pages.
        opml: an OPML file of a feed reader.
        listed: a file with one address a line.

    Raises:
        ConfigError: a file cannot be read, or nothing is named.
    """
    found = [Subscription(url=url) for url in urls]
    try:
        if opml is not None:
            found.extend(read_opml(opml.read_bytes(), opml))
        if listed is not None:
            found.extend(read_list(listed.read_text(encoding="utf-8"), listed))
    except (OSError, UnicodeDecodeError) as exc:
        raise ConfigError(f"cannot be read: {exc}", path=opml or listed) from exc
    if not found:
        raise ConfigError("name a site: its address, --opml FILE or --list FILE")
    return tuple({one.url: one for one in found}.values())


def add_sources(  # noqa: PLR0913 - all that it depends on, and nothing hidden
    workspace: Workspace,
    sites: Sequence[Subscription],
    *,
    contact: str | None = None,
    quiet: bool = False,
    clock: Clock = system_clock,
    settings: Mapping[str, object] | None = None,
) -> int:
    """Probe sites and add those that answer to newsgrain.toml; print what was found.

    Args:
        workspace: where newsgrain.toml is written; nothing in it is changed or removed.
        sites: home pages, with feeds that are known of them.
        contact: mail or web address for a new file.
        quiet: print nothing but what is wrong.
        clock: gives the present.
        settings: Scrapy settings that override those of the product.

    Returns:
        the exit code: 0, 3 if some site was not added, 1 if none was.

    Raises:
        ConfigError: an address, the contact or the existing newsgrain.toml is wrong.
    """
    display = Display(quiet=quiet)
    if workspace.config.exists():
        contact = contact or load_config(workspace.config).crawl.contact
    proposals = probe(
        [site.url for site in sites],
        contact=contact,
        feeds={site.url: site.feeds for site in sites},
        previews=0 if quiet else _PREVIEWS,
        clock=clock,
        settings=settings or {},
    )
    added = write_config(workspace.config, proposals, contact=contact)
    for name, proposal in added:
        _show(display, name, proposal)
    for proposal in proposals:
        for problem in filter(None, (proposal.error, proposal.warning)):
            display.trouble(f"newsgrain: {proposal.url}: {problem}")
    failed = [proposal for proposal in proposals if proposal.error]
    if len(failed) == len(proposals):
        return FAILED
    display.line(f"wrote {workspace.config}" if added else "every site was there already")
    return PARTIAL if failed else COMPLETE


def _show(display: Display, name: str, proposal: Proposal) -> None:
    display.line(_described(name, proposal))
    display.table(_table(proposal.offers), whole=True)
    display.lines(_cleaned(proposal))
    display.line()


def _counted(things: Sequence[str], name: str) -> str:
    return f"{len(things)} {name}" if len(things) == 1 else f"{len(things)} {name}s"


def _described(name: str, proposal: Proposal) -> str:
    ways = [_counted(proposal.feeds, "feed"), _counted(proposal.sitemaps, "sitemap")]
    ways += ["wp-json"] if proposal.posts else []
    more = [
        f"newest {proposal.newest:%Y-%m-%d}" if proposal.newest else None,
        proposal.language,
        proposal.timezone,
        f"about {proposal.a_day:.0f} articles a day" if proposal.a_day else None,
        f"at most {proposal.max_articles} a night" if proposal.max_articles else None,
        f"a request each {proposal.crawl_delay_s:g} s" if proposal.crawl_delay_s else None,
    ]
    listed = f"{proposal.entries} articles listed"
    return f"{name}: {', '.join(ways)}; {', '.join([listed, *filter(None, more)])}"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else "-"


def _table(offers: Sequence[Offer]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in _COLUMNS:
        table.add_column(column, justify="right" if column in _COUNTS else "left", no_wrap=True)
    for one in offers:
        days = (_day(one.newest), _day(one.oldest))
        chosen = "yes" if one.is_chosen else "no"
        table.add_row(chosen, one.kind, str(one.entries), str(one.only_here), *days, one.url)
    return table


def _cleaned(proposal: Proposal) -> Iterator[str]:
    """Give one line on each of the newest pages, as it comes out of the cleaner."""
    from cleaners.outcome import Cleaned
    from newsgrain.batches import clean_one

    for page in proposal.previews:
        result = clean_one(page)
        if not isinstance(result, Cleaned):
            yield f"preview: rejected ({result.reason}) {page.url}"
            continue
        article = result.article
        day = _day(article.date_published.value if article.date_published else None)
        authors = ", ".join(author.name for author in article.authors) or "no author"
        title = article.title or "no title"
        yield f"preview: {day}, {authors}, {article.word_count} words: {title}"
