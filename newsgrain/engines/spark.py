"""newsgrain on Spark: pages in any number of files become the tables of a dataset.

    warc_pages, parquet_pages | read | number | site memory | finish | judge | duplicates | tables

    from newsgrain.engines.spark import clean_pages, warc_pages

    clean_pages(warc_pages(spark, paths), "s3a://bucket/datasets", run_id="00000001-...")

The steps are `newsgrain.flow`, called by ``mapInArrow``; between them Spark shuffles by page and
by site. The rows are those that ``newsgrain clean`` gives of the same files in a new workspace.
A page that crashes, hangs or kills its process is a rejected row; a worker or executor that is
lost is Spark's business, which does its part again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

from pyspark import StorageLevel
from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's users name it
from pyspark.sql.pandas.types import from_arrow_schema

from cleaners import CLEANER_VERSION
from cleaners.options import DEADLINE_S, CleanOptions
from newsgrain import flow
from newsgrain.clock import system_clock
from newsgrain.engines.spark_links import links_of
from newsgrain.engines.spark_tables import write_tables
from newsgrain.flow_schema import (
    FINISHED_SCHEMA,
    JUDGED_SCHEMA,
    MEMORY_SCHEMA,
    PAGE_FIELDS,
    RAW_SCHEMA,
    READ_SCHEMA,
)
from newsgrain.raw_pages import read_warc_files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    import pyarrow as pa
    from pyspark.sql import DataFrame, SparkSession

_BATCH_SETTING = "spark.sql.execution.arrow.maxRecordsPerBatch"
_SETTINGS = {
    # The default of 10,000 pages with their HTML would be a batch of a gigabyte.
    _BATCH_SETTING: str(flow.BATCH_ROWS),
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.parquet.outputTimestampType": "TIMESTAMP_MICROS",
}
_DEFAULTS = CleanOptions()
_UTF8_HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True, kw_only=True)
class SparkRun:
    """What `clean_pages` wrote.

    Attributes:
        output: the folder of the tables.
        outcomes: how many pages ended in each outcome, as in ``verdicts.outcome``.
        troubles: what is wrong with input files, one line each; their other pages were read.
    """

    output: str
    outcomes: Mapping[str, int] = field(default_factory=dict)
    troubles: tuple[str, ...] = ()


def warc_pages(
    spark: SparkSession, paths: Sequence[str], *, fetched_at: datetime | None = None
) -> DataFrame:
    """Return the pages in WARC files, in the order of the files.

    Args:
        spark: the session.
        paths: paths that every executor can read, or addresses (http, s3); a file is a task.
        fetched_at: for records without a date; None: now.
    """
    files = [(f"{number:08d}", str(path)) for number, path in enumerate(paths)]
    frame = spark.createDataFrame(files, "file string, path string")
    read = partial(read_warc_files, fetched_at=fetched_at or system_clock())
    return _mapped(frame.repartition(max(len(files), 1), "file"), read, RAW_SCHEMA)


def parquet_pages(
    spark: SparkSession, *paths: str, fetched_at: datetime | None = None
) -> DataFrame:
    """Return the pages in Parquet files, in the order of their names.

    Args:
        spark: the session.
        paths: files or folders, with columns ``url`` and ``html`` (text or bytes), and
            optionally ``fetched_at``, ``content_type``, ``language`` and ``timezone``.
        fetched_at: for rows without; None: when their file was last changed.
    """
    frame = spark.read.parquet(*paths)
    place = F.col("_metadata.file_path"), F.col("_metadata.row_index")
    changed = F.col("_metadata.file_modification_time")
    is_text = dict(frame.dtypes)["html"] == "string"
    html = F.encode("html", "UTF-8") if is_text else F.col("html")
    given = {name: F.col(name) for name in frame.columns}
    default = F.lit(fetched_at) if fetched_at else changed
    moment = F.coalesce(given["fetched_at"].cast("timestamp"), default)
    known: dict[str, Any] = {
        "file": place[0],
        "position": place[1],
        "kind": F.lit("input"),
        "url": F.col("url"),
        "is_final": F.lit(True),  # noqa: FBT003 - Spark's signature
        "fetched_at": moment if "fetched_at" in given else default,
        # Text was decoded by whoever wrote the file; what the page declares is no longer true.
        "content_type": F.lit(_UTF8_HTML) if is_text else given.get("content_type"),
        "body_bytes": F.octet_length(html).cast("long"),
        "body_sha256": F.sha2(html, 256),
        "archive_file": place[0],
        "archive_offset": place[1],
        "archive_length": F.octet_length(html).cast("long"),
        "html": html,
        "language": given.get("language"),
        "timezone": given.get("timezone"),
    }
    columns = [
        (F.lit(None) if known.get(column.name) is None else known[column.name])
        .cast(column.dataType)
        .alias(column.name)
        for column in from_arrow_schema(RAW_SCHEMA)
    ]
    return frame.where("url IS NOT NULL AND html IS NOT NULL").select(*columns)


def clean_pages(
    pages: DataFrame,
    output: str,
    *,
    run_id: str,
    options: CleanOptions = _DEFAULTS,
    deadline_s: float = DEADLINE_S,
) -> SparkRun:
    """Clean pages and write the tables of a dataset.

    Args:
        pages: of `warc_pages` or `parquet_pages`, or any frame of the columns in
            `newsgrain.flow_schema.RAW_SCHEMA`.
        output: a folder that does not exist yet, in any file system of Spark; each table
            becomes a folder of Parquet files in it.
        run_id: what the rows name as their run.
        options: bounds and choices of the cleaner.
        deadline_s: seconds of processor time that one page may take.

    Raises:
        pyspark.errors.PySparkException: Spark gave up, or `output` exists.
    """
    spark = pages.sparkSession
    _configure(spark)
    read = partial(flow.read_pages, options=options, deadline_s=deadline_s)
    drafts = _mapped(pages, read, READ_SCHEMA).persist(StorageLevel.DISK_ONLY)
    numbered = _numbered(drafts)
    memory = _remembered(numbered).persist(StorageLevel.DISK_ONLY)
    finish = partial(flow.finish_pages, options=options, deadline_s=deadline_s)
    judged = _judged(numbered, memory, finish, run_id).persist(StorageLevel.DISK_ONLY)
    try:
        write_tables(
            output,
            run_id=run_id,
            judged=judged,
            links=links_of(judged),
            pages=numbered.select("page_id", *PAGE_FIELDS),
            site_blocks=memory.where("site_block IS NOT NULL").select("site_block.*"),
        )
        outcomes = judged.groupBy("verdict.outcome").count().collect()
        troubles = drafts.where("url IS NULL").orderBy("file").select("error").collect()
    finally:
        for frame in (judged, memory, drafts):
            frame.unpersist()
    return SparkRun(
        output=output,
        outcomes={row["outcome"]: row["count"] for row in outcomes},
        troubles=tuple(row["error"] for row in troubles),
    )


def _configure(spark: SparkSession) -> None:
    for name, value in _SETTINGS.items():
        spark.conf.set(name, value)


def _mapped(frame: DataFrame, step: Callable[..., Any], schema: pa.Schema) -> DataFrame:
    return frame.mapInArrow(step, from_arrow_schema(schema))


def _numbered(drafts: DataFrame) -> DataFrame:
    """Number the pages as the ledger would: file by file, from 1."""
    places = drafts.where("url IS NOT NULL").select("file", "position")
    counts = places.groupBy("file").count().orderBy("file").collect()
    starts, total = [], 0
    for row in counts:
        starts.append((row["file"], total))
        total += row["count"]
    first = drafts.sparkSession.createDataFrame(starts, "file string, before long")
    in_file = F.row_number().over(Window.partitionBy("file").orderBy("position"))
    numbers = (
        places.withColumn("number", in_file)
        .join(F.broadcast(first), "file")
        .select("file", "position", (F.col("before") + F.col("number")).alias("page_id"))
    )
    return drafts.join(numbers, ["file", "position"]).drop("file", "position")


def _remembered(numbered: DataFrame) -> DataFrame:
    sketches = numbered.where("sketch IS NOT NULL").select(
        "page_id", "domain", "fetched_at", "sketch"
    )
    remember = partial(flow.remember, cleaner_version=CLEANER_VERSION)
    return _mapped(sketches.repartition("domain"), remember, MEMORY_SCHEMA)


def _judged(
    numbered: DataFrame, memory: DataFrame, finish: Callable[..., Any], run_id: str
) -> DataFrame:
    verdicts = memory.where("page_id IS NOT NULL").select("page_id", "site_verdicts")
    drafts = numbered.drop("sketch").join(verdicts, "page_id", "left")
    finished = _mapped(drafts, finish, FINISHED_SCHEMA)
    judge = partial(flow.judge, run_id=run_id, cleaner_version=CLEANER_VERSION)
    in_order = finished.repartition("domain").sortWithinPartitions("domain", "page_id")
    return _mapped(in_order, judge, JUDGED_SCHEMA)
