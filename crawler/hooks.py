"""Who is told of alarms: a command of the user's own, and a webhook.

Both get the same JSON. That one of them fails is a warning, never a failed run.
"""

from __future__ import annotations

import json
import subprocess
from http import HTTPStatus
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from newsgrain.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from crawler.configuration import AlarmHooks
    from newsgrain.night_report import NightReport

_COMMAND_S = 60
_WEBHOOK_S = 30
_LINE = 200
_TOLD = ("alarm", "source")


def payload(report: NightReport, page: Path) -> dict[str, Any] | None:
    """Return what a night's hooks are told; None on a good night.

    Args:
        report: of the night.
        page: where its HTML page lies.
    """
    points = [point for point in report.points if point.kind in _TOLD]
    if not points:
        return None
    return {
        "run_id": report.run["run_id"],
        "report": str(page.resolve()),
        "alarms": [
            {
                "source": point.source,
                "measure": point.measure or "source",
                "text": point.text,
                "urls": list(point.urls),
            }
            for point in points
        ],
    }


def tell(hooks: AlarmHooks, report: NightReport, page: Path) -> Iterator[str]:
    """Tell the hooks of a night's alarms, if there are any, and yield what went wrong.

    Args:
        hooks: of newsgrain.toml.
        report: of the night.
        page: where its HTML page lies.
    """
    told = payload(report, page)
    if told is None:
        return
    body = json.dumps(told, ensure_ascii=False).encode()
    troubles = (
        _run(hooks.command, body) if hooks.command else None,
        _post(hooks.webhook, body) if hooks.webhook else None,
    )
    yield from (trouble for trouble in troubles if trouble)


def _run(command: tuple[str, ...], body: bytes) -> str | None:
    """Run a command with the alarms on its standard input; no shell reads any of it."""
    try:
        done = subprocess.run(  # noqa: S603 - the user's own command, as a list
            command, input=body, capture_output=True, timeout=_COMMAND_S, check=False
        )
    except OSError as exc:
        return f"alarm.command: {command[0]}: {exc.strerror or exc}"
    except subprocess.TimeoutExpired:
        return f"alarm.command: {command[0]}: was ended after {_COMMAND_S} s"
    if not done.returncode:
        return None
    lines = done.stderr.decode(errors="replace").strip().splitlines()
    said = f": {lines[-1][:_LINE]}" if lines else ""
    return f"alarm.command: {command[0]}: exit code {done.returncode}{said}"


class NoRedirect(HTTPRedirectHandler):
    """Takes a redirect for a failure: it may lead to any host, and turns a POST into a GET."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Follow none."""


def _post(webhook: str, body: bytes) -> str | None:
    """Send the alarms. The address is often a secret: messages name its host alone."""
    headers = {"Content-Type": "application/json", "User-Agent": f"newsgrain/{__version__}"}
    request = Request(webhook, data=body, headers=headers, method="POST")  # noqa: S310 - http(s)
    name = f"alarm.webhook: {urlsplit(webhook).hostname}"
    try:
        with build_opener(NoRedirect).open(request, timeout=_WEBHOOK_S) as answer:
            status = answer.status
    except URLError as exc:
        code = getattr(exc, "code", None)
        return f"{name}: {f'HTTP {code}' if code else exc.reason}"
    except (OSError, ValueError, HTTPException) as exc:
        return f"{name}: {type(exc).__name__}"
    return None if status < HTTPStatus.MULTIPLE_CHOICES else f"{name}: HTTP {status}"
