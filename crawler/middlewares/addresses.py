"""Keeps a page from leading the crawl into the network that it runs in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit
from urllib.request import getproxies

from scrapy import signals
from twisted.internet.address import IPv4Address, IPv6Address
from twisted.internet.interfaces import IHostnameResolver, IResolutionReceiver
from zope.interface.declarations import implementer  # type: ignore[import-untyped]

from crawler.addresses import Origin, is_local_name, is_public
from crawler.refusal import Refused

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from scrapy import Request
    from scrapy.crawler import Crawler
    from twisted.internet.interfaces import IAddress, IHostResolution


def _proxies_of_environment() -> Iterator[str]:
    """Give the proxies that Scrapy takes from ``http_proxy`` and ``https_proxy``."""
    for scheme, proxy in getproxies().items():
        if scheme in {"http", "https"}:
            yield proxy if "://" in proxy else f"http://{proxy}"


@implementer(IResolutionReceiver)
class _Gathering:
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


@implementer(IResolutionReceiver)
class _OnlyPublic:
    """Hands on the public addresses of a name, and no other.

    Twisted's interfaces, as zope declares them, have no types that mypy can read: hence Any.
    """

    def __init__(self, receiver: Any) -> None:
        self._receiver = receiver

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:  # noqa: N802, N803 - Twisted's interface
        """Hand it on."""
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: IAddress) -> None:  # noqa: N802 - Twisted's interface
        """Hand it on if it is public."""
        if isinstance(address, IPv4Address | IPv6Address) and is_public(address.host):
            self._receiver.addressResolved(address)

    def resolutionComplete(self) -> None:  # noqa: N802 - Twisted's interface
        """Hand it on."""
        self._receiver.resolutionComplete()


@implementer(IHostnameResolver)
class PublicResolver:
    """The resolver that connections are made by: a name has no addresses but public ones.

    So whatever a name server answers at the moment of connecting, and however a literal
    address is spelled, nothing in a private network is connected to.
    """

    def __init__(self, resolver: Any, exempt: Iterable[tuple[str, int]]) -> None:
        """Take the resolver to ask, and the hosts and ports that may be private."""
        self._resolver = resolver
        self._exempt = frozenset(exempt)

    def resolveHostName(  # noqa: N802 - Twisted's interface
        self,
        resolutionReceiver: Any,  # noqa: N803 - Twisted's interface
        hostName: str,  # noqa: N803 - Twisted's interface
        portNumber: int = 0,  # noqa: N803 - Twisted's interface
        addressTypes: Sequence[type[IAddress]] | None = None,  # noqa: N803 - Twisted's interface
        transportSemantics: str = "TCP",  # noqa: N803 - Twisted's interface
    ) -> IHostResolution:
        """Look a name up."""
        receiver = resolutionReceiver
        if (hostName.lower(), portNumber) not in self._exempt:
            receiver = _OnlyPublic(resolutionReceiver)
        resolution: IHostResolution = self._resolver.resolveHostName(
            receiver, hostName, portNumber, addressTypes, transportSemantics
        )
        return resolution


class PublicAddresses:
    """Refuses requests to private addresses, except those of configured sources.

    A redirect or a link to ``http://169.254.169.254/`` or to a service beside the crawler
    would otherwise be fetched and published. Sites in newsgrain.toml may well be private:
    the person who wrote it may read an intranet, and the demo runs on this machine. They
    are told by scheme, host and port; another port of the same machine is another service.

    The answer is given here, where it has a reason, and once more by `PublicResolver`, where
    the connection is made. Through a proxy, which looks names up itself, only their spelling
    can be judged.
    """

    def __init__(self, configured: Iterable[str], proxies: Iterable[str] = ()) -> None:
        """Take the addresses of sources, and of proxies, that the user names."""
        self._trusted = frozenset(map(Origin.of, configured))
        self._exempt = {(one.host, one.port) for one in self._trusted}
        self._exempt |= {(one.host, one.port) for one in map(Origin.of, proxies)}
        self._resolver: Any = None
        self._judged: dict[str, bool] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does."""
        configured = crawler.settings.getlist("NEWSGRAIN_CONFIGURED")
        named = crawler.settings.getdict("NEWSGRAIN_SOURCE_PROXIES").values()
        guard = cls(configured, (*named, *_proxies_of_environment()))
        crawler.signals.connect(guard.install, signal=signals.engine_started)
        return guard

    def install(self) -> None:
        """Put the guard before the reactor's resolver, which Scrapy has installed by now."""
        from twisted.internet import reactor

        self._resolver = reactor.nameResolver
        reactor.installNameResolver(PublicResolver(self._resolver, self._exempt))

    async def process_request(self, request: Request) -> None:
        """Raise `Refused` for a private address that nobody has configured."""
        if Origin.of(request.url) in self._trusted:
            return
        host = urlsplit(request.url).hostname or ""
        if request.meta.get("proxy"):
            is_private = is_local_name(host)
        else:
            is_private = not await self._is_public(host)
        if is_private:
            raise Refused(f"{host} is a private address", is_lasting=True)

    async def _is_public(self, host: str) -> bool:
        if host not in self._judged:
            self._judged[host] = all(map(is_public, await self._resolve(host)))
        return self._judged[host]

    async def _resolve(self, host: str) -> list[str]:
        """Return a host's addresses; none if there is no such name."""
        gathering = _Gathering()
        self._resolver.resolveHostName(gathering, host)
        await gathering.done
        return gathering.addresses
