from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cleaners.title import without_site_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleaners.records import Metadata

    Read = Callable[..., Metadata]
    Ld = Callable[[Any], str]

HEADLINE = "Bridge opens after nine years"


@pytest.mark.parametrize(
    "title",
    [
        f"{HEADLINE} | The Morning Star",
        f"{HEADLINE} - The Morning Star",
        f"{HEADLINE} \u2013 Politics \u2013 The Morning Star",
        f"{HEADLINE} :: morning-star.example",
        f"{HEADLINE} » Morning Star",
        f"{HEADLINE} — The Morning Star",
        f"The Morning Star | {HEADLINE}",
    ],
)
def test_the_name_of_the_site_is_cut_where_no_heading_confirms_the_title(
    read: Read, title: str
) -> None:
    head = f'<title>{title}</title><meta property="og:site_name" content="The Morning Star">'
    found = read(head=head).title
    assert found is not None
    assert "Star" not in found
    assert found.startswith(HEADLINE)


def test_what_follows_the_visible_headline_is_cut_from_other_titles(read: Read) -> None:
    head = f'<meta property="og:title" content="{HEADLINE} - Unknown Words">'
    metadata = read(f"<h1>{HEADLINE}</h1>", head)
    assert metadata.title == HEADLINE
    assert metadata.title_alternatives == ()


def test_a_dash_inside_a_headline_is_not_a_border() -> None:
    title = "Rain - and then more rain"
    assert without_site_name(title, set(), {"the morning star"}) == title


def test_the_visible_headline_wins_over_the_one_for_search_engines(read: Read, ld: Ld) -> None:
    data = {"@type": "BlogPosting", "headline": "Bridge opening 2026: all facts"}
    head = "<title>Bridge opening 2026: all facts | Morning Star</title>" + ld(data)
    metadata = read(f"<h1>{HEADLINE}</h1>", head)
    assert (metadata.title, metadata.title_source) == (HEADLINE, "h1")
    assert "Bridge opening 2026: all facts" in metadata.title_alternatives


def test_a_headline_that_news_markup_and_social_networks_agree_on_wins(read: Read, ld: Ld) -> None:
    data = {"@type": "NewsArticle", "headline": "Nine years, one bridge"}
    head = '<meta property="og:title" content="Nine years, one bridge">' + ld(data)
    metadata = read("<h1>Live: opening of the bridge</h1>", head)
    assert (metadata.title, metadata.title_source) == ("Nine years, one bridge", "json-ld:headline")
    assert metadata.title_alternatives == ("Live: opening of the bridge",)


def test_a_heading_that_only_names_the_site_is_not_the_headline(read: Read) -> None:
    head = '<meta property="og:site_name" content="The Morning Star">'
    body = f"<h1>The Morning Star</h1><article><h2>{HEADLINE}</h2></article>"
    head += f'<meta property="og:title" content="{HEADLINE}">'
    assert read(body, head).title == HEADLINE


def test_a_heading_below_the_text_that_speaks_of_something_else_is_not_the_headline(
    read: Read,
) -> None:
    head = f'<meta property="og:title" content="{HEADLINE}">'
    text = "<p>" + "The bridge over the river was opened to traffic. " * 4 + "</p>"
    assert read(f"{text * 2}<h1>A message from our founder</h1>", head).title == HEADLINE
    shown = "A message from our founder"
    assert read(f"{text}<h1>{shown}</h1>{text}", head).title == shown


def test_a_heading_in_the_navigation_is_not_the_headline(read: Read) -> None:
    body = f"<nav><h1>Traffic: bridge news</h1></nav><div><h2>{HEADLINE}</h2></div>"
    head = f"<title>{HEADLINE} - Morning Star</title>"
    assert read(body, head).title == HEADLINE


