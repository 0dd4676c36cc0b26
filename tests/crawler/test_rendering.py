"""Pages that are only there for scripts: rendered, and by no way that a crawl may not go."""

from __future__ import annotations

import json
import shutil

import pytest
from typer.testing import CliRunner

from crawler import rendering
from crawler.cli import app
from crawler.configuration import Source
from newsgrain.archived import find_archived
from newsgrain.errors import ConfigError
from newsgrain.workspace import Workspace
from tests.crawler.hostile.conftest import crawl
from tests.crawler.hostile.site import Site
from tests.crawler.hostile.traps import endless_headers

_CHROMIUM = next(filter(None, map(shutil.which, rendering._NAMES)), None)
needs_chromium = pytest.mark.skipif(_CHROMIUM is None, reason="there is no Chromium here")

SHELL = """<!doctype html><html lang="en"><head><title>The bridge</title>
<link rel="stylesheet" href="/style.css"><script defer src="/app.js"></script></head>
<body><div id="root">You need to enable JavaScript to run this app.</div>
<img src="/pixel.png"></body></html>"""
STORY = (
    "The harbour council met on Monday and agreed, after a long evening, that the old swing"
    " bridge would be repaired before the winter, and that the ferry would run until then."
)
# Tries every way out, then shows the article.
SCRIPT = """
const quiet = (promise) => promise.then((a) => a.status, () => 'refused');
const tries = [
  quiet(fetch('/private/notes.json')),
  quiet(fetch('%(inner)s/secret', {mode: 'no-cors'})),
  quiet(fetch('/api/count', {method: 'POST', body: 'x'})),
  new Promise((done) => {
    const socket = new WebSocket('ws://127.0.0.1:%(port)d/socket');
    socket.onerror = () => done('refused'); socket.onopen = () => done('open');
  }),
];
navigator.sendBeacon('/beacon', 'x');
document.head.insertAdjacentHTML('beforeend', '<link rel="prefetch" href="/next">');
document.body.insertAdjacentHTML('beforeend', '<iframe src="/frame"></iframe>');
(async () => {
  const story = await (await fetch('/api/story.json')).json();
  const seen = await Promise.all(tries);
  document.getElementById('root').innerHTML =
    `<article><h1>The bridge</h1><p>${story.text}</p><p id="tries">${seen.join(' ')}</p></article>`;
})();
"""


def serve(newspaper, reply, inner_url):
    def put(path, body, kind):
        newspaper.set(path, reply(body=body.encode(), headers={"Content-Type": kind}))

    urls = [newspaper.url(f"/app/{number}") for number in (1, 2)]
    for number in (1, 2):
        put(f"/app/{number}", SHELL, "text/html; charset=utf-8")
    put("/app.js", SCRIPT % {"inner": inner_url, "port": newspaper.port}, "text/javascript")
    put("/api/story.json", json.dumps({"text": STORY}), "application/json")
    put("/robots.txt", "User-agent: *\nDisallow: /private/\n", "text/plain")
    items = "".join(f"<item><link>{url}</link></item>" for url in urls)
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'
    put("/feed", feed, "application/rss+xml")
    return newspaper.url("/feed"), urls


@pytest.fixture
def inner(kit, reply):
    """Give a server that the crawl may not reach: an address of this machine."""
    server = kit.Newspaper()
    server.set("/secret", reply(body=b"secret"))
    yield server
    server.close()


@pytest.fixture
def hostile_site():
    made = Site()
    yield made
    made.close()


