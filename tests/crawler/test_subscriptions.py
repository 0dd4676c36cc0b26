"""OPML files and plain lists, as people have them."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from crawler.cli import app
from crawler.subscriptions import Subscription, read_list, read_opml
from newsgrain.errors import ConfigError

FILE = Path("feeds.opml")
OPML = b"""<?xml version="1.0"?>
<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<opml version="2.0"><head><title>Mine</title></head><body>
<outline text="News &x;"><outline type="rss" text="Courrier" xmlUrl="https://courrier.example/feed/"
 htmlUrl="https://courrier.example/"/>
<outline xmlUrl="https://courrier.example/sport/feed/" htmlUrl="https://courrier.example/"/></outline>
<outline type="rss" xmlurl="https://herald.example/rss"/>
<outline text="a folder"/><outline xmlUrl="javascript:void(0)"/></body></opml>"""


def test_the_feeds_of_one_home_page_are_one_site() -> None:
    assert read_opml(OPML, FILE) == (
        Subscription(
            url="https://courrier.example/",
            feeds=("https://courrier.example/feed/", "https://courrier.example/sport/feed/"),
        ),
        Subscription(url="https://herald.example/rss", feeds=("https://herald.example/rss",)),
    )


def test_a_cut_file_still_gives_its_feeds() -> None:
    assert len(read_opml(OPML[: OPML.index(b'<outline type="rss" xmlurl')], FILE)) == 1


@pytest.mark.parametrize("data", [b"", b"no xml", b"<opml/>", b"<html></html>"])
def test_what_is_no_opml_is_an_error_that_names_the_file(data: bytes) -> None:
    with pytest.raises(ConfigError, match=r"feeds\.opml"):
        read_opml(data, FILE)


def test_a_list_has_one_address_a_line_and_comments() -> None:
    text = "# mine\n\nhttps://a.example/\n b.example # local\r\nhttps://a.example/\n"
    assert [one.url for one in read_list(text, FILE)] == ["https://a.example/", "b.example"]
    with pytest.raises(ConfigError, match="names no address"):
        read_list("# nothing\n", FILE)


def test_init_without_any_site_says_how_to_name_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["init", "-w", str(tmp_path)])
    assert done.exit_code == 2
    assert "--opml FILE or --list FILE" in done.output
    done = CliRunner().invoke(app, ["init", "-w", str(tmp_path), "--list", str(tmp_path / "no")])
    assert done.exit_code == 2
    assert "cannot be read" in done.output
