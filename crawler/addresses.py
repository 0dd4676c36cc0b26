"""Which addresses lie in the public Internet, and which origins a user has named. Pure."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterator

_PORTS = {"http": 80, "https": 443}
# Public by its number, but Azure's own: every virtual machine there reaches its metadata.
_METADATA = frozenset({ipaddress.ip_address("168.63.129.16")})
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_IPV4_COMPATIBLE = ipaddress.IPv6Network("::/96")
# Names that lead into a network of one's own, by RFC 6761, 6762, 8375 and ICANN's resolution
# on .internal; also the metadata service of Google Cloud.
_LOCAL_SUFFIXES = (".localhost", ".local", ".internal", ".home.arpa", ".lan", ".intranet")

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host and port: what a permission holds for, and for nothing else."""

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> Origin:
        """Return an address's origin, the port spelled out.

        Raises:
            ValueError: the port is no number.
        """
        parts = urlsplit(url)
        scheme = parts.scheme.lower()
        return cls(scheme, (parts.hostname or "").lower(), parts.port or _PORTS.get(scheme, 0))


def is_public(address: str) -> bool:
    """Tell whether an IP address is of the public Internet.

    Private, loopback, link-local, shared, multicast and reserved ones are not, nor those of
    IPv6 that stand for one of these: mapped, 6to4, Teredo, NAT64.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    return all(map(_is_public, (found, *_embedded(found))))


def _is_public(address: _Address) -> bool:
    mapped = getattr(address, "ipv4_mapped", None)
    return mapped is not None or (
        address.is_global and not address.is_multicast and address not in _METADATA
    )


def _embedded(address: _Address) -> Iterator[ipaddress.IPv4Address]:
    if not isinstance(address, ipaddress.IPv6Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield address.teredo[1]
    if address in _NAT64 or address in _IPV4_COMPATIBLE:
        yield ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)


def is_local_name(host: str) -> bool:
    """Tell by its spelling alone whether a host lies in a network of one's own.

    For requests through a proxy, which looks names up itself: literal addresses that are not
    public, also in the spellings of ``inet_aton`` (``127.1``, ``0x7f000001``), names of one
    word, and names under domains that never leave a network.
    """
    host = host.strip("[]").rstrip(".").lower()
    try:
        return not is_public(host)
    except ValueError:
        pass
    last = host.rpartition(".")[2]
    is_number = last.isdecimal() or last.startswith("0x")
    return is_number or "." not in host or host.endswith(_LOCAL_SUFFIXES)
