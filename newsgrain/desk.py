"""Pages before they are judged: read, shown to the memory of their sites, laid out to finish.

    read in the pool, drafts spooled | site memory | tasks for `newsgrain.batches.clean_pages`

What is held in memory does not grow with the number of pages.
"""

from __future__ import annotations

import itertools
import struct
import tempfile
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self

from newsgrain.batches import read_pages
from newsgrain.ledger import JUDGED_KINDS, translated
from newsgrain.page_work import PageTask
from newsgrain.pool import Crew
from newsgrain.sightings import WINDOW_S
from newsgrain.verdicts import holds_body

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from newsgrain.archive import Archive
    from newsgrain.ledger import PageRow
    from newsgrain.pool import Strikes
    from newsgrain.publication import PublishOptions
    from newsgrain.site_memory import SiteMemory

_BATCH = 200
_WINDOW = timedelta(seconds=WINDOW_S)


class Desk:
    """Prepares the pages of one run; a context manager.

    Attributes:
        crew: the workers, also for those who do the tasks.

    Args:
        archive: the pages.
        memory: of their sites.
        strikes: remembers which pages killed a worker.
        options: of the run.
    """

    def __init__(
        self, archive: Archive, memory: SiteMemory, strikes: Strikes, options: PublishOptions
    ) -> None:
        self._archive = archive
        self._memory = memory
        self._strikes = strikes
        self.crew = Crew()
        self._options = options
        self._drafts = _Spool(archive.folder)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Give the drafts up and stop the workers."""
        with self.crew:
            self._drafts.close()

    def read(
        self,
        page_ids: Sequence[int],
        *,
        lost: Sequence[int] = (),
        precedents: Sequence[int] = (),
    ) -> None:
        """Let the memory of sites see pages that it lacks, and those around them.

        Args:
            page_ids: pages that are going to be judged, in the order of `tasks`; their drafts
                are kept for it.
            lost: pages that were judged by earlier runs and are missing in the memory.
            precedents: pages that others are compared with, tasks before those.
        """
        self._read(self._memory.missing(precedents), is_spooled=True, is_context=True)
        self._read(self._memory.missing(page_ids), is_spooled=True)
        self._read(self._memory.missing(lost))
        if not self._memory.is_whole:
            around = self._memory.missing(self._around([*page_ids, *lost, *precedents]))
            self._read(around, is_context=True)

    def _around(self, page_ids: Sequence[int]) -> Iterator[int]:
        """Yield the pages within a window of some others."""
        times = [page.fetched_at for page in self._archive.pages_of(page_ids)]
        if times:
            first, last = min(times) - _WINDOW, max(times) + _WINDOW
            pages = self._archive.pages(
                kinds=JUDGED_KINDS, final_only=True, fetched_from=first, fetched_until=last
            )
            yield from (page.page_id for page in pages if holds_body(page))

    def _read(
        self, page_ids: Iterable[int], *, is_spooled: bool = False, is_context: bool = False
    ) -> None:
        readings = read_pages(
            map(self._task, filter(holds_body, self._archive.pages_of(page_ids))),
            folder=self._archive.folder,
            workers=self._options.workers,
            deadline_s=self._options.deadline_s,
            memory_bytes=self._options.memory_bytes,
            strikes=self._strikes,
            crew=self.crew,
        )
        while batch := list(itertools.islice(readings, _BATCH)):
            with self._memory.writing():
                for task, reading in batch:
                    self._memory.add(task.row, reading.sketch, is_context=is_context)
                    if is_spooled:
                        is_settled = reading.sketch is None
                        self._drafts.put(task.page_id, reading.draft, is_settled=is_settled)

    def tasks(self, pages: Iterable[PageRow]) -> Iterator[PageTask]:
        """Yield what is to be cleaned; the workers ask the memory what the pages' sites remove.

        Args:
            pages: pages with a body. What `read` kept of them is used up; later calls get
                pages behind those of the earlier ones.
        """
        for page in pages:
            draft, is_settled = self._drafts.take(page.page_id)
            yield self._task(
                page,
                draft=draft,
                is_settled=is_settled,
                site_verdicts=None,
            )

    def _task(self, page: PageRow, **prepared: Any) -> PageTask:
        defaults = self._options.defaults_of(page.source)
        options = defaults.options
        if page.kind == "input":  # who fetched it has decided on what its publisher asks for
            options = replace(options, obey_tdm=False, obey_noindex=False)
        return PageTask(
            page_id=page.page_id,
            row=page,
            language=defaults.language,
            timezone=defaults.timezone,
            options=options,
            **prepared,
        )


class _Spool:
    """Drafts on disk, in one order, without a name: they end with the process.

    Args:
        folder: on a device with space.
    """

    _HEAD = struct.Struct("<qq?")

    def __init__(self, folder: Path) -> None:
        with translated(folder):
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed by `close`
        self._folder = folder
        self._end = self._position = 0

    def put(self, page_id: int, draft: bytes, *, is_settled: bool) -> None:
        """Append a draft; see `PageTask.is_settled`."""
        with translated(self._folder):
            self._file.seek(self._end)
            self._file.write(self._HEAD.pack(page_id, len(draft), is_settled) + draft)
            self._end = self._file.tell()

    def take(self, page_id: int) -> tuple[bytes | None, bool]:
        """Return the draft of a page if it is the next one, and whether it is settled."""
        if self._position == self._end:
            return None, False
        with translated(self._folder):
            self._file.seek(self._position)
            found, size, is_settled = self._HEAD.unpack(self._file.read(self._HEAD.size))
            if found != page_id:
                return None, False
            self._position += self._HEAD.size + size
            return self._file.read(size), is_settled

    def close(self) -> None:
        """Free the space."""
        self._file.close()
