"""What is taken out of the tree before the text is looked for, and what stays."""

from __future__ import annotations

import pytest
from lxml import html

from cleaners.alignment import Line
from cleaners.blocks import Piece
from cleaners.body import _is_likely
from cleaners.pruning import drop_controls, drop_empty, drop_machinery, drop_sides
from cleaners.records import BlockKind
from tests.cleaners.body.pages import PARAGRAPHS, TITLE, article, article_html

STORY = f"<h1>{TITLE}</h1>" + "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
MENU = "<a href='/a'>News</a><a href='/b'>Sport</a>"


def _pruned(body: str) -> str:
    tree = html.document_fromstring(f"<html><head></head><body>{body}</body></html>")
    drop_machinery(tree)
    drop_controls(tree)
    drop_sides(tree)
    return " ".join(tree.text_content().split())


def test_what_no_reader_sees_is_taken_out_and_what_follows_it_stays() -> None:
    markup = "<p>One<script>f()</script> two<!-- three --><style>p{}</style> four</p>"
    assert _pruned(markup) == "One two four"


def test_menus_asides_and_pictures_are_taken_out() -> None:
    sides = "<aside>Elsewhere</aside><footer>Imprint</footer><figure><p>Caption</p></figure>"
    assert _pruned(f"<nav>{MENU}</nav>{STORY}<button>Share</button>{sides}") == _pruned(STORY)


def test_a_figure_that_holds_a_table_stays() -> None:
    assert _pruned(f"{STORY}<figure><table><tr><td>12</td></tr></table></figure>").endswith("12")


@pytest.mark.parametrize("tag", ["nav", "aside", "button", "footer"])
def test_a_page_inside_an_element_that_was_never_closed_is_read(tag: str) -> None:
    found = article(article_html().replace("<body>", f"<body><{tag} class='top'>{MENU}"))
    assert found.text == "\n".join(PARAGRAPHS)


@pytest.mark.parametrize("tag", ["fieldset", "noindex"])
def test_a_page_inside_a_box_without_a_headline_is_read(tag: str) -> None:
    paragraphs = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    assert _pruned(f"<h1>{TITLE}</h1><{tag}>{paragraphs}</{tag}>") == _pruned(STORY)


def test_a_long_menu_beside_a_short_text_is_still_a_menu() -> None:
    assert _pruned(f"<nav>{MENU * 200}</nav>{STORY}") == _pruned(STORY)


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<div><div><span> </span></div><p>One</p></div>", "<div><p>One</p></div>"),
        ("<p>One<span></span> two<i class='icon'></i>.</p>", "<p>One two.</p>"),
        ("<div>One<div></div>two<br>three</div>", "<div>One<div></div>two<br>three</div>"),
        ("<p><a>One</a><span></span> <a>two</a></p>", "<p><a>One</a> <a>two</a></p>"),
        ("<div><a>One</a><div></div><a>2</a></div>", "<div><a>One</a><div></div><a>2</a></div>"),
        ("<div>One<div></div><p>two</p></div>", "<div>One<p>two</p></div>"),
        ("<table><tr><td></td></tr></table>", "<table><tr><td></td></tr></table>"),
        ("<p>One<i></i>\x08two</p>", "<p>One<i></i>\x08two</p>"),
    ],
)  # fmt: skip
def test_what_holds_nothing_is_taken_out_unless_it_parts_what_stands_beside_it(
    markup: str, left: str
) -> None:
    tree = html.document_fromstring(f"<html><body><hr>{markup}</body></html>")
    drop_empty(tree)
    assert html.tostring(tree.body, encoding="unicode") == f"<body><hr>{left}</body>"


def _lines(share: float, kind: BlockKind = BlockKind.PARAGRAPH) -> list[Line]:
    return [Line(text="a" * 100, kind=kind)] * round(10 * share)


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        (_lines(1), True),
        (_lines(0.6), True),
        (_lines(0.3), False),
        (_lines(1.5), False),
        (_lines(1, BlockKind.TABLE), False),
        ([], False),
    ],
)
def test_an_answer_is_likely_that_is_most_of_the_page_and_mostly_paragraphs(
    lines: list[Line], *, verdict: bool
) -> None:
    pieces = [Piece(kind=BlockKind.PARAGRAPH, text="a" * 100, key="a" * 100)] * 10
    beside = Piece(kind=BlockKind.PARAGRAPH, text="b" * 5000, key="b" * 5000, beside=True)
    assert _is_likely(lines, [*pieces, beside]) is verdict