@pytest.mark.parametrize(
    "path",
    [
        '<ul class="breadcrumb"><li>News</li><li><h1>{}</h1></li></ul>',
        '<div class="header__crumb"><h1>{}</h1></div>',
        '<h1 class="Article_breadcrumbHeadline__Um84">{}</h1>',
    ],
)
def test_a_heading_in_the_path_to_the_page_gives_way_to_the_one_that_readers_see(
    read: Read, ld: Ld, path: str
) -> None:
    for_engines = "Bridge opening 2026: all facts"
    head = f'<title>{for_engines}</title><meta property="og:title" content="{HEADLINE}">'
    head += ld({"@type": "NewsArticle", "headline": for_engines})
    path = path.format(for_engines)
    found = read(f"{path}<h2>{HEADLINE}</h2>", head)
    assert (found.title, found.title_source) == (HEADLINE, "headline")
    assert for_engines in found.title_alternatives
    assert read(f"{path}<h2>Related</h2>", head).title_source == "h1"


def test_a_header_that_names_its_path_holds_the_headline_still(read: Read) -> None:
    head = f'<meta property="og:title" content="{HEADLINE}">'
    header = '<header class="breadcrumb-top"><h1>Bridge opens at last</h1></header>'
    assert read(f"{header}<h2>{HEADLINE}</h2>", head).title == "Bridge opens at last"


@pytest.mark.parametrize("title", [f"River Notes: {HEADLINE}", f"{HEADLINE} | River Notes"])
def test_a_heading_of_what_stands_beside_the_headline_in_the_title_is_none(
    read: Read, title: str
) -> None:
    head = f'<title>{title}</title><meta property="og:title" content="{HEADLINE}">'
    body = f'<h1><a href="/">River Notes</a></h1><h3 class="post-title">{HEADLINE}</h3>'
    found = read(body, head)
    assert (found.title, found.title_source) == (HEADLINE, "headline")
    # The other way round: to social networks every page is the site.
    head = f"<title>{HEADLINE} | River Notes</title>"
    head += '<meta property="og:title" content="River Notes">'
    assert read(f"<h1>{HEADLINE}</h1>", head).title == HEADLINE


def test_the_name_of_the_site_is_cut_behind_the_heading_too(read: Read) -> None:
    head = '<meta property="og:site_name" content="The Morning Star">'
    assert read(f"<h1>{HEADLINE} – The Morning Star</h1>", head).title == HEADLINE
    assert read(head=f"{head}<title>| The Morning Star</title>").title


@pytest.mark.parametrize("mark", [":", " /", " -"])
def test_the_border_inside_a_heading_is_written_as_editors_write_it(read: Read, mark: str) -> None:
    body = f"<h1><span>National rally</span><span>{HEADLINE}</span></h1>"
    head = '<meta property="og:title" content="{}">'
    whole = f"National rally{mark} {HEADLINE}"
    found = read(body, head.format(whole))
    assert (found.title, found.title_source) == (whole, "h1")
    shown = f"National rally {HEADLINE}"
    assert read(body, head.format(f"*National rally* {HEADLINE}")).title == shown


@pytest.mark.parametrize("name", ["kicker", "article__overline", "Headline-Topline", "dachzeile"])
def test_a_marked_kicker_is_cut_and_kept_among_the_alternatives(read: Read, name: str) -> None:
    body = f'<h1><span class="{name}">City life</span><span>{HEADLINE}</span></h1>'
    metadata = read(body)
    assert metadata.title == HEADLINE
    assert metadata.title_alternatives == (f"City life {HEADLINE}",)


def test_an_unmarked_kicker_is_cut_where_other_sources_lack_it(read: Read, ld: Ld) -> None:
    head = ld({"@type": "NewsArticle", "headline": HEADLINE})
    assert read(f"<h1><em>City life</em><span>{HEADLINE}</span></h1>", head).title == HEADLINE
    assert read(f"<h1>City : {HEADLINE}</h1>", head).title == HEADLINE


def test_a_number_before_the_headline_is_no_kicker(read: Read, ld: Ld) -> None:
    head = ld({"@type": "BlogPosting", "headline": "Ways to cross a river today"})
    assert read("<h1>7 Ways to cross a river today</h1>", head).title != "cross a river today"
    assert read("<h1>The seven Ways to cross a river today</h1>", head).title == (
        "The seven Ways to cross a river today"
    )


