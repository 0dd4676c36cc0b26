# ruff: noqa: E501 - one mistake and its message stand in one line
"""newsgrain.toml: what is read, what is refused, what is written."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from crawler.configuration import AlarmHooks, Config, CrawlLimits, Source, SourceLimits
from crawler.proposals import Proposal, source_name
from crawler.sources import load_config, parse_config
from crawler.toml_writing import write_config
from newsgrain.errors import ConfigError

SOURCE = '[[source]]\nname = "a"\nurl = "https://a.example/"\n'


def parse(text: str) -> Config:
    return parse_config(text, Path("newsgrain.toml"))


def complaints(text: str) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert caught.value.exit_code == 2
    return str(caught.value).splitlines()


def test_a_full_file_gives_frozen_records() -> None:
    config = parse("""
[crawl]
contact = "desk@example.org"
delay_s = 2
max_redirects = 3
workers = 4
[[source]]
name = "courrier"
url = "https://courrier.example/"
feeds = ["https://courrier.example/feed/"]
sitemaps = ["https://courrier.example/sitemap.xml"]
include = ["/news/"]
exclude = ["/video/"]
language = "fr"
timezone = "Europe/Paris"
limits = { delay_s = 5, max_articles = 10, max_age_days = 30 }
""")
    assert config.crawl.contact == "desk@example.org"
    assert (config.crawl.delay_s, config.crawl.max_redirects, config.crawl.workers) == (2.0, 3, 4)
    assert config.sources == (
        Source(
            name="courrier",
            url="https://courrier.example/",
            feeds=("https://courrier.example/feed/",),
            sitemaps=("https://courrier.example/sitemap.xml",),
            include=("/news/",),
            exclude=("/video/",),
            language="fr",
            timezone="Europe/Paris",
            limits=SourceLimits(delay_s=5.0, max_articles=10, max_age_days=30.0),
        ),
    )


def test_without_a_table_crawl_the_polite_defaults_hold() -> None:
    crawl = parse(SOURCE).crawl
    assert (crawl.contact, crawl.delay_s, crawl.timeout_s) == (None, 1.0, 15.0)
    assert crawl.max_articles_per_source == 1000
    assert crawl.workers >= 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "newsgrain.toml:1: source: at least one [[source]] is needed; see `newsgrain init`"),
        ("[crawl]\n", "newsgrain.toml:1: source: at least one"),
        (f"{SOURCE}[crwl]\n", 'newsgrain.toml:4: crwl: unknown key, did you mean "crawl"?'),
        (f"{SOURCE}[crawl]\ndelay = 1", 'newsgrain.toml:5: crawl.delay: unknown key, did you mean "delay_s"?'),
        (f"{SOURCE}qqq = 1", "newsgrain.toml:4: source.qqq: unknown key"),
        (f"{SOURCE}[crawl]\ndelay_s = -1", "newsgrain.toml:5: crawl.delay_s: a number from 0 to 3600 is needed, not -1"),
        (f"{SOURCE}[crawl]\ndelay_s = true", "newsgrain.toml:5: crawl.delay_s: a number"),
        (f"{SOURCE}[crawl]\ndelay_s = nan", "newsgrain.toml:5: crawl.delay_s: a number"),
        (f'{SOURCE}[crawl]\ntimeout_s = "15"', "newsgrain.toml:5: crawl.timeout_s: a number from 0.1 to 600 is needed, not '15'"),
        (f"{SOURCE}[crawl]\nmax_redirects = 1.5", "newsgrain.toml:5: crawl.max_redirects: a whole number"),
        (f"{SOURCE}[crawl]\nworkers = 0", "newsgrain.toml:5: crawl.workers: a whole number from 1"),
        (f'{SOURCE}[crawl]\ncontact = "me"', "newsgrain.toml:5: crawl.contact: a mail address or a web page is needed, not 'me'"),
        (f'{SOURCE}[crawl]\ncontact = "a@b.org\\r\\nX: y"', "newsgrain.toml:5: crawl.contact: line breaks and control"),
        (f"crawl = 1\n{SOURCE}", "newsgrain.toml:1: crawl: a table is needed, not 1"),
        ('[[source]]\nname = "a"', "newsgrain.toml:1: source.url: is missing"),
        ('[[source]]\nurl = "https://a.example/"', "newsgrain.toml:1: source.name: is missing"),
        ('[[source]]\nname = "a b"\nurl = "https://a.example/"', "newsgrain.toml:2: source.name: only letters"),
        ('[[source]]\nname = "a"\nurl = "a.example"', "newsgrain.toml:3: source.url: an address such as"),
        ('[[source]]\nname = "a"\nurl = "ftp://a.example/"', "newsgrain.toml:3: source.url: an address such as"),
        ('[[source]]\nname = "a"\nurl = "https://a.example:99999/"', "newsgrain.toml:3: source.url: an address such as"),
        ('[[source]]\nname = "a"\nurl = "https://[a.example/"', "newsgrain.toml:3: source.url: an address such as"),
        ('[[source]]\nname = "a"\nurl = "https://u:p@a.example/"', "newsgrain.toml:3: source.url: an address without user name and password"),
        (f'{SOURCE}timezone = "Mars/Phobos"', 'newsgrain.toml:4: source.timezone: unknown time zone "Mars/Phobos"'),
        (f'{SOURCE}timezone = "../etc"', 'newsgrain.toml:4: source.timezone: unknown time zone "../etc"'),
        (f'{SOURCE}language = "french!"', "newsgrain.toml:4: source.language: a language tag"),
        (f'{SOURCE}feeds = "https://a.example/feed"', "newsgrain.toml:4: source.feeds: a list is needed"),
        (f'{SOURCE}feeds = [\n"https://a.example/feed",\n3]', "newsgrain.toml:4: source.feeds: an address such as https://example.org/ is needed, not 3"),
        (f'{SOURCE}include = ["("]', "newsgrain.toml:4: source.include: no regular expression: '('"),
        (f'{SOURCE}proxy = "proxy.example:3128"', "newsgrain.toml:4: source.proxy: an address such as http://proxy.example.org:3128"),
        (f'{SOURCE}proxy = "http://proxy.example/a?b"', "newsgrain.toml:4: source.proxy: an address such as http://proxy.example.org:3128"),
        (f'{SOURCE}proxy = "http://u:p@proxy.example"', "newsgrain.toml:4: source.proxy: the user and password of a proxy belong into NEWSGRAIN_PROXY_AUTH"),
        (f"{SOURCE}limits = 3", "newsgrain.toml:4: source.limits: a table is needed, not 3"),
        (f"{SOURCE}[source.limits]\nmax_articles = -1", "newsgrain.toml:5: source.limits.max_articles: a whole number"),
        (f"{SOURCE}{SOURCE}", 'newsgrain.toml:5: source.name: "a" is the name of another source'),
        ("source = [3]", "newsgrain.toml:1: source: a table is needed, not 3"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_with_file_line_and_key(text: str, message: str) -> None:
    lines = complaints(text)
    assert len(lines) == 1
    assert lines[0].startswith(message)


def test_all_mistakes_are_told_in_the_order_of_the_file() -> None:
    lines = complaints('[crawl]\ndelay_s = -1\nxyz = 1\n[[source]]\nname = ""\nurl = "x"\n')
    assert [line.split(": ")[:2] for line in lines] == [
        ["newsgrain.toml:2", "crawl.delay_s"],
        ["newsgrain.toml:3", "crawl.xyz"],
        ["newsgrain.toml:5", "source.name"],
        ["newsgrain.toml:6", "source.url"],
    ]


@pytest.mark.parametrize(
    ("text", "line"), [("a = ", 1), ("[crawl]\ndelay_s = 1\ndelay_s = 2\n", 3), ('x = """\n\n', 3)]
)
def test_broken_toml_names_its_line(text: str, line: int) -> None:
    (message,) = complaints(text)
    assert message.startswith(f"newsgrain.toml:{line}: no valid TOML: ")


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="newsgrain init"):
        load_config(tmp_path / "newsgrain.toml")