@needs_chromium
def test_a_page_of_scripts_is_rendered_under_the_rules_of_the_crawl(
    newspaper, inner, bench, source_of, reply
):
    feed, urls = serve(newspaper, reply, inner.url(host="127.0.0.1").rstrip("/"))
    bench.configure(source_of(newspaper, more=f'feeds = ["{feed}"]\nrender = true'))
    summary = bench.crawl()
    assert summary["sources"][0]["fetched"] == 2, summary["log"]
    assert bench.states() == {"/app/1": "fetched", "/app/2": "fetched"}

    row, body = find_archived(Workspace(bench.root), urls[0])
    assert STORY in body.decode()
    assert "refused refused refused refused" in body.decode()
    assert (row.kind, row.is_final, row.status) == ("article", True, 200)

    assert inner.paths() == []
    assert sorted(newspaper.paths()) == [
        "/api/story.json", "/api/story.json", "/app.js", "/app/1", "/app/2", "/feed",
        "/robots.txt",
    ]  # fmt: skip
    assert {asked.headers["User-Agent"] for asked in newspaper.asked} == {
        newspaper.asked[0].headers["User-Agent"]
    }
    articles = [page for page in bench.pages() if page[0] == "article"]
    assert sorted(page[3] for page in articles) == [False, False, True, True]
    assert sum(page[0] == "resource" for page in bench.pages()) == 3


@needs_chromium
def test_a_browser_that_fails_is_a_failed_article_and_no_failed_crawl(
    newspaper, inner, bench, source_of, reply
):
    feed, _ = serve(newspaper, reply, inner.url().rstrip("/"))
    bench.configure(source_of(newspaper, more=f'feeds = ["{feed}"]\nrender = true'))
    false = shutil.which("false")
    summary = bench.crawl(settings={"PLAYWRIGHT_LAUNCH_OPTIONS": {"executable_path": false}})
    assert (summary["sources"][0]["fetched"], summary["sources"][0]["failed"]) == (0, 2)
    assert set(bench.states().values()) == {"failed"}
    errors = [error for (error,) in bench.rows("SELECT error FROM pages WHERE is_final") if error]
    assert len(errors) == 2
    assert all(error.startswith("rendering failed: ") for error in errors)


def test_without_rendering_the_page_is_rejected_and_the_extra_is_named(
    newspaper, inner, bench, source_of, reply
):
    feed, _ = serve(newspaper, reply, inner.url().rstrip("/"))
    bench.configure(source_of(newspaper, more=f'feeds = ["{feed}"]'))
    bench.crawl()
    assert "/app.js" not in newspaper.paths()
    done = CliRunner().invoke(app, ["clean", "-w", str(bench.root)])
    assert done.exit_code == 0, done.output
    assert "2 pages are only there for scripts" in done.stderr
    assert "newsgrain[playwright]" in done.stderr


def test_sources_that_are_not_rendered_need_no_browser(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda _: None)
    assert rendering.rendering_settings([Source(name="a", url="https://a.example/")]) == {}


@pytest.mark.parametrize(("lacking", "remedy"), [("extra", "pip install"), ("chromium", "apt")])
def test_what_is_missing_is_named_before_anything_is_fetched(monkeypatch, lacking, remedy):
    if lacking == "extra":
        monkeypatch.setattr(rendering, "find_spec", lambda _: None)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    source = Source(name="a", url="https://a.example/", render=True)
    with pytest.raises(ConfigError, match=remedy):
        rendering.rendering_settings([source])


def test_the_browser_is_started_without_a_network(monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    source = Source(name="a", url="https://a.example/", render=True)
    options = rendering.rendering_settings([source])["PLAYWRIGHT_LAUNCH_OPTIONS"]
    assert "--host-resolver-rules=MAP * ~NOTFOUND" in options["args"]
    assert options["executable_path"] == "/usr/bin/chromium"


@needs_chromium
def test_where_pages_are_rendered_headers_still_have_an_end(hostile_site, bench):
    hostile_site.add("heads", {"/feed.xml": endless_headers})
    feed = hostile_site.url("heads.example", "/feed.xml")
    source = hostile_site.source("heads", f'feeds = ["{feed}"]\nrender = true')
    crawl(bench, hostile_site, source)
    (error,) = {error for (error,) in bench.rows("SELECT error FROM pages WHERE url LIKE '%feed%'")}
    assert error == "the headers are too large"
