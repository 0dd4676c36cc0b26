"""The formats that tables can be exported to; apart, so that a command line loads fast."""

from __future__ import annotations

from enum import StrEnum


class ExportFormat(StrEnum):
    """What an export is written as."""

    PARQUET = "parquet"
    """A folder with one file a table."""
    CSV = "csv"
    """The same, UTF-8, RFC 4180; nested values are JSON."""
    JSONL = "jsonl"
    """The same, one JSON object a line."""
    DUCKDB = "duckdb"
    """One database file with a table each."""
    SQLITE = "sqlite"
    """The same; nested values and lists are JSON, moments ISO 8601 in UTC."""
