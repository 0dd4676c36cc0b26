"""Files by path or address: on this machine, behind http(s), in S3 and whatever fsspec knows."""

from __future__ import annotations

from contextlib import contextmanager
from importlib import import_module
from typing import TYPE_CHECKING, Any, BinaryIO

from newsgrain.errors import ConfigError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Read from the first byte to the last, so that one block ahead is all that is worth keeping.
_BLOCK_BYTES = 4 << 20


def is_remote(address: str) -> bool:
    """Say whether an address names a protocol, as ``s3://bucket/key`` does."""
    return "://" in address


@contextmanager
def open_address(address: str) -> Iterator[BinaryIO]:
    """Open a file for reading from its start.

    Args:
        address: a path, or an address with a protocol of fsspec.

    Raises:
        ConfigError: the address needs a package that is not installed; says which extra.
        InputError: the file cannot be read, also while the block reads it.
    """
    try:
        with _opened(address) as file:
            yield file
    except OSError as exc:
        raise InputError(f"{address}: cannot be read: {_reason(exc)}") from exc


def _opened(address: str) -> Any:
    if not is_remote(address):
        return open(address, "rb")  # noqa: PTH123 - closed by `open_address`
    try:
        fsspec: Any = import_module("fsspec")
        return fsspec.open(address, "rb", cache_type="readahead", block_size=_BLOCK_BYTES)
    except (ImportError, ValueError) as exc:
        reason = " ".join(str(exc).split())
        message = f"{address}: {reason}; reading it needs: pip install 'newsgrain[cc]'"
        raise ConfigError(message) from exc


def _reason(error: OSError) -> str:
    return " ".join((error.strerror or str(error) or type(error).__name__).split())
