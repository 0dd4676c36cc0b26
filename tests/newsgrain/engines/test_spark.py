"""Spark writes the tables that a local run writes, whatever is lost on the way."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.end_to_end.conftest import CHECKOUT, newsgrain
from tests.newsgrain.engines.files import differences, table_of, write_demo_warcs
from tests.newsgrain.engines.killing import losing

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
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

    paths = write_demo_warcs(tmp_path)
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
    (trouble,) = run.troubles
    assert "cut.warc.gz: ends within a record" in trouble


def test_rows_of_parquet_give_the_tables_of_a_local_run(
    spark: SparkSession, tmp_path: Path
) -> None:
    from newsgrain.engines.spark import clean_pages, parquet_pages

    folder = tmp_path / "pages"
    folder.mkdir()
    text = "".join(f"<p>The ferry came late on day {day}, for fog.</p>" for day in range(30))
    urls = [f"https://quay.example/{number}" for number in range(6)]
    html = [f"<article><h1>Fog {url[-1]}</h1>{text}<p>{url}</p></article>" for url in urls]
    when = pa.array([datetime(2026, 11, 20, tzinfo=UTC)] * 6, pa.timestamp("us", "UTC"))
    rows = pa.table({"url": [*urls[:5], "no address"], "html": html, "fetched_at": when})
    pq.write_table(rows.slice(0, 4), folder / "a.parquet", row_group_size=2)
    pq.write_table(rows.slice(4), folder / "b.parquet")
    done = newsgrain("clean", folder, "--workspace", tmp_path / "local", "--quiet")
    assert done.returncode == 0, done.stderr
    run = clean_pages(parquet_pages(spark, str(folder)), str(tmp_path / "spark"), run_id=_RUN)
    assert run.outcomes == {"new": 5}
    assert differences(tmp_path / "local" / "datasets", tmp_path / "spark") == {}
    copies = table_of(tmp_path / "spark", "articles")
    assert sum("'duplicate_of': None" not in row for row in copies) == 4


def test_real_pages_give_the_tables_of_a_local_run(
    spark: SparkSession, shared_folder: Path, tmp_path: Path
) -> None:
    from newsgrain.engines.spark import clean_pages, warc_pages

    path = shared_folder / "bench" / "fundus-a.warc.gz"
    done = newsgrain("clean", path, "--workspace", tmp_path / "local", "--quiet")
    assert done.returncode == 0, done.stderr
    run = clean_pages(warc_pages(spark, [str(path)]), str(tmp_path / "spark"), run_id=_RUN)
    assert sum(run.outcomes.values()) == 135
    assert differences(tmp_path / "local" / "datasets", tmp_path / "spark") == {}


def test_without_pyspark_the_library_is_imported_all_the_same() -> None:
    code = (
        "import sys; sys.modules['pyspark'] = None\n"
        "import newsgrain, newsgrain.flow, newsgrain.raw_pages"
    )
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ, cwd=CHECKOUT)
