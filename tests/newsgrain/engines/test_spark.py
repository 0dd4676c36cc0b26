"""Spark writes the tables that a local run writes, whatever is lost on the way."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from newsgrain.flow_schema import RAW_SCHEMA
from tests.end_to_end.conftest import CHECKOUT, newsgrain
from tests.newsgrain.engines.files import differences, table_of, write_copies, write_demo_warcs
from tests.newsgrain.engines.killing import losing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
# Real pages beside the checkout, no part of the project.
BENCH = Path(os.environ.get("NEWSGRAIN_SHARED", CHECKOUT.parent / "shared")) / "bench"
_RUN = "00000001-20261120T020000Z"


@pytest.fixture(scope="session")
def spark() -> Iterator[SparkSession]:
    """A cluster of two executors on this machine, each a process of its own."""
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("there is no Java on this machine")
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", str(CHECKOUT))
        patch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
        # Small and short: compiling code would cost more than it saves.
        patch.setenv("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        settings = {
            "spark.ui.enabled": "false",
            "spark.driver.host": "127.0.0.1",
            "spark.sql.shuffle.partitions": "2",
            "spark.sql.codegen.wholeStage": "false",
            "spark.sql.codegen.factoryMode": "NO_CODEGEN",
        }
        builder = SparkSession.builder.master("local-cluster[2,1,1024]")
        for name, value in settings.items():
            builder = builder.config(name, value)
        session = builder.getOrCreate()
        yield session
        session.stop()


def test_after_a_lost_worker_and_a_lost_executor_the_tables_are_those_of_a_local_run(
    spark: SparkSession, tmp_path: Path
) -> None:
    from newsgrain.engines.spark import clean_pages, warc_pages

    paths = [*write_demo_warcs(tmp_path), write_copies(tmp_path / "copies.warc.gz")]
    real = BENCH / "fundus-a.warc.gz"
    paths += [real] if real.exists() else []
    cut = tmp_path / "cut.warc.gz"
    cut.write_bytes(paths[0].read_bytes()[:-20])
    done = newsgrain("clean", *paths, cut, "--workspace", tmp_path / "local", "--quiet")
    assert done.returncode == 3, done.stderr
    pages = warc_pages(spark, [str(path) for path in (*paths, cut)])
    worker, executor = tmp_path / "worker", tmp_path / "executor"
    step = partial(losing, worker=str(worker), executor=str(executor))
    run = clean_pages(pages.mapInArrow(step, pages.schema), str(tmp_path / "spark"), run_id=_RUN)
    assert worker.exists()
    assert executor.exists()
    assert differences(tmp_path / "local" / "datasets", tmp_path / "spark") == {}
    assert set(run.outcomes) >= {"new", "edited"}
    articles = table_of(tmp_path / "spark", "articles")
    assert sum("'duplicate_of': None" not in row for row in articles) >= 3
    assert table_of(tmp_path / "spark", "site_blocks")
    (trouble,) = run.troubles
    assert "cut.warc.gz: ends within a record" in trouble


def test_rows_of_parquet_files_are_pages_in_the_order_of_the_files(
    spark: SparkSession, tmp_path: Path
) -> None:
    from newsgrain.engines.spark import parquet_pages

    when = datetime(2026, 11, 20, tzinfo=UTC)
    rows = pa.table(
        {
            "url": [f"https://quay.example/{number}" for number in range(5)],
            "html": ["<p>Fog</p>", None, "<p>Caf\u00e9</p>", "<p>Tide</p>", "<p>Ice</p>"],
            "fetched_at": pa.array([when, when, when, None, when], pa.timestamp("us", "UTC")),
        }
    )
    pq.write_table(rows.slice(3), tmp_path / "b.parquet")
    pq.write_table(rows.slice(0, 3), tmp_path / "a.parquet", row_group_size=2)
    day = datetime(2026, 1, 1, tzinfo=UTC)
    frame = parquet_pages(spark, str(tmp_path), fetched_at=day)
    found = pa.Table.from_batches(frame.toArrow().to_batches()).sort_by(
        [("file", "ascending"), ("position", "ascending")]
    )
    assert found.schema.names == RAW_SCHEMA.names
    kept = [row for row in rows.to_pylist() if row["html"] is not None]
    pages = found.to_pylist()
    assert [page["url"] for page in pages] == [row["url"] for row in kept]
    assert [page["html"] for page in pages] == [row["html"].encode() for row in kept]
    assert [page["position"] for page in pages] == [0, 2, 0, 1]
    assert [page["fetched_at"] for page in pages] == [when, when, day, when]
    assert {page["content_type"] for page in pages} == {"text/html; charset=utf-8"}
    assert pages[1]["body_sha256"] == hashlib.sha256(pages[1]["html"]).hexdigest()


def test_without_pyspark_the_library_is_imported_all_the_same() -> None:
    code = (
        "import sys; sys.modules['pyspark'] = None\n"
        "import newsgrain, newsgrain.flow, newsgrain.raw_pages"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ, cwd=CHECKOUT)
