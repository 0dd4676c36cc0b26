"""`newsgrain doctor` names what would harm a run, and changes nothing."""

from __future__ import annotations

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner

from crawler import surroundings
from crawler.cli import app
from crawler.doctor import examine
from crawler.surroundings import Health
from newsgrain.archive import Archive
from newsgrain.store import Store
from newsgrain.workspace import Workspace
from tests.newsgrain.store.nights import night

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


class _Site(BaseHTTPRequestHandler):
    def do_HEAD(self) -> None:  # the name that http.server looks for
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        self.send_response_only(self.server.status)  # type: ignore[attr-defined]
        self.send_header("Date", self.server.date)  # type: ignore[attr-defined]
        if self.server.leads_to:  # type: ignore[attr-defined]
            self.send_header("Location", self.server.leads_to)  # type: ignore[attr-defined]
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with ThreadingHTTPServer(("127.0.0.1", 0), _Site) as server:
        server.asked, server.status, server.date = [], 200, format_datetime(NOW)  # type: ignore[attr-defined]
        server.leads_to = None  # type: ignore[attr-defined]
        server.url = f"http://127.0.0.1:{server.server_port}/"  # type: ignore[attr-defined]
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture
def workspace(tmp_path: Path, site: Any) -> Workspace:
    """A workspace of one night."""
    one = Workspace(tmp_path)
    one.config.write_text(
        f'[crawl]\ncontact = "a@b.example"\n[[source]]\nname = "tide"\nurl = "{site.url}news/"\n'
    )
    night(Store(one.datasets), 1, range(10, 14))
    Archive.open(one.archive).close()
    return one


def found(workspace: Workspace, **more: Any) -> dict[str, tuple[Health, str]]:
    diagnoses = examine(workspace, **{"clock": lambda: NOW, **more})
    return {one.subject: (one.health, one.text) for one in diagnoses}


def test_a_workspace_in_order_is_well_and_stays_as_it_is(workspace: Workspace, site: Any) -> None:
    before = set(workspace.root.rglob("*"))
    health = found(workspace)
    assert {subject: told[0] for subject, told in health.items()} == dict.fromkeys(
        [
            *("packages", "certificates", "newsgrain.toml", "clock", "disk", "file system"),
            *("archive", "datasets"),
        ],
        Health.GOOD,
    )
    assert site.asked == ["/robots.txt"]
    assert health["datasets"][1].startswith("4 articles")
    # Whoever reads SQLite's log makes two files beside it.
    assert {path.suffix for path in set(workspace.root.rglob("*")) - before} <= {
        *(".sqlite-wal", ".sqlite-shm")
    }


@pytest.mark.parametrize(
    ("drift", "health"),
    [(59, Health.GOOD), (61, Health.DOUBTFUL), (-61, Health.DOUBTFUL), (601, Health.BAD)],
)
def test_a_clock_that_is_off_is_told(workspace: Workspace, drift: int, health: Health) -> None:
    told = found(workspace, clock=lambda: NOW + timedelta(seconds=drift))["clock"]
    assert told[0] is health
    assert health is Health.GOOD or f"{abs(drift)} s" in told[1]


def test_a_clock_is_read_from_a_refusal_too(workspace: Workspace, site: Any) -> None:
    site.status = 403
    assert found(workspace)["clock"] == (Health.GOOD, f"as at {site.url}news/")


def test_no_redirect_is_followed(workspace: Workspace, site: Any) -> None:
    site.status, site.leads_to = 302, f"{site.url}secret"
    assert found(workspace)["clock"] == (Health.GOOD, f"as at {site.url}news/")
    assert site.asked == ["/robots.txt"]


def test_a_site_behind_a_proxy_is_not_asked_directly(workspace: Workspace, site: Any) -> None:
    with workspace.config.open("a") as file:
        file.write('proxy = "http://proxy.example:3128"\n')
    assert "no site was reached" in found(workspace)["clock"][1]
    assert site.asked == []


@pytest.mark.parametrize("date", ["yesterday", "Fri, 20 Nov 2026 02:00:00 -0000"])
def test_a_site_that_tells_no_time_is_none_to_compare_with(
    workspace: Workspace, site: Any, date: str
) -> None:
    site.date = date
    assert "compared with no other" in found(workspace)["clock"][1]


def test_a_site_that_does_not_answer_is_none_to_compare_with(
    workspace: Workspace, site: Any
) -> None:
    site.shutdown()
    site.server_close()
    health, text = found(workspace)["clock"]
    assert health is Health.GOOD
    assert "no site was reached" in text


