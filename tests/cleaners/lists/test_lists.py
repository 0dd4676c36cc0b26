"""Lists in all the ways that pages write them, with what leads to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cleaners.body.pages import PARAGRAPHS, article, article_html

if TYPE_CHECKING:
    from cleaners.records import Article, ListBlock

FIVE = (
    "Leave the house ten minutes earlier",
    "Share a car with a neighbour",
    "Use the ferry in the afternoon",
    "Send deliveries over the ring road",
    "Ask the council before moving house",
)
LEAD_IN = "The council has five tips for drivers:"


def read(
    body: str, *, title: str = "The bridge is closed for ten weeks", language: str = "en"
) -> Article:
    return article(article_html(body, title=title, language=language), language)


def only_list(body: str, **given: str) -> ListBlock:
    lists = read(body, **given).lists
    assert len(lists) == 1, lists
    return lists[0]


def explained(tag: str, *heads: str) -> str:
    """Return headings, each with a paragraph of its own below."""
    return "".join(
        f"<{tag}>{head}</{tag}><p>{PARAGRAPHS[n % 4]} This is point {n}.</p>"
        for n, head in enumerate(heads)
    )


def bullets(tag: str, items: tuple[str, ...] = FIVE) -> str:
    return f"<{tag}>{''.join(f'<li>{item}</li>' for item in items)}</{tag}>"


@pytest.mark.parametrize(
    ("markup", "body"),
    [
        ("ul", bullets("ul")),
        ("ol", bullets("ol")),
        ("ul", bullets("ul", tuple(f"<h3>{one}</h3><p>Because.</p>" for one in FIVE))),
        ("ul", "".join(f"<ul><li>{one}</li></ul>" for one in FIVE)),
        ("p", "".join(f"<p>- {one}</p>" for one in FIVE)),
        ("br", "<p>" + "<br>".join(f"• {one}" for one in FIVE) + "</p>"),
        ("p", "".join(f"<p>{n}-{one}</p>" for n, one in enumerate(FIVE, start=1))),
        ("p", "".join(f"<p>{n}) {one}</p>" for n, one in enumerate(FIVE, start=1))),
        ("p", "".join(f"<p>{n}\N{COMBINING ENCLOSING KEYCAP} {one}</p>"
                      for n, one in enumerate(FIVE, start=1))),
        ("heading", explained("h3", *(f"{n}. {one}" for n, one in enumerate(FIVE, start=1)))),
        ("heading", explained("h3", *(f"{n} {one}" for n, one in enumerate(FIVE, start=1)))),
        ("heading", explained("h3", *(f"Tip {n}: {one}" for n, one in enumerate(FIVE, start=1)))),
        ("heading", explained("h3", *(f"Tip #{n} – {one}" for n, one in enumerate(FIVE, start=1)))),
        ("heading", explained("h3", *(f"{6 - n}. {one}" for n, one in enumerate(FIVE, start=1)))),
    ],
)  # fmt: skip
def test_a_list_is_one_list_however_it_is_written(markup: str, body: str) -> None:
    found = only_list(f"<p>{LEAD_IN}</p>{body}")
    assert found.items == FIVE
    assert (found.markup, found.lead_in, found.announced_count) == (markup, LEAD_IN, 5)
    assert found.kind == "recommendations"


@pytest.mark.parametrize(
    ("markup", "body"),
    [
        ("heading", explained("h3", *FIVE)),
        ("p", "".join(f"<p><b>{one}</b></p><p>{PARAGRAPHS[n % 4]} {n}.</p>"
                      for n, one in enumerate(FIVE))),
        ("p", "".join(f"<p><strong>{one}</strong> {PARAGRAPHS[n % 4]} {n}.</p>"
                      for n, one in enumerate(FIVE))),
    ],
)  # fmt: skip
def test_subheadings_are_a_list_when_the_title_counts_them(markup: str, body: str) -> None:
    found = only_list(body, title="Five tips for drivers while the bridge is closed")
    assert found.items == FIVE
    assert (found.markup, found.announced_count) == (markup, 5)


def test_subheadings_that_nothing_announces_are_no_list() -> None:
    body = explained("h3", "The bearings", "The ferry", "The costs", "The ring road", "The school")
    assert read(body).lists == ()


def test_of_more_subheadings_than_announced_those_that_advise_are_the_list() -> None:
    others = ("The bearings", "The ring road", "The costs", "The school")
    body = explained("h3", "Why the bridge is closed", *FIVE, *others)
    found = only_list(body, title="Five tips for drivers while the bridge is closed")
    assert found.items == FIVE


def test_headings_that_only_close_a_text_are_no_list() -> None:
    body = "<h2>Conclusion</h2><p>Walk.</p><h2>Comments</h2><p>None.</p>"
    assert read(body, title="Five tips for drivers").lists == ()


def test_a_number_that_is_lost_does_not_cut_a_list_in_two() -> None:
    heads = (f"{n}. {one}" for n, one in enumerate(FIVE, start=1) if n != 3)
    found = only_list(f"<p>{LEAD_IN}</p>{explained('h3', *heads)}")
    assert found.items == (*FIVE[:2], *FIVE[3:])
    assert found.announced_count == 5


def test_an_ordered_list_goes_on_behind_an_inner_one() -> None:
    body = (
        f"<p>{LEAD_IN}</p><ol><li>{FIVE[0]}</li></ol>{bullets('ul', FIVE[3:])}"
        f"<ol><li>{FIVE[1]}</li><li>{FIVE[2]}</li></ol>"
    )
    outer, inner = read(body).lists
    assert (outer.items, outer.markup) == (FIVE[:3], "ol")
    assert (inner.items, inner.lead_in) == (FIVE[3:], FIVE[0])


def test_numbers_that_explanations_part_are_one_list() -> None:
    parts = (
        f"<ol><li>{one}</li></ol><p>{PARAGRAPHS[n % 4]} {n}.</p>" for n, one in enumerate(FIVE)
    )
    assert only_list(f"<p>{LEAD_IN}</p>{''.join(parts)}").items == FIVE


def test_a_nested_list_is_a_list_of_its_own_under_the_item_that_holds_it() -> None:
    body = (
        f"<p>{LEAD_IN}</p><ul><li>{FIVE[0]}</li><li>{FIVE[1]}:"
        f"<ul><li>{FIVE[3]}</li><li>{FIVE[4]}</li></ul></li><li>{FIVE[2]}</li></ul>"
    )
    outer, inner = read(body).lists
    assert (outer.level, outer.items) == (0, (FIVE[0], f"{FIVE[1]}:", FIVE[2]))
    assert (inner.level, inner.items, inner.lead_in) == (1, FIVE[3:], f"{FIVE[1]}:")


def test_short_lines_between_breaks_behind_a_colon_are_a_list() -> None:
    dates = ("June 9 at the Old Quay", "June 10 at the Ropeworks", "June 14 on the Market Square")
    found = only_list(f"<p>The choir sings on these evenings:<br>{'<br>'.join(dates)}</p>")
    assert (found.markup, found.kind, found.items) == ("br", "other", dates)


def test_sentences_between_breaks_are_no_list() -> None:
    body = "<p>The council said:<br>The bridge is old.<br>It is closed.<br>The ferry runs.</p>"
    assert read(body).lists == ()


def test_one_bullet_is_no_list() -> None:
    assert read("<p>The bridge is closed.</p><ul><li>To the interview</li></ul>").lists == ()


@pytest.mark.parametrize(
    "before",
    [
        "<p>The bridge was built in 1931. Here are five tips from the council:</p>",
        "<h2>Here are five tips from the council:</h2>",
    ],
)
def test_the_lead_in_is_the_sentence_or_heading_just_before(before: str) -> None:
    found = only_list(before + bullets("ul"))
    assert found.lead_in == "Here are five tips from the council:"


@pytest.mark.parametrize(
    ("language", "lead_in", "count"),
    [
        ("en", "Experts give 5 tips:", 5),
        ("en", "Experts give seven tips:", 7),
        ("en", "Experts who met for 3 hours give tips:", None),
        ("en", "In 12 years the council gave many tips:", None),
        ("fr", "Ce séminaire a permis de faire ressortir 7 recommandations majeures :", 7),
        ("fr", "Voici les quatre axes de la politique :", 4),
        ("fr", "Après 9 mois, la mairie donne des conseils :", None),
        ("de", "Der Verein gibt drei Tipps:", 3),
        ("de", "Die Partei stellt neun Forderungen:", 9),
        ("es", "La alcaldía publicó ocho recomendaciones:", 8),
        ("it", "Ecco dieci consigli:", 10),
        ("pt", "A prefeitura apresenta três dicas simples:", 3),
        ("nl", "De gemeente geeft zeven tips:", 7),
    ],
)
def test_the_announced_number_is_read_in_digits_and_words(
    language: str, lead_in: str, count: int | None
) -> None:
    found = only_list(f"<p>{lead_in}</p>{bullets('ul')}", language=language)
    assert found.announced_count == count


@pytest.mark.parametrize(
    ("lead_in", "kind"),
    [
        ("The meeting had these topics:", "topics"),
        ("These are the key findings:", "facts"),
        ("The new rules have five benefits:", "facts"),
        ("The shop sells five types of nets:", "other"),
        ("The app lets you:", "other"),
        ("Follow these steps:", "steps"),
    ],
)
def test_the_telling_word_nearest_to_a_list_says_what_it_holds(lead_in: str, kind: str) -> None:
    found = only_list(f"<p>{lead_in}</p>{bullets('ul', ('Its bearings', 'Its age', 'Its ropes'))}")
    assert found.kind == kind
    assert found.method.startswith("lead-in:")


@pytest.mark.parametrize(
    "body",
    [
        "<p>Membership includes:</p>" + bullets("ul"),
        "<p>Community guidelines</p>" + bullets("ul"),
        "<p>Subscriber benefits:</p>" + bullets("ul"),
        "<p>The pier is open.</p>" + bullets("ul", tuple(f'<a href="/{n}">{one}</a>' for n, one in
                                                         enumerate(("Pier", "Quay", "Slip")))),
        "<p>The pier is open:</p>" + bullets("ul", ("1", "2", "3")),
    ],
)  # fmt: skip
def test_lists_of_the_page_are_no_lists_of_the_article(body: str) -> None:
    assert read(body).lists == ()


def test_offsets_cover_a_list_from_its_first_item_to_its_last() -> None:
    found = read(f"<p>{LEAD_IN}</p>{bullets('ul')}<p>{PARAGRAPHS[0]} Once more.</p>")
    one = found.lists[0]
    assert found.text[one.start : one.end] == "\n- ".join(FIVE)


def test_bare_words_that_open_a_text_are_its_tags() -> None:
    tags = bullets("ul", ("Harbour", "Bridges", "Town council"))
    html = article_html().replace(f"<p>{PARAGRAPHS[0]}", f"{tags}<p>{PARAGRAPHS[0]}", 1)
    found = article(html)
    assert found.text.startswith("- Harbour")
    assert found.lists == ()


def test_sentences_that_open_a_text_are_its_facts() -> None:
    points = (
        "The bridge will be closed for ten weeks from May.",
        "Lorries are sent over the ring road until July.",
    )
    html = article_html().replace(
        f"<p>{PARAGRAPHS[0]}", f"{bullets('ul', points)}<p>{PARAGRAPHS[0]}", 1
    )
    found = article(html).lists
    assert [(one.kind, one.method, one.items) for one in found] == [
        ("facts", "items:sentences", points)
    ]
    assert only_list(f"<p>It was said again:</p>{bullets('ul', points)}").method == "none"


def test_the_words_of_the_language_that_is_written_count_and_not_of_the_one_declared() -> None:
    french = (
        "Le vieux pont du port sera fermé aux voitures et aux camions pendant dix semaines, "
        "parce que ses paliers du sud ont rouillé plus vite que les ingénieurs ne le pensaient."
    )
    body = f"<p>{french}</p><p>La mairie a retenu les mesures que voici :</p>"
    items = ("Ouvrir la passerelle le dimanche", "Baisser le prix du bac", "Dévier les camions")
    html = article_html(body + bullets("ul", items), language="en")
    for text in PARAGRAPHS:
        html = html.replace(f"<p>{text}</p>", f"<p>{french} {len(text)} personnes le savent.</p>")
    assert [one.text for one in article(html).recommendations] == list(items)
