"""Which machine's turn is it at which sites? Leases on Redis Streams, or Valkey's.

    round: one entry a group of sites | delivered to one worker | renewed | deleted when done

A group (`crawler.shards.Group`) is an entry of a stream with one consumer group. Whoever it is
delivered to has its hosts for itself, for as long as the lease is renewed; an entry that was not
renewed for that long is claimed by another worker, and after some workers that ended over it, it
is given up for this round. An entry is deleted when its sites are done, so that the stream is as
long as what is left: the round is over when it is empty.

A worker that was paused does not know it. So it asks nothing of a host later than half a lease
after its last renewal was *sent*: then, what it began has ended before another one may begin.
"""

from __future__ import annotations

import time
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsgrain.errors import ConfigError, FrontierError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from redis import Redis

MAX_DELIVERIES = 3
"""So many workers may end over a group before it is given up for the round."""

_QUIET_MS = 10 * 60_000
_CONSUMERS = "crawlers"
_DURATIONS = "newsgrain:durations"

# Whoever comes first begins a round; who comes late, to one that is over, has nothing to do.
_JOIN = """
local stream, round, digest, quiet = KEYS[1], KEYS[2], ARGV[1], tonumber(ARGV[2])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local known = redis.call('HMGET', round, 'digest', 'began')
local is_open = redis.call('XLEN', stream) > 0
if is_open and known[1] ~= digest then return '' end
if is_open or (known[1] == digest and now - tonumber(known[2]) < quiet) then return known[2] end
redis.call('DEL', stream)
redis.call('XGROUP', 'CREATE', stream, ARGV[3], '0', 'MKSTREAM')
for place = 4, #ARGV do redis.call('XADD', stream, '*', 'group', ARGV[place]) end
local began = string.format('%.0f', now)
redis.call('HSET', round, 'digest', digest, 'began', began)
return began
"""
# An entry is renewed only by whom it still belongs to: XCLAIM alone would take it back.
_RENEW = """
local kept = {}
for place = 3, #ARGV do
    local entry = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[place], ARGV[place], 1)[1]
    if entry and entry[2] == ARGV[2] then
        redis.call('XCLAIM', KEYS[1], ARGV[1], ARGV[2], 0, ARGV[place], 'JUSTID')
        kept[#kept + 1] = ARGV[place]
    end
end
return kept
"""
_FINISH = """
local entry = redis.call('XPENDING', KEYS[1], ARGV[1], ARGV[3], ARGV[3], 1)[1]
if not entry or entry[2] ~= ARGV[2] then return 0 end
redis.call('XACK', KEYS[1], ARGV[1], ARGV[3])
return redis.call('XDEL', KEYS[1], ARGV[3])
"""


def uptime() -> float:
    """Return seconds of a clock that goes on while the machine sleeps, where there is one."""
    clock = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)
    return time.clock_gettime(clock)


@contextmanager
def translated(place: str) -> Iterator[None]:
    """Turn what Redis raises into an error of newsgrain.

    Args:
        place: the server's address, without credentials.

    Raises:
        FrontierError: the server cannot be reached, or refuses.
    """
    from redis.exceptions import RedisError

    try:
        yield
    except RedisError as exc:
        reason = " ".join(str(exc).split()) or type(exc).__name__
        raise FrontierError(f"the shared frontier at {place} failed: {reason}") from exc


@dataclass(slots=True, kw_only=True)
class _Lease:
    entry: str
    begin: float
    until: float


