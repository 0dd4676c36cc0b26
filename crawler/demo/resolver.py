"""Names for the demo and the tests: ``*.example`` is this machine, all else is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from twisted.internet import defer
from twisted.internet.error import DNSLookupError
from twisted.internet.interfaces import IResolverSimple
from zope.interface.declarations import implementer  # type: ignore[import-untyped]

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scrapy.crawler import Crawler
    from twisted.internet.base import ReactorBase

LOOPBACK = "127.0.0.1"


@implementer(IResolverSimple)
class LoopbackResolver:
    """A Twisted resolver that cannot lead anywhere but to this machine.

    Names under the reserved top-level domain ``.example`` (RFC 2606) resolve to 127.0.0.1,
    as does 127.0.0.1 itself; every other name and address fails with `DNSLookupError`, so
    that a crawl under this resolver never touches a network. Set Scrapy's
    ``TWISTED_DNS_RESOLVER`` to ``crawler.demo.RESOLVER``.
    """

    def __init__(self, reactor: ReactorBase) -> None:
        """Keep the reactor; nothing is installed yet."""
        self._reactor = reactor

    @classmethod
    def from_crawler(cls, crawler: Crawler, reactor: ReactorBase) -> Self:  # noqa: ARG003 - Scrapy's interface
        """Build the resolver as Scrapy does."""
        return cls(reactor)

    def install_on_reactor(self) -> None:
        """Make this the reactor's only resolver."""
        self._reactor.installResolver(self)  # type: ignore[arg-type]  # implementer() is untyped

    def getHostByName(  # noqa: N802 - Twisted's interface
        self,
        name: str,
        timeout: Sequence[int] = (),  # noqa: ARG002 - Twisted's interface
    ) -> defer.Deferred[str]:
        """Return 127.0.0.1 for a demo name; fail with `DNSLookupError` for any other."""
        if is_demo_name(name):
            return defer.succeed(LOOPBACK)
        return defer.fail(DNSLookupError(f"{name}: only .example names exist in the demo"))


def is_demo_name(name: str) -> bool:
    """Tell whether a host name is under ``.example``, or the loopback address itself."""
    return name == LOOPBACK or name.lower().rstrip(".").endswith(".example")
