"""Duplicates as joins and aggregations: the links that `newsgrain.duplicates` would settle."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyarrow as pa
from pyspark.sql import Window
from pyspark.sql import functions as F  # noqa: N812 - as all of Spark's users name it

from newsgrain.duplicate_store import BANDS, MOST_PER_BAND, ROWS
from newsgrain.duplicates import DECLARED_THRESHOLD, THRESHOLD
from newsgrain.shingles import overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyspark.sql import DataFrame

_SHARES = pa.schema(
    [
        pa.field("article_id", pa.string()),
        pa.field("other", pa.string()),
        pa.field("other_rank", pa.string()),
        pa.field("declared", pa.bool_()),
        pa.field("overlap", pa.float64()),
    ]
)
_SHARES_DDL = "article_id string, other string, other_rank string, declared boolean, overlap double"


def links_of(judged: DataFrame) -> DataFrame:
    """Return ``article_id``, ``duplicate_of``, ``duplicate_group`` and ``overlap`` of copies.

    Args:
        judged: `newsgrain.flow_schema.JUDGED_SCHEMA`, all pages.
    """
    articles = _articles(judged).cache()
    pairs = _near(articles).unionByName(_declared(articles))
    shares = pairs.mapInArrow(_with_overlap, _SHARES_DDL)
    # What is declared goes before what is near; of those that are near, the earliest counts.
    order = F.struct(~F.col("declared"), F.col("other_rank"))
    parents = shares.groupBy("article_id").agg(
        F.min_by("other", order).alias("duplicate_of"),
        F.min_by("overlap", order).alias("overlap"),
    )
    return _with_groups(parents)


def _articles(judged: DataFrame) -> DataFrame:
    """Return each article's latest text, its number, and its rank (`duplicates._rank`)."""
    texts = judged.where("text IS NOT NULL").select("page_id", "text.*")
    version = F.struct("fetched", "revision", "page_id")
    latest = texts.groupBy("article_id").agg(
        F.min("page_id").alias("number"),
        F.min_by("first_seen", "page_id").alias("first_seen"),
        F.max_by(F.struct("signature", "declared"), version).alias("latest"),
    )
    signature, declared = F.col("latest.signature"), F.col("latest.declared")
    is_copy = declared.isNotNull().cast("int").cast("string")
    # Microseconds of both signs, as text that sorts as they do.
    moment = F.lpad((F.col("first_seen") + F.lit(1 << 62)).cast("string"), 19, "0")
    return latest.select(
        "article_id",
        "number",
        F.concat(is_copy, F.lit(" "), moment, F.lit(" "), "article_id").alias("rank"),
        signature.alias("signature"),
        declared.alias("declares"),
    )


def _near(articles: DataFrame) -> DataFrame:
    """Return the pairs that share a band, of which the other is the earlier one."""
    pieces = [F.substring("signature", band * ROWS + 1, ROWS) for band in range(BANDS)]
    bands = articles.where("signature IS NOT NULL").select(
        "*", F.posexplode(F.array(*pieces)).alias("band", "piece")
    )
    first = Window.partitionBy("band", "piece").orderBy("number")
    found = bands.withColumn("place", F.row_number().over(first)).where(
        F.col("place") <= MOST_PER_BAND
    )
    others = _other(found, "band", "piece")
    pairs = bands.join(others, ["band", "piece"]).where("other_rank < rank")
    return _pair(pairs, declared=False).dropDuplicates(["article_id", "other"])


def _declared(articles: DataFrame) -> DataFrame:
    """Return the articles that name another one as their canonical, with that one."""
    others = _other(articles.where("signature IS NOT NULL"))
    mine = articles.where("signature IS NOT NULL AND declares IS NOT NULL")
    pairs = mine.join(others, mine["declares"] == others["other"]).where("other_rank < rank")
    return _pair(pairs, declared=True)


def _other(articles: DataFrame, *keys: str) -> DataFrame:
    return articles.select(
        *keys,
        F.col("article_id").alias("other"),
        F.col("rank").alias("other_rank"),
        F.col("signature").alias("other_signature"),
    )


def _pair(pairs: DataFrame, *, declared: bool) -> DataFrame:
    return pairs.select(
        "article_id",
        "other",
        "other_rank",
        F.lit(declared).alias("declared"),
        "signature",
        "other_signature",
    )


def _with_overlap(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Measure pairs, and keep those that overlap enough."""
    for batch in batches:
        rows = []
        for row in batch.to_pylist():
            share = overlap(row.pop("signature"), row.pop("other_signature"))
            if share >= (DECLARED_THRESHOLD if row["declared"] else THRESHOLD):
                rows.append(row | {"overlap": round(share, 3)})
        yield pa.RecordBatch.from_pylist(rows, _SHARES)


def _with_groups(parents: DataFrame) -> DataFrame:
    """Follow every article's parents to the first of its group, twice as far each time."""
    links = parents.withColumn("duplicate_group", F.col("duplicate_of")).cache()
    while True:
        above = links.select(
            F.col("article_id").alias("duplicate_group"),
            F.col("duplicate_group").alias("higher"),
        )
        followed = links.join(above, "duplicate_group", "left")
        if followed.where("higher IS NOT NULL").isEmpty():
            return links
        links = followed.select(
            "article_id",
            "duplicate_of",
            "overlap",
            F.coalesce("higher", "duplicate_group").alias("duplicate_group"),
        ).localCheckpoint()
