"""Signatures: equal everywhere, near where texts are near, in every script."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from newsgrain.shingles import LEAST_TOKENS, overlap, shingles, signature
from tests.newsgrain.duplicates.stories import shortened, signs, story

ROOT = Path(__file__).resolve().parents[3]
# Written down once: a signature that changes would part old articles from new ones.
KNOWN = "199b502aa29ce57a6a7ec1e835a195af"
CODE = "from newsgrain.shingles import signature; print(signature(%r).hex())"


def share(one: str, other: str) -> float:
    return overlap(signature(one), signature(other))


def exact(one: str, other: str) -> float:
    a, b = shingles(one), shingles(other)
    return len(a & b) / len(a | b)


def test_the_same_text_gives_the_same_signature_in_every_process():
    mine = signature(story(1)).hex()
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", CODE % story(1)],
            capture_output=True,
            text=True,
            check=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        assert done.stdout.strip() == mine


def test_signatures_are_those_of_yesterday():
    assert signature(story(1)).hex()[:32] == KNOWN


@pytest.mark.parametrize("kept", [1.0, 0.9, 0.7, 0.4])
@pytest.mark.parametrize("make", [story, signs])
def test_the_overlap_is_the_share_of_shingles_in_common(make, kept):
    whole = make(7, 600)
    part = shortened(whole, kept) if make is story else whole[: int(600 * kept)]
    assert share(whole, part) == pytest.approx(exact(whole, part), abs=0.12)


def test_texts_that_have_nothing_in_common_do_not_overlap():
    assert share(story(1), story(2)) < 0.1
    assert share(signs(1), signs(2)) < 0.1


def test_case_spacing_and_punctuation_make_no_difference():
    text = story(3)
    shouted = text.upper().replace(" ", " \n ").replace(".", "!")
    assert signature(shouted) == signature(text)


def test_a_sentence_of_a_script_without_spaces_has_many_shingles():
    assert len(shingles(signs(4, 60))) == 53
    assert len(shingles("ท่าเรือเก่าจะเปลี่ยนไปทั้งหมดในอีกสิบปี")) > 10


def test_a_few_foreign_signs_do_not_change_how_a_text_is_cut():
    text = f"{story(5)} 市長"
    assert share(text, story(5)) > 0.9


def test_a_notice_is_too_short_to_be_compared():
    words = story(6, LEAST_TOKENS)
    assert signature(words) is not None
    assert signature(shortened(words, 0.95)) is None
    assert signature("") is None
