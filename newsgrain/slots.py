"""Where articles live: pure decisions about the files of the derived tables."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from newsgrain.layout import Slot, first_open_month, month_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

SLOT_BYTES = 256_000_000
"""A file of ``articles`` that holds this much, uncompressed, gets no new articles."""


def settled_homes(sizes: Mapping[Slot, int], run_id: str) -> dict[Slot, Slot]:
    """Return which slot each slot of a settled month is merged into.

    A month is settled when it lies before the month before the run's: then few articles of
    it are edited any more, and its files of one day become one file (more only where it
    would hold more than `SLOT_BYTES`).

    Args:
        sizes: uncompressed bytes of the published slots.
        run_id: the run that would do it.

    Returns:
        nothing for a month without files of one day.
    """
    months: dict[str, list[Slot]] = defaultdict(list)
    for slot in sorted(sizes):
        if slot.month < first_open_month(run_id):
            months[slot.month].append(slot)
    homes: dict[Slot, Slot] = {}
    for month, slots in months.items():
        if any(slot.day for slot in slots):
            homes |= _packed(month, slots, sizes)
    return homes


def _packed(month: str, slots: list[Slot], sizes: Mapping[Slot, int]) -> dict[Slot, Slot]:
    homes, part, filled = {}, 1, 0
    for slot in slots:
        if filled and filled + sizes[slot] > SLOT_BYTES:
            part, filled = part + 1, 0
        homes[slot] = Slot(month=month, day=0, part=part)
        filled += sizes[slot]
    return homes


class Housing:
    """Gives new articles a slot, a further part where one is full.

    Args:
        sizes: uncompressed bytes of the slots as they will be without the new articles.
        run_id: the run that publishes.
    """

    def __init__(self, sizes: Mapping[Slot, int], run_id: str) -> None:
        self._sizes = dict(sizes)
        self._first_open = first_open_month(run_id)
        self._last: dict[tuple[str, int], Slot] = {}
        for slot in sorted(sizes):
            self._last[slot.month, slot.day] = slot

    def bucket(self, first_fetched_at: datetime) -> tuple[str, int]:
        """Return month and day (0: the whole month) that an article belongs to."""
        month = month_of(first_fetched_at)
        return month, 0 if month < self._first_open else first_fetched_at.day

    def place(self, bucket: tuple[str, int], size: int) -> Slot:
        """Return the slot for new articles of a bucket.

        Args:
            bucket: month and day.
            size: their uncompressed bytes.
        """
        month, day = bucket
        slot = self._last.get(bucket, Slot(month=month, day=day, part=1))
        filled = self._sizes.get(slot, 0)
        if filled and filled + size > SLOT_BYTES:
            slot, filled = Slot(month=month, day=day, part=slot.part + 1), 0
        self._last[bucket] = slot
        self._sizes[slot] = filled + size
        return slot
