"""The lead image's caption and credit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cleaners.images import split_credit

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleaners.records import Metadata

    Read = Callable[..., Metadata]
    Ld = Callable[[Any], str]

HEADING = "<h1>Bridge opens after nine years</h1>"


@pytest.mark.parametrize(
    ("text", "caption", "credit"),
    [
        ("The bridge in May. Photo: Jo Roe", "The bridge in May.", "Jo Roe"),
        ("The bridge in May (Foto: dpa)", "The bridge in May", "dpa"),
        ("Die Brücke. Bild: Jo Roe/dpa", "Die Brücke.", "Jo Roe/dpa"),
        ("Le pont © Jo Roe / AFP", "Le pont", "Jo Roe / AFP"),
        ("橋　写真：山田太郎", "橋", "山田太郎"),
        ("Photo: Jo Roe", None, "Jo Roe"),
        ("A photo shows the bridge", "A photo shows the bridge", None),
    ],
)
def test_a_credit_is_cut_from_its_caption(
    text: str, caption: str | None, credit: str | None
) -> None:
    assert split_credit(text) == (caption, credit)


def test_the_caption_beside_the_headline_is_the_lead_images(read: Read, ld: Ld) -> None:
    head = ld(
        {
            "@type": "NewsArticle",
            "headline": "Bridge opens after nine years",
            "image": {"@type": "ImageObject", "caption": "For machines", "creditText": "Ann Smith"},
        }
    )
    figure = "<figure><img src='/b.jpg'><figcaption>The bridge in May</figcaption></figure>"
    beside = f"<aside>{figure.replace('bridge', 'tower')}</aside>"
    found = read(f"{HEADING}{beside}{figure}", head=head)
    assert (found.image_caption, found.image_credit) == ("The bridge in May", "Ann Smith")


def test_without_a_printed_caption_the_declared_one_is_taken(read: Read, ld: Ld) -> None:
    image = {"@type": "ImageObject", "caption": "The bridge", "copyrightHolder": {"name": "dpa"}}
    head = ld({"@type": "NewsArticle", "headline": "Bridge opens", "image": [image]})
    found = read("<h1>Bridge opens</h1>", head=head)
    assert (found.image_caption, found.image_credit) == ("The bridge", "dpa")
