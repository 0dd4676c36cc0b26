"""Files by path or address: on this machine, behind http(s), in S3 and whatever fsspec knows."""

from __future__ import annotations

import errno
import sys
from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any

from newsgrain.errors import ConfigError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from newsgrain.warc_stream import Source

# Read from the first byte to the last, so that one block ahead is all that is worth keeping.
_BLOCK_BYTES = 4 << 20
_BASES = (("aiohttp", "ClientError"), ("botocore.exceptions", "BotoCoreError"))


def is_remote(address: str) -> bool:
    """Say whether an address names a protocol, as ``s3://bucket/key`` does."""
    return "://" in address


@contextmanager
def open_address(address: str) -> Iterator[Source]:
    """Open a file for reading from its start.

    Args:
        address: a path, or an address with a protocol of fsspec.

    Raises:
        ConfigError: the address needs a package that is not installed; says which extra.
        InputError: the file cannot be read, also while the block reads it.
    """
    try:
        with _received(address) if is_remote(address) else _local(address) as file:
            yield file
    except OSError as exc:
        raise InputError(f"{address}: cannot be read: {_reason(exc)}") from exc


def _local(path: str) -> Any:
    try:
        return open(path, "rb")  # noqa: PTH123 - closed by `open_address`
    except ValueError as exc:  # no name of a file
        raise OSError(errno.EINVAL, str(exc)) from exc


@contextmanager
def _received(address: str) -> Iterator[_Received]:
    try:
        fsspec: Any = import_module("fsspec")
        fsspec.get_filesystem_class(address.partition("://")[0])
    except (ImportError, ValueError) as exc:
        message = f"{address}: {_reason(exc)}; reading it needs: pip install 'newsgrain[cc]'"
        raise ConfigError(message) from exc
    with _foreign():
        system, path = fsspec.url_to_fs(address)
        file = system.open(path, "rb", block_size=_BLOCK_BYTES, cache_type="readahead")
    with file:
        yield _Received(file)


class _Received:
    """A file of fsspec.

    Args:
        file: raises what the library behind it raises.
    """

    def __init__(self, file: Any) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        with _foreign():
            piece: bytes = self._file.read(size)
            return piece


@contextmanager
def _foreign() -> Iterator[None]:
    """Make one error of those of fsspec and of the libraries behind it."""
    try:
        yield
    except _errors() as exc:
        raise OSError(errno.EIO, _reason(exc)) from exc


def _errors() -> tuple[type[Exception], ...]:
    """Return what fsspec raises, and the bases of what comes through it from loaded libraries."""
    bases = (getattr(sys.modules.get(module), name, None) for module, name in _BASES)
    return (OSError, TypeError, ValueError, *filter(None, bases))


def _reason(error: Exception) -> str:
    said = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return " ".join(said.split())
