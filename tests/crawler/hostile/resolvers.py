"""Name servers of the hostile kind."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, ClassVar

from twisted.internet import defer
from twisted.internet.interfaces import IResolverSimple
from zope.interface.declarations import implementer  # type: ignore[import-untyped]

from crawler.demo.resolver import LOOPBACK, LoopbackResolver

if TYPE_CHECKING:
    from collections.abc import Sequence

PUBLIC = "93.184.216.34"


@implementer(IResolverSimple)
class EverythingIsHere(LoopbackResolver):
    """Leads every name to this machine, whatever it is.

    ``rebind.example`` has a public address when it is first looked up, and none later on.
    """

    asked: ClassVar[Counter[str]] = Counter()

    def getHostByName(self, name: str, timeout: Sequence[int] = ()) -> defer.Deferred[str]:  # noqa: ARG002, N802 - Twisted's interface
        """Return an address of this machine."""
        self.asked[name] += 1
        is_first = name == "rebind.example" and self.asked[name] == 1
        return defer.succeed(PUBLIC if is_first else LOOPBACK)
