"""What was judged, written as the tables of a dataset."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark import StorageLevel
from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's users name it
from pyspark.sql.pandas.types import from_arrow_schema

from newsgrain.derive import derived_rows
from newsgrain.events import amend
from newsgrain.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyspark.sql import DataFrame

    from newsgrain.schema import Table

# Readers of a folder take every file in it for Parquet.
_OPTIONS = {"mapreduce.fileoutputcommitter.marksuccessfuljobs": "false"}


def write_tables(  # noqa: PLR0913 - what a run gave
    output: str,
    *,
    run_id: str,
    judged: DataFrame,
    links: DataFrame,
    pages: DataFrame,
    site_blocks: DataFrame,
) -> None:
    """Write every table that one run gives, each as a folder.

    Args:
        output: the folder of the folders.
        run_id: the run.
        judged: `newsgrain.flow_schema.JUDGED_SCHEMA`.
        links: of `newsgrain.engines.spark_links.links_of`.
        pages: columns of the table, without the run.
        site_blocks: rows of the table.
    """
    revisions = _linked(judged.where("revision IS NOT NULL").select("revision.*"), links)
    events = judged.select(F.explode("events").alias("event")).select("event.*")
    latest = _latest(revisions, events).persist(StorageLevel.DISK_ONLY)
    tables = {
        "revisions": revisions,
        "events": events,
        "verdicts": judged.select("verdict.*"),
        "pages": pages.withColumn("run_id", F.lit(run_id)),
        "site_blocks": site_blocks,
    }
    for table in TABLES.values():
        if table.kind in {"current", "flat"}:
            derive = partial(_derived, table=table)
            tables[table.name] = latest.mapInArrow(derive, from_arrow_schema(table.schema()))
    for name, frame in tables.items():
        columns = [column.name for column in TABLES[name].columns]
        ordered = frame.select(*columns).sortWithinPartitions(*TABLES[name].sort)
        ordered.write.options(**_OPTIONS).parquet(f"{output.rstrip('/')}/{name}")
    latest.unpersist()


def _linked(revisions: DataFrame, links: DataFrame) -> DataFrame:
    own = ["duplicate_group", "duplicate_of", "overlap"]
    joined = revisions.drop(*own).join(links, "article_id", "left")
    return joined.withColumn(
        "duplicate_group", F.coalesce("duplicate_group", "article_id")
    ).withColumn("overlap", F.col("overlap").cast("float"))


def _latest(revisions: DataFrame, events: DataFrame) -> DataFrame:
    """Return the current revision of each article, and what happened to it."""
    newest = Window.partitionBy("article_id").orderBy(F.desc("fetched_at"), F.desc("revision"))
    current = revisions.withColumn("place", F.row_number().over(newest)).where("place = 1")
    happened = events.groupBy("article_id").agg(
        F.array_sort(F.collect_list(F.struct("page_id", F.struct("*").alias("event")))).alias(
            "happened"
        )
    )
    return current.drop("place").join(happened, "article_id", "left")


def _derived(batches: Iterable[pa.RecordBatch], *, table: Table) -> Iterator[pa.RecordBatch]:
    for batch in batches:
        revisions = pa.Table.from_batches([batch])
        rows = derived_rows(revisions, table)
        if table.kind == "current":
            rows = amend(rows, _events(revisions["happened"]))
        yield from rows.combine_chunks().to_batches()


def _events(happened: pa.ChunkedArray) -> pa.Table:
    rows = [one["event"] for events in happened.to_pylist() for one in events or ()]
    return pa.Table.from_pylist(rows, TABLES["events"].schema())
