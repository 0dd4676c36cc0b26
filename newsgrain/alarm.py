"""One thing about a source that is not as usual."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsgrain.edits import FIELDS

if TYPE_CHECKING:
    from newsgrain.measures import SourceNight


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """One thing about a source that is not as usual.

    Attributes:
        night: the source and its night.
        measure: ``silent``, ``flood``, ``words``, ``rejected``, ``failed`` or a column.
        text: one line for people, without the source's name.
        usual: where the column was read from before, if it is still there but read from
            another place.
    """

    night: SourceNight
    measure: str
    text: str
    usual: str | None = None

    @property
    def column(self) -> str | None:
        """The column of ``articles`` that it is about, if it is about one."""
        return self.measure if self.measure in FIELDS else None
