from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from cleaners.bylines import is_name, names_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleaners.records import Metadata

    Read = Callable[..., Metadata]
    Ld = Callable[[Any], str]

HEADLINE = "Bridge opens after nine years"
HEADING = "<h1>Bridge opens after nine years</h1>"


def _names(metadata: Metadata) -> list[str]:
    return [author.name for author in metadata.authors]


@pytest.mark.parametrize(
    "line",
    [
        "By Jo Roe", "BY Jo Roe", "Written by: Jo Roe", "By: Jo Roe", "Words by Jo Roe",
        "Updated by Jo Roe",
        "Von Jo Roe", "Ein Kommentar von Jo Roe", "Text: Jo Roe", "Autorin: Jo Roe",
        "Par Jo Roe", "Propos recueillis par Jo Roe", "Por Jo Roe", "Escrito por Jo Roe",
        "Di Jo Roe", "A cura di Jo Roe", "Door Jo Roe", "Av Jo Roe", "Af Jo Roe",
        "Autor: Jo Roe", "Napsal Jo Roe", "Írta: Jo Roe", "Scris de Jo Roe", "Yazan: Jo Roe",
        "Автор: Jo Roe", "Текст: Jo Roe", "Oleh Jo Roe", "Tác giả: Jo Roe", "Na Jo Roe",
        "بقلم Jo Roe", "מאת Jo Roe", "作者：Jo Roe", "記者 Jo Roe", "Συντάκτης: Jo Roe",
        "Jo Roe", "Jo Roe | 19 May 2026", "By Jo Roe • Updated May 19, 2026, 10:15 am",
        "19.05.2026 | Von Jo Roe", "Jo Roe, 19. Mai 2026", "By Jo Roe Published 2026-05-19",
        "By Jo Roe, PhD, MPH", "By Jo Roe (Photo: Cam Era)", "By Jo Roe in Paris",
        "By Jo Roe Senior Reporter", "By Jo Roe, Political Editor", "Jo Roe 4 min read",
        "By Jo Roe | Photos by Cam Era", "By Jo Roe. Reviewed by Ann Smith", "* Jo Roe *",
    ],
)  # fmt: skip
def test_a_printed_line_gives_the_bare_name(line: str) -> None:
    assert [n.name for n in names_in(line, strict=True)] == ["Jo Roe"]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("Autor: Jan Kowalski", "Jan Kowalski"), ("Von Jan Roe", "Jan Roe"),
        ("By Jun Sun", "Jun Sun"), ("By Jo Best", "Jo Best"),
        ("Napísal Ján Novák", "Ján Novák"), ("Teksti: Matti Roe", "Matti Roe"),
        ("作者：王小明", "王小明"), ("記者王小明／台北報導", "王小明"),
        ("田中太郎 記者", "田中太郎"), ("김철수 기자", "김철수"), ("文天祥", "文天祥"),
    ],
)  # fmt: skip
def test_a_name_is_not_taken_for_a_month_or_cut_where_no_spaces_are_set(
    line: str, name: str
) -> None:
    assert [n.name for n in names_in(line, strict=True)] == [name]


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("By Jo Roe and Ann Smith", ["Jo Roe", "Ann Smith"]),
        ("Von Jo Roe und Ann Smith", ["Jo Roe", "Ann Smith"]),
        ("Par Jo Roe et Ann Smith", ["Jo Roe", "Ann Smith"]),
        ("Por Jo Roe y Ann Smith", ["Jo Roe", "Ann Smith"]),
        ("By Jo Roe, Ann Smith & Bo Li", ["Jo Roe", "Ann Smith", "Bo Li"]),
        ("By Jo Roe, Ann Smith, and Bo Li", ["Jo Roe", "Ann Smith", "Bo Li"]),
        ("Jo Roe/Ann Smith", ["Jo Roe", "Ann Smith"]),
        ("By Jo Roe, Editor, and Ann Smith, Reporter", ["Jo Roe", "Ann Smith"]),
        ("Von Jo Roe, dpa", ["Jo Roe", "dpa"]),
        ("By Jo Roe with Ann Smith", ["Jo Roe", "Ann Smith"]),
        ("Juan Carlos de la Cruz", ["Juan Carlos de la Cruz"]),
        ("Jean-Luc d'Ormesson", ["Jean-Luc d'Ormesson"]),
        ("Ludwig van der Berg", ["Ludwig van der Berg"]),
        ("Bill MCCARTHY", ["Bill MCCARTHY"]),
        ("J. R. Roe", ["J. R. Roe"]),
    ],
)
def test_lists_of_names_are_split_between_names_only(line: str, names: list[str]) -> None:
    assert [n.name for n in names_in(line, strict=True)] == names


