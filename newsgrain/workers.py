"""Processes that do tasks one at a time, each within bounds of processor time and of memory.

Who decides what to do with them is `newsgrain.pool`. Workers end with the process that started
them, also when it is killed.
"""

from __future__ import annotations

import ctypes
import importlib
import multiprocessing
import os
import signal
import sys
import threading
from contextlib import contextmanager
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, TypeVar

from pebble import ProcessPool

from newsgrain.memory_watch import MemoryWatch, announce

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from concurrent.futures import Future
    from multiprocessing.connection import Connection

T = TypeVar("T")
R = TypeVar("R")

OUT_OF_TIME = signal.SIGPROF
"""What the kernel ends a worker with that used its processor time up."""

_PR_SET_PDEATHSIG = 1


class Workers:
    """Some worker processes, replaced when they die.

    Args:
        count: how many.
        preload: modules that a worker imports before its first task, outside any deadline.
        memory_bytes: resident memory that a worker may hold.
    """

    def __init__(self, count: int, preload: Sequence[str], memory_bytes: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._watch = MemoryWatch(context, memory_bytes)
        self._pool: Any = ProcessPool(
            max_workers=count,
            initializer=_prepare_worker,
            initargs=(os.getpid(), preload, self._watch.door),
            context=context,
        )

    def schedule(
        self, function: Callable[[T], R], task: T, *, cpu_s: float, clock_s: float
    ) -> Future[R]:
        """Give a task to the next idle worker.

        Args:
            function: found by import in the workers.
            task: its argument.
            cpu_s: processor time after which the worker is ended.
            clock_s: seconds after which it is ended in any case.

        Raises:
            RuntimeError: the pool is broken.
        """
        future: Future[R] = self._pool.schedule(
            partial(_bounded, function, cpu_s), args=(task,), timeout=clock_s
        )
        return future

    @property
    def is_alive(self) -> bool:
        """Whether tasks that were given will be done."""
        alive: bool = self._pool.active
        return alive

    def stop(self) -> None:
        """End all of them, whatever they do."""
        self._pool.stop()
        self._pool.join()
        self._watch.stop()


@contextmanager
def interrupts_held() -> Iterator[None]:
    """Hold interrupts back, so that workers begin their lives deaf to them.

    A terminal sends an interrupt to every process of the program; one that is still importing
    would answer with a traceback. The threads of the pool inherit this, and so do the workers
    that they start later. It is the parent that decides what an interrupt ends.
    """
    resource_tracker.ensure_running()  # it starts on demand, and lets interrupts through again
    held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


# In the workers


def _bounded(function: Callable[[T], R], deadline_s: float, task: T) -> R:
    """Do a task; the kernel ends the process when the deadline of processor time is reached.

    SIGPROF is left to do what it does by default: no handler would run while a parser or a
    regular expression keeps the interpreter.
    """
    signal.setitimer(signal.ITIMER_PROF, deadline_s)
    try:
        return function(task)
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _prepare_worker(parent: int, preload: Sequence[str], door: Connection) -> None:
    # The pool's own handler waits for the interpreter, which a parser written in C may keep.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_parent(parent)
    announce(door)
    for module in preload:
        importlib.import_module(module)


def _die_with_parent(parent: int) -> None:
    """End this process when its parent ends.

    On Linux the kernel does it: a thread of our own could not while a parser or a regular
    expression keeps the interpreter. (To be exact, what counts is the end of the parent's
    thread that started the worker.)
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    else:
        threading.Thread(target=_watch_parent, daemon=True).start()
    if os.getppid() != parent:
        os._exit(1)


def _watch_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent:
        wait([parent.sentinel])
        os._exit(1)
