"""Pages of Common Crawl's files are chosen, entered file by file, and cleaned once."""

from __future__ import annotations

import functools
import gzip
import signal
import subprocess
import sys
import threading
import tracemalloc
from datetime import UTC, datetime
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import aiohttp
import pyarrow.dataset as ds
import pytest

from newsgrain.archive import Archive, read_body
from newsgrain.cc_list import COMMON_CRAWL, NewsList, Wanted, news_list, read_list
from newsgrain.cc_news import FOLDER, Taken, take
from newsgrain.errors import ConfigError, InputError
from tests.end_to_end.conftest import newsgrain
from tests.newsgrain.archive.exchanges import begin
from tests.newsgrain.inputs.files import WHEN, Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENGLISH = "The ferry that was to leave in the morning came back late because of the fog. " * 12
FRENCH = "Le bac qui devait partir dans la matinée est revenu tard à cause du brouillard. " * 12
GZIP = ("Content-Encoding", "gzip")
HTML = ("Content-Type", "text/html; charset=utf-8")


def page(text: str, number: int = 0, lang: str = "en") -> bytes:
    head = f'<html lang="{lang}"><head><title>Fog {number}</title></head>'
    return f"{head}<article><h1>Fog {number}</h1><p>{text} Day {number}.</p></article>".encode()


class Crawl(ThreadingHTTPServer):
    """Serves a folder; may stop in the middle of a file until it is told to go on."""

    def __init__(self, folder: Path) -> None:
        self.asked: list[str] = []
        self.stuck_on = ""
        self.stuck = threading.Event()
        self.go_on = threading.Event()
        handler = functools.partial(_Handler, directory=str(folder))
        super().__init__(("127.0.0.1", 0), handler)

    def url(self, name: str) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/{name}"


class _Handler(SimpleHTTPRequestHandler):
    server: Crawl

    def do_GET(self) -> None:
        self.server.asked.append(self.path.lstrip("/"))
        super().do_GET()

    def copyfile(self, source: Any, outputfile: Any) -> None:
        content = source.read()
        half = len(content) // 2
        outputfile.write(content[:half])
        if self.path.lstrip("/") == self.server.stuck_on:
            outputfile.flush()
            self.server.stuck.set()
            self.server.go_on.wait(60)
        outputfile.write(content[half:])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name
        pass


