"""What makes a night regular: a crontab entry, or a systemd timer, for one run a day."""

from __future__ import annotations

import hashlib
import re
import shlex
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_NOT_IN_NAMES = re.compile(r"[^\w-]+", re.ASCII)

_SERVICE = """\
[Unit]
Description=newsgrain: fetch, clean and publish what is new

[Service]
Type=oneshot
ExecStart={command}
"""
_TIMER = """\
[Unit]
Description=newsgrain every night

[Timer]
OnCalendar=*-*-* {hour:02}:{minute:02}:00
Persistent=true

[Install]
WantedBy=timers.target
"""
_TEMPLATE = """\
# crontab -e (mail comes only when something is wrong):
{cron}

# or systemd: save as ~/.config/systemd/user/{name}.service
{service}
# and as ~/.config/systemd/user/{name}.timer
{timer}
# then: systemctl --user daemon-reload && systemctl --user enable --now {name}.timer
# or let newsgrain do it: the same command with --install, or --install --with systemd
"""


def _systemd_quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped.replace("$", "$$")}"'


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One run a day of one workspace.

    Attributes:
        hour, minute: local time.
        workspace: absolute.
    """

    hour: int
    minute: int
    workspace: Path

    @property
    def command(self) -> list[str]:
        """What is started."""
        # -P: a folder of the same name where cron starts must not be taken for the program.
        command = [sys.executable, "-P", "-m", "crawler.cli", "run", "--quiet"]
        return [*command, "--workspace", str(self.workspace)]

    @property
    def name(self) -> str:
        """Name of its systemd units, another one for each workspace."""
        digest = hashlib.sha256(str(self.workspace).encode()).hexdigest()[:8]
        readable = _NOT_IN_NAMES.sub("-", self.workspace.name).strip("-") or "news"
        return f"newsgrain-{readable}-{digest}"

    @property
    def cron_line(self) -> str:
        """Line for a crontab."""
        # cron reads an unescaped % as the end of the command.
        command = shlex.join(self.command).replace("%", r"\%")
        return f"{self.minute} {self.hour} * * * {command}"

    @property
    def service(self) -> str:
        """Systemd unit of the run."""
        return _SERVICE.format(command=" ".join(map(_systemd_quoted, self.command)))

    @property
    def timer(self) -> str:
        """Systemd unit of its timer."""
        return _TIMER.format(hour=self.hour, minute=self.minute)

    def __str__(self) -> str:
        """Return all of it, to be read and pasted."""
        return _TEMPLATE.format(
            cron=self.cron_line, name=self.name, service=self.service, timer=self.timer
        )


def schedule(at: str, workspace: Path) -> Schedule:
    """Return one run a day of a workspace.

    Args:
        at: local time of the day, ``HH:MM``.
        workspace: the workspace's folder.

    Raises:
        ConfigError: `at` is no time of the day, or the folder's name has a line break.
    """
    found = _TIME.fullmatch(at)
    if not found:
        raise ConfigError(f"--at {at}: not a time of the day such as 02:00")
    folder = workspace.resolve()
    if not str(folder).isprintable():
        raise ConfigError("a name that cannot be written into a crontab", path=folder)
    hour, minute = map(int, found.groups())
    return Schedule(hour=hour, minute=minute, workspace=folder)
