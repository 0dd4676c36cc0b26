"""Alarms reach a command and a webhook, word for word, and their failures fail nothing."""

from __future__ import annotations

import json
import socket
import sys
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest

from crawler import hooks
from crawler.configuration import AlarmHooks
from crawler.hooks import tell
from newsgrain.catalog import Catalog
from newsgrain.night_report import NightReport, Point, report_night
from newsgrain.store import Store
from tests.newsgrain.store.nights import night, run_id

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALARM = Point(
    kind="alarm",
    text="gazette: 4 of 4 articles lost authors; $(touch x) `touch x`",
    urls=("https://gazette.example/1?a=1&b=2",),
    source="gazette",
    measure="authors",
)
_SAVE = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"


@pytest.fixture(scope="module")
def quiet_night(tmp_path_factory: pytest.TempPathFactory) -> NightReport:
    folder: Path = tmp_path_factory.mktemp("datasets")
    night(Store(folder), 1, range(10, 14))
    return report_night(folder, Catalog())


@pytest.fixture
def bad_night(quiet_night: NightReport) -> NightReport:
    silent = Point(kind="source", text="tide: no answer, or nothing listed", source="tide")
    other = Point(kind="rejected", text="2 pages rejected: login")
    return replace(quiet_night, points=(ALARM, silent, other))


class _Hook(BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # the name that http.server looks for
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))  # type: ignore[attr-defined]
        self.send_response(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Location", "/elsewhere")
        self.end_headers()

    do_GET = do_POST  # noqa: N815 - a redirect that is followed would come as this

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Hook) as found:
        found.got, found.status = [], 204  # type: ignore[attr-defined]
        Thread(target=found.serve_forever, daemon=True).start()
        yield found
        found.shutdown()


def _webhook(server: Any) -> AlarmHooks:
    return AlarmHooks(webhook=f"http://127.0.0.1:{server.server_port}/secret-path")


def test_a_command_gets_the_alarms_on_its_standard_input_and_no_shell_sees_them(
    bad_night: NightReport, tmp_path: Path
) -> None:
    page = tmp_path / "night.html"
    target = tmp_path / "told $(touch x) .json"
    command = (sys.executable, "-c", _SAVE, str(target))
    assert list(tell(AlarmHooks(command=command), bad_night, page)) == []
    assert json.loads(target.read_bytes()) == {
        "run_id": run_id(1),
        "report": str(page),
        "alarms": [
            {
                "source": "gazette",
                "measure": "authors",
                "text": ALARM.text,
                "urls": ["https://gazette.example/1?a=1&b=2"],
            },
            {
                "source": "tide",
                "measure": "source",
                "text": "tide: no answer, or nothing listed",
                "urls": [],
            },
        ],
    }
    assert list(tmp_path.iterdir()) == [target]


def test_a_webhook_gets_the_same_as_json(bad_night: NightReport, tmp_path: Path, server) -> None:
    assert list(tell(_webhook(server), bad_night, tmp_path)) == []
    ((path, headers, body),) = server.got
    assert path == "/secret-path"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("newsgrain/")
    assert [alarm["source"] for alarm in json.loads(body)["alarms"]] == ["gazette", "tide"]


def test_a_good_night_tells_nobody(quiet_night: NightReport, tmp_path: Path, server) -> None:
    told = replace(_webhook(server), command=("/no/such/program",))
    assert list(tell(told, quiet_night, tmp_path)) == []
    assert server.got == []


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("import sys; sys.exit('line\\nthe disk is full')", "exit code 1: the disk is full"),
        ("raise SystemExit(7)", "exit code 7"),
    ],
)
def test_a_command_that_fails_is_a_warning(
    bad_night: NightReport, tmp_path: Path, code: str, words: str
) -> None:
    told = AlarmHooks(command=(sys.executable, "-c", code))
    assert list(tell(told, bad_night, tmp_path)) == [f"alarm.command: {sys.executable}: {words}"]


def test_a_command_that_is_missing_or_does_not_end_is_a_warning(
    bad_night: NightReport, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (missing,) = tell(AlarmHooks(command=("/no/such/program",)), bad_night, tmp_path)
    assert missing == "alarm.command: /no/such/program: No such file or directory"
    monkeypatch.setattr(hooks, "_COMMAND_S", 0.2)
    endless = (sys.executable, "-c", "import time; time.sleep(600)")
    (ended,) = tell(AlarmHooks(command=endless), bad_night, tmp_path)
    assert ended.endswith("was ended after 0.2 s")


@pytest.mark.parametrize("status", [302, 404, 500])
def test_a_webhook_that_fails_is_a_warning_without_its_secret(
    bad_night: NightReport, tmp_path: Path, server, status: int
) -> None:
    server.status = status
    (warning,) = tell(_webhook(server), bad_night, tmp_path)
    assert warning == f"alarm.webhook: 127.0.0.1: HTTP {status}"
    assert len(server.got) == 1


def test_a_webhook_that_speaks_no_http_is_a_warning(bad_night: NightReport, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def babble() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"good evening\r\n\r\n")

        Thread(target=babble, daemon=True).start()
        hooks = AlarmHooks(webhook=f"http://127.0.0.1:{listener.getsockname()[1]}/secret")
        (warning,) = tell(hooks, bad_night, tmp_path / "night.html")
    assert warning == "alarm.webhook: 127.0.0.1: BadStatusLine"


def test_a_webhook_that_nobody_answers_is_a_warning(
    bad_night: NightReport, tmp_path: Path, server
) -> None:
    told = _webhook(server)
    server.shutdown()
    server.server_close()
    (warning,) = tell(told, bad_night, tmp_path)
    assert "refused" in warning
    assert "secret-path" not in warning
