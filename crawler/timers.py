"""Installs a schedule: in the user's crontab, or as a timer of the user's systemd.

Installing again replaces what was installed for the same workspace, and touches nothing else.
"""

from __future__ import annotations

import os
import subprocess
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from newsgrain.errors import ConfigError, NewsgrainError
from newsgrain.workspace import Workspace

if TYPE_CHECKING:
    from crawler.schedule import Schedule

_TIMEOUT_S = 60
_NONE_YET = "no crontab for"


class Timer(StrEnum):
    """What starts the run."""

    CRON = "cron"
    SYSTEMD = "systemd"


def install(schedule: Schedule, timer: Timer) -> str:
    """Install a schedule and return a line that says how to take it back.

    Raises:
        ConfigError: the workspace has no newsgrain.toml, so that no run could do anything.
        NewsgrainError: the program that keeps schedules is missing, or refuses.
    """
    config = Workspace(schedule.workspace).config
    if not config.exists():
        raise ConfigError("there is no such file; `newsgrain init` writes it", path=config)
    return _into_crontab(schedule) if timer is Timer.CRON else _into_systemd(schedule)


def _call(*command: str, given: str = "") -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - fixed programs, no shell
            command, input=given, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False
        )
    except FileNotFoundError as exc:
        other = Timer.SYSTEMD if command[0] == "crontab" else Timer.CRON
        message = f"{command[0]} is not installed here; try --with {other}"
        raise NewsgrainError(message) from exc
    except (OSError, subprocess.TimeoutExpired) as exc:
        raise NewsgrainError(f"{command[0]}: {exc}") from exc


def _must(*command: str, given: str = "") -> None:
    done = _call(*command, given=given)
    if done.returncode:
        said = done.stderr.strip() or f"exit code {done.returncode}"
        raise NewsgrainError(f"{' '.join(command)}: {said}")


def _into_crontab(schedule: Schedule) -> str:
    listed = _call("crontab", "-l")
    if listed.returncode and _NONE_YET not in listed.stderr:
        raise NewsgrainError(f"crontab -l: {listed.stderr.strip()}")
    mark = f"# newsgrain: {schedule.workspace}"
    lines = listed.stdout.splitlines() if not listed.returncode else []
    if mark in lines:
        place = lines.index(mark)
        del lines[place : place + 2]
    lines += [mark, schedule.cron_line]
    _must("crontab", "-", given="\n".join(lines) + "\n")
    return f'in your crontab; `crontab -e` takes it out, under "{mark}"'


def _into_systemd(schedule: Schedule) -> str:
    base = os.environ.get("XDG_CONFIG_HOME") or str(Path.home() / ".config")
    folder = Path(base) / "systemd" / "user"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{schedule.name}.service").write_text(schedule.service, "utf-8")
    (folder / f"{schedule.name}.timer").write_text(schedule.timer, "utf-8")
    _must("systemctl", "--user", "daemon-reload")
    _must("systemctl", "--user", "enable", "--now", f"{schedule.name}.timer")
    return f"`systemctl --user disable --now {schedule.name}.timer` takes it back"
