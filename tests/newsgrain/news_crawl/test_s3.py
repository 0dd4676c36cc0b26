"""Files of a bucket are read as those on disk are, over the protocol that Amazon's S3 speaks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import boto3
import pyarrow.dataset as ds
import pytest
from moto.server import ThreadedMotoServer

from tests.end_to_end.conftest import newsgrain
from tests.newsgrain.inputs.files import Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STORY = "The ferry that was to leave in the morning came back late because of the fog. " * 12


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Serve an empty bucket; commands find it as they find Amazon's, by the usual settings."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    boto3.client("s3").create_bucket(Bucket="crawls")
    yield "crawls"
    server.stop()


def test_a_list_and_its_files_in_a_bucket_are_read_once(bucket: str, tmp_path: Path) -> None:
    store = boto3.client("s3")
    names = ["a.warc.gz", "b.warc.gz"]
    for place, name in enumerate(names):
        writer = Writer(tmp_path / name)
        for number in range(3 * place, 3 * place + 3):
            body = f"<title>Fog {number}</title><h1>Fog {number}</h1><p>{STORY} Day {number}.</p>"
            writer.add(number, body=f"<html lang='en'><article>{body}</article></html>".encode())
        store.upload_file(str(writer.path), bucket, f"news/{name}")
    addresses = [f"s3://{bucket}/news/{name}" for name in names]
    missing = f"s3://{bucket}/news/none.warc.gz"
    lines = "\n".join([*addresses, missing]).encode()
    store.put_object(Bucket=bucket, Key="list", Body=lines)
    command = ["clean", "--cc-news", f"s3://{bucket}/list", "-w", tmp_path / "work"]
    first = newsgrain(*command)
    assert first.returncode == 3  # in part
    assert first.stderr.count(missing) == 1
    folder = tmp_path / "work" / "datasets"
    pages = ds.dataset(str(folder / "pages"), format="parquet").to_table()
    assert sorted(set(pages["warc_file"].to_pylist())) == addresses
    assert len(ds.dataset(str(folder / "articles"), format="parquet").to_table()) == 6
    again = newsgrain(*command)
    assert again.returncode == 1  # nothing new was read
    assert "Traceback" not in again.stderr
    assert len(ds.dataset(str(folder / "pages"), format="parquet").to_table()) == len(pages)
