"""The notebooks run from top to bottom, and show on the forge what they show here."""

from __future__ import annotations

import base64
import re
import struct
from pathlib import Path

import nbformat
import pytest

from tests.scripts import load_script

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
# What would tell of a machine or of one run: paths, ports, identifiers, kernels' names.
NOISE = re.compile(
    r"/(?:home|root|tmp|work|Users)/|:\d{4,5}/|127\.0\.0\.1|\b[0-9a-f]{32}\b|ipykernel_"
)


def execute_module():
    return load_script(ROOT / "notebooks" / "execute.py")


def shown(notebook):
    """Return what each cell shows, by kind: a picture, a table, words."""
    return [
        [
            sorted(output.get("data", ())) or output.get("name") or output.output_type
            for output in cell.get("outputs", ())
        ]
        for cell in notebook.cells
    ]


def pictures(notebook):
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            if picture := output.get("data", {}).get("image/png"):
                yield base64.b64decode(picture)


def test_there_are_the_five_notebooks():
    names = [path.stem for path in NOTEBOOKS]
    assert names == [
        "1-first-look",
        "2-who-speaks",
        "3-recommendations",
        "4-how-an-article-changed",
        "5-syndication-map",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_is_kept_with_pictures_and_without_noise(path):
    notebook = nbformat.read(path, as_version=4)
    nbformat.validate(notebook)
    widths = [struct.unpack(">I", png[16:20])[0] for png in pictures(notebook)]
    assert widths
    assert min(widths) > 400
    counts = [cell.execution_count for cell in notebook.cells if cell.cell_type == "code"]
    assert counts == list(range(1, len(counts) + 1)), "executed once, from top to bottom"
    without_pictures = re.sub(r'"image/png": "[^"]*"', "", path.read_text("utf-8"))
    assert NOISE.findall(without_pictures) == []
    assert path.stat().st_size < 200_000


@pytest.mark.slow
@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_runs_on_the_demo_and_shows_what_it_is_kept_with(path, two_nights):
    pytest.importorskip("ipykernel", reason="the extra `notebooks` is not installed")
    notebook = execute_module().executed(path, two_nights.workspace)
    assert shown(notebook) == shown(nbformat.read(path, as_version=4))
