"""Kills a process before a call that changes the disk, and works in children that may be killed."""

from __future__ import annotations

import builtins
import io
import os
import pickle
import signal
import sqlite3
import traceback
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Trace:
    """Notes calls to the file system, and what SQLite is told to write.

    Kills the process before call number `deadly`; 0: never.
    """

    def __init__(self, watched: Sequence[str], deadly: int = 0) -> None:
        self.calls: list[str] = []
        self._watched = watched
        self._deadly = deadly

    def arm(self) -> None:
        for name in self._watched:
            setattr(os, name, self._noting(name, getattr(os, name)))
        io.open = builtins.open = self._noting("open file", io.open)
        connect = sqlite3.connect

        def traced(*args: Any, **more: Any) -> sqlite3.Connection:
            connection = connect(*args, **more)
            connection.set_trace_callback(self._note_statement)
            return connection

        sqlite3.connect = traced  # type: ignore[assignment]

    def _noting(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def noting(*args: Any, **more: Any) -> Any:
            self._note(" ".join((name, *map(str, args[:2]))))
            return call(*args, **more)

        return noting

    def _note_statement(self, text: str) -> None:
        if not text.startswith("SELECT"):
            self._note(text)

    def _note(self, what: str) -> None:
        self.calls.append(what)
        if len(self.calls) == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)


def in_child(work: Callable[[], Any]) -> Any:
    """Return what `work` returns in a forked process; None if that was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            answer = (True, work())
        except BaseException:  # noqa: BLE001 - the parent raises it again
            answer = (False, traceback.format_exc())
        with os.fdopen(writer, "wb") as sink:
            pickle.dump(answer, sink)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as source:
        data = source.read()
    os.waitpid(child, 0)
    if not data:
        return None
    done, value = pickle.loads(data)  # noqa: S301 - our own child wrote it
    if not done:
        raise RuntimeError(value)
    return value