@pytest.fixture
def crawl(tmp_path: Path) -> Iterator[Crawl]:
    folder = tmp_path / "crawl"
    folder.mkdir()
    with Crawl(folder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.go_on.set()
        server.shutdown()


def taken(archive: Archive, *files: str, **wanted: Any) -> list[Taken]:
    news = NewsList(files=files, wanted=Wanted(**wanted), fetched_at=WHEN)
    return list(take(archive, news, run_id=begin(archive)))


def urls(archive: Archive) -> list[str]:
    return [row.url for row in archive.pages()]


def test_pages_of_the_hosts_wanted_are_taken_with_those_of_their_subdomains(
    archive: Archive, tmp_path: Path
) -> None:
    writer = Writer(tmp_path / "a.warc.gz")
    hosts = [
        "quay.example",
        "www.quay.example",
        "news.quay.example",
        "notquay.example",
        "b.example",
    ]
    for number, host in enumerate(hosts):
        writer.add(number, url=f"https://{host}/{number}")
    (found,) = taken(archive, str(writer.path), hosts=frozenset({"quay.example"}))
    assert (found.pages, found.skipped, found.error) == (3, 2, None)
    assert [url.split("/")[2] for url in urls(archive)] == hosts[:3]


def test_pages_are_chosen_by_the_language_of_their_words_not_of_their_template(
    archive: Archive, tmp_path: Path
) -> None:
    writer = Writer(tmp_path / "a.warc.gz")
    for number, (text, lang) in enumerate(
        [(ENGLISH, "fr"), (FRENCH, "en"), ("?", "fr-CA"), ("", "")]
    ):
        writer.add(number, body=page(text, lang=lang))
    packed = gzip.compress(page(FRENCH, lang="en"))
    writer.add(4, headers=[HTML, GZIP], body=packed)
    writer.add(5, headers=[HTML, GZIP], body=packed[:40])
    (found,) = taken(archive, str(writer.path), language="fr")
    assert [url[-1] for url in urls(archive)] == ["1", "2", "4"]
    assert found.skipped == 3


def test_pages_are_chosen_by_the_day_they_were_fetched(archive: Archive, tmp_path: Path) -> None:
    writer = Writer(tmp_path / "a.warc.gz")
    for day in range(1, 6):
        writer.add(day, WARC_Date=f"2025-03-0{day}T23:59:59Z")
    writer.add(9, WARC_Date="some day")
    since, until = datetime(2025, 3, 2, tzinfo=UTC), datetime(2025, 3, 4, tzinfo=UTC)
    taken(archive, str(writer.path), since=since, until=until)
    assert [url[-1] for url in urls(archive)] == ["2", "3"]


def test_records_that_came_through_the_network_are_kept_byte_for_byte_with_their_origin(
    archive: Archive, crawl: Crawl, tmp_path: Path
) -> None:
    writer = Writer(tmp_path / "crawl" / "a.warc.gz")
    for number in range(4):
        writer.add(
            number, body=page(ENGLISH, number), url=f"https://h{number % 2}.example/{number}"
        )
    source = crawl.url("a.warc.gz")
    taken(archive, source, hosts=frozenset({"h1.example"}))
    rows = list(archive.pages())
    assert [row.url[-1] for row in rows] == ["1", "3"]
    whole = writer.path.read_bytes()
    for row in rows:
        assert row.warc_file == source
        there = whole[row.warc_offset :][: row.warc_length]
        kept = (archive.folder / str(row.archive_file)).read_bytes()
        assert kept[row.archive_offset :][: row.archive_length] == there
        assert read_body(row, archive.folder) == page(ENGLISH, int(row.url[-1]))
    assert {path.suffix for path in (archive.folder / FOLDER).iterdir()} == {".gz", ".json"}


def test_a_file_of_this_machine_is_referred_to_where_it_lies(
    archive: Archive, tmp_path: Path
) -> None:
    writer = Writer(tmp_path / "a.warc.gz")
    writer.add(1)
    taken(archive, str(writer.path))
    (row,) = archive.pages()
    place = (row.archive_file, row.archive_offset, row.archive_length)
    assert place == (row.warc_file, row.warc_offset, row.warc_length)
    assert row.archive_file == str(writer.path)
    assert read_body(row, archive.folder)


def test_odd_records_give_what_can_be_read_of_them(
    archive: Archive, crawl: Crawl, tmp_path: Path
) -> None:
    """Chunked, encoded, both; a revisit without a body; lengths that do not hold; a cut end."""
    writer = Writer(tmp_path / "crawl" / "odd.warc.gz")
    body = page(ENGLISH)
    chunked = b"%x\r\n%s\r\n0\r\n\r\n"
    transfer = ("Transfer-Encoding", "chunked")
    writer.add(1, headers=[HTML, transfer], body=chunked % (len(body), body))
    writer.add(2, headers=[HTML, GZIP], body=gzip.compress(body))
    packed = gzip.compress(body)
    writer.add(3, headers=[HTML, GZIP, transfer], body=chunked % (len(packed), packed))
    writer.add(4, headers=[HTML, ("Content-Length", "7")], body=body)
    writer.add(5, headers=[HTML, ("Content-Length", "7000000")], body=body)
    writer.add(6, kind="revisit", body=b"")
    start = writer.path.stat().st_size
    writer.add(7, body=body)
    writer.path.write_bytes(writer.path.read_bytes()[: start + 100])
    (found,) = taken(archive, crawl.url("odd.warc.gz"))
    assert (found.pages, found.skipped) == (5, 1)
    assert "ends within a record" in str(found.error)
    bodies = [read_body(row, archive.folder) for row in archive.pages()]
    assert bodies == [body] * 5


def test_a_file_that_is_done_is_not_read_again_but_with_another_filter(
    archive: Archive, crawl: Crawl, tmp_path: Path
) -> None:
    writer = Writer(tmp_path / "crawl" / "a.warc.gz")
    writer.add(1, body=page(ENGLISH))
    source = crawl.url("a.warc.gz")
    (first,), asked = taken(archive, source), len(crawl.asked)
    (second,) = taken(archive, source)
    assert (first.is_new, second.is_new, second.pages) == (True, False, 1)
    assert len(crawl.asked) == asked
    (other,) = taken(archive, source, language="fr")
    assert (other.is_new, other.pages) == (True, 0)


def test_a_file_that_cannot_be_fetched_is_said_and_tried_again(
    archive: Archive, crawl: Crawl, tmp_path: Path
) -> None:
    writer = Writer(tmp_path / "crawl" / "b.warc.gz")
    writer.add(1)
    missing, there = crawl.url("a.warc.gz"), crawl.url("b.warc.gz")
    first = taken(archive, missing, there)
    assert "cannot be read" in str(first[0].error)
    assert (first[0].pages, first[1].pages) == (0, 1)
    late = Writer(tmp_path / "crawl" / "a.warc.gz")
    late.add(2)
    again = taken(archive, missing, there)
    assert [(one.is_new, one.error) for one in again] == [(True, None), (False, None)]
    assert sorted(urls(archive)) == ["http://quay.example/1", "http://quay.example/2"]


ODD = ["http://[x", "http://127.0.0.1:99999/a", "a\0b", "file:///a\0b", "ftp://[x", "s3://"]


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_address_is_said_and_costs_no_other_file(
    archive: Archive, tmp_path: Path, odd: str
) -> None:
    writer = Writer(tmp_path / "a.warc.gz")
    writer.add(1)
    first, second = taken(archive, odd, str(writer.path))
    assert str(first.error).startswith("cannot be read: ")
    assert "\n" not in str(first.error)
    assert (first.pages, second.pages) == (0, 1)


def test_an_excerpt_has_a_name_that_every_disk_takes(archive: Archive, tmp_path: Path) -> None:
    import fsspec

    address = "memory://" + "\u8239" * 200 + " 1.warc.gz"
    writer = Writer(tmp_path / "a.warc.gz")
    writer.add(1)
    fsspec.filesystem("memory").pipe_file(address, writer.path.read_bytes())
    assert [one.pages for one in taken(archive, address)] == [1]
    (row,) = archive.pages()
    assert read_body(row, archive.folder)


@pytest.mark.parametrize("error", [aiohttp.ClientPayloadError("cut"), TimeoutError()])
def test_a_library_that_fails_within_a_file_leaves_it_to_the_next_run(
    archive: Archive, crawl: Crawl, tmp_path: Path, monkeypatch, error: Exception
) -> None:
    """What it raises says nothing of the file, which is not damaged."""
    from fsspec.implementations.http import HTTPFile

    writer = Writer(tmp_path / "crawl" / "a.warc.gz")
    for number in range(3):
        writer.add(number)

    def fail(*_: object) -> bytes:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(HTTPFile, "read", fail)
        (found,) = taken(archive, crawl.url("a.warc.gz"))
    assert "cannot be read" in str(found.error)
    (again,) = taken(archive, crawl.url("a.warc.gz"))
    assert (again.is_new, again.pages, again.error) == (True, 3, None)


def test_options_of_reading_are_given_to_the_file_and_not_to_the_service() -> None:
    """S3 refuses what it does not know, once it is asked for the first time."""
    import fsspec

    class Picky(fsspec.get_filesystem_class("memory")):  # type: ignore[misc]
        protocol = "picky"

        def __init__(self) -> None:
            super().__init__()

        @classmethod
        def _strip_protocol(cls, path: str) -> str:
            return path.removeprefix("picky:/")

    fsspec.register_implementation("picky", Picky, clobber=True)
    Picky().pipe_file("/list", b"a.warc.gz\n")
    assert len(read_list("picky://list")) == 1


def test_a_run_that_is_killed_within_a_file_goes_on_with_that_file(
    crawl: Crawl, tmp_path: Path
) -> None:
    names = ["a.warc.gz", "b.warc.gz"]
    for place, name in enumerate(names):
        writer = Writer(tmp_path / "crawl" / name)
        for number in range(3):
            day = 3 * place + number
            writer.add(day, body=page(ENGLISH.replace("fog", f"fog {day}" * 9), day))
    (tmp_path / "list").write_text("\n".join(map(crawl.url, names)))
    workspace = tmp_path / "work"
    command = ["clean", "--cc-news", str(tmp_path / "list"), "-w", str(workspace)]
    crawl.stuck_on = names[1]
    with subprocess.Popen([sys.executable, "-m", "crawler.cli", *command]) as killed:
        assert crawl.stuck.wait(60)
        killed.send_signal(signal.SIGKILL)
    crawl.go_on.set()
    crawl.stuck_on = ""
    crawl.asked.clear()
    done = newsgrain(*command)
    assert done.returncode == 0, done.stderr
    assert set(crawl.asked) == {names[1]}
    articles = ds.dataset(str(workspace / "datasets" / "articles"), format="parquet").to_table()
    assert sorted(url[-1] for url in articles["url"].to_pylist()) == list("012345")
    pages = ds.dataset(str(workspace / "datasets" / "pages"), format="parquet").to_table()
    assert sorted(set(pages["warc_file"].to_pylist())) == list(map(crawl.url, names))
    assert not list((workspace / "archive" / FOLDER).glob("*.part"))


def test_memory_does_not_grow_with_the_file(archive: Archive, tmp_path: Path) -> None:
    writer = Writer(tmp_path / "a.warc.gz")
    filling = b"<p>" + bytes(range(32, 127)) * 2000
    for number in range(150):
        writer.add(number, body=page(ENGLISH, number) + filling)
    tracemalloc.start()
    (found,) = taken(archive, str(writer.path))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found.pages == 150
    assert peak < 4_000_000  # of 28 MB


def test_a_list_names_paths_addresses_and_what_common_crawl_publishes(tmp_path: Path) -> None:
    (tmp_path / "here.warc.gz").touch()
    lines = [
        "# a list",
        "",
        "here.warc.gz",
        "s3://bucket/a.warc.gz",
        "crawl-data/CC-NEWS/b.warc.gz",
    ]
    place = tmp_path / "list.gz"
    place.write_bytes(gzip.compress("\n".join(lines).encode()))
    assert read_list(str(place)) == (
        str(tmp_path / "here.warc.gz"),
        "s3://bucket/a.warc.gz",
        f"{COMMON_CRAWL}crawl-data/CC-NEWS/b.warc.gz",
    )


def test_what_is_wrong_with_list_and_filter_is_said(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("# nothing\n")
    with pytest.raises(ConfigError, match="names no file"):
        read_list(str(empty))
    with pytest.raises(InputError, match="cannot be read"):
        read_list(str(tmp_path / "none"))
    for damaged in (b"\x1f\x8b\x08" + bytes(7) + b"\xff" * 9, b"\x1f\x8b\x08", b"\xff\xfe"):
        empty.with_name("damaged").write_bytes(damaged)
        with pytest.raises(InputError, match="is no list of files"):
            read_list(str(empty.with_name("damaged")))
    with pytest.raises(ConfigError, match="choose of --cc-news"):
        news_list(None, language="fr")
    with pytest.raises(ConfigError, match="names no host"):
        news_list(str(empty), hosts=empty)
    with pytest.raises(ConfigError, match="not a language tag"):
        news_list(str(empty), language="?")
    with pytest.raises(ConfigError, match=r"newsgrain\[cc\]"):
        list(read_list("noprotocol://list"))
