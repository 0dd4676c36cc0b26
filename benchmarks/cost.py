"""What a command costs: CPU seconds of it and its children, and the peak of their memory."""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one command took.

    Attributes:
        cpu_s: user and system time of the command and of all children that it waited for.
        peaks_mb: peak resident memory by process: the command first, then its children.
        output: what it printed.
    """

    cpu_s: float
    peaks_mb: tuple[float, ...] = ()
    output: str = ""


@dataclass(slots=True)
class _Watch:
    """Reads ``VmHWM``: the peak that the kernel gives at the end is also that of the parent."""

    pid: int
    peaks: dict[int, float] = field(default_factory=dict)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        while not self.ended.wait(_LOOK_S):
            for pid in family(self.pid):
                if (peak := _peak_mb(pid)) is not None:
                    self.peaks[pid] = max(peak, self.peaks.get(pid, 0.0))


def family(pid: int) -> Iterator[int]:
    """Yield a process and its descendants; on Linux, elsewhere the process alone."""
    yield pid
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    except OSError:
        return
    for child in children.split():
        yield from family(int(child))


def _peak_mb(pid: int) -> float | None:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return None
    found = (line.split()[1] for line in lines if line.startswith("VmHWM"))
    return next((int(kb) / 1024 for kb in found), None)


def spent(command: Sequence[str]) -> Spent:
    """Run a command in the checkout and return what it took.

    Raises:
        RuntimeError: it failed; with what it printed.
    """
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    # Compiling its modules is no part of what a command costs, but the first time.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        watch = _Watch(process.pid)
        thread = threading.Thread(target=watch.run, daemon=True)
        thread.start()
        output = process.stdout.read() if process.stdout else ""
        _, status, usage = os.wait4(process.pid, 0)
        watch.ended.set()
        thread.join()
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)}: {process.returncode}\n{output[-2000:]}")
    return Spent(
        cpu_s=usage.ru_utime + usage.ru_stime, peaks_mb=tuple(watch.peaks.values()), output=output
    )
