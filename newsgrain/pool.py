"""A pool of worker processes for tasks that may hang, crash, or take the process down.

    tasks | bounded window | one attempt with a deadline | a second one | result or `Failure`

Results come in the order of the tasks. A task that kills its worker is tried once more, because
kernels run out of memory; what fails twice is a `Failure`, and its neighbours are not touched.
The deadline is of processor time, so that neither a busy machine nor one that slept makes a task
fail; who uses it up has failed, without a second attempt. A task that does nothing at all is
ended by the clock, and tried once more. Workers end with the process that started them, also
when it is killed.
"""

from __future__ import annotations

import ctypes
import importlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as DeadlineError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from functools import partial
from multiprocessing import resource_tracker
from multiprocessing.connection import wait
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from newsgrain.errors import NewsgrainError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

T = TypeVar("T")
R = TypeVar("R")

_ATTEMPTS = 2
_MAX_BREAKS = 4
_WINDOW_PER_WORKER = 8
_KILLED_BEFORE = "the same page has killed workers before"
# How long the pool itself may take to start a worker, or to notice that a deadline has passed.
_GRACE_S = 30.0
# A task that waits, or a machine on which other work goes first, has this many deadlines.
_PATIENCE = 8
_PR_SET_PDEATHSIG = 1


class FailureKind(StrEnum):
    """How a task failed."""

    DIED = "died"
    TIMED_OUT = "timed_out"
    RAISED = "raised"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A task without a result.

    Attributes:
        kind: how it failed the last time.
        detail: one line for people.
    """

    kind: FailureKind
    detail: str


class Strikes(Protocol):
    """Remembers which tasks killed a worker, for longer than one call lasts."""

    def count(self, task: Any) -> int:
        """Return how many workers a task has killed."""

    def add(self, task: Any, count: int, detail: str) -> None:
        """Note that a task killed a worker; `count` is what it has now."""


@dataclass(slots=True)
class _Job(Generic[T]):
    task: T
    attempts: int = 0
    future: Future[Any] = field(default_factory=Future)


def run_tasks(  # noqa: PLR0913 - how tasks are done, and nothing hidden
    function: Callable[[T], R],
    tasks: Iterable[T],
    *,
    workers: int,
    deadline_s: float,
    preload: Sequence[str] = (),
    strikes: Strikes | None = None,
    crew: Crew | None = None,
) -> Iterator[tuple[T, R | Failure]]:
    """Yield each task with its result, in order, while later ones are worked on.

    Args:
        function: what to do with a task; found by import in the workers.
        tasks: taken as results are asked for, never more than a window of them ahead.
        workers: how many processes.
        deadline_s: seconds of processor time for one attempt.
        preload: modules that a worker imports before its first task, outside any deadline.
        strikes: what was learned of the tasks in earlier calls.
        crew: keeps the workers for calls with as many of them and the same preload.

    Raises:
        NewsgrainError: workers cannot be started.
    """
    window = _Window(
        function,
        workers=workers,
        deadline_s=deadline_s,
        preload=tuple(preload),
        strikes=strikes,
        crew=crew,
    )
    with window.open():
        for task in tasks:
            window.add(task)
            if window.is_full:
                yield window.take()
        while not window.is_empty:
            yield window.take()


class Crew:
    """Keeps idle workers from one call of `run_tasks` to the next; a context manager."""

    def __init__(self) -> None:
        self._pool: Any = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the workers."""
        _stop_pool(self.take())

    def take(self) -> Any:
        """Give the workers away, None if there are none."""
        pool, self._pool = self._pool, None
        return pool

    def leave(self, pool: Any) -> None:
        """Keep workers that have nothing to do."""
        self._pool = pool


def _stop_pool(pool: Any) -> None:
    if pool is not None:
        pool.stop()
        pool.join()


