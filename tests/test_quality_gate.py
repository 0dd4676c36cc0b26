"""The quality gate fails below a floor, for other pages, and is not lowered by accident."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import tomlkit

from benchmarks import quality

if TYPE_CHECKING:
    from pathlib import Path

FLOORS = """# why
[small]
sha256 = "{sha256}"

[small.floors]
f1 = 0.9
"""


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a shared folder with one set of pages, whose floors are the gate's."""
    folder = tmp_path / "shared" / "bench"
    folder.mkdir(parents=True)
    (folder / "small.warc.gz").write_bytes(b"pages")
    (folder / "small.gold.jsonl").write_bytes(b"gold")
    floors = tmp_path / "quality.toml"
    floors.write_text(FLOORS.format(sha256=quality.digest(folder, "small")), "utf-8")
    monkeypatch.setenv("NEWSGRAIN_SHARED", str(tmp_path / "shared"))
    monkeypatch.setattr(quality, "FLOORS", floors)
    return folder


def run_gate(monkeypatch: pytest.MonkeyPatch, reached: dict[str, float], *words: str) -> int:
    monkeypatch.setattr(quality, "measure", lambda _bench, _benchmark: reached)
    monkeypatch.setattr("sys.argv", ["quality.py", *words])
    return quality.main()


def floor() -> float:
    return float(tomlkit.parse(quality.FLOORS.read_text("utf-8")).unwrap()["small"]["floors"]["f1"])


@pytest.mark.usefixtures("bench")
@pytest.mark.parametrize(("reached", "code"), [({"f1": 0.9}, 0), ({"f1": 0.8999}, 1), ({}, 1)])
def test_a_figure_below_its_floor_or_absent_fails(
    monkeypatch: pytest.MonkeyPatch, reached: dict[str, float], code: int
) -> None:
    assert run_gate(monkeypatch, reached) == code


def test_other_pages_fail_before_they_are_measured(
    bench: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (bench / "small.gold.jsonl").write_bytes(b"other gold")
    assert run_gate(monkeypatch, {"f1": 1.0}) == 1
    assert "small: other pages" in capsys.readouterr().err


def test_an_update_raises_floors_and_keeps_comments_and_names_the_pages(
    bench: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (bench / "small.warc.gz").write_bytes(b"more pages")
    assert run_gate(monkeypatch, {"f1": 0.95671}, "--update") == 0
    text = quality.FLOORS.read_text("utf-8")
    assert text.startswith("# why\n")
    assert quality.digest(bench, "small") in text
    assert floor() == 0.954


@pytest.mark.usefixtures("bench")
def test_a_floor_is_lowered_only_when_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_gate(monkeypatch, {"f1": 0.5}, "--update") == 1
    assert floor() == 0.9
    assert run_gate(monkeypatch, {"f1": 0.5}, "--update", "--allow-lower") == 0
    assert floor() == 0.498


@pytest.mark.usefixtures("bench")
def test_a_figure_above_its_ceiling_fails_and_an_update_lowers_the_ceiling(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    text = quality.FLOORS.read_text("utf-8") + "\n[small.ceilings]\ninvented = 0.25\n"
    quality.FLOORS.write_text(text, "utf-8")
    assert run_gate(monkeypatch, {"f1": 0.95, "invented": 0.26}) == 1
    assert run_gate(monkeypatch, {"f1": 0.95, "invented": 0.2}, "--update") == 0
    assert quality.FLOORS.read_text("utf-8").endswith("invented = 0.202\n")
    assert run_gate(monkeypatch, {"f1": 0.95, "invented": 0.3}, "--update") == 1
    assert quality.FLOORS.read_text("utf-8").endswith("invented = 0.202\n")


def test_without_the_pages_nothing_is_compared_and_nothing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NEWSGRAIN_SHARED", str(tmp_path / "nowhere"))
    assert run_gate(monkeypatch, {}) == 0
    assert "not compared" in capsys.readouterr().out


def test_a_command_that_fails_is_no_measurement() -> None:
    with pytest.raises(quality.GateError, match="ended with 3"):
        quality.run("sh", "-c", "exit 3")


def test_the_floors_of_the_project_are_for_the_pages_beside_it(shared_folder: Path) -> None:
    floors = tomlkit.parse(quality.FLOORS.read_text("utf-8")).unwrap()
    found = {name: quality.digest(shared_folder / "bench", name) for name in floors}
    assert found == {name: entry["sha256"] for name, entry in floors.items()}


def test_a_dotted_name_leads_into_the_tables_of_figures() -> None:
    figures = {"f1": 0.5, "speakers": {"f1": 0.25}}
    names = ("f1", "speakers.f1", "speakers.p", "quotes.f1", "speakers")
    assert [quality.figure_of(figures, name) for name in names] == [0.5, 0.25, None, None, None]