@pytest.mark.parametrize(
    "line",
    [
        "View all posts", "Read more", "Share this article", "Updated January 8",
        "4 min read", "https://social.example/jo", "jo@paper.example", "By", "Written by",
        "Follow us", "the bridge was opened on Monday", "Sat, 20 Dec 2025", "Photos: Cam Era",
        "Edited by Ann Smith", "Uncategorized", "12 Comments", "Is this a name?",
    ],
)  # fmt: skip
def test_page_furniture_gives_no_name(line: str) -> None:
    assert names_in(line, strict=True) == ()


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ("Jo Roe und Ann Smith, dpa", ["Jo Roe", "Ann Smith", "dpa"]),
        ("q_admin", ["q_admin"]),
        ("Center for Rivers and Bridges", ["Center for Rivers and Bridges"]),
        ("Jo Roe, The Morning Star", ["Jo Roe"]),
        ("東京新聞デジタル", ["東京新聞デジタル"]),
        ("https://social.example/paper", []),
        ("j.roe@paper.example", []),
        ("Jo (Johanna) Roe", ["Jo (Johanna) Roe"]),
        ("Harbour staff reporter", ["Harbour staff reporter"]),
        ("Rui Ma, Ann Ba Smith BA", ["Rui Ma", "Ann Ba Smith"]),
        ("Ann MA", ["Ann"]),
        ("Ann Smith Ma", ["Ann Smith"]),
    ],
)
def test_declared_authors_are_taken_as_they_are(value: str, names: list[str]) -> None:
    assert [n.name for n in names_in(value, strict=False)] == names


def test_the_function_behind_a_name_is_its_role() -> None:
    (named,) = names_in("By Jo Roe, Political Editor", strict=True)
    assert (named.name, named.role) == ("Jo Roe", "Political Editor")
    (glued,) = names_in("By Jo Roe Senior Reporter", strict=True)
    assert glued.role == "Senior Reporter"


@pytest.mark.parametrize("text", ["Will Judd", "April Jones", "李明", "Éva Nagy", "O'Neill"])
def test_names_that_are_also_words_are_names(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize("line", ["By Jo Read", "By Ann On", "Von Jan Um"])
def test_a_surname_that_is_also_a_word_behind_names_is_kept(line: str) -> None:
    assert [n.name for n in names_in(line, strict=True)] == [line.partition(" ")[2]]


@pytest.mark.parametrize("end", ["Read more", "Published", "3 min read"])
def test_words_behind_a_full_name_end_it(end: str) -> None:
    assert [n.name for n in names_in(f"By Jo Roe {end}", strict=True)] == ["Jo Roe"]


def test_a_byline_beside_the_headline_is_found_without_any_markup(read: Read) -> None:
    metadata = read(f"{HEADING}<div><div>By <span>Jo Roe</span></div></div>")
    assert _names(metadata) == ["Jo Roe"]
    assert metadata.byline == "By Jo Roe"
    assert metadata.authors[0].method == "byline"


def test_a_byline_behind_the_date_in_one_element_is_found(read: Read) -> None:
    line = (
        "<div><time datetime='2026-05-19'>19 May 2026</time> by Jo Roe, Delegate to the Board</div>"
    )
    assert _names(read(HEADING + line)) == ["Jo Roe"]


def test_links_to_author_pages_give_names_and_addresses(read: Read) -> None:
    body = f"""{HEADING}<div class="byline">By <a href="/author/jo-roe">Jo Roe</a>,
    <a href="/author/ann">Ann Smith</a>. Reviewed by <a href="/author/bo">Bo Li</a></div>"""
    metadata = read(body)
    assert _names(metadata) == ["Jo Roe", "Ann Smith"]
    assert metadata.authors[1].author_url == "https://www.morning-star.example/author/ann"


def test_the_author_box_below_the_article_is_found(read: Read) -> None:
    paragraphs = "<p>" + "Nothing else happened on the river that day, people say. " * 5 + "</p>"
    body = f"""<article>{HEADING}<div>{paragraphs * 60}</div><footer><div class="author-box vcard">
    <span class="fn"><a href="/author/jo-roe/">Jo Roe</a></span></div></footer></article>"""
    metadata = read(body)
    assert _names(metadata) == ["Jo Roe"]
    assert metadata.authors[0].author_url == "https://www.morning-star.example/author/jo-roe/"


def test_a_box_with_a_biography_gives_the_name_alone(read: Read) -> None:
    life = "Jo Roe has written about rivers and bridges for many years and lives in a boat. " * 5
    body = f'{HEADING}<div class="author-bio"><h4>Jo Roe</h4><p>{life}</p></div>'
    assert _names(read(body)) == ["Jo Roe"]


def test_a_name_set_apart_below_the_last_paragraph_signs_the_article(read: Read) -> None:
    text = "<p>" + "The bridge over the river was opened to traffic on Monday. " * 3 + "</p>"
    body = f"<main>{HEADING}<div>{text * 3}<p><em>{{}}</em></p></div></main>"
    assert _names(read(body.format("Jo Roe"))) == ["Jo Roe"]
    assert _names(read(body.format("This story was corrected later."))) == []


def test_a_bare_name_counts_where_a_portrait_confirms_it(read: Read) -> None:
    line = f"{HEADING}<div><p>Jo Roe</p><p>Web Design</p></div>"
    assert _names(read(line)) == []
    assert _names(read(f'{line}<img alt="Jo Roe" src="/jo.jpg">')) == ["Jo Roe"]


@pytest.mark.parametrize(
    "teaser",
    [
        '<article><h3><a href="/x">Other</a></h3><b class="author">Other Person</b></article>',
        '<div class="related-posts"><span class="byline">By Other Person</span></div>',
        '<ol class="comments"><li><b class="author">Other Person</b></li></ol>',
        '<nav><a rel="author" href="/author/x">Other Person</a></nav>',
    ],
)
def test_authors_of_teasers_and_comments_are_not_taken(read: Read, teaser: str) -> None:
    assert _names(read(f"<main>{HEADING}</main>{teaser}")) == []


def test_coauthors_in_neighbouring_elements_are_all_taken(read: Read) -> None:
    body = f"""{HEADING}<ul class="meta"><li><a rel="author" href="/p/1">Jo Roe</a></li>
    <li><a rel="author" href="/p/2">Ann Smith</a></li></ul>"""
    assert _names(read(body)) == ["Jo Roe", "Ann Smith"]


def test_the_person_in_the_byline_wins_over_the_site_as_declared_author(read: Read, ld: Ld) -> None:
    head = '<meta property="og:site_name" content="The Morning Star">' + ld(
        {"@type": "NewsArticle", "headline": "Bridge opens after nine years",
         "author": {"@type": "Organization", "name": "The Morning Star"}}
    )  # fmt: skip
    assert _names(read(f'{HEADING}<p class="byline">By Jo Roe</p>', head)) == ["Jo Roe"]
    (alone,) = read(HEADING, head).authors
    assert (alone.name, alone.type) == ("The Morning Star", "organization")


def test_the_site_stays_the_author_where_the_byline_names_it_and_markup_an_uploader(
    read: Read, ld: Ld
) -> None:
    head = '<meta property="og:site_name" content="River Notes">'
    head += ld({"@type": "NewsArticle", "headline": HEADLINE, "author": "Jo Roe"})
    line = '<p class="byline">Written by River Notes</p>'
    assert _names(read(HEADING + line, head)) == ["River Notes"]


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ({"@type": "Organization", "name": "River Growth Marketing"}, "River Growth Marketing"),
        ("River Notes", "River Notes"),
        ("River Notes Bureau", "River Notes Bureau"),
        ({"@type": "Person", "name": "Jo Roe Editor"}, "Jo Roe"),
    ],
)
def test_words_of_functions_are_part_of_an_organization(
    read: Read, ld: Ld, author: Any, name: str
) -> None:
    """So they are of what bears the site's name."""
    head = '<meta property="og:site_name" content="River Notes">' + ld(
        {"@type": "NewsArticle", "headline": HEADLINE, "author": author}
    )
    assert _names(read(HEADING, head)) == [name]


