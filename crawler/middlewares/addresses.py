"""Keeps a page from leading the crawl into the network that it runs in."""

from __future__ import annotations

import asyncio
import ipaddress
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IResolutionReceiver
from zope.interface.declarations import implementer  # type: ignore[import-untyped]

from cleaners.urls import registrable_domain
from crawler.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scrapy import Request
    from scrapy.crawler import Crawler
    from twisted.internet.interfaces import IAddress, IHostResolution


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    return registrable_domain(url), parts.port or (443 if parts.scheme == "https" else 80)


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(found, "ipv4_mapped", None)
    return (mapped or found).is_global and not found.is_multicast


@implementer(IResolutionReceiver)
class _Receiver:
    """Gathers what a name resolves to."""

    def __init__(self) -> None:
        self.addresses: list[str] = []
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803 - Twisted's interface
        """Nothing to do: a resolution is never cancelled."""

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802 - Twisted's interface
        """Note one address."""
        if isinstance(address, IPv4Address | IPv6Address):
            self.addresses.append(address.host)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's interface
        """Let the waiting request go on."""
        if not self.done.done():
            self.done.set_result(None)


async def _resolve(host: str) -> list[str]:
    """Return a host's addresses by the reactor's resolver, the one that connections use.

    Its cache makes the connection that follows go to the same address.
    """
    from twisted.internet import reactor

    receiver = _Receiver()
    reactor.nameResolver.resolveHostName(receiver, host)
    await receiver.done
    return receiver.addresses


class PublicAddresses:
    """Refuses requests to private addresses, except those of configured sources.

    A redirect or a link to ``http://169.254.169.254/`` or to a service beside the crawler
    would otherwise be fetched and published. Sites in newsgrain.toml may well be private:
    the person who wrote it may read an intranet, and the demo runs on this machine. They
    are told by registrable domain and port.
    """

    def __init__(self, configured: Iterable[str]) -> None:
        """Take the addresses that newsgrain.toml names."""
        self._trusted = frozenset(_place(url) for url in configured)
        self._judged: dict[str, bool] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        return cls(crawler.settings.getlist("NEWSGRAIN_CONFIGURED"))

    async def process_request(self, request: Request) -> None:
        """Raise `Refused` for a private address that nobody has configured."""
        if _place(request.url) in self._trusted:
            return
        host = urlsplit(request.url).hostname or ""
        if host not in self._judged:
            self._judged[host] = all(map(_is_public, await _resolve(host)))
        if not self._judged[host]:
            raise Refused(f"{host} is a private address", is_lasting=True)
