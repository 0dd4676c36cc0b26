"""A schedule is installed once, beside what is there, and says how to take it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from crawler.cli import app
from crawler.schedule import schedule
from crawler.timers import Timer, install
from newsgrain.errors import ConfigError, NewsgrainError

if TYPE_CHECKING:
    from pathlib import Path

_CRONTAB = """\
#!/bin/sh
case "$1" in
  -l) cat "$CRONTAB_FILE" 2>/dev/null || { echo "no crontab for tester" >&2; exit 1; } ;;
  -) cat > "$CRONTAB_FILE" ;;
  *) exit 9 ;;
esac
"""
_SYSTEMCTL = '#!/bin/sh\necho "$@" >> "$SYSTEMCTL_LOG"\n'
_FOREIGN = "# mine\n5 4 * * * /usr/bin/backup --all\n"


def _program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    folder = tmp_path / "my 100% news"
    folder.mkdir()
    (folder / "newsgrain.toml").touch()
    return folder


@pytest.fixture
def crontab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A crontab program that keeps its table in a file."""
    programs = tmp_path / "bin"
    programs.mkdir()
    _program(programs, "crontab", _CRONTAB)
    _program(programs, "systemctl", _SYSTEMCTL)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    monkeypatch.setenv("CRONTAB_FILE", str(tmp_path / "table"))
    monkeypatch.setenv("SYSTEMCTL_LOG", str(tmp_path / "calls"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "table"


def test_the_first_entry_makes_a_crontab(workspace: Path, crontab: Path) -> None:
    one = schedule("02:05", workspace)
    told = install(one, Timer.CRON)
    assert crontab.read_text() == f"# newsgrain: {workspace}\n{one.cron_line}\n"
    assert f"# newsgrain: {workspace}" in told


def test_installing_again_replaces_its_own_entry_and_no_other(
    workspace: Path, crontab: Path
) -> None:
    other = workspace.parent / "other"
    other.mkdir()
    (other / "newsgrain.toml").touch()
    crontab.write_text(_FOREIGN)
    install(schedule("02:05", workspace), Timer.CRON)
    install(schedule("03:30", other), Timer.CRON)
    install(schedule("04:45", workspace), Timer.CRON)
    lines = crontab.read_text().splitlines()
    assert crontab.read_text().startswith(_FOREIGN)
    assert [line.split(" ")[:2] for line in lines if line[0].isdigit()] == [
        ["5", "4"],
        ["30", "3"],
        ["45", "4"],
    ]
    assert sum(line.startswith("# newsgrain:") for line in lines) == 2


def test_a_crontab_that_cannot_be_read_is_left_alone(
    workspace: Path, crontab: Path, tmp_path: Path
) -> None:
    crontab.write_text(_FOREIGN)
    _program(tmp_path / "bin", "crontab", "#!/bin/sh\necho not allowed >&2\nexit 1\n")
    with pytest.raises(NewsgrainError, match=r"crontab -l: not allowed"):
        install(schedule("02:05", workspace), Timer.CRON)
    assert crontab.read_text() == _FOREIGN


@pytest.mark.usefixtures("crontab")
def test_a_timer_of_systemd_is_written_and_enabled(workspace: Path, tmp_path: Path) -> None:
    one = schedule("02:05", workspace)
    told = install(one, Timer.SYSTEMD)
    units = tmp_path / "config" / "systemd" / "user"
    assert (units / f"{one.name}.timer").read_text() == one.timer
    service = (units / f"{one.name}.service").read_text()
    assert '"my 100%% news"' not in service
    assert f'"{workspace}"'.replace("%", "%%") in service
    assert (tmp_path / "calls").read_text().splitlines() == [
        "--user daemon-reload",
        f"--user enable --now {one.name}.timer",
    ]
    assert f"disable --now {one.name}.timer" in told


def test_each_workspace_has_units_of_its_own(tmp_path: Path) -> None:
    names = {schedule("02:00", tmp_path / name).name for name in ("a/news", "b/news", "c/§")}
    assert len(names) == 3
    assert all(name.startswith("newsgrain-") for name in names)


def test_without_the_program_the_other_one_is_named(
    workspace: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NewsgrainError, match=r"crontab is not installed here; try --with systemd"):
        install(schedule("02:00", workspace), Timer.CRON)


@pytest.mark.usefixtures("crontab")
def test_a_workspace_without_a_configuration_is_not_scheduled(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="newsgrain init"):
        install(schedule("02:00", tmp_path), Timer.CRON)


def test_a_name_that_would_make_two_lines_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be written into a crontab"):
        schedule("02:00", tmp_path / "news\n* * * * * rm")


def test_the_command_prints_or_installs(workspace: Path, crontab: Path) -> None:
    words = ["schedule", "--at", "02:05", "-w", str(workspace)]
    printed = CliRunner().invoke(app, words)
    assert "crontab -e" in printed.output
    assert not crontab.exists()
    assert CliRunner().invoke(app, [*words, "--install"]).exit_code == 0
    assert crontab.read_text().splitlines()[1].startswith("5 2 * * * ")