class Turns:
    """The turns of one worker.

    Args:
        server: with ``decode_responses``.
        place: the server's address for messages, without credentials.
        worker: a name that no other worker has.
        lease_s: seconds without a renewal after which another worker takes over.
        clock: seconds that also pass while this process is stopped.
    """

    def __init__(
        self,
        server: Redis,
        *,
        place: str,
        worker: str,
        lease_s: float,
        clock: Callable[[], float] = uptime,
    ) -> None:
        self._server = server
        self._place = place
        self._worker = worker
        self._lease_s = lease_s
        self._clock = clock
        self._stream, self._round = "newsgrain:turns", "newsgrain:round"
        self._cursor: str = "0-0"
        self._leases: dict[str, _Lease] = {}

    @property
    def held(self) -> tuple[str, ...]:
        """The groups that this worker has."""
        return tuple(self._leases)

    def join(self, groups: Sequence[str], digest: str) -> str:
        """Join the round that is under way, or begin one.

        A round begins with what took longest the last time (Graham's rule of 1969), and with
        what is new: a large site that is begun last would make the night longer by all of it.

        Args:
            groups: names of all groups.
            digest: of what all workers must agree on.

        Returns:
            what the round is called: the moment that it began, in milliseconds by the server's
            clock. A server that lost everything never gives it again.

        Raises:
            ConfigError: the round was begun by a worker with another configuration.
            FrontierError: the server failed, here and in every method.
        """
        with translated(self._place):
            known = self._server.hgetall(_DURATIONS)
        ordered = sorted(groups, key=lambda group: -float(known.get(group, "inf")))
        values = (digest, _QUIET_MS, _CONSUMERS, *ordered)
        name = str(self._script(_JOIN, (self._stream, self._round), values))
        if not name:
            raise ConfigError(
                "this newsgrain.toml is not the one that the crawl on the shared frontier was "
                "begun with: all machines need the same one"
            )
        return name

    def take(self, most: int) -> tuple[list[str], list[str]]:
        """Take up to so many groups: first those whose workers are silent, then untouched ones.

        Returns:
            the groups that are this worker's now, and those that were given up.
        """
        if most <= 0:
            return [], []
        begin = self._clock()
        with translated(self._place):
            found = self._silent(most)
            taken, given_up = [], []
            for entry, group, deliveries in found:
                if deliveries > MAX_DELIVERIES:
                    self._finish(entry)
                    given_up.append(group)
                else:
                    taken.append((entry, group))
            taken += self._untouched(most - len(taken))
        for entry, group in taken:
            self._leases[group] = _Lease(entry=entry, begin=begin, until=begin + self._lease_s / 2)
        return [group for _, group in taken], given_up

    def _silent(self, most: int) -> list[tuple[str, str, int]]:
        # It looks at a part of the entries only, and says where to go on the next time.
        self._cursor, claimed, *_ = self._server.xautoclaim(
            self._stream,
            _CONSUMERS,
            self._worker,
            min_idle_time=int(self._lease_s * 1000),
            start_id=self._cursor,
            count=most,
        )
        found = []
        for entry, fields in claimed:
            (pending,) = self._server.xpending_range(self._stream, _CONSUMERS, entry, entry, 1)
            found.append((entry, fields["group"], int(pending["times_delivered"])))
        return found

    def _untouched(self, most: int) -> list[tuple[str, str]]:
        if most <= 0:
            return []
        streams: dict[Any, Any] = {self._stream: ">"}
        answer: Any = self._server.xreadgroup(_CONSUMERS, self._worker, streams, count=most)
        batches = answer.values() if isinstance(answer, dict) else [part for _, part in answer]
        return [
            (entry, fields["group"])
            for batch in batches
            for entry, fields in (batch[0] if batch and isinstance(batch[0], list) else batch)
        ]

    def renew(self) -> list[str]:
        """Renew the leases; return the groups that are another worker's now, and let go of them."""
        begin = self._clock()
        entries = {lease.entry: group for group, lease in self._leases.items()}
        kept = set(self._owned(_RENEW, *entries)) if entries else set()
        for entry, group in entries.items():
            if entry in kept:
                self._leases[group].until = begin + self._lease_s / 2
        lost = [group for entry, group in entries.items() if entry not in kept]
        self.let_go(lost)
        return lost

    def may_ask(self, group: str) -> bool:
        """Say whether a request to the hosts of a group may be sent at this moment."""
        lease = self._leases.get(group)
        return lease is not None and self._clock() < lease.until

    def let_go(self, groups: Collection[str]) -> None:
        """Forget groups; on the server they stay this worker's until their leases run out."""
        for group in groups:
            self._leases.pop(group, None)

    def finish(self, group: str) -> bool:
        """Say that everything of a group is archived; return False if it was taken over."""
        lease = self._leases.pop(group)
        is_ours = self._finish(lease.entry)
        if is_ours:
            with translated(self._place):
                self._server.hset(_DURATIONS, group, f"{self._clock() - lease.begin:.0f}")
        return is_ours

    def _finish(self, entry: str) -> bool:
        return bool(self._owned(_FINISH, entry))

    def is_over(self) -> bool:
        """Say whether no group is left, with any worker."""
        with translated(self._place):
            return int(self._server.xlen(self._stream)) == 0

    def _owned(self, script: str, *entries: str) -> Any:
        return self._script(script, (self._stream,), (_CONSUMERS, self._worker, *entries))

    def _script(self, script: str, keys: Sequence[str], values: Sequence[Any]) -> Any:
        with translated(self._place):
            return self._server.eval(script, len(keys), *keys, *values)
