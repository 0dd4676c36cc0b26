"""Pages of the sample newspapers in files, and tables to compare with those of a local run."""

from __future__ import annotations

import io
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds
from warcio.statusandheaders import StatusAndHeaders
from warcio.timeutils import datetime_to_iso_date
from warcio.warcwriter import WARCWriter

from crawler.demo import DemoServer, serve
from newsgrain.schema import TABLES
from tests.end_to_end.conftest import NIGHTS
from tests.newsgrain.inputs.files import Writer

if TYPE_CHECKING:
    from collections.abc import Collection
    from pathlib import Path

# Nothing else differs: a run has its name, Spark takes no digest of whole files.
_OF_THE_RUN = frozenset({"run_id", "archive_sha256", "archive_file"})
# What one run alone has nothing to say of.
_WITHOUT_ROWS = frozenset({"prunings", "runs"})


def write_demo_warcs(folder: Path) -> list[Path]:
    """Write the articles of both nights, each night's in a file of its own."""
    paths = []
    for number, now in enumerate(NIGHTS, 1):
        path = folder / f"night-{number}.warc.gz"
        with serve(night=number, now=now) as server, path.open("wb") as out:
            writer = WARCWriter(out, gzip=True)
            for article in server.articles:
                _write(writer, server, f"http://{article.host}:{server.port}{article.path}")
        paths.append(path)
    return paths


def _write(writer: WARCWriter, server: DemoServer, url: str) -> None:
    host, path = url.removeprefix("http://").split("/", 1)
    connection = HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", f"/{path}", headers={"Host": host})
    answer = connection.getresponse()
    headers = StatusAndHeaders("200 OK", answer.getheaders(), protocol="HTTP/1.1")
    body = answer.read()
    connection.close()
    # The port is another one in each night.
    record = writer.create_warc_record(
        url.replace(f":{server.port}", ""),
        "response",
        payload=io.BytesIO(body),
        length=len(body),
        http_headers=headers,
        warc_headers_dict={"WARC-Date": datetime_to_iso_date(server.now.replace(tzinfo=None))},
    )
    writer.write_record(record)


def write_copies(path: Path) -> Path:
    """Write articles that repeat each other: a chain, and one that says what it repeats."""
    writer = Writer(path)
    words = [f"word{number}" for number in range(400)]
    texts = {
        "https://first.example/story": words[:200],
        "https://second.example/story": words[40:240],
        "https://third.example/story": words[80:280],
        "https://declares.example/story": words[:100] + words[300:340],
    }
    for number, (url, text) in enumerate(texts.items()):
        link = '<link rel="canonical" href="https://first.example/story">' if number == 3 else ""
        head = f"<head>{link}<title>Story {number}</title></head>"
        page = f"<html>{head}<article><h1>Story {number}</h1><p>{' '.join(text)}.</p></article>"
        writer.add(
            number, url=url, body=page.encode(), WARC_Date=f"2025-03-0{number + 1}T12:00:00Z"
        )
    return path


def table_of(folder: Path, name: str, skip: Collection[str] = _OF_THE_RUN) -> list[str]:
    """Return the rows of a table as text, in one order; types must be those of the schema."""
    rows = ds.dataset(list(map(str, (folder / name).rglob("*.parquet")))).to_table()
    schema = pa.schema([(field.name, field.type) for field in TABLES[name].schema()])
    assert dict(zip(rows.schema.names, rows.schema.types, strict=True)) == dict(
        zip(schema.names, schema.types, strict=True)
    )
    kept = [column for column in schema.names if column not in skip]
    return sorted(map(repr, rows.select(kept).to_pylist()))


def differences(local: Path, other: Path) -> dict[str, Any]:
    """Return the tables that differ, with the rows that only one of them has."""
    found = {}
    for name in TABLES.keys() - _WITHOUT_ROWS:
        one, two = table_of(local, name), table_of(other, name)
        if one != two:
            found[name] = (set(one) - set(two), set(two) - set(one))
    return found
