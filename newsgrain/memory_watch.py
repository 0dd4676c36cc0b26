"""Ends worker processes that take more memory than a page may.

The processor's deadline bounds what a page costs in time, not in memory: a parser can take a
gigabyte a second. A limit of the kernel's (RLIMIT_AS, RLIMIT_DATA) would make allocations fail
inside the worker, and what swallows such an error there gives another answer for the same page.
So the parent looks, often, at what its workers hold, and ends the one that holds too much.

Looks into /proc, therefore works on Linux only; elsewhere nothing is watched.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import BaseContext

TOO_MUCH = signal.SIGUSR2
"""What a worker is ended with; nothing else sends it, so that its exit code tells why."""

CAN_WATCH = sys.platform == "linux"

_PERIOD_S = 0.05
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_END = 0


class MemoryWatch:
    """Watches the workers that announce themselves, until it is stopped.

    Attributes:
        door: where workers announce themselves, see `announce`.

    Args:
        context: of multiprocessing; that of the workers.
        limit_bytes: resident memory that a worker may hold.
    """

    def __init__(self, context: BaseContext, limit_bytes: int) -> None:
        self._limit_bytes = limit_bytes
        self._announced, self.door = context.Pipe(duplex=False)
        self._workers: dict[int, int] = {}
        self._thread = threading.Thread(target=self._watch, name="memory watch", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Watch no longer."""
        self.door.send(_END)
        self._thread.join()
        self.door.close()
        self._announced.close()

    def _watch(self) -> None:
        try:
            while True:
                if self._announced.poll(_PERIOD_S):
                    pid = self._announced.recv()
                    if pid == _END:
                        return
                    self._add(pid)
                for pid, handle in tuple(self._workers.items()):
                    self._look(pid, handle)
        finally:
            for handle in self._workers.values():
                os.close(handle)

    def _add(self, pid: int) -> None:
        if CAN_WATCH:
            try:  # a handle stays with its process, where a number goes to the next one
                self._workers[pid] = os.pidfd_open(pid)
            except OSError:
                return  # it is gone

    def _look(self, pid: int, handle: int) -> None:
        held = resident_bytes(pid)
        try:
            # After the number was looked at: the signal 0 says whether it was still this process.
            signal.pidfd_send_signal(handle, TOO_MUCH if held > self._limit_bytes else 0)
        except OSError:
            os.close(self._workers.pop(pid))


def announce(door: Connection) -> None:
    """Tell the watch of this process; to be called in a worker."""
    signal.signal(TOO_MUCH, signal.SIG_DFL)
    door.send(os.getpid())


def resident_bytes(pid: int) -> int:
    """Return what a process holds in memory, 0 if it is gone."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError):
        return 0
