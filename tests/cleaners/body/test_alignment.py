"""Laying an extractor's lines over the blocks of a page."""

from __future__ import annotations

from lxml import html

from cleaners.alignment import Line, keep_aligned
from cleaners.blocks import Piece, page_pieces
from cleaners.completion import complete

LONG = "The assembly voted on the bridge after a debate of nine hours, and nobody left the room."
OTHER = "The mayor spoke last, thanked the engineers, and asked that the ferry be free of charge."


def aligned(markup: str, *lines: str) -> list[Piece]:
    pieces = page_pieces(html.document_fromstring(markup))
    return keep_aligned([Line(text=line) for line in lines], pieces)


def kept(pieces: list[Piece]) -> list[str]:
    return [piece.text for piece in pieces if piece.kept]


def test_a_line_keeps_the_block_with_its_own_spelling() -> None:
    found = aligned(f"<p>Menu</p><p>«{LONG}»</p>", LONG.upper())
    assert kept(found) == [f"«{LONG}»"]


def test_a_line_that_joins_blocks_keeps_each() -> None:
    found = aligned(f"<p>{LONG}</p><p>{OTHER}</p>", f"{LONG} {OTHER}")
    assert kept(found) == [LONG, OTHER]


def test_a_block_that_is_kept_in_part_has_the_extractors_text() -> None:
    found = aligned(f"<p>{LONG} {OTHER}</p>", LONG)
    assert kept(found) == [LONG]


def test_a_line_that_lost_its_middle_is_placed_by_its_ends() -> None:
    cut = LONG.replace("after a debate", "").replace("  ", " ")
    found = aligned(f"<p>{OTHER}</p><p>{LONG}</p>", OTHER, cut)
    assert kept(found) == [OTHER, LONG]


def test_a_line_without_a_block_is_kept_verbatim_in_its_place() -> None:
    foreign = "This sentence stands in a script of the page, and nowhere else in its elements."
    found = aligned(f"<p>{LONG}</p><p>{OTHER}</p>", LONG, foreign, OTHER)
    assert kept(found) == [LONG, foreign, OTHER]


def test_a_short_line_is_looked_for_between_its_neighbours() -> None:
    found = aligned(
        f"<p>Yes</p><p>{LONG}</p><p>Yes</p><p>{OTHER}</p><p>Yes</p>", LONG, "Yes", OTHER
    )
    assert [piece.kept for piece in found] == [False, True, True, True, False]


def test_a_paragraph_laid_out_like_the_text_is_completed() -> None:
    lost = "The third paragraph stands behind a banner, where the extractor had stopped reading."
    markup = (
        f"<div class='body'><p>{LONG}</p><p>{OTHER}</p><aside>Ad</aside><p>{lost}</p></div>"
        "<footer><div class='body'><p>The printing house has stood at this quay since 1881, and "
        "still does.</p></div></footer>"
    )
    found = aligned(markup, LONG, OTHER)
    complete(found)
    assert kept(found) == [LONG, OTHER, lost]


def test_a_layout_without_classes_completes_nothing() -> None:
    lost = "The third paragraph stands behind a banner, where the extractor had stopped reading."
    found = aligned(f"<div><p>{LONG}</p><p>{OTHER}</p><p>{lost}</p></div>", LONG, OTHER)
    complete(found)
    assert kept(found) == [LONG, OTHER]


def test_subheadings_and_lists_inside_the_text_are_completed() -> None:
    markup = (
        f"<div class='body'><p>{LONG}</p><h2>What was said</h2><p>{OTHER}</p>"
        f"<ul><li>One thing</li><li>Another</li></ul><p>{LONG} Twice.</p></div>"
    )
    found = aligned(markup, LONG, OTHER, f"{LONG} Twice.")
    complete(found)
    assert kept(found) == [LONG, "What was said", OTHER, "One thing", "Another", f"{LONG} Twice."]