def test_a_byline_with_further_persons_completes_the_declared_list(read: Read, ld: Ld) -> None:
    head = ld({"@type": "NewsArticle", "headline": HEADLINE, "author": "Jo Roe"})
    line = '<p class="byline">By Jo Roe, Ann Smith</p>'
    assert _names(read(HEADING + line, head)) == ["Jo Roe", "Ann Smith"]


def test_who_uploaded_the_text_gives_way_to_who_is_printed_as_author(read: Read) -> None:
    head = '<meta name="author" content="Web Uploader">'
    assert _names(read(f'{HEADING}<p class="byline">By Jo Roe</p>', head)) == ["Jo Roe"]
    # Without a "By", a name beside the headline may be a person that the article is about.
    assert _names(read(f'{HEADING}<p class="author-tag">Jo Roe</p>', head)) == ["Web Uploader"]


def test_addresses_of_profiles_are_no_names(read: Read) -> None:
    head = '<meta property="article:author" content="https://social.example/MorningStar">'
    metadata = read(HEADING, head)
    assert metadata.authors == ()
    assert [issue.code for issue in metadata.issues] == ["no_author", "no_date"]


def test_the_same_author_is_given_once(read: Read, ld: Ld) -> None:
    head = ld({"@type": "NewsArticle", "headline": "Bridge opens after nine years",
               "author": ["Jo Roe", {"name": "JO ROE"}, "By Jo Roe"]})  # fmt: skip
    assert _names(read(HEADING, head)) == ["Jo Roe"]


def test_other_persons_in_markup_and_byline_are_reported(read: Read) -> None:
    head = '<meta name="author" content="Web Uploader">'
    line = '<p class="byline">By Jo Roe</p>'
    (issue,) = (i for i in read(HEADING + line, head).issues if i.field == "authors")
    assert issue.code == "author_conflict"
    assert "Web Uploader" in issue.evidence
    assert "Jo Roe" in issue.evidence


@pytest.mark.parametrize("declared", ["Jo Roe", "J. Roe", "The Morning Star", "Ann Smith, Jo Roe"])
def test_persons_in_common_or_none_declared_are_no_conflict(read: Read, declared: str) -> None:
    head = f'<meta name="author" content="{declared}">'
    codes = {i.code for i in read(f'{HEADING}<p class="byline">By Jo Roe</p>', head).issues}
    assert "author_conflict" not in codes
