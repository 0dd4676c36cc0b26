"""`newsgrain inspect`: where the page comes from, and where the answer goes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
from typer.testing import CliRunner

from crawler.cli import app
from tests.newsgrain.site import paper

if TYPE_CHECKING:
    from click.testing import Result

ROOT = Path(__file__).parents[2]
STORY = (
    "<html lang='en'><head><title>{title}</title>"
    "<meta property='article:published_time' content='2026-05-03T10:00:00Z'></head>"
    "<body><article><h1>{title}</h1><p>The harbour council met on Monday and agreed, after a"
    " long evening, that the old swing bridge would be repaired before the winter.</p>"
    "</article></body></html>"
)


def run(*arguments: object, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "crawler.cli", "inspect", *map(str, arguments)]
    return subprocess.run(
        command,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def run_here(*arguments: object, workspace: Path) -> Result:
    """Run the command in this process, which no fetch may do: a process can crawl only once."""
    return CliRunner().invoke(app, ["inspect", *map(str, arguments), "-w", str(workspace)])


def inspect(*arguments: object, workspace: Path) -> dict:
    done = run_here(*arguments, "--json", workspace=workspace)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


def story(title: str) -> bytes:
    return STORY.format(title=title).encode()


def serve_story(newspaper, reply, path: str, title: str, **headers: str) -> str:
    html = {"Content-Type": "text/html; charset=utf-8", **headers}
    newspaper.set(path, reply(body=story(title), headers=html))
    return newspaper.url(path, host="127.0.0.1")


def test_an_address_is_fetched_once_and_nothing_is_archived(newspaper, reply, tmp_path):
    url = serve_story(newspaper, reply, "/bridge", "The bridge")
    done = run(url, "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["url"] == url
    assert told["record"]["title"] == "The bridge"
    assert newspaper.paths() == ["/robots.txt", "/bridge"]
    assert list(tmp_path.iterdir()) == []


def test_robots_txt_is_obeyed(newspaper, reply, tmp_path):
    url = serve_story(newspaper, reply, "/bridge", "The bridge")
    newspaper.set("/robots.txt", reply(body=b"User-agent: *\nDisallow: /bridge\n"))
    done = run(url, "--no-open", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stderr == f"newsgrain: {url}: forbidden by robots.txt\n"
    assert "/bridge" not in newspaper.paths()


def test_a_redirect_into_the_own_network_is_not_followed(newspaper, reply, kit, tmp_path):
    inner = kit.Newspaper()
    secret = serve_story(inner, reply, "/secret", "The secret")
    newspaper.set("/bridge", reply(status=302, headers={"Location": secret}))
    done = run(newspaper.url("/bridge", host="127.0.0.1"), "--no-open", cwd=tmp_path)
    inner.close()
    assert done.returncode == 1
    assert "private address" in done.stderr
    assert inner.paths() == []


def test_a_page_that_is_not_there_is_one_line(newspaper, tmp_path):
    url = newspaper.url("/gone", host="127.0.0.1")
    done = run(url, "--no-open", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (1, f"newsgrain: {url}: HTTP 404\n")


def test_a_published_page_is_read_from_the_archive_by_address_alias_or_article(
    newspaper, bench, source_of, reply
):
    story_url = newspaper.url("/bridge")
    html = {"Content-Type": "text/html"}
    newspaper.set("/bridge", reply(body=story("The bridge"), headers=html))
    newspaper.set("/old", reply(status=301, headers={"Location": "/bridge"}))
    feed = newspaper.feed("/feed", {newspaper.url("/old"): "Sun, 03 May 2026 10:00:00 GMT"})
    bench.configure(source_of(newspaper, more=f'feeds = ["{feed}"]\ntimezone = "Asia/Tokyo"'))
    bench.crawl()
    assert CliRunner().invoke(app, ["clean", "-w", str(bench.root)]).exit_code == 0
    asked = len(newspaper.asked)
    told = inspect(story_url, workspace=bench.root)
    assert told["url"] == story_url
    (article,) = pq.read_table(bench.root / "datasets" / "articles").to_pylist()
    for name in (newspaper.url("/old"), article["article_id"]):
        assert inspect(name, workspace=bench.root) == told
    assert len(newspaper.asked) == asked
    assert "feed" in {c["source"] for f in told["fields"] for c in f["alternatives"]}


def test_an_html_file_is_written_where_it_says_and_opened(tmp_path, monkeypatch):
    opened = []
    monkeypatch.setattr("webbrowser.open", lambda url: opened.append(url) or True)
    page = tmp_path / "page.html"
    page.write_bytes(story("The bridge"))
    arguments = (page, "--url", "https://courrier.example/a?id=7&x=<y>")
    done = run_here(*arguments, workspace=tmp_path)
    assert done.exit_code == 0, done.output
    written = Path(done.stdout.strip())
    assert written.parent == tmp_path / "inspections"
    assert "The bridge" in written.read_text("utf-8")
    assert opened == [written.as_uri()]
    out = tmp_path / "out.html"
    run_here(*arguments, "--no-open", "--output", out, workspace=tmp_path)
    assert out.read_bytes() == written.read_bytes()
    assert len(opened) == 1


def test_one_page_of_many_is_chosen_by_its_address(tmp_path):
    rows = {
        "url": ["https://courrier.example/a", "https://courrier.example/b"],
        "html": [story("First"), story("Second")],
    }
    path = tmp_path / "pages.parquet"
    pq.write_table(pa.table(rows), path)
    done = run_here(path, "--json", workspace=tmp_path)
    assert done.exit_code == 2
    assert "name one with --url" in done.stderr
    told = inspect(path, "--url", "https://courrier.example/b", workspace=tmp_path)
    assert told["record"]["title"] == "Second"
    done = run_here(path, "--json", "--url", "https://courrier.example/c", workspace=tmp_path)
    assert (done.exit_code, "holds no page of" in done.stderr) == (1, True)


def test_what_is_neither_a_file_nor_an_address_is_a_usage_error(tmp_path):
    done = run_here("no-such-file.html", workspace=tmp_path)
    assert done.exit_code == 2
    assert done.stderr == (
        "newsgrain: no-such-file.html: neither a file, an address nor an article_id\n"
    )


def test_an_archived_page_is_judged_with_what_its_site_has_shown(tmp_path):
    paper.Paper(tmp_path).night(*paper.stories(*range(5)))
    known = inspect("https://harbour.example/3", workspace=tmp_path)
    assert known["site_articles"] == 4
    (blurb,) = [block for block in known["blocks"] if block["text"] == paper.BLURB]
    assert blurb["removed"] == "repeated_on_site"
    given = tmp_path / "page.html"
    given.write_bytes(paper.story(9, paper.BLURB))
    url = "https://harbour.example/9"
    told = inspect(given, "--url", url, "--fetched-at", "2026-11-02T00:00:00", workspace=tmp_path)
    assert told["site_articles"] == 5
    assert paper.BLURB not in told["record"]["text"]
