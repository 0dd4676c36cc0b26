"""A workspace with one article and one person too many, and a search through all of it."""

from __future__ import annotations

import gzip
import html
import json
import sqlite3
import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from cleaners.records import Candidate
from crawler.configuration import Source
from crawler.frontier import Frontier
from crawler.listing import Found
from newsgrain.archive import Archive, Exchange
from newsgrain.catalog import Catalog
from newsgrain.content_encoding import undo_content_encoding
from newsgrain.finding import find_article, find_person
from newsgrain.forget import forget
from newsgrain.publish import Published, PublishOptions, publish
from newsgrain.store import Store
from newsgrain.tombstones import Reason
from newsgrain.verify import verify, verify_archive
from newsgrain.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

START = datetime(2026, 11, 20, 2, tzinfo=UTC)
URL = "https://www.harbour.example/town/doe-buys-the-ferry-4711"
ALIAS = "https://www.harbour.example/?p=4711"
NEIGHBOUR = "https://www.harbour.example/town/benches-4712"
AWAY = "https://www.upland.example/culture/choir-9"
TITLE = "Jane Doë buys the old ferry from the town council"
OPENING = "The ferryman's widow signed the contract on Friday in the room above the custom house."
QUOTED = "I have waited nineteen years for this boat"
NAME = "Jane Doë"


def article(title: str, paragraphs: Sequence[str], *, author: str, extra: str = "") -> str:
    text = "".join(f"<p>{html.escape(one, quote=False)}</p>\n" for one in paragraphs)
    about = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": title,
        "datePublished": "2026-11-19T08:30:00+01:00",
        "author": {"@type": "Person", "name": author},
    }
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<script type="application/ld+json">{json.dumps(about)}</script></head><body>'
        f'<article><h1>{title}</h1><p class="byline">By {author}</p>{text}</article>{extra}'
        "</body></html>"
    )


SALE = (
    OPENING,
    (
        f"“{QUOTED},” said Jane Doë, director of the harbour board. The council had offered the "
        "vessel twice before, and twice nobody had come to look at it in the rain."
    ),
    (
        "Ms Doë will have the hull painted in green. Peter Marsh, the mayor, wished her a "
        "fair wind "
        "and many passengers, and promised to be among the first of them in the spring."
    ),
)
BENCHES = (
    (
        "Four benches of larch have been set along the mole since Monday, each with a view of the "
        "lighthouse and a small brass plate for those who paid for the wood and the bolts."
    ),
    (
        "“People sit longer than we thought they would,” said Peter Marsh, the mayor. The "
        "carpenters "
        "from the next valley needed two days for the work and a third one for the varnish."
    ),
    (
        "More benches are planned beside the fish market, where the ground has to be "
        "levelled first, "
        "and where the old crane is to be taken down before the winter storms begin."
    ),
)
CHOIR = (
    (
        "The choir of the upper village sang in the barn of the dairy on Saturday, because "
        "the roof "
        "of the church is being mended and the organ is wrapped in cloth until the summer."
    ),
    (
        "“JANE DOË paid for the chairs, and Doë never asked for thanks,” said Anna Field, "
        "who leads "
        "the choir. Two hundred people came, and some of them had to stand beside the cows."
    ),
    (
        "The next concert is planned for Epiphany, again in the barn, with the brass band of the "
        "neighbouring parish and with soup for everybody who brings a bowl of their own."
    ),
)
_TEASER = (
    f'<aside><a href="{URL}">{TITLE}</a><p>{OPENING}</p>'
    '<a href="/town/doe-buys-the-ferry-4711">more</a></aside>'
)
_FEED = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Harbour</title><item>'
    f"<title>{TITLE}</title><link>{URL}</link><description>{OPENING} {html.escape(SALE[1])}"
    "</description></item></channel></rss>"
)


@dataclass
class Desk:
    """A workspace with nights made by hand."""

    workspace: Workspace
    now: datetime = START

    def night(self, *answers: dict[str, Any], **options: Any) -> Published:
        self.now += timedelta(days=1)
        with Archive.open(self.workspace.archive) as archive:
            store = Store(self.workspace.datasets, clock=lambda: self.now)
            head = store.head()
            run = archive.begin_run("run", self.now, head=head.run_id if head else None)
            for number, answer in enumerate(answers):
                archive.record(self._exchange(run, number, **answer))
            how = PublishOptions(
                run_id=run, command="run", started_at=self.now, workers=1, **options
            )
            published = publish(archive, store, how, lambda: self.now)
            archive.end_run(run, self.now)
        return published

    def _exchange(
        self,
        run: str,
        number: int,
        url: str,
        body: str,
        *,
        kind: str = "article",
        encoding: str = "gzip",
        **more: Any,
    ) -> Exchange:
        data = gzip.compress(body.encode(), mtime=0) if encoding == "gzip" else body.encode()
        kinds = {"feed": "application/rss+xml"}
        headers = [("Content-Type", f"{kinds.get(kind, 'text/html')}; charset=utf-8")]
        headers += [("Content-Encoding", encoding)] if encoding else []
        return Exchange(
            run_id=run,
            source="harbour" if "harbour" in url else "upland",
            kind=kind,
            url=url,
            request_headers=(("User-Agent", "newsgrain"), ("Referer", URL)),
            fetched_at=self.now + timedelta(minutes=number),
            status=200,
            headers=tuple(headers),
            body=data,
            **more,
        )

    def rows(self, table: str) -> list[dict[str, Any]]:
        folder = self.workspace.datasets / table
        return ds.dataset(folder, format="parquet").to_table().to_pylist()


