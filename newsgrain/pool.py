"""A pool of worker processes for tasks that may hang, crash, or take the process down.

    tasks | bounded window | one attempt within bounds | a second one | result or `Failure`

Results come in the order of the tasks. A task that kills its worker is tried once more, because
kernels run out of memory; what fails twice is a `Failure`, and its neighbours are not touched.
The deadline is of processor time, so that neither a busy machine nor one that slept makes a task
fail; who uses it up has failed, without a second attempt. A task that does nothing at all is
ended by the clock, and tried once more; so is one whose worker holds too much memory, which may
be what tasks before it left.
"""

from __future__ import annotations

import signal
from collections import deque
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as DeadlineError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Generic, Protocol, Self, TypeVar

from pebble import ProcessExpired

from newsgrain.errors import NewsgrainError
from newsgrain.memory_watch import TOO_MUCH
from newsgrain.workers import OUT_OF_TIME, Workers, interrupts_held

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
# How often it is looked whether a pool that is waited for is still there.
_LOOK_S = 1.0
# A task that waits, or a machine on which other work goes first, has this many deadlines.
_PATIENCE = 8


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
    memory_bytes: int,
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
        memory_bytes: resident memory that a worker may hold; watched on Linux.
        preload: modules that a worker imports before its first task, outside any deadline.
        strikes: what was learned of the tasks in earlier calls.
        crew: keeps the workers for calls with as many of them, the same preload and memory.

    Raises:
        NewsgrainError: workers cannot be started, or one met the same while it worked.
    """
    window = _Window(
        function,
        workers=workers,
        deadline_s=deadline_s,
        memory_bytes=memory_bytes,
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
        self._workers: Workers | None = None

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the workers."""
        if workers := self.take():
            workers.stop()

    def take(self) -> Workers | None:
        """Give the workers away, None if there are none."""
        workers, self._workers = self._workers, None
        return workers

    def leave(self, workers: Workers | None) -> None:
        """Keep workers that have nothing to do."""
        self._workers = workers


class _Window(Generic[T, R]):
    """The tasks that are under way, in order, and the pool that works on them."""

    def __init__(  # noqa: PLR0913 - as run_tasks
        self,
        function: Callable[[T], R],
        *,
        workers: int,
        deadline_s: float,
        memory_bytes: int,
        preload: tuple[str, ...],
        strikes: Strikes | None = None,
        crew: Crew | None = None,
    ) -> None:
        self._function = function
        self._crew = crew
        self._strikes = strikes
        self._count = workers
        self._deadline_s = deadline_s
        self._memory_bytes = memory_bytes
        self._preload = preload
        self._jobs: deque[_Job[T]] = deque()
        self._breaks = 0
        self._pool = crew.take() if crew else None

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
        return len(self._jobs) >= self._count * _WINDOW_PER_WORKER

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
            case ProcessExpired(exitcode=code) if code == -OUT_OF_TIME:
                detail = f"took more than {self._deadline_s:g} s of processor time"
                failure = Failure(kind=FailureKind.TIMED_OUT, detail=detail)
                self._strike(job, failure, strikes=_ATTEMPTS)
            case ProcessExpired(exitcode=code) if code == -TOO_MUCH:
                detail = f"took more than {self._memory_bytes / 1e6:,.0f} MB of memory"
                failure = Failure(kind=FailureKind.DIED, detail=detail)
                self._strike(job, failure)
            case ProcessExpired():
                detail = f"the worker died: {_exit(error.exitcode)}"
                failure = Failure(kind=FailureKind.DIED, detail=detail)
                self._strike(job, failure)
            case DeadlineError():
                detail = f"took longer than {self._deadline_s * _PATIENCE:g} s"
                failure = Failure(kind=FailureKind.TIMED_OUT, detail=detail)
                self._strike(job, failure)
            case NewsgrainError():  # what the environment does is no fault of a task
                raise error
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
        nothing any more; such a pool counts as broken. So does one whose threads have ended, which
        old versions of pebble tell nobody who waits.
        """
        patience_s = self._deadline_s * _PATIENCE * (_WINDOW_PER_WORKER + 1) + _GRACE_S
        for _ in range(int(patience_s / _LOOK_S)):
            with suppress(DeadlineError, CancelledError):
                return job.future.exception(_LOOK_S)
            if job.future.cancelled() or self._pool is None or not self._pool.is_alive:
                break
        return BrokenProcessPool("the pool does not answer")

    def _submit(self, job: _Job[T]) -> None:
        try:
            if self._pool is None:
                with interrupts_held():
                    self._pool = Workers(self._count, self._preload, self._memory_bytes)
                    job.future = self._schedule(self._pool, job.task)
            else:
                job.future = self._schedule(self._pool, job.task)
        except RuntimeError:  # the pool broke a moment ago; the oldest job will see it
            job.future = _broken()

    def _schedule(self, pool: Workers, task: T) -> Future[Any]:
        clock_s = self._deadline_s * _PATIENCE
        return pool.schedule(self._function, task, cpu_s=self._deadline_s, clock_s=clock_s)

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
        if pool is not None:
            pool.stop()


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
