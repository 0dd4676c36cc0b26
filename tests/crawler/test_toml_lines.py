"""Where each key stands in a TOML file."""

from __future__ import annotations

import tomllib

import pytest

from crawler.toml_lines import key_lines, line_of

TRICKY = '''\
# [not.a.table]
title = "a # no comment, [no table]"

[crawl]  # limits
delay_s = 1
"quoted key" = 2
patterns = [
    "one ]",  # and a ] in a comment
    'two = [',
]
text = """
[[source]]
name = "not a source"
"""
raw = \'\'\'
x = 1\'\'\'

[[source]]
name = "a"
limits = { delay_s = 1, deep = { x = 1 } }

[[source]]
name = "b"
limits.delay_s = 2
[source.more]
z = 1
'''


@pytest.mark.parametrize(
    ("path", "line"),
    [
        (("title",), 2),
        (("crawl",), 4),
        (("crawl", "delay_s"), 5),
        (("crawl", "quoted key"), 6),
        (("crawl", "patterns"), 7),
        (("crawl", "text"), 11),
        (("crawl", "raw"), 15),
        (("source", 0), 18),
        (("source", 0, "name"), 19),
        (("source", 0, "limits"), 20),
        (("source", 1), 22),
        (("source", 1, "limits", "delay_s"), 24),
        (("source", 1, "more"), 25),
        (("source", 1, "more", "z"), 26),
    ],
)
def test_every_key_has_the_line_that_it_stands_on(path: tuple[str | int, ...], line: int) -> None:
    tomllib.loads(TRICKY)
    assert key_lines(TRICKY)[path] == line


def test_what_looks_like_a_key_inside_a_string_or_comment_is_none() -> None:
    assert len([path for path in key_lines(TRICKY) if path[0] == "source"]) == 8
    assert ("not",) not in {path[:1] for path in key_lines(TRICKY)}


def test_a_key_inside_an_inline_table_has_the_line_of_its_table() -> None:
    assert line_of(key_lines(TRICKY), ("source", 0, "limits", "deep", "x")) == 20


def test_a_key_that_is_missing_has_the_line_of_its_table() -> None:
    assert line_of(key_lines(TRICKY), ("source", 1, "url")) == 22
    assert line_of(key_lines(TRICKY), ("nowhere",)) == 1


def test_windows_line_ends_count_once() -> None:
    assert key_lines("a = 1\r\n\r\nb = 2\r\n") == {("a",): 1, ("b",): 3}


def test_escaped_quotes_do_not_end_a_string() -> None:
    text = 'a = "x\\" = [ # "\nb = 1\nc = """x\\""" y"""\nd = 2\n'
    tomllib.loads(text)
    assert key_lines(text) == {("a",): 1, ("b",): 2, ("c",): 3, ("d",): 4}
