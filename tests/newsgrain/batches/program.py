"""Clean pages that never end, in this process's workers; a test kills this program."""

# ruff: noqa: T201 - printing is how it speaks to the test
from __future__ import annotations

import sys
from pathlib import Path

from newsgrain.archive import Archive
from newsgrain.batches import clean_pages
from newsgrain.page_work import PageTask
from tests.newsgrain.batches import poison


def _main(folder: Path) -> None:
    with Archive.open(folder) as archive:
        tasks = [PageTask(page_id=row.page_id, row=row) for row in archive.pages()]
    results = clean_pages(tasks, folder=folder, workers=2, deadline_s=600, clean=poison.clean)
    for task, _ in results:
        print(task.row.url, flush=True)


if __name__ == "__main__":
    _main(Path(sys.argv[1]))