def test_a_file_that_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "newsgrain.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(ConfigError, match="UTF-8"):
        load_config(path)


PROPOSALS = (
    Proposal(
        url="https://www.courrier.example/",
        feeds=("https://www.courrier.example/feed/",),
        sitemaps=("https://www.courrier.example/news.xml",),
        language="fr",
        timezone="Europe/Paris",
        entries=10,
    ),
    Proposal(url="https://other.example:8080/"),
    Proposal(url="https://dead.example/", error="no answer"),
)


def test_a_written_file_is_read_back_as_the_proposals(tmp_path: Path) -> None:
    path = tmp_path / "new" / "newsgrain.toml"
    added = write_config(path, PROPOSALS, contact="desk@example.org")
    assert [name for name, _ in added] == ["courrier", "other"]
    config = load_config(path)
    assert config.crawl == CrawlLimits(contact="desk@example.org", workers=config.crawl.workers)
    assert config.sources[0] == Source(
        name="courrier",
        url="https://www.courrier.example/",
        feeds=PROPOSALS[0].feeds,
        sitemaps=PROPOSALS[0].sitemaps,
        language="fr",
        timezone="Europe/Paris",
    )
    assert config.sources[1] == Source(name="other", url="https://other.example:8080/")


def test_without_a_contact_the_file_says_what_it_would_be_for(tmp_path: Path) -> None:
    path = tmp_path / "newsgrain.toml"
    write_config(path, PROPOSALS)
    assert "# contact = " in path.read_text()
    assert load_config(path).crawl.contact is None


