"""The data card and the column dictionary: written from the schema alone.

What depends on the data stands in the manifests. ``python -m newsgrain.card FOLDER`` renews
the two files that the checkout carries.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from newsgrain.catalog import Catalog
from newsgrain.contents import known_content
from newsgrain.disk import write_file
from newsgrain.layout import KEPT_SNAPSHOTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from newsgrain.schema import Column, Table

_KINDS = {
    "log": "Rows are only ever appended.",
    "current": "Files are replaced as articles change.",
    "whole": "Written anew as a whole; earlier states are in the snapshots that are kept.",
    "flat": "Made from the current revision of each article; `ord` is the reading order.",
}

_INTRODUCTION = """
# News articles as Parquet

Written by newsgrain: pages of news sites, cleaned into
articles, with the people who speak in them, their words and their recommendations.

Open a table by its folder:

```python
import newsgrain
speakers = newsgrain.load("speakers", since="2026-11-01")   # one state, even while a run writes

import pandas as pd
articles = pd.read_parquet("datasets/articles")

import polars as pl
articles = pl.scan_parquet("datasets/articles/**/*.parquet")

import duckdb
duckdb.sql("from 'datasets/articles/**/*.parquet'")

from datasets import load_dataset
articles = load_dataset("parquet", data_dir="datasets/articles")
```

- **One state.** All tables change together, at one moment, when a run has finished. A reader
  that opens many files over a long time should resolve the link `current` once and read from
  there, as `newsgrain.load` does. The newest {kept} states stay in `.snapshots`.
- **As of an earlier run.** `revisions` keeps every revision: take the rows with
  `run_id` up to that run and, of each article, the one with the greatest
  (`fetched_at`, `revision`). Cite a state by its run id and the sha256 of its manifest.
- **Keys.** `article_id` joins all tables that have it; (`article_id`, `revision`) is unique in
  `revisions`, (`article_id`, `ord`) in the flat tables, `page_id` in `pages`.
- **`month`** stands in the path only. In the logs it is the month of the run, elsewhere the
  month in which the article was first fetched (`first_fetched_at`).
- **Metadata.** Each file carries `schema_version`, `cleaner_version` and `run_id` as
  key-value metadata, and each column its description and its schema.org term.
- **Back up** with `tar` or another tool that keeps hard links and symbolic links: the states
  share their files, and a plain copy holds each of them many times.
- **Rights.** The texts belong to their publishers.

Schema {version}. The same as data: [schema.json](schema.json).
"""


def _front_matter(tables: Iterable[Table]) -> Iterator[str]:
    yield "---"
    yield "pretty_name: News articles"
    yield "configs:"
    for table in tables:
        yield f"- config_name: {table.name}"
        yield f"  data_files: {table.name}/**/*.parquet"
        if table.kind == "current":
            yield "  default: true"
    yield "---"


def _type(type_: pa.DataType) -> str:
    if pa.types.is_list(type_):
        return f"list of {_type(type_.value_type)}"
    if pa.types.is_struct(type_):
        return "struct(" + ", ".join(f"{field.name} {_type(field.type)}" for field in type_) + ")"
    return str(type_)


def _columns(columns: Iterable[Column]) -> Iterator[str]:
    yield "| column | type | null | meaning |"
    yield "|---|---|---|---|"
    for column in columns:
        term = (
            f" ([{column.same_as}](https://schema.org/{column.same_as}))" if column.same_as else ""
        )
        null = "yes" if column.nullable else "no"
        kind = "list of struct, its columns there" if column.name.endswith("_rows") else ""
        type_ = kind or _type(column.type)
        yield f"| `{column.name}` | {type_} | {null} | {column.description}{term} |"


def card(catalog: Catalog) -> str:
    """Return the data card in Markdown."""
    tables = catalog.tables.values()
    introduction = _INTRODUCTION.format(kept=KEPT_SNAPSHOTS, version=catalog.version).strip()
    lines = [*_front_matter(tables), "", introduction]
    for table in tables:
        lines += ["", f"## {table.name}", "", f"{table.description.capitalize()}."]
        lines += [_KINDS[table.kind], f"Sorted by {', '.join(table.sort)}.", ""]
        lines += _columns(table.columns)
    return "\n".join(lines) + "\n"


def _entry(table: str, column: Column) -> dict[str, Any]:
    entry = {"name": column.name, "type": _type(column.type), "nullable": column.nullable}
    entry["description"] = column.description
    if column.same_as:
        entry["sameAs"] = f"https://schema.org/{column.same_as}"
    if (content := known_content(table, column.name)) is not None:
        entry["content"] = content.value
    return entry


def dictionary(catalog: Catalog) -> str:
    """Return the column dictionary in JSON."""
    tables = {
        table.name: {
            "description": table.description,
            "kind": table.kind,
            "sort": table.sort,
            "columns": [_entry(table.name, column) for column in table.columns],
        }
        for table in catalog.tables.values()
    }
    return json.dumps({"schema_version": catalog.version, "tables": tables}, indent=1) + "\n"


def write_card(folder: Path, catalog: Catalog, *, staging: Path) -> None:
    """Renew ``README.md`` and ``schema.json`` where they differ.

    Args:
        folder: the folder ``datasets``.
        catalog: the schema.
        staging: a folder on the same device for drafts.
    """
    for name, text in {"README.md": card(catalog), "schema.json": dictionary(catalog)}.items():
        path, data = folder / name, text.encode()
        if not path.exists() or path.read_bytes() != data:
            write_file(path, data, staging=staging)


if __name__ == "__main__":
    target = Path(sys.argv[1])
    write_card(target, Catalog(), staging=target)