def build(root: Path) -> Desk:
    """Make the workspace: everywhere in it stands something of the article and of the person."""
    desk = Desk(Workspace(root))
    desk.workspace.make()
    sale = article(TITLE, SALE, author="Tom Reed")
    hints = (
        Candidate(field="requested_url", value=ALIAS, source="redirect"),
        Candidate(field="title", value=TITLE, source="feed"),
    )
    benches = article("Four benches stand along the mole", BENCHES, author=NAME, extra=_TEASER)
    desk.night(
        {"url": "https://www.harbour.example/feed", "body": _FEED, "kind": "feed"},
        {"url": "https://www.harbour.example/", "body": _TEASER, "kind": "home"},
        {"url": ALIAS, "body": "", "encoding": "", "is_final": False},
        {"url": URL, "body": sale, "hints": hints},
        {"url": NEIGHBOUR, "body": benches},
        {"url": AWAY, "body": article("A choir sings in the barn", CHOIR, author="Anna Field")},
    )
    desk.night(
        {"url": URL, "body": sale, "hints": hints},  # a revisit: its body lies in the first night
        {"url": NEIGHBOUR, "body": benches},
        {"url": f"{NEIGHBOUR}/feed", "body": _FEED, "kind": "feed", "encoding": ""},
    )
    desk.night({"url": URL, "body": sale.replace("in green", "in blue"), "encoding": ""})
    _beside(desk.workspace)
    return desk


def _beside(workspace: Workspace) -> None:
    with Archive.open(workspace.archive) as archive:
        source = Source(name="harbour", url="https://www.harbour.example/")
        found = [Found(url=url, source="feed", title=TITLE) for url in (URL, NEIGHBOUR)]
        Frontier(archive, ["harbour"]).add(source, found, START)
    line = json.dumps({"message": f"rejected url={URL} title={TITLE}"}, ensure_ascii=True)
    (workspace.logs / "00000001-20261121T020000Z.jsonl").write_text(f"{line}\nother\n")
    for folder in (workspace.reports, workspace.inspections):
        folder.mkdir(exist_ok=True)
        (folder / "one.html").write_text(f"<p>{html.escape(TITLE)}: {NAME}, {URL}</p>")
        (folder / "two.html").write_text("<p>nothing</p>")


def contents(root: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the text of everything in a folder, also of what is compressed in it."""
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name, data = str(path.relative_to(root)), path.read_bytes()
        yield name, data.decode("utf-8", "replace")
        if name.endswith(".warc.gz"):
            yield from ((name, text) for text in _records(data))
        elif name.endswith(".parquet"):
            yield name, str(pq.read_table(path, partitioning=None).to_pylist())
        elif name.endswith(".arrow"):
            with pa.ipc.open_file(path) as reader:
                yield name, str([value.hex() for row in reader.read_all().to_pylist()
                                 for value in row.values()])  # fmt: skip
        elif name.endswith(".sqlite"):
            yield from ((name, text) for text in _cells(path))


def _records(data: bytes) -> Iterator[str]:
    while data:
        stream = zlib.decompressobj(31)
        record = stream.decompress(data)
        data = stream.unused_data
        yield record.decode("utf-8", "replace")
        body = record.partition(b"\r\n\r\n")[2].partition(b"\r\n\r\n")[2].removesuffix(b"\r\n\r\n")
        if body.startswith(b"\x1f\x8b"):
            yield undo_content_encoding(body, "gzip", 10_000_000).decode("utf-8", "replace")


def _cells(path: Path) -> Iterator[str]:
    connection = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
    tables = [name for (name,) in connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'")]  # fmt: skip
    for table in tables:
        for row in connection.execute(f"SELECT * FROM {table}"):  # noqa: S608
            yield " ".join(v.hex() if isinstance(v, bytes) else str(v) for v in row)
            for value in row:
                if isinstance(value, bytes) and value.startswith(b"x"):
                    yield zlib.decompress(value).decode("utf-8", "replace")
    connection.close()


def traces(root: Path, *needles: str) -> list[tuple[str, str]]:
    """Return where something stands: plainly, escaped for HTML or for JSON, in any case."""
    forms = {
        form.casefold(): needle
        for needle in needles
        for form in (needle, html.escape(needle), json.dumps(needle)[1:-1])
    }
    return [
        (name, needle)
        for name, text in contents(root)
        for form, needle in forms.items()
        if form in text.casefold()
    ]


def forget_article(desk: Desk, url: str = URL):
    with desk.workspace.lock():
        finding = find_article(desk.workspace, url, Reason.ERASURE, desk.now)
        return forget(desk.workspace, finding.removal, clock=lambda: desk.now)


def forget_person(desk: Desk, *names: str):
    with desk.workspace.lock():
        finding = find_person(desk.workspace, names or (NAME,), Reason.ERASURE, desk.now)
        return forget(desk.workspace, finding.removal, clock=lambda: desk.now)


def faults(desk: Desk) -> list[str]:
    found = [one.detail for one in verify(desk.workspace.datasets, Catalog()) if not one.is_good]
    with Archive.open(desk.workspace.archive) as archive:
        finding = verify_archive(archive)
    return found if finding.is_good else [*found, finding.detail]
