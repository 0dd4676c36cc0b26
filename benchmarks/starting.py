"""What it costs to start: importing the library, and `newsgrain status`."""

from __future__ import annotations

import statistics
import sys
from typing import TYPE_CHECKING

from benchmarks.cost import spent
from benchmarks.figures import Figure

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_TIMES = 5
_HEAVY = ("scrapy", "twisted", "trafilatura", "pandas", "pyarrow")
_LOADED = f"import newsgrain, sys; print([n for n in {_HEAVY!r} if n in sys.modules])"


def _median(command: Sequence[str]) -> float:
    return statistics.median(spent(command).cpu_s for _ in range(_TIMES))


def measure(workspace: Path) -> Iterator[Figure]:
    """Yield the figures of starts, each against ``import pyarrow``."""
    python = sys.executable
    nothing = _median([python, "-c", ""])
    pyarrow = _median([python, "-c", "import pyarrow"])
    library = _median([python, "-c", "import newsgrain"])
    status = _median([python, "-m", "crawler.cli", "status", "-w", str(workspace)])
    base = f"import pyarrow takes {pyarrow:.2f} s, Python itself {nothing:.2f} s"
    yield Figure(name="import newsgrain / import pyarrow", value=library / pyarrow, unit="x",
                 mark=0.5, note=base)  # fmt: skip
    yield Figure(name="newsgrain status / import pyarrow", value=status / pyarrow, unit="x",
                 mark=3.0, note=f"{status:.2f} s")  # fmt: skip
    loaded = spent([python, "-c", _LOADED]).output.strip()
    yield Figure(name="heavy packages that import newsgrain loads", value=float(loaded.count("'")),
                 unit="", mark=0.0, note=loaded)  # fmt: skip
