"""Cleaners that do to a worker what bad pages do; workers find them by import."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from cleaners.outcome import Cleaned, Reason, Rejected

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleaners.options import CleanOptions
    from cleaners.records import Page


class Sulking(Exception):  # noqa: N818 - it cannot be pickled, which is the point
    def __init__(self, one: str, two: str) -> None:
        super().__init__(f"{one} {two}")


def _raise() -> NoReturn:
    message = "a bad page"
    raise ValueError(message)


def _sulk() -> NoReturn:
    raise Sulking("one", "two")


def _recurse() -> None:
    _recurse()


def _exit() -> NoReturn:
    os._exit(7)


def _leave() -> NoReturn:
    sys.exit(3)


def _segfault() -> None:
    os.kill(os.getpid(), signal.SIGSEGV)


def _starve() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _spin() -> NoReturn:
    while True:
        pass


def _hold() -> None:
    """Keep the interpreter in C, so that no thread of the worker and no signal handler runs."""
    max(range(10**15))


def _grow() -> NoReturn:
    """Take memory as fast as it can be had, and swallow what is said against it."""
    held = []
    while True:
        try:
            held.append(bytes(4_000_000).replace(b"\0", b"a"))
        except MemoryError:
            time.sleep(0.01)


def _grow_in_c() -> None:
    """The same while the interpreter is kept, so that no code of the worker's could look."""
    list(range(10**9))


def _return_a_lock() -> Rejected:
    return Rejected(reason=Reason.EMPTY, detail=threading.Lock())  # type: ignore[arg-type]


def _exit_once(folder: str) -> None:
    mark = Path(folder, "tried")
    if not mark.exists():
        mark.touch()
        os._exit(7)


_DEEDS: dict[str, Callable[[], object]] = {
    "raise": _raise,
    "sulk": _sulk,
    "recurse": _recurse,
    "exit": _exit,
    "leave": _leave,
    "segfault": _segfault,
    "starve": _starve,
    "spin": _spin,
    "hold": _hold,
    "lock": _return_a_lock,
    "grow": _grow,
    "grow_in_c": _grow_in_c,
}


def clean(page: Page, options: CleanOptions) -> Cleaned | Rejected:
    """Do what the page says; a harmless page gives its own text back as a rejection."""
    del options
    word, _, argument = page.html.decode().partition(" ")
    if word == "once":
        _exit_once(argument)
    if word == "sleep":
        time.sleep(float(argument))
    if word in _DEEDS and (answer := _DEEDS[word]()):
        return answer  # type: ignore[return-value]
    logging.getLogger("newsgrain.clean").info("cleaned %s", page.url)
    return Rejected(reason=Reason.EMPTY, detail=page.html.decode())
