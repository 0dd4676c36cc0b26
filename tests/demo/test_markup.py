"""The light markup of the stories."""

from __future__ import annotations

from string import Template

import pytest

from crawler.demo.fill import escape, fill_text, join
from crawler.demo.markup import Kind, inline_html, parse, plain, quotations, typeset


@pytest.mark.parametrize(
    ("source", "kind", "lines"),
    [
        ("One line\nand its end.", Kind.PARAGRAPH, ("One line and its end.",)),
        ("## Title", Kind.HEADING, ("Title",)),
        ("> Said so", Kind.QUOTE, ("Said so",)),
        ("- a\n- b\n  c", Kind.BULLETS, ("a", "b c")),
        ("1. a\n2. b", Kind.ORDERED, ("a", "b")),
        ("1) a\n2) b", Kind.NUMBERED, ("a", "b")),
        ("• a\n• b", Kind.BROKEN_LINES, ("a", "b")),
        ("!related other-story", Kind.RELATED, ("other-story",)),
    ],
)
def test_each_kind_of_block_is_known_by_its_mark(
    source: str, kind: Kind, lines: tuple[str, ...]
) -> None:
    (block,) = parse(source, "en")
    assert (block.kind, block.lines) == (kind, lines)


def test_an_attributed_quotation_is_found_and_its_braces_are_never_shown() -> None:
    (block,) = parse(
        "“It is so,”{Ada Flint} said Flint. “A work”, “No, not ever,”{=the board}", "en"
    )
    first, second = quotations(block)
    assert (first.text, first.speaker, first.source_text) == ("It is so,", "Ada Flint", None)
    assert (second.text, second.speaker, second.source_text) == ("No, not ever,", None, "the board")
    assert "{" not in plain(block.lines[0])
    assert "{" not in inline_html(block.lines[0])


def test_a_quotation_without_closing_mark_runs_to_its_brace() -> None:
    (block,) = parse("“It goes on.{Ada Flint}", "en")
    assert [quote.text for quote in quotations(block)] == ["It goes on."]


def test_french_typography_is_set_and_english_is_left() -> None:
    assert typeset("« Oui ! » : l'an 2 400", "fr") == (
        "«\u00a0Oui\u00a0!\u00a0»\u00a0: l\u2019an 2\u00a0400"
    )
    assert typeset("it's 2 : 1", "en") == "it\u2019s 2 : 1"


def test_text_is_escaped_once_and_html_is_not() -> None:
    assert fill_text(Template("<p>$a$b</p>"), a="<&", b=escape("<")) == ("<p>&lt;&amp;&lt;</p>")
    assert inline_html("*a* & [b](http://c.example/)") == (
        '<em>a</em> &amp; <a href="http://c.example/">b</a>'
    )
    assert join([escape("<"), escape("b")], "-") == "&lt;-b"
