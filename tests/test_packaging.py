"""The wheel: what is in it, and that it works where nothing but it is installed."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any, get_args

import pytest

from newsgrain.reading import Engine
from newsgrain.version import __version__
from tests import house

ROOT = Path(__file__).resolve().parent.parent

# The first is imported by a computed name, where the standard library has no zstd; the second by
# trafilatura, which does not always bring it.
NOT_IMPORTED = {"backports-zstd", "lxml-html-clean"}
# Written for this test.
PAGE = """<!doctype html><html lang="en"><head><title>Harbour reopens after the storm</title>
<meta property="article:published_time" content="2026-03-04T08:30:00+01:00"></head>
<body><article><h1>Harbour reopens after the storm</h1>
<p>The harbour of Little Pellham opened its gates again on Wednesday morning, five days after
the storm had thrown two barges across the entrance and closed it to every larger vessel.</p>
<p>The pilots brought in three ships before noon. The harbour office expects that the queue of
eleven more will be gone by Friday evening, provided that the wind stays in the south.</p>
<p>Divers had spent the weekend cutting the wrecks apart. The larger of the two pieces was
lifted on Tuesday night by a floating crane that had come from the neighbouring county.</p>
</article></body></html>
"""
READ = """
import sys
import pyarrow.dataset as ds
rows = ds.dataset(sys.argv[1], partitioning="hive").to_table(["url", "title", "text"]).to_pylist()
assert "pandas" not in sys.modules
assert [row["url"] for row in rows] == ["https://pellham.example/harbour"], rows
assert rows[0]["title"] == "Harbour reopens after the storm", rows
assert "floating crane" in rows[0]["text"], rows
"""


def run(*command: str | Path, timeout: int = 120) -> subprocess.CompletedProcess[str]:
    """Run a command, outside of the checkout's influence; its output is the failure's text."""
    done = subprocess.run(
        [str(part) for part in command],
        check=False,
        capture_output=True,
        text=True,
        timeout=timeout,
        cwd=Path(sys.prefix),
    )
    assert done.returncode == 0, (
        f"{command} ended with {done.returncode}\n{done.stdout}{done.stderr}"
    )
    return done


def canonical(requirement: str) -> str:
    """Return a distribution's name as the index spells it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[^\w.-]", requirement)[0].lower())


def project() -> dict[str, Any]:
    """Return what pyproject.toml says of the distribution."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def pins(lock: str) -> str:
    """Return the pins of requirements.lock without their hashes, as constraints."""
    return "\n".join(re.findall(r"^([A-Za-z0-9][^\\\n]*?) *\\?$", lock, re.MULTILINE)) + "\n"


def has_registry(python: Path, folder: Path) -> bool:
    """Whether pip can fetch a small package."""
    words = ["-m", "pip", "download", "--retries", "0", "--no-deps", "-d", str(folder), "six"]
    done = subprocess.run([str(python), *words], check=False, capture_output=True, timeout=120)
    return done.returncode == 0


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def members(wheel: Path) -> set[str]:
    with zipfile.ZipFile(wheel) as archive:
        return set(archive.namelist())


def test_the_wheel_holds_every_file_of_the_three_packages_and_nothing_else(
    members: set[str],
) -> None:
    ours = {
        path.relative_to(ROOT).as_posix()
        for package in ("cleaners", "newsgrain", "crawler")
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert {name for name in members if ".dist-info/" not in name} == ours


def test_the_wheel_holds_data_and_types_and_its_licence(members: set[str]) -> None:
    assert {f"{package}/py.typed" for package in ("cleaners", "newsgrain", "crawler")} <= members
    assert any(re.fullmatch(r"cleaners/rules/[\w-]+\.toml", name) for name in members)
    assert any(name.startswith("crawler/demo/") and not name.endswith(".py") for name in members)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in members)


def test_the_wheel_overwrites_nobody_elses_package(members: set[str]) -> None:
    """Above all not Hugging Face's `datasets`, nor a `tests` or `docs` of whoever."""
    tops = {name.partition("/")[0] for name in members if ".dist-info/" not in name}
    assert tops == {"cleaners", "newsgrain", "crawler"}


def test_each_extra_is_an_engine_of_load_or_has_a_use_of_its_own() -> None:
    """An extra without something behind it would promise what nobody can use."""
    extras = set(project()["optional-dependencies"])
    others = {"cc", "ner", "notebooks", "playwright", "redis", "spark"}
    assert (extras - others) | {"arrow"} == set(get_args(Engine))
    assert others <= extras


def test_what_is_imported_is_declared_and_what_is_declared_is_imported() -> None:
    """Nothing works only because a dependency of a dependency happens to be installed."""
    sources = [
        path.read_text("utf-8")
        for package in house.PACKAGES
        for path in (ROOT / package).rglob("*.py")
    ]
    installed = packages_distributions()
    imported = {
        canonical(installed.get(top, [top])[0])
        for source in sources
        for top in {name.partition(".")[0] for name in house.imports(source)}
        if top not in sys.stdlib_module_names and top not in house.PACKAGES
    }
    needed = {canonical(requirement) for requirement in project()["dependencies"]}
    optional = {
        canonical(requirement)
        for extra in project()["optional-dependencies"].values()
        for requirement in extra
    }
    assert imported - needed - optional == set()
    assert needed - imported == NOT_IMPORTED


def test_pins_are_the_lock_without_hashes() -> None:
    lock = "# made by\na==1 \\\n    --hash=sha256:0 \\\n    --hash=sha256:1\n    # via b\n"
    assert pins(f"{lock}b-c==2.0 ; python_version < '3.12' \\\n    --hash=sha256:2\n") == (
        "a==1\nb-c==2.0 ; python_version < '3.12'\n"
    )


@pytest.mark.slow
def test_the_wheel_works_alone_in_a_folder_with_a_space(wheel: Path, tmp_path: Path) -> None:
    """Installed with its dependencies alone, it cleans a page that pyarrow then reads."""
    home = tmp_path / "a new machine"
    run(sys.executable, "-m", "venv", home)
    python = home / "bin" / "python"
    if not has_registry(python, tmp_path / "registry"):
        pytest.skip("the package registry cannot be reached")
    constraints = tmp_path / "constraints.txt"
    constraints.write_text(pins((ROOT / "requirements.lock").read_text("utf-8")), "utf-8")
    run(python, "-m", "pip", "install", "--quiet", "-c", constraints, wheel, timeout=600)

    command = home / "bin" / "newsgrain"
    assert run(command, "--version").stdout == f"newsgrain {__version__}\n"

    page = tmp_path / "a page.html"
    page.write_text(PAGE, "utf-8")
    workspace = tmp_path / "my news"
    address = "https://pellham.example/harbour"
    run(command, "clean", page, "--url", address, "-w", workspace)
    run(python, "-c", READ, workspace / "datasets" / "articles")
