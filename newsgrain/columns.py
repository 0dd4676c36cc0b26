"""One column of a table: its name, type and meaning, and short ways to write it."""

from __future__ import annotations

from dataclasses import dataclass

import pyarrow as pa

TIME = pa.timestamp("us", tz="UTC")
TEXT = pa.string()
TEXTS = pa.list_(pa.string())


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: as in the files.
        type: its Arrow type.
        description: one line for people.
        nullable: whether a row may be without it.
        same_as: the schema.org property it means, if there is one.
    """

    name: str
    type: pa.DataType
    description: str
    nullable: bool = False
    same_as: str | None = None

    def field(self) -> pa.Field:
        """Return the Arrow field, with description and schema.org term as metadata."""
        metadata = {"description": self.description}
        if self.same_as:
            metadata["sameAs"] = f"https://schema.org/{self.same_as}"
        return pa.field(self.name, self.type, self.nullable, metadata)


def column(
    name: str,
    type_: pa.DataType,
    description: str,
    same_as: str | None = None,
    *,
    null: bool = False,
) -> Column:
    """Return a column; `null`: a row may be without it."""
    return Column(name, type_, description, null, same_as)


def date_columns(name: str, what: str, same_as: str) -> tuple[Column, ...]:
    """Return the columns of a moment: its value, and where each part of it comes from."""
    return (
        column(name, TIME, f"{what}, UTC; a date without a time is 00:00 UTC", same_as, null=True),
        column(f"{name}_raw", TEXT, f"{name} as it stands in the page", null=True),
        column(
            f"{name}_offset_minutes",
            pa.int16(),
            "offset from UTC in minutes that was applied; null for a date without a time",
            null=True,
        ),
        column(
            f"{name}_zone_source",
            TEXT,
            "where the offset comes from: page, source (configured time zone) or none",
            null=True,
        ),
        column(f"{name}_precision", TEXT, "second, minute or day", null=True),
        column(f"{name}_source", TEXT, f"the evidence that gave {name}", null=True),
    )
