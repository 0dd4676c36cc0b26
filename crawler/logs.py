"""The log of a run: one JSON object a line in ``logs/RUN.jsonl``, without bodies and secrets."""

from __future__ import annotations

import json
import logging
import re
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from logging.handlers import MemoryHandler, RotatingFileHandler
from typing import TYPE_CHECKING

from crawler.printable import in_one_line
from newsgrain.errors import NewsgrainError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_KEPT_RUNS = 60
_HELD = 1_000
_MAX_BYTES = 50_000_000
_MAX_MESSAGE = 2_000
_CREDENTIALS = re.compile(r"(?<=//)[^/@\s]+(?=@)")


def _safe(text: str) -> str:
    text = in_one_line(_CREDENTIALS.sub("***", text))
    return text if len(text) <= _MAX_MESSAGE else f"{text[:_MAX_MESSAGE]}..."


class JsonLines(logging.Formatter):
    """Formats a record as one JSON object with time, level, logger, message and traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": _safe(record.getMessage()),
        }
        if record.exc_info:
            # One safe string a line, so that a traceback stays readable in the JSON.
            trace = self.formatException(record.exc_info).splitlines()
            line["traceback"] = "\n".join(map(_safe, trace))
        return json.dumps(line, ensure_ascii=False)


class _RunFile(RotatingFileHandler):
    """A file that is written by one process alone."""

    def shouldRollover(self, _: logging.LogRecord) -> bool:  # noqa: N802 - logging's name
        """Look at how long the file is; Python would also format the line a second time."""
        return self.stream is not None and self.stream.tell() >= self.maxBytes

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        """Lose the line: a disk that is full is told by what needs it more than the log."""


def _remove_old(folder: Path) -> None:
    runs = sorted({path.name.partition(".")[0] for path in folder.glob("*.jsonl*")})
    for run in runs[: -_KEPT_RUNS + 1]:
        for path in folder.glob(f"{run}.jsonl*"):
            path.unlink(missing_ok=True)


@contextmanager
def early_log() -> Iterator[MemoryHandler]:
    """Hold what is logged before the run has its number, e.g. what recovery found.

    Yields:
        what `run_log` writes first.
    """
    handler = MemoryHandler(_HELD, flushLevel=logging.CRITICAL + 1, flushOnClose=False)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
        handler.close()


@contextmanager
def run_log(folder: Path, run_id: str, early: MemoryHandler | None = None) -> Iterator[Path]:
    """Write everything that is logged inside the block to the run's file.

    Keeps the files of the newest 60 runs and rotates a file at 50 MB, once.

    Args:
        folder: the workspace's ``logs``.
        run_id: names the file.
        early: of `early_log`; what it holds is written first.

    Yields:
        the file.

    Raises:
        NewsgrainError: the file cannot be written.
    """
    path = folder / f"{run_id}.jsonl"
    try:
        _remove_old(folder)
        handler = _RunFile(path, "a", _MAX_BYTES, backupCount=1, encoding="utf-8")
    except OSError as exc:
        raise NewsgrainError(f"cannot write the log: {exc.strerror}", path=path) from exc
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    if early:
        early.setTarget(handler)
        early.flush()
        root.removeHandler(early)
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    try:
        yield path
    finally:
        root.removeHandler(handler)
        root.setLevel(level)
        with suppress(OSError):  # as in `_RunFile.handleError`
            handler.close()
