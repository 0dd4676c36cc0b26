"""What an import costs: a notebook that reads a dataset loads no crawler."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

LOADED = "import json, sys; {code}; print(json.dumps(sorted(sys.modules)))"
WALK = """
import importlib, json, pkgutil
failures = {}
names = []
for package in ("cleaners", "newsgrain", "crawler"):
    path = importlib.import_module(package).__path__
    names.append(package)
    names.extend(module.name for module in pkgutil.walk_packages(path, f"{package}."))
for name in names:
    try:
        importlib.import_module(name)
    except Exception as exc:
        failures[name] = f"{type(exc).__name__}: {exc}"
print(json.dumps({"names": names, "failures": failures}))
"""


def run_python(code: str) -> str:
    """Run code in a new interpreter, started in the checkout, and return what it prints."""
    command = [sys.executable, "-W", "error::SyntaxWarning", "-c", code]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def modules_after(code: str) -> set[str]:
    return set(json.loads(run_python(LOADED.format(code=code))))


@pytest.mark.parametrize(
    ("package", "heavy"),
    [
        ("cleaners", {"pandas", "polars", "pyarrow", "scrapy", "trafilatura", "twisted"}),
        ("cleaners.records", {"lxml", "tldextract", "trafilatura"}),
        ("cleaners.urls", {"requests", "tldextract", "trafilatura"}),
        ("newsgrain.glance", {"pandas", "pyarrow.compute", "pyarrow.dataset", "trafilatura"}),
        ("newsgrain", {"pandas", "polars", "pyarrow", "scrapy", "trafilatura", "twisted"}),
        ("crawler", {"pandas", "polars", "pyarrow", "scrapy", "trafilatura", "twisted"}),
        ("crawler.runs", {"pandas", "pyarrow", "scrapy", "trafilatura", "twisted"}),
        ("crawler.processing", {"scrapy", "twisted"}),
    ],
)
def test_importing_a_package_loads_nothing_heavy(package: str, heavy: set[str]) -> None:
    loaded = modules_after(f"import {package}")
    assert package in loaded
    assert heavy & loaded == set()


def test_a_heavy_import_would_be_seen() -> None:
    assert "pyarrow" in modules_after("import pyarrow.parquet")


def test_every_module_imports() -> None:
    walked = json.loads(run_python(WALK))
    assert walked["failures"] == {}
    on_disk = {
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for package in ("cleaners", "newsgrain", "crawler")
        for path in (ROOT / package).rglob("*.py")
    }
    assert set(walked["names"]) == on_disk, "a folder without __init__.py is not part of the wheel"


@pytest.mark.slow
def test_the_folder_datasets_does_not_shadow_hugging_faces_package() -> None:
    """A notebook that is started in the checkout gets theirs from `import datasets`."""
    pytest.importorskip("datasets.arrow_dataset", reason="Hugging Face's datasets is not here")
    assert (ROOT / "datasets").is_dir()
    assert run_python("import datasets; print(datasets.Dataset.__name__)").strip() == "Dataset"
