"""The tables of one schema version, and how older versions become it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import pyarrow as pa

from newsgrain import steps
from newsgrain.schema import SCHEMA_VERSION, TABLES

if TYPE_CHECKING:
    from newsgrain.schema import Table

Migration: TypeAlias = Callable[[str, pa.Table], pa.Table]
"""Takes a table's name and rows of the version before; gives them with the new columns.

It may be given any part of a table. New columns that may be null need no migration.
"""

MIGRATIONS: dict[int, Migration] = {2: steps.to_2}
"""By the schema version that each one leads to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """One version of the schema.

    Attributes:
        tables: by name.
        version: number of the schema.
        migrations: by the version that each one leads to.
    """

    tables: Mapping[str, Table] = field(default_factory=lambda: TABLES)
    version: int = SCHEMA_VERSION
    migrations: Mapping[int, Migration] = field(default_factory=lambda: MIGRATIONS)

    @property
    def logs(self) -> tuple[Table, ...]:
        """The tables that rows are appended to."""
        return tuple(table for table in self.tables.values() if table.kind == "log")

    @property
    def derived(self) -> tuple[Table, ...]:
        """The tables that are made from ``revisions``."""
        return tuple(table for table in self.tables.values() if table.kind in {"current", "flat"})