class _Window(Generic[T, R]):
    """The tasks that are under way, in order, and the pool that works on them."""

    def __init__(  # noqa: PLR0913 - as run_tasks
        self,
        function: Callable[[T], R],
        *,
        workers: int,
        deadline_s: float,
        preload: tuple[str, ...],
        strikes: Strikes | None = None,
        crew: Crew | None = None,
    ) -> None:
        self._function = partial(_bounded, function, deadline_s)
        self._crew = crew
        self._strikes = strikes
        self._workers = workers
        self._deadline_s = deadline_s
        self._preload = preload
        self._jobs: deque[_Job[T]] = deque()
        self._breaks = 0
        self._pool: Any = crew.take() if crew else None

    @contextmanager
    def open(self) -> Iterator[None]:
        """Keep a pool for as long as the block runs; stop it, or leave it with the crew.

        A block that does not end as it should leaves tasks under way, and no pool.
        """
        try:
            yield
            if self._crew:
                self._crew.leave(self._pool)
                self._pool = None
        finally:
            self._stop()

    @property
    def is_full(self) -> bool:
        """Whether the oldest task must be taken before one is added."""
        return len(self._jobs) >= self._workers * _WINDOW_PER_WORKER

    @property
    def is_empty(self) -> bool:
        """Whether all tasks were taken."""
        return not self._jobs

    def add(self, task: T) -> None:
        """Give a task to the pool."""
        job = _Job(task, attempts=self._strikes.count(task) if self._strikes else 0)
        self._jobs.append(job)
        if job.attempts < _ATTEMPTS:
            self._submit(job)

    def take(self) -> tuple[T, R | Failure]:
        """Wait for the oldest task and return it with its result."""
        job = self._jobs[0]
        if job.attempts >= _ATTEMPTS:
            self._jobs.popleft()
            return job.task, Failure(kind=FailureKind.QUARANTINED, detail=_KILLED_BEFORE)
        while (result := self._attempt(job)) is None:
            pass
        self._jobs.popleft()
        return job.task, result[0]

    def _attempt(self, job: _Job[T]) -> tuple[R | Failure] | None:
        """Return the outcome of a job, None if it has to be waited for again."""
        error = self._wait(job)
        match error:
            case None:
                self._breaks = 0
                return (job.future.result(),)
            case BrokenProcessPool():  # whose fault it was is not known: no strike
                self._restart()
                failure = Failure(kind=FailureKind.DIED, detail="the worker died")
                job.attempts += 1
            case ProcessExpired(exitcode=code) if code == -signal.SIGPROF:
                detail = f"took more than {self._deadline_s:g} s of processor time"
                failure = Failure(kind=FailureKind.TIMED_OUT, detail=detail)
                self._strike(job, failure, strikes=_ATTEMPTS)
            case ProcessExpired():
                detail = f"the worker died: {_exit(error.exitcode)}"
                failure = Failure(kind=FailureKind.DIED, detail=detail)
                self._strike(job, failure)
            case DeadlineError():
                detail = f"took longer than {self._deadline_s * _PATIENCE:g} s"
                failure = Failure(kind=FailureKind.TIMED_OUT, detail=detail)
                self._strike(job, failure)
            case _:
                detail = f"{type(error).__name__}: {error}".splitlines()[0]
                return (Failure(kind=FailureKind.RAISED, detail=detail),)
        if job.attempts >= _ATTEMPTS:
            return (failure,)
        self._submit(job)
        return None

    def _strike(self, job: _Job[T], failure: Failure, strikes: int = 1) -> None:
        job.attempts += strikes
        if self._strikes:
            self._strikes.add(job.task, job.attempts, failure.detail)

    def _wait(self, job: _Job[T]) -> BaseException | None:
        """Return what a job raised, None if it has a result.

        A worker that is killed while it holds the pool's lock leaves a pool that answers
        nothing any more; such a pool counts as broken.
        """
        patience_s = self._deadline_s * _PATIENCE * (_WINDOW_PER_WORKER + 1) + _GRACE_S
        try:
            error: BaseException | None = job.future.exception(patience_s)
        except (DeadlineError, CancelledError):
            return BrokenProcessPool("the pool does not answer")
        return error

    def _submit(self, job: _Job[T]) -> None:
        try:
            if self._pool is None:
                with _interrupts_held():
                    self._pool = self._new_pool()
                    job.future = self._schedule(job.task)
            else:
                job.future = self._schedule(job.task)
        except RuntimeError:  # the pool broke a moment ago; the oldest job will see it
            job.future = _broken()

    def _new_pool(self) -> Any:
        return ProcessPool(
            max_workers=self._workers,
            initializer=_prepare_worker,
            initargs=(os.getpid(), self._preload),
            context=multiprocessing.get_context("spawn"),
        )

    def _schedule(self, task: T) -> Future[Any]:
        future: Future[Any] = self._pool.schedule(
            self._function, args=(task,), timeout=self._deadline_s * _PATIENCE
        )
        return future

    def _restart(self) -> None:
        """Replace the pool, and give it what the broken one did not finish."""
        self._breaks += 1
        if self._breaks > _MAX_BREAKS:
            raise NewsgrainError("worker processes die before they do anything; is memory short?")
        self._stop()
        for job in tuple(self._jobs)[1:]:
            if job.attempts < _ATTEMPTS and not _is_settled(job.future):
                self._submit(job)

    def _stop(self) -> None:
        pool, self._pool = self._pool, None
        _stop_pool(pool)


@contextmanager
def _interrupts_held() -> Iterator[None]:
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


def _is_settled(future: Future[Any]) -> bool:
    """Say whether a future tells of its task, not of the end of its pool."""
    if not future.done() or future.cancelled():
        return False
    return not isinstance(future.exception(), BrokenProcessPool)


def _broken() -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(BrokenProcessPool("the pool is stopped"))
    return future


def _exit(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    try:
        return signal.Signals(-code).name
    except ValueError:
        return f"signal {-code}"


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


def _prepare_worker(parent: int, preload: Sequence[str]) -> None:
    # The pool's own handler waits for the interpreter, which a parser written in C may keep.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_parent(parent)
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