def test_adding_sources_keeps_every_byte_that_was_there(tmp_path: Path) -> None:
    path = tmp_path / "newsgrain.toml"
    mine = '# mine\n[crawl]\ndelay_s = 3  # slow\n\n[[source]] # first\nname = "courrier"\nurl = "https://c.example/"'
    path.write_text(mine)
    added = write_config(path, PROPOSALS)
    assert [name for name, _ in added] == ["courrier-2", "other"]
    assert path.read_text().startswith(mine)
    assert [source.name for source in load_config(path).sources] == [
        "courrier",
        "courrier-2",
        "other",
    ]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "[crawl]  # mine\ndelay_s = 3\n",
            '[crawl]  # mine\ncontact = "a@b.example"\ndelay_s = 3\n',
        ),
        ('[crawl]\ncontact = "me@c.example"\n', '[crawl]\ncontact = "me@c.example"\n'),
        (SOURCE, f'[crawl]\ncontact = "a@b.example"\n\n{SOURCE}'),
    ],
    ids=["without one", "with its own", "without the table"],
)
def test_a_contact_is_added_and_never_replaced(tmp_path: Path, before: str, after: str) -> None:
    path = tmp_path / "newsgrain.toml"
    path.write_text(before)
    write_config(path, (), contact="a@b.example")
    assert path.read_text() == after


def test_a_site_that_is_a_source_already_is_not_added_again(tmp_path: Path) -> None:
    path = tmp_path / "newsgrain.toml"
    write_config(path, PROPOSALS)
    before = path.read_bytes()
    assert write_config(path, PROPOSALS) == ()
    assert path.read_bytes() == before


def test_a_file_that_is_broken_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "newsgrain.toml"
    path.write_text("[crawl\n")
    with pytest.raises(ConfigError, match="no valid TOML"):
        write_config(path, PROPOSALS)
    assert path.read_text() == "[crawl\n"


@pytest.mark.parametrize("text", ["", "\n\n", "[crawl]\n", "source = []\n"])
def test_sources_can_be_added_to_a_file_without_any(tmp_path: Path, text: str) -> None:
    path = tmp_path / "newsgrain.toml"
    path.write_text(text)
    if text.startswith("source"):
        with pytest.raises(ConfigError):
            write_config(path, PROPOSALS)
    else:
        write_config(path, PROPOSALS)
        assert len(load_config(path).sources) == 2


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.lemonde.example/", "lemonde"),
        ("https://news.bbc.co.uk/", "news-bbc"),
        ("https://blog.courrier.example:8080/x", "blog-courrier"),
        ("http://127.0.0.1:8000/", "127-0-0-1"),
        ("http://[::1]:8000/", "1"),
    ],
)
def test_names_come_from_domains(url: str, name: str) -> None:
    assert source_name(url) == name
    assert tomllib.loads(f'x = "{name}"') == {"x": name}


def test_who_is_told_of_alarms_is_a_command_without_a_shell_and_an_address_of_the_web() -> None:
    told = parse(f'[alarm]\ncommand = ["notify", "a b"]\nwebhook = "http://10.0.0.7/x"\n{SOURCE}')
    assert told.alarm == AlarmHooks(command=("notify", "a b"), webhook="http://10.0.0.7/x")
    assert parse(SOURCE).alarm == AlarmHooks()
    wrong = complaints(f'[alarm]\ncommand = "notify me"\nwebhook = "file:///etc/passwd"\n{SOURCE}')
    assert wrong[0].startswith("newsgrain.toml:2: alarm.command: a list is needed")
    assert wrong[1].startswith("newsgrain.toml:3: alarm.webhook: an address such as https://")
