"""Which files hold the published state; reads none of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsgrain.layout import Slot, slot_of

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.manifest import Manifest


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """The state that a run builds on.

    Attributes:
        folder: of the snapshot; None before the first commit.
        manifest: of the snapshot.
    """

    folder: Path | None = None
    manifest: Manifest | None = None

    def slots(self, table: str) -> dict[Slot, str]:
        """Return the path in the snapshot of each file of a derived table."""
        entries = self.manifest.tables.get(table, ()) if self.manifest else ()
        found = ((slot_of(entry.path), entry.path) for entry in entries)
        return {slot: path for slot, path in found if slot}

    def file(self, path: str) -> Path:
        """Return a file of the snapshot."""
        if self.folder is None:
            raise LookupError(path)
        return self.folder / path
