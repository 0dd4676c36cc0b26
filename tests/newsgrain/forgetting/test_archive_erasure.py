"""Records leave the archive wherever they lie, and no other record with them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from newsgrain.archive import Archive, read_body
from newsgrain.cc_list import NewsList
from newsgrain.cc_news import FOLDER, take
from newsgrain.publish import PublishOptions, publish
from newsgrain.store import Store
from newsgrain.tombstones import read_tombstones
from newsgrain.warc_members import read_answers
from newsgrain.workspace import Workspace
from tests.newsgrain.archive.exchanges import records
from tests.newsgrain.forgetting.papers import (
    AWAY,
    BENCHES,
    CHOIR,
    NAME,
    NEIGHBOUR,
    OPENING,
    SALE,
    TITLE,
    URL,
    Desk,
    article,
    faults,
    forget_article,
    forget_person,
    traces,
)
from tests.newsgrain.inputs.files import Writer

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.warc_members import Record

SALE_PAGE = article(TITLE, SALE, author="Tom Reed")
BENCHES_PAGE = article("Four benches stand along the mole", BENCHES, author="Tom Reed")
CHOIR_PAGE = article("A choir sings in the barn", CHOIR, author="Anna Field")
OF_ARTICLE = (URL, TITLE, OPENING)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """Return a workspace in which nothing is yet."""
    made = Desk(Workspace(tmp_path / "work"))
    made.workspace.make()
    return made


def bodies(desk: Desk) -> dict[str, str]:
    with Archive.open(desk.workspace.archive) as archive:
        pages = [page for page in archive.pages() if page.archive_file]
        return {page.url: read_body(page, archive.folder).decode() for page in pages}


def place(desk: Desk, url: str) -> tuple[Path, int, bytes]:
    """Return where the record of a page lies, and its bytes."""
    with Archive.open(desk.workspace.archive) as archive:
        (page,) = [page for page in archive.pages() if page.url == url]
    path, offset = desk.workspace.archive / str(page.archive_file), page.archive_offset or 0
    return path, offset, path.read_bytes()[offset:][: page.archive_length]


def damage(desk: Desk, url: str) -> bytes:
    """Destroy what can be read of a record, and return the bytes of it that are left."""
    path, offset, record = place(desk, url)
    with path.open("r+b") as file:
        file.seek(offset + 60)
        file.write(b"\xff" * 40)
    return record[100:]


def test_an_address_that_answers_with_another_pages_body_takes_that_page_nothing(desk):
    desk.night({"url": NEIGHBOUR, "body": BENCHES_PAGE, "encoding": ""})
    forget_article(desk)
    tombstones = read_tombstones(desk.workspace.root)
    desk.night({"url": URL, "body": BENCHES_PAGE, "encoding": ""}, tombstones=tombstones)
    assert bodies(desk) == {NEIGHBOUR: BENCHES_PAGE}
    assert traces(desk.workspace.root, URL) == []
    assert faults(desk) == []


def test_what_lies_behind_a_damaged_record_is_overwritten_too(desk):
    answers = ((NEIGHBOUR, BENCHES_PAGE), (URL, SALE_PAGE), (AWAY, CHOIR_PAGE))
    desk.night(*({"url": url, "body": body} for url, body in answers))
    damage(desk, NEIGHBOUR)
    segment, _, record = place(desk, URL)
    forget_article(desk)
    assert record[-200:] not in segment.read_bytes()
    with Archive.open(desk.workspace.archive) as archive:
        assert read_body(archive.page(3), archive.folder).decode() == CHOIR_PAGE


@pytest.mark.parametrize("is_torn", [False, True])
def test_a_damaged_record_is_overwritten_where_the_ledger_has_it(desk, is_torn):
    asked, forgotten = (f"https://www.harbour.example/?{query}" for query in ("b=2&a=1", "a=1&b=2"))
    desk.night({"url": AWAY, "body": CHOIR_PAGE}, {"url": asked, "body": SALE_PAGE})
    left = damage(desk, asked)
    (segment,) = desk.workspace.archive.glob("*.warc.gz")
    data = segment.read_bytes()
    if is_torn:
        left = left[:50]
        data = data[: data.index(left) + 50]
        segment.write_bytes(data)
    forget_article(desk, forgotten)
    after = segment.read_bytes()
    assert left not in after
    assert len(after) == len(data)
    assert bodies(desk) == {AWAY: CHOIR_PAGE}
    if not is_torn:  # the request behind it is overwritten, too
        assert [record.offset for record in read_answers(segment)] == [place(desk, AWAY)[1]]


def test_a_masked_copy_is_no_record_to_be_searched(desk):
    """What only its own site may not repeat stays elsewhere, beside the address that is masked."""
    shown = CHOIR_PAGE.replace("</body>", f'<a href="{URL}">{TITLE}</a></body>')
    desk.night({"url": AWAY, "body": shown}, {"url": URL, "body": SALE_PAGE})
    forget_article(desk)
    assert URL not in bodies(desk)[AWAY]
    assert TITLE in bodies(desk)[AWAY]
    assert faults(desk) == []


def take_crawl(desk: Desk, path: Path) -> None:
    """Take the pages of a file as if it came through the network, and publish them."""
    desk.now += timedelta(days=1)
    with Archive.open(desk.workspace.archive) as archive:
        store = Store(desk.workspace.datasets, clock=lambda: desk.now)
        run = archive.begin_run("clean", desk.now, head=None)
        (taken,) = take(archive, NewsList(files=(path.as_uri(),), fetched_at=desk.now), run_id=run)
        assert taken.error is None
        tombstones = read_tombstones(desk.workspace.root)
        how: dict[str, Any] = {"run_id": run, "command": "clean", "started_at": desk.now}
        options = PublishOptions(**how, workers=1, tombstones=tombstones)
        publish(archive, store, options, lambda: desk.now)
        archive.end_run(run, desk.now)


def answers(desk: Desk) -> list[Record]:
    """Return what can be read in the excerpt."""
    (path,) = (desk.workspace.archive / FOLDER).glob("*crawl.warc*")
    return list(read_answers(path))


@pytest.fixture(params=["crawl.warc.gz", "crawl.warc"])
def crawl(desk: Desk, tmp_path: Path, request) -> Path:
    """Return a file of which all pages were taken: sent as it is, in chunks, by no HTTP."""
    writer = Writer(tmp_path / request.param, zipped=request.param.endswith(".gz"))
    html = ("Content-Type", "text/html; charset=utf-8")
    writer.add(1, url=URL, body=SALE_PAGE.encode())
    first, name, last = CHOIR_PAGE.encode().partition("ANE DOË".encode())
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(one), one) for one in (first, name + last, b""))
    writer.add(2, url=AWAY, headers=[html, ("Transfer-Encoding", "chunked")], body=chunks)
    shown = BENCHES_PAGE.replace("</body>", f'<a href="{URL}">{TITLE}</a> by {NAME}</body>')
    lines = shown.replace("<body>", "\r\n<!-- bench: larch -->\r\n<body>")
    writer.add(3, url=NEIGHBOUR, kind="resource", body=lines.encode(), Content_Type=html[1])
    take_crawl(desk, writer.path)
    assert len(answers(desk)) == 3
    return writer.path


@pytest.mark.usefixtures("crawl")
def test_an_excerpt_of_common_crawl_holds_no_byte_of_a_forgotten_article(desk):
    (desk.workspace.archive / FOLDER / "killed.warc.gz.part").write_text(URL)
    forget_article(desk)
    assert traces(desk.workspace.root, *OF_ARTICLE) == []
    kept = bodies(desk)
    assert set(kept) == {AWAY, NEIGHBOUR}
    assert kept[AWAY] == CHOIR_PAGE
    assert BENCHES[0] in kept[NEIGHBOUR]
    assert "█" in kept[NEIGHBOUR]
    assert len(answers(desk)) == 1
    assert faults(desk) == []
    (gone,) = [row for row in desk.rows("pages") if row["kind"] == "forgotten"]
    assert {gone[name] for name in ("warc_file", "warc_offset", "archive_sha256")} == {None}
    (segment,) = desk.workspace.archive.glob("*.warc.gz")
    (http,) = [http for kind, _, http, _ in records(segment) if kind == "response"]
    assert http.get_statuscode() == "200"
    assert [name for name, _ in http.headers] == ["Content-Type", "Content-Length"]


@pytest.mark.usefixtures("crawl")
def test_an_excerpt_of_common_crawl_names_no_forgotten_person(desk):
    forget_person(desk)
    assert traces(desk.workspace.root, NAME) == []
    assert all("█" in body for body in bodies(desk).values())
    assert len(bodies(desk)) == 3
    assert answers(desk) == []
    assert faults(desk) == []


@pytest.mark.parametrize("crawl", ["crawl.warc.gz"], indirect=True)
def test_a_file_of_common_crawl_that_is_taken_again_brings_nothing_back(desk, crawl):
    forget_article(desk)
    forget_person(desk)
    for note in (desk.workspace.archive / FOLDER).glob("*.json"):
        note.unlink()
    before = {row["url"]: row["text"] for row in desk.rows("articles")}
    take_crawl(desk, crawl)
    assert traces(desk.workspace.root, OPENING, CHOIR[1][:30]) == []
    assert {row["url"]: row["text"] for row in desk.rows("articles")} == before
    assert faults(desk) == []
