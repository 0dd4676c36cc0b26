"""robots.txt by RFC 9309: the text of the RFC, case by case."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scrapy import Request

from crawler.middlewares import robots
from crawler.refusal import Refused
from crawler.robots_file import MAX_BYTES, RobotsFile, read_robots

SITE = "https://courrier.example"


def read(text: str | bytes) -> RobotsFile:
    return read_robots(text if isinstance(text, bytes) else text.encode(), "newsgrain")


def allows(text: str | bytes, path: str) -> bool:
    return read(text).allows(SITE + path)


def rules(*lines: str) -> str:
    return "\n".join(("User-agent: *", *lines))


@pytest.mark.parametrize(
    "agent",
    ["newsgrain", "NewsGrain", "newsgrain/0.1", "newsgrain (research)", "*", "* and all others"],
)
def test_a_group_is_found_by_the_product_token(agent: str) -> None:
    assert not allows(f"User-agent: {agent}\nDisallow: /", "/a")


@pytest.mark.parametrize("agent", ["news", "grain", "newsgrains", "mynewsgrain", "newsgrain-x", ""])
def test_a_token_that_only_resembles_ours_does_not_mean_us(agent: str) -> None:
    assert allows(f"User-agent: {agent}\nDisallow: /", "/a")


def test_all_groups_that_name_us_count_together_and_those_of_all_others_do_not() -> None:
    text = (
        "User-agent: newsgrain\nDisallow: /a\n\nUser-agent: *\nDisallow: /c\n\n"
        "User-agent: other\nUser-agent: newsgrain/2\nDisallow: /b\n"
    )
    assert [allows(text, path) for path in ("/a", "/b", "/c")] == [False, False, True]


def test_a_group_without_rules_that_names_us_allows_everything() -> None:
    assert allows("User-agent: newsgrain\n\nUser-agent: *\nDisallow: /", "/a") is False
    text = "User-agent: newsgrain\nDisallow:\n\nUser-agent: *\nDisallow: /"
    assert allows(text, "/a")


def test_other_records_neither_end_a_group_nor_begin_one() -> None:
    text = "User-agent: other\nSitemap: /s.xml\nFoo: bar\nUser-agent: newsgrain\nDisallow: /"
    assert not allows(text, "/a")
    assert read(text).sitemaps == ("/s.xml",)
    assert allows("Disallow: /\nUser-agent: *\nDisallow: /b", "/a")


def test_the_longest_match_counts_and_allow_wins_a_tie() -> None:
    text = rules("Disallow: /a", "Allow: /a/b", "Disallow: /a/b/c", "Allow: /x", "Disallow: /x")
    paths = ("/", "/a", "/a/b", "/a/b/c", "/x")
    assert [allows(text, path) for path in paths] == [True, False, True, False, True]


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("/fish", "/fish.html", True),
        ("/fish", "/Fish.asp", False),
        ("/fish", "/catfish", False),
        ("/fish*", "/fishheads", True),
        ("/fish/", "/fish", False),
        ("/fish/", "/fish/?id=1", True),
        ("/*.php", "/folder/index.php?x=1", True),
        ("/*.php", "/windows.PHP", False),
        ("/*.php$", "/index.php", True),
        ("/*.php$", "/index.php?x", False),
        ("/*.php$", "/a.php.php", True),
        ("/fish*.php", "/fishheads/catfish.php?x", True),
        ("/a*b*c$", "/a1b2c3c", True),
        ("/a*b*c$", "/acb", False),
        ("*/print", "/a/print", True),
        ("/**a", "/xa", True),
        ("/$", "/", True),
        ("/$", "/a", False),
        ("/a$b", "/a$b/c", True),
        ("/*?print=", "/a?print=1", True),
        ("print", "/print", False),
    ],
)
def test_wildcards_and_the_end_sign(pattern: str, path: str, matches: bool) -> None:  # noqa: FBT001
    assert allows(rules(f"Disallow: {pattern}"), path) is not matches


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("/%61bc", "/abc"),
        ("/abc", "/%61bc"),
        ("/a%2fb", "/a%2Fb"),
        ("/foo/bar/U+30C4", "/foo/bar/U+30C4"),
        ("/ツ", "/%E3%83%84"),
        ("/%e3%83%84", "/ツ"),
        ("/bar/%62%61%7A", "/bar/baz"),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"),
        ("/file-with-a-%2A.html", "/file-with-a-*.html"),
        ("/foo-%24", "/foo-$"),
    ],
)
def test_spellings_of_one_path_are_one_path(pattern: str, path: str) -> None:
    assert not allows(rules(f"Disallow: {pattern}"), path)


def test_an_encoded_reserved_character_is_another_path() -> None:
    assert allows(rules("Disallow: /a/b"), "/a%2Fb")
    assert allows(rules("Disallow: /a%2Fb"), "/a/b")
    assert allows(rules("Disallow: /%2A"), "/abc")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_line_end_and_a_byte_order_mark_are_read(end: str, mark: str) -> None:
    text = mark + rules("Disallow: /a  # no", "# Allow: /a").replace("\n", end)
    assert not allows(text, "/a")
    assert allows(text, "/b")


@pytest.mark.parametrize(
    "line", ["disallow:/a", "DISALLOW : /a", " Disallow\t:\t/a ", "Disallow /a", "dissalow: /a"]
)
def test_records_are_read_as_people_write_them(line: str) -> None:
    assert not allows(rules(line), "/a")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<!doctype html><html><body><h1>Not here</h1><p>User-agent: *</p></body></html>",
        bytes(range(256)) * 40,
        b"\x1f\x8b\x08\x00" + b"\x00" * 100,
    ],
)
def test_what_is_no_robots_file_forbids_nothing(body: bytes) -> None:
    assert allows(body, "/a")


def test_500_kibibytes_are_read_and_no_rule_of_a_cut_line() -> None:
    head = b"User-agent: *\n"
    last = b"Disallow: /late\n"
    filler = b"#" * (MAX_BYTES - len(head) - len(last) - 1) + b"\n"
    assert not allows(head + filler + last, "/late")
    assert not allows(head + filler + last + b"Disallow: /too-late\n", "/late")
    assert allows(head + filler + last + b"Disallow: /too-late\n", "/too-late")
    cut = head + filler[5:] + b"Disallow: /abcdefghijk"
    assert allows(cut, "/abc")


def test_the_robots_file_itself_is_always_allowed() -> None:
    assert allows(rules("Disallow: /"), "/robots.txt")
    assert not allows(rules("Disallow: /"), "/")


@pytest.mark.parametrize(
    ("lines", "delay_s"),
    [
        (("Crawl-delay: 2.5",), 2.5),
        (("Crawl-delay: 2", "Disallow: /a", "Crawl-delay: 4"), 4.0),
        (("Crawl-delay: inf",), None),
        (("Crawl-delay: -1",), None),
        (("Crawl-delay: soon",), None),
        ((), None),
    ],
)
def test_a_crawl_delay_is_a_number_of_seconds(
    lines: tuple[str, ...], delay_s: float | None
) -> None:
    assert read(rules(*lines)).crawl_delay_s == delay_s


def test_the_crawl_delay_of_others_is_not_ours() -> None:
    text = "User-agent: *\nCrawl-delay: 9\n\nUser-agent: newsgrain\nDisallow: /a\n"
    assert read(text).crawl_delay_s is None


def test_a_pattern_cannot_make_matching_slow() -> None:
    # A regular expression that tracks back would not be done in this life.
    text = rules("Disallow: /" + "*a" * 2000 + "$")
    assert allows(text, "/" + "a" * 1900 + "b")


def test_the_rules_of_thousands_of_hosts_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "_MAX_RULES", 25)
    crawler: Any = SimpleNamespace(settings={"ROBOTSTXT_USER_AGENT": "newsgrain"})
    guard = robots.Robots(crawler)
    file = read(rules(*(f"Disallow: /{number}" for number in range(10))))

    async def answer(_: Request) -> Any:
        guard._count += len(file.rules)
        return robots._Rules(file=file)

    async def ask() -> None:
        monkeypatch.setattr(guard, "_read", answer)
        for number in range(100):
            await guard.process_request(Request(f"https://{number}.example/a"))
            with pytest.raises(Refused):
                await guard.process_request(Request(f"https://{number}.example/1"))

    asyncio.run(ask())
    assert len(guard._rules) <= 2


@given(st.binary(max_size=400), st.text(max_size=60))
def test_any_bytes_are_read_and_any_path_is_judged(body: bytes, path: str) -> None:
    found = read_robots(b"User-agent: *\n" + body, "newsgrain")
    assert found.allows(f"{SITE}/{path}") in {True, False}


@given(st.text("abc%/?=*$.", max_size=12))
def test_a_path_is_forbidden_by_its_own_spelling(path: str) -> None:
    pattern = path.replace("*", "%2A").replace("$", "%24")
    assert not allows(rules(f"Disallow: /{pattern}"), f"/{path}")
