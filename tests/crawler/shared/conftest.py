"""A real Redis server, or Valkey's, on a socket of its own."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis import Redis

_PROGRAM = shutil.which("redis-server") or shutil.which("valkey-server")


@pytest.fixture(scope="session")
def _running() -> Iterator[str]:
    if _PROGRAM is None:
        pytest.skip("neither redis-server nor valkey-server is installed")
    pytest.importorskip("redis", reason="the extra redis is not installed")
    # Not tmp_path: the path of a socket has 107 bytes at most.
    with tempfile.TemporaryDirectory(prefix="newsgrain-") as folder:
        place = Path(folder) / "socket"
        command = [_PROGRAM, "--port", "0", "--unixsocket", str(place), "--save", ""]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=folder) as process:
            assert process.stdout is not None
            for line in process.stdout:
                if "ready to accept connections" in line.lower():
                    break
            yield f"unix://{place}"
            process.terminate()
            process.stdout.read()  # a full pipe would keep it from ending


@pytest.fixture
def address(_running: str) -> str:
    """The address of an empty server."""
    from crawler.redis_server import open_server

    server, _ = open_server(_running)
    server.flushall()
    server.close()
    return _running


@pytest.fixture
def server(address: str) -> Iterator[Redis]:
    from crawler.redis_server import open_server

    client, _ = open_server(address)
    yield client
    client.close()
