"""The lines that make a night regular: a crontab entry and a systemd timer."""

from __future__ import annotations

import re
import shlex
import sys
from typing import TYPE_CHECKING

from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")

_TEMPLATE = """\
# crontab -e (mail comes only when something is wrong):
{minute} {hour} * * * {cron}

# or systemd: save as ~/.config/systemd/user/newsgrain.service
[Unit]
Description=newsgrain: fetch, clean and publish what is new

[Service]
Type=oneshot
ExecStart={systemd}

# and as ~/.config/systemd/user/newsgrain.timer
[Unit]
Description=newsgrain every night

[Timer]
OnCalendar=*-*-* {hour:02}:{minute:02}:00
Persistent=true

[Install]
WantedBy=timers.target

# then: systemctl --user daemon-reload && systemctl --user enable --now newsgrain.timer
"""


def _systemd_quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{escaped.replace("$", "$$")}"'


def schedule(at: str, workspace: Path) -> str:
    """Return a crontab line and a systemd service and timer for one run a day.

    Args:
        at: local time of the day, ``HH:MM``.
        workspace: the workspace's folder.

    Raises:
        ConfigError: `at` is no time of the day.
    """
    found = _TIME.fullmatch(at)
    if not found:
        raise ConfigError(f"--at {at}: not a time of the day such as 02:00")
    hour, minute = map(int, found.groups())
    # -P: a folder of the same name where cron starts must not be taken for the program.
    command = [sys.executable, "-P", "-m", "crawler.cli", "run", "--quiet"]
    command += ["--workspace", str(workspace.resolve())]
    # cron reads an unescaped % as the end of the command.
    cron = shlex.join(command).replace("%", r"\%")
    systemd = " ".join(map(_systemd_quoted, command))
    return _TEMPLATE.format(hour=hour, minute=minute, cron=cron, systemd=systemd)