def test_every_mistake_of_the_configuration_is_a_line(workspace: Workspace) -> None:
    workspace.config.write_text("[crawl]\ndelay = 1\nworkers = 0\n")
    wrong = [one for one in examine(workspace) if one.subject == "newsgrain.toml"]
    assert len(wrong) == 3
    assert {one.health for one in wrong} == {Health.BAD}


def test_without_a_contact_a_run_works_but(workspace: Workspace, site: Any) -> None:
    workspace.config.write_text(f'[[source]]\nname = "tide"\nurl = "{site.url}"\n')
    assert found(workspace)["newsgrain.toml"][0] is Health.DOUBTFUL


def test_a_full_disk_is_wrong(workspace: Workspace) -> None:
    text = workspace.config.read_text().replace("[crawl]", "[crawl]\nmin_free_disk_mb = 1e9")
    workspace.config.write_text(text)
    health, text = found(workspace)["disk"]
    assert health is Health.BAD
    assert "MB are free" in text


def test_a_disk_without_links_is_told(workspace: Workspace, monkeypatch) -> None:
    def refuses(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("newsgrain.disk.os.link", refuses)
    assert found(workspace)["file system"][0] is Health.DOUBTFUL


def test_a_disk_that_cannot_be_written_is_wrong(workspace: Workspace, monkeypatch) -> None:
    def refuses(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr("tempfile.mkdtemp", refuses)
    health, text = found(workspace)["file system"]
    assert health is Health.BAD
    assert "Read-only file system" in text


def test_without_certificates_nothing_can_be_fetched(workspace: Workspace, monkeypatch) -> None:
    class Nowhere:
        cafile, capath = None, "/nowhere"

    monkeypatch.setattr(surroundings.ssl, "get_default_verify_paths", Nowhere)
    monkeypatch.setattr(surroundings, "_BUNDLES", ())
    assert found(workspace)["certificates"][0] is Health.BAD


def test_a_package_of_another_project_is_an_intruder(workspace: Workspace, monkeypatch) -> None:
    owners = {"crawler": ["newsgrain", "crawler-toolkit"], "cleaners": ["newsgrain"]}
    monkeypatch.setattr(surroundings, "packages_distributions", lambda: owners)
    health, text = found(workspace)["packages"]
    assert health is Health.BAD
    assert text == "crawler: belongs to crawler-toolkit, too; use an environment of its own"


def test_a_folder_that_comes_before_our_packages_is_an_intruder(tmp_path: Path) -> None:
    (tmp_path / "datasets").mkdir()
    (tmp_path / "datasets" / "__init__.py").touch()
    told = [one.text for one in surroundings.packages(tmp_path)]
    assert [text.partition(":")[0] for text in told] == [
        *("cleaners", "crawler", "newsgrain", "datasets")
    ]
    assert "hides Hugging Face's package" in told[-1]


def test_a_damaged_ledger_is_wrong(workspace: Workspace) -> None:
    (ledger,) = workspace.archive.glob("*.sqlite")
    with sqlite3.connect(ledger) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    content = bytearray(ledger.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    ledger.write_bytes(content)
    assert found(workspace)["archive"][0] is Health.BAD


def test_a_file_that_is_cut_is_wrong(workspace: Workspace) -> None:
    file = next((workspace.datasets / "articles").rglob("*.parquet")).resolve()
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[:-9])
    health, text = found(workspace)["datasets"]
    assert health is Health.BAD
    assert text.startswith("1 files are missing or cut, e.g. articles/")


def test_a_run_that_is_under_way_is_told_and_not_disturbed(workspace: Workspace) -> None:
    with workspace.lock():
        assert found(workspace)["lock"] == (Health.GOOD, "a run is under way")
    assert found(workspace)["lock"] == (Health.GOOD, "no run is under way")


def test_the_command_prints_lines_or_json_and_ends_with_1_if_something_is_wrong(
    workspace: Workspace,
) -> None:
    words = ["doctor", "-w", str(workspace.root)]
    assert CliRunner().invoke(app, words).exit_code == 1, "the simulated clock is off"
    workspace.config.write_text("")
    told = CliRunner().invoke(app, [*words, "--json"])
    assert told.exit_code == 1
    (wrong,) = [one for one in json.loads(told.output) if one["health"] == "wrong"]
    assert wrong["subject"] == "newsgrain.toml"
    workspace.config.unlink()
    assert CliRunner().invoke(app, words).exit_code == 0


def test_a_folder_that_is_not_there_is_a_wrong_command_line(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["doctor", "-w", str(tmp_path / "none")])
    assert done.exit_code == 2