def test_a_quotation_set_above_the_headline_is_no_part_of_it(read: Read, ld: Ld) -> None:
    """The heading's own parts and the title for social networks agree against the rest."""
    whole = f'"It will begin soon" {HEADLINE}'
    head = f'<meta property="og:title" content="{HEADLINE}">' + ld(
        {"@type": "NewsArticle", "headline": whole}
    )
    body = f'<h1><span>"It will begin soon"</span> <span>{HEADLINE}</span></h1>'
    assert read(body, head=f"<title>{whole}</title>{head}").title == HEADLINE


@pytest.mark.parametrize(
    "heading", [f"{HEADLINE} Posted on July 1, 2024 by admin", f"Dec 18 2025 {HEADLINE}"]
)
def test_a_date_inside_the_heading_is_no_part_of_the_headline(read: Read, heading: str) -> None:
    head = f'<meta property="og:title" content="{HEADLINE}">'
    assert read(f"<h1>{heading}</h1>", head=head).title == HEADLINE


def test_a_year_is_part_of_the_headline(read: Read) -> None:
    head = '<meta property="og:title" content="The best bridges">'
    assert read("<h1>The best bridges 2025</h1>", head=head).title == "The best bridges 2025"


def test_parts_of_a_heading_do_not_run_together(read: Read) -> None:
    assert read("<h1>Bridge<br>opens</h1>").title == "Bridge opens"
    assert read("<h1><span>Bridge opens</span><span>Crowds cheer</span></h1>").title == (
        "Bridge opens Crowds cheer"
    )
    assert read("<h1>Mac<b>beth</b> returns</h1>").title == "Macbeth returns"


def test_a_heading_that_ends_with_a_colon_is_completed(read: Read) -> None:
    head = '<meta property="og:title" content="Traffic: Bridge opens after nine years">'
    assert read("<h1>Traffic:</h1>", head).title == "Traffic: Bridge opens after nine years"


def test_the_title_of_a_drawing_is_not_the_title_of_the_page(read: Read) -> None:
    assert read("<svg><title>Menu icon</title></svg>").title is None


def test_a_page_without_any_title_has_none(read: Read) -> None:
    metadata = read()
    assert (metadata.title, metadata.title_source, metadata.title_alternatives) == (None, None, ())


def test_the_title_of_a_feed_is_the_last_resort(read: Read) -> None:
    from cleaners.records import Candidate

    hint = Candidate(field="title", value="Told by the feed", source="feed")
    assert read(hints=(hint,)).title == "Told by the feed"
    assert read(f"<h1>{HEADLINE}</h1>", hints=(hint,)).title == HEADLINE


def test_titles_that_speak_of_something_else_are_reported(read: Read) -> None:
    head = '<meta property="og:title" content="Ten recipes for winter evenings">'
    (issue,) = (i for i in read(f"<h1>{HEADLINE}</h1>", head).issues if i.field == "title")
    assert issue.code == "title_conflict"
    assert "Ten recipes" in issue.evidence


def test_a_headline_for_search_engines_is_no_conflict(read: Read) -> None:
    head = '<meta property="og:title" content="River bridge opens after years of delay">'
    codes = {issue.code for issue in read(f"<h1>{HEADLINE}</h1>", head).issues}
    assert "title_conflict" not in codes


def test_titles_that_share_one_word_of_many_are_reported(read: Read) -> None:
    heading = "Bridge over the river opens nine years after the flood"
    head = '<meta property="og:title" content="Ten recipes for winter evenings under a bridge">'
    codes = {issue.code for issue in read(f"<h1>{heading}</h1>", head).issues}
    assert "title_conflict" in codes


def test_titles_of_a_script_without_spaces_are_not_compared(read: Read) -> None:
    head = '<meta property="og:title" content="五月から橋が閉鎖、十週間の工事">'
    codes = {issue.code for issue in read("<h1>橋が五月から閉鎖される見込みです</h1>", head).issues}
    assert "title_conflict" not in codes
