"""Steps that lose what they run in, once; executors find them by import."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import pyarrow as pa


def _is_first(marker: str) -> bool:
    try:
        Path(marker).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def _parent(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def _executor() -> int:
    """Return the Java process that this worker belongs to."""
    pid = os.getpid()
    while "java" not in Path(f"/proc/{pid}/cmdline").read_bytes().partition(b"\0")[0].decode():
        pid = _parent(pid)
    return pid


def losing(
    batches: Iterable[pa.RecordBatch], *, worker: str, executor: str
) -> Iterator[pa.RecordBatch]:
    """Give the batches back; after the first one kill first this worker, then an executor."""
    for batch in batches:
        yield batch
        if _is_first(worker):
            os.kill(os.getpid(), signal.SIGKILL)
        if _is_first(executor):
            os.kill(_executor(), signal.SIGKILL)
