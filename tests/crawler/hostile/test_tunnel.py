"""https through a proxy: the tunnel is the proxy's, what goes through it is not."""

from __future__ import annotations

import base64
import gzip
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from tests.crawler.certificates import Authority
from tests.crawler.hostile.conftest import crawl
from tests.crawler.hostile.site import STORY
from tests.crawler.hostile.tunnels import SecureServer, Tunnels, answer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.crawler.hostile.site import Canary, Site

SECRET = "s3cret-w0rd"  # noqa: S105 - of nothing
INVALID = "the certificate is not valid"
PRIVATE = ("localhost", "127.0.0.1", "169.254.169.254", "[::1]", "printer", "db.internal")


def pages(host: str, canary: Canary) -> dict[str, bytes]:
    """Return a site with one article, and others that lead into somebody's network."""
    links = ["/a/", *(f"/to/{number}/" for number in range(len(PRIVATE)))]
    items = "".join(f"<item><link>https://{host}{path}</link></item>" for path in links)
    feed = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
    away = {
        f"/to/{number}/": answer(b"", "302 Found", Location=f"https://{place}:{canary.port}/x")
        for number, place in enumerate(PRIVATE)
    }
    html = {"Content_Type": "text/html"}
    return {"/feed.xml": answer(feed), "/a/": answer(STORY, **html), **away}


class Web:
    """Servers by name behind one proxy; all but ``gazette`` have something wrong with them."""

    def __init__(self, folder: Path, canary: Canary) -> None:
        authority, other = Authority(folder), Authority(folder / "unknown")
        self.trusted = authority.path
        past = datetime(2021, 1, 1, tzinfo=UTC)
        contexts = {
            "gazette": authority.context("gazette.nowhere"),
            "another": authority.context("somebody-else.nowhere"),
            "expired": authority.context("expired.nowhere", until=past),
            "forged": other.context("forged.nowhere"),
        }
        self.servers = {
            name: SecureServer(context, pages(f"{name}.nowhere", canary))
            for name, context in contexts.items()
        }
        places = {f"{name}.nowhere:443": one.port for name, one in self.servers.items()}
        self.proxy = Tunnels(places)

    def source(self, name: str) -> str:
        url = f"https://{name}.nowhere/"
        proxy = f"http://127.0.0.1:{self.proxy.port}"
        return (
            f'[[source]]\nname = "{name}"\nurl = "{url}"\nfeeds = ["{url}feed.xml"]\n'
            f'proxy = "{proxy}"\n'
        )

    def close(self) -> None:
        for one in (self.proxy, *self.servers.values()):
            one.close()


@pytest.fixture
def web(tmp_path_factory: pytest.TempPathFactory, canary: Canary) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("certificates")
    (folder / "unknown").mkdir()
    made = Web(folder, canary)
    yield made
    made.close()


def test_what_goes_through_a_tunnel_is_verified_and_leads_nowhere_private(
    bench: Any, site: Site, web: Web, canary: Canary, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NEWSGRAIN_PROXY_AUTH", f"me:{SECRET}")
    monkeypatch.setenv("SSL_CERT_FILE", str(web.trusted))
    names = ["gazette", "another", "expired", "forged", "absent"]
    night = crawl(bench, site, *map(web.source, names))
    # The one whose certificate holds gives its article; the others were asked for nothing.
    assert night.summary["gazette"]["fetched"] == 1
    rejected = ("another", "expired", "forged")
    assert [night.summary[name]["error"].rpartition(": ")[2] for name in rejected] == [INVALID] * 3
    assert [web.servers[name].heads for name in rejected] == [[], [], []]
    assert night.summary["absent"]["error"].endswith("no answer (the proxy opens no tunnel)")
    assert [web.proxy.asked(name) for name in rejected] == [1, 1, 1], "asked again, in vain"
    # Nobody's network was asked for, not even of the proxy.
    targets = {head.split(" ")[1] for head in web.proxy.heads}
    assert targets == {f"{name}.nowhere:443" for name in names}
    assert canary.connections == 0
    query = "SELECT count(*) FROM frontier_articles WHERE url LIKE '%/to/%' AND failure = 'refused'"
    assert bench.rows(query) == [(len(PRIVATE),)]
    # The proxy is told the password, the site and our files are not.
    word = base64.b64encode(f"me:{SECRET}".encode()).decode()
    assert all(f"Proxy-Authorization: Basic {word}" in head for head in web.proxy.heads)
    archived = [gzip.decompress(path.read_bytes()) for path in bench.root.rglob("*.warc.gz")]
    assert any(b"GET /a/ HTTP" in data for data in archived)
    files = [path.read_bytes() for path in bench.root.rglob("*") if path.is_file()]
    heads = [head.encode() for one in web.servers.values() for head in one.heads]
    kept = b"".join((*files, *archived, *heads, night.log.encode()))
    assert not [text for text in (SECRET, word, "Proxy-Authorization") if text.encode() in kept]
