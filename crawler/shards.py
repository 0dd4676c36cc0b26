"""Which machine crawls which sites? Decided by newsgrain.toml alone, with no server. Pure.

    sources | groups that share a domain | the shard whose number, hashed with it, is greatest

Two shards never ask one host, so that each keeps the host's pace by itself. What a source may
ask for lies on the registrable domains of its addresses (`crawler.scope`); sources that have
one of them in common are therefore one group, and a group is never divided.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.urls import registrable_domain
from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from crawler.configuration import Source

MAX_SHARDS = 10_000
_FORM = re.compile(r"([0-9]{1,9})/([0-9]{1,9})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """One part of the sources.

    Attributes:
        number: which part, from 1.
        count: of how many.
    """

    number: int
    count: int

    def __str__(self) -> str:
        """Return it as it is written on the command line."""
        return f"{self.number}/{self.count}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """Sources that are crawled by one machine, because they may ask the same hosts.

    Attributes:
        name: the first, in the order of the alphabet, of its domains.
        domains: registrable domains of all addresses of its sources, sorted.
        sources: in the order of newsgrain.toml.
    """

    name: str
    domains: tuple[str, ...]
    sources: tuple[Source, ...]


def parse_shard(text: str) -> Shard:
    """Return the shard that a text like ``2/8`` names.

    Raises:
        ConfigError: it names none.
    """
    found = _FORM.fullmatch(text.strip())
    number, count = (int(found[1]), int(found[2])) if found else (0, 0)
    if not 1 <= number <= count <= MAX_SHARDS:
        raise ConfigError(
            f'--shard "{text}": a part of the sites is written 1/8, 2/8 ... 8/8'
            f" (at most {MAX_SHARDS} parts)"
        )
    return Shard(number=number, count=count)


def domains_of(source: Source) -> frozenset[str]:
    """Return the registrable domains that a source's requests may go to."""
    return frozenset(registrable_domain(url) for url in (source.url, *source.listings))


def groups_of(sources: Sequence[Source]) -> tuple[Group, ...]:
    """Divide sources into the smallest groups that have no domain in common.

    Returns:
        the groups, in the order of their first sources.
    """
    leader: dict[str, str] = {}

    def find(domain: str) -> str:
        leader.setdefault(domain, domain)
        while leader[domain] != domain:
            leader[domain] = leader[leader[domain]]
            domain = leader[domain]
        return domain

    for source in sources:
        first, *others = sorted(domains_of(source))
        for domain in others:
            one, other = sorted((find(first), find(domain)))
            leader[other] = one  # so that a leader is the first of its group's alphabet
    members: dict[str, list[Source]] = {}
    for source in sources:
        members.setdefault(find(min(domains_of(source))), []).append(source)
    return tuple(
        Group(
            name=name,
            domains=tuple(sorted(frozenset().union(*map(domains_of, found)))),
            sources=tuple(found),
        )
        for name, found in members.items()
    )


def _number_of(name: str, count: int) -> int:
    """Return which of so many shards a group is crawled by.

    By rendezvous hashing (Thaler and Ravishankar, 1998): with one shard more, groups move to
    the new one only, and most of them stay where their archive is.
    """
    return max(
        range(1, count + 1),
        key=lambda number: hashlib.sha256(f"{name} {number}".encode()).digest(),
    )


def sources_of(shard: Shard, sources: Sequence[Source]) -> tuple[Source, ...]:
    """Return the sources of one shard, in their order; maybe none."""
    chosen = {
        source.name
        for group in groups_of(sources)
        if _number_of(group.name, shard.count) == shard.number
        for source in group.sources
    }
    return tuple(source for source in sources if source.name in chosen)
