"""The blocks of a page in reading order."""

from __future__ import annotations

from lxml import html

from cleaners.blocks import Piece, page_pieces, text_key
from cleaners.records import BlockKind


def pieces(markup: str) -> list[Piece]:
    return page_pieces(html.document_fromstring(markup))


def test_inline_elements_do_not_cut_a_paragraph() -> None:
    found = pieces("<p>One <b>bold</b> and <a href='/x'>linked</a> word</p>")
    assert [piece.text for piece in found] == ["One bold and linked word"]
    assert found[0].links == ("/x",)
    assert 0 < found[0].linked < 1


def test_loose_text_between_blocks_is_a_block() -> None:
    assert [p.text for p in pieces("<div>before<p>inside</p>after</div>")] == [
        "before",
        "inside",
        "after",
    ]


def test_breaks_cut_lines_and_say_so_in_the_path() -> None:
    found = pieces("<p class='verse'>one<br>two<br/><br>three</p><p>four</p>")
    assert [piece.text for piece in found] == ["one", "two", "three", "four"]
    assert [piece.path.endswith("/br") for piece in found] == [True, True, True, False]


def test_kinds_levels_and_lists() -> None:
    found = pieces(
        "<h2>Head</h2><ul><li>a<ul><li>b</li></ul></li><li>c</li></ul>"
        "<blockquote><p>said</p></blockquote><figure><figcaption>pic</figcaption></figure>"
    )
    assert [(p.kind, p.level, p.list_id) for p in found] == [
        (BlockKind.HEADING, 2, None),
        (BlockKind.LIST_ITEM, 0, 0),
        (BlockKind.LIST_ITEM, 1, 1),
        (BlockKind.LIST_ITEM, 0, 0),
        (BlockKind.QUOTE, 0, None),
        (BlockKind.CAPTION, 0, None),
    ]


def test_only_the_first_block_of_an_item_is_the_item() -> None:
    found = pieces("<ol><li><p>Title</p><p>Explanation</p></li></ol>")
    assert [piece.kind for piece in found] == [BlockKind.LIST_ITEM, BlockKind.PARAGRAPH]


def test_a_row_of_data_is_one_block_and_a_layout_table_is_none() -> None:
    data = pieces("<table><tr><th>Town</th><td>Votes</td></tr></table>")
    assert [(p.kind, p.text) for p in data] == [(BlockKind.TABLE, "Town\tVotes")]
    layout = pieces(
        "<table><tr><td><h2>Story</h2><p>Text</p></td><td><p>Side</p></td></tr></table>"
    )
    assert [piece.text for piece in layout] == ["Story", "Text", "Side"]


def test_controls_and_navigation_are_skipped_but_not_what_follows_them() -> None:
    found = pieces("<p>one<button>Share</button> two</p><nav><p>Home</p></nav>tail")
    assert [piece.text for piece in found] == ["one two", "tail"]


def test_a_link_around_blocks_is_a_link_of_each() -> None:
    found = pieces("<a href='/s'><h3>Other story</h3><p>Its teaser</p></a>")
    assert [(piece.links, piece.linked) for piece in found] == [(("/s",), 1.0), (("/s",), 1.0)]


def test_paths_name_three_steps_with_their_classes() -> None:
    found = pieces("<main><div class='a b'><section><p class='t'>x</p></section></div></main>")
    assert found[0].path == "div.a.b/section/p.t"


def test_what_stands_in_footers_and_asides_is_marked() -> None:
    found = pieces("<p>text</p><aside><p>box</p></aside><footer>imprint</footer><p>more</p>")
    assert [piece.beside for piece in found] == [False, True, True, False]


def test_keys_hold_letters_and_digits_alone() -> None:
    assert text_key("« L’été, 2 fois ! »") == "lété2fois"


def test_bullets_of_different_kinds_do_not_make_one_list() -> None:
    found = pieces("<p>• one</p><p>– he said</p>")
    assert {piece.kind for piece in found} == {BlockKind.PARAGRAPH}
