"""Opens the Redis or Valkey server that several machines share."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from redis import Redis

VARIABLE = "NEWSGRAIN_FRONTIER"
_SCHEMES = {
    "redis": "redis", "rediss": "rediss", "valkey": "redis", "valkeys": "rediss", "unix": "unix",
}  # fmt: skip
_TIMEOUT_S = 10.0
# A server that is being restarted is back within seconds; a lease lasts for minutes.
_ATTEMPTS, _FIRST_PAUSE_S, _LONGEST_PAUSE_S = 5, 0.5, 2.0


def address_of(option: str | None, environment: Mapping[str, str]) -> str | None:
    """Return the address of the shared frontier, if there is one.

    Args:
        option: of the command line, where everybody on the machine can read it.
        environment: may hold an address with user and password.

    Raises:
        ConfigError: the option holds a password, or the address is none.
    """
    parts = urlsplit(option or "")
    # redis-py reads a password from the query, too.
    if parts.password is not None or "password" in parse_qs(parts.query, keep_blank_values=True):
        raise ConfigError(f"--frontier: an address with a password belongs into {VARIABLE}")
    address = option or environment.get(VARIABLE) or None
    if address and (urlsplit(address).scheme not in _SCHEMES or not _place(address)[1]):
        raise ConfigError(
            f"the shared frontier is an address such as redis://queue.example.org/0, "
            f"not {_place(address)[0]!r}"
        )
    return address


def _place(address: str) -> tuple[str, str]:
    """Return an address without credentials, and its server or path alone."""
    parts = urlsplit(address)
    server = parts.netloc.rpartition("@")[2]
    is_path = parts.scheme == "unix"
    return f"{parts.scheme}://{server}{parts.path}", parts.path if is_path else server


def open_server(address: str) -> tuple[Redis, str]:
    """Return a client of a server, and the server's address for messages and logs.

    No connection is made before the first command.

    Args:
        address: as `address_of` returns it.

    Raises:
        ConfigError: the extra is not installed.
    """
    try:
        from redis import Redis
        from redis.backoff import ExponentialBackoff
        from redis.exceptions import ConnectionError as Unreachable
        from redis.exceptions import TimeoutError as Silent
        from redis.retry import Retry
    except ImportError as exc:
        raise ConfigError(
            "a shared frontier needs the extra: pip install newsgrain[redis]"
        ) from exc
    scheme, _, rest = address.partition("://")
    server = Redis.from_url(
        f"{_SCHEMES[scheme]}://{rest}",
        decode_responses=True,
        socket_timeout=_TIMEOUT_S,
        socket_connect_timeout=_TIMEOUT_S,
        retry=Retry(ExponentialBackoff(_LONGEST_PAUSE_S, _FIRST_PAUSE_S), _ATTEMPTS),
        retry_on_error=[Unreachable, Silent],
    )
    return server, _place(address)[0]
