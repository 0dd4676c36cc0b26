"""Record exchanges until somebody kills this process; tests run it as a program.

Arguments: folder of the archive, first number, bytes of a segment, limit on the size of files
(0: none), words of a page. After each exchange that the archive confirmed its number is printed.
"""

# ruff: noqa: T201 - printing is how it speaks to the test
from __future__ import annotations

import resource
import sys
from itertools import count
from pathlib import Path

from newsgrain.archive import Archive, read_body
from newsgrain.errors import DiskFullError
from tests.newsgrain.archive.exchanges import begin, exchange, html


def _write(folder: Path, first: int, segment_bytes: int) -> None:
    with Archive.open(folder, segment_bytes=segment_bytes) as archive:
        run_id = begin(archive)
        for number in count(first):
            archive.record(exchange(number, run_id))
            print(number, flush=True)


def _fill(folder: Path, limit: int, words: int) -> None:
    """Record until files may not grow any more, then go on with the limit lifted."""
    with Archive.open(folder) as archive:
        run_id = begin(archive)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        for number in count():
            try:
                archive.record(exchange(number, run_id, body=html(number, words)))
            except DiskFullError as error:
                print("full", number, error.path and error.path.name, flush=True)
                break
        size = sum(path.stat().st_size for path in folder.glob("*.warc.gz"))
        (committed,) = archive.connection.execute("SELECT sum(size) FROM segments").fetchone()
        print("size", size, committed or 0)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)
        last = archive.page(archive.record(exchange(number, run_id)))
        print("after", last.page_id, read_body(last, folder) == html(number))


if __name__ == "__main__":
    path, numbers = Path(sys.argv[1]), [int(word) for word in sys.argv[2:]]
    if numbers[2]:
        _fill(path, numbers[2], numbers[3])
    else:
        _write(path, numbers[0], numbers[1])
