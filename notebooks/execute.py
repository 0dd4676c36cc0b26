"""Execute the notebooks on the demo, and keep what they show: ``make notebooks``.

The nights of the demo are given, and what depends on the machine is left out of the outputs, so
that the same code gives the same files. The charts are pictures: a forge shows them.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import nbformat
from nbclient import NotebookClient

from crawler.demo.nights import make_demo
from crawler.display import Display

if TYPE_CHECKING:
    from nbformat import NotebookNode

NOTEBOOKS = Path(__file__).resolve().parent
NIGHTS = (datetime(2026, 11, 20, 2, tzinfo=UTC), datetime(2026, 11, 21, 2, tzinfo=UTC))
_METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}


def executed(source: Path, workspace: Path) -> NotebookNode:
    """Return a notebook as it looks after it was run.

    Args:
        source: the notebook.
        workspace: of the demo; it is copied, because a notebook may add to it.

    Raises:
        nbclient.exceptions.CellExecutionError: one of its cells failed.
    """
    notebook = nbformat.read(source, as_version=4)
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(workspace, Path(folder) / "demo-workspace", symlinks=True)
        place = Path(folder) / "notebooks"
        place.mkdir()
        client = NotebookClient(
            notebook,
            timeout=300,
            kernel_name="python3",
            record_timing=False,
            resources={"metadata": {"path": str(place)}},
        )
        client.execute()
    return _without_noise(notebook)


def _without_noise(notebook: NotebookNode) -> NotebookNode:
    notebook.metadata = nbformat.from_dict(_METADATA)
    for cell in notebook.cells:
        cell.metadata = nbformat.from_dict({})
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "image/png" in data:
                data.pop("text/plain", None)
                output.metadata = nbformat.from_dict({})
    return notebook


def main() -> None:
    """Write all notebooks with their outputs."""
    with tempfile.TemporaryDirectory() as folder:
        workspace = Path(folder) / "demo"
        if code := make_demo(Display(), workspace, NIGHTS):
            sys.exit(code)
        for source in sorted(NOTEBOOKS.glob("*.ipynb")):
            nbformat.write(executed(source, workspace), source)
            print(source.name)


if __name__ == "__main__":
    main()
