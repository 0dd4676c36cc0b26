"""``newsgrain init``: look at sites and write what they offer into newsgrain.toml."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.display import Display
from crawler.probe import probe
from crawler.runs import COMPLETE, FAILED, PARTIAL
from crawler.sources import load_config
from crawler.toml_writing import write_config
from newsgrain.clock import system_clock

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.proposals import Proposal
    from newsgrain.clock import Clock
    from newsgrain.workspace import Workspace


def _counted(things: Sequence[str], name: str) -> str:
    return f"{len(things)} {name}" if len(things) == 1 else f"{len(things)} {name}s"


def _described(name: str, proposal: Proposal) -> str:
    ways = [_counted(proposal.feeds, "feed"), _counted(proposal.sitemaps, "sitemap")]
    newest = f", newest {proposal.newest:%Y-%m-%d}" if proposal.newest else ""
    language = f", {proposal.language}" if proposal.language else ""
    return f"{name}: {', '.join(ways)}; {proposal.entries} articles listed{newest}{language}"


def add_sources(  # noqa: PLR0913 - all that it depends on, and nothing hidden
    workspace: Workspace,
    urls: Sequence[str],
    *,
    contact: str | None = None,
    quiet: bool = False,
    clock: Clock = system_clock,
    settings: Mapping[str, object] | None = None,
) -> int:
    """Probe sites and add those that answer to newsgrain.toml; print what was found.

    Args:
        workspace: where newsgrain.toml is written; nothing in it is changed or removed.
        urls: home pages.
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
    proposals = probe(urls, contact=contact, clock=clock, settings=settings or {})
    added = write_config(workspace.config, proposals, contact=contact)
    for name, proposal in added:
        display.line(_described(name, proposal))
    for proposal in proposals:
        for problem in filter(None, (proposal.error, proposal.warning)):
            display.trouble(f"newsgrain: {proposal.url}: {problem}")
    failed = [proposal for proposal in proposals if proposal.error]
    if len(failed) == len(proposals):
        return FAILED
    display.line(f"wrote {workspace.config}" if added else "every site was there already")
    return PARTIAL if failed else COMPLETE
