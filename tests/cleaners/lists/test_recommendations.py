"""What is advice and what is not, in every language; and items that join two."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from cleaners.item_shapes import shape_of
from cleaners.lexicon import LANGUAGES, lexicon_for
from cleaners.list_kinds import Surroundings, kind_of
from cleaners.list_words import list_words_for
from tests.cleaners.body.pages import article, article_html

if TYPE_CHECKING:
    from cleaners.records import Article

ADVICE = {
    "en": ("Leave the house early", "Plan your route", "Never park on the quay"),
    "fr": ("Partir plus tôt le matin", "Ne pas se garer sur le quai", "Évitez la rocade"),
    "de": ("frühmorgens losfahren", "Meiden Sie die Ringstraße", "nie auf dem Kai parken"),
    "es": ("Salir más temprano", "No aparcar en el muelle", "Evite la ronda"),
    "it": ("Partire più presto", "Non parcheggiare sul molo", "Evitate la tangenziale"),
    "pt": ("Sair mais cedo de casa", "Não estacionar no cais", "Evite o anel viário"),
    "nl": ("vroeger van huis gaan", "Vermijd de ringweg", "niet op de kade parkeren"),
}
NAMES = {
    "en": ("The old quay", "The swing bridge", "A ferry with forty seats"),
    "fr": ("Le vieux quai", "Un pont tournant", "Le bac et ses quarante places"),
    "de": ("Der alte Kai", "Eine Drehbrücke aus Stahl", "Das Fährhaus am Fluss"),
    "es": ("El viejo muelle", "Un puente giratorio", "La barca de cuarenta plazas"),
    "it": ("Il vecchio molo", "Un ponte girevole", "La barca da quaranta posti"),
    "pt": ("O velho cais", "Uma ponte giratória", "A balsa de quarenta lugares"),
    "nl": ("De oude kade", "Een draaibrug van staal", "Het veerhuis aan het water"),
}
SURE = {
    "en": "The council has three tips:",
    "fr": "La mairie donne trois conseils :",
    "de": "Die Stadt gibt drei Tipps:",
    "es": "El ayuntamiento da tres consejos:",
    "it": "Il comune dà tre consigli:",
    "pt": "A prefeitura dá três dicas:",
    "nl": "De gemeente geeft drie tips:",
}
PERHAPS = {
    "en": "The council has agreed on these measures:",
    "fr": "La mairie a retenu les mesures que voici :",
    "de": "Die Stadt hat diese Maßnahmen beschlossen:",
    "es": "El ayuntamiento acordó estas medidas:",
    "it": "Il comune ha deciso queste misure:",
    "pt": "A prefeitura decidiu estas medidas:",
    "nl": "De gemeente koos deze maatregelen:",
}
each_language = pytest.mark.parametrize("language", LANGUAGES)


def listed(lead_in: str, *items: str, language: str = "en", title: str = "The bridge") -> Article:
    bullets = "".join(f"<li>{item}</li>" for item in items)
    html = article_html(f"<p>{lead_in}</p><ul>{bullets}</ul>", language=language, title=title)
    return article(html, language)


def texts(found: Article) -> list[str]:
    return [one.text for one in found.recommendations]


def issues(found: Article) -> list[tuple[str, str]]:
    return [(one.code, one.evidence) for one in found.issues if one.field == "recommendations"]


def test_every_language_with_rules_is_tried_here() -> None:
    assert set(ADVICE) == set(NAMES) == set(SURE) == set(PERHAPS) == set(LANGUAGES)


@each_language
def test_advice_is_known_by_the_shape_of_its_items(language: str) -> None:
    words = list_words_for(language).items
    assert {shape_of(item, words) for item in ADVICE[language]} <= {"imperative", "infinitive"}
    assert {shape_of(item, words) for item in NAMES[language]} == {"nominal"}


@each_language
def test_a_word_of_advice_announces_advice(language: str) -> None:
    found = listed(SURE[language], *ADVICE[language], language=language)
    assert texts(found) == list(ADVICE[language])
    assert found.recommendations_announced == 3
    assert not issues(found)


@each_language
def test_a_doubtful_word_announces_advice_only_before_items_shaped_like_it(language: str) -> None:
    found = listed(PERHAPS[language], *ADVICE[language], language=language)
    assert texts(found) == list(ADVICE[language])
    assert listed(PERHAPS[language], *NAMES[language], language=language).recommendations == ()


@pytest.mark.parametrize(
    ("language", "lead_in", "items"),
    [
        ("en", "The union is demanding:", ("a 10 per cent pay rise", "an end to night shifts")),
        ("fr", "Les syndicats réclament :", ("la hausse des salaires", "le retrait de la loi")),
        ("de", "Die Gewerkschaft fordert:", ("8 Prozent mehr Lohn", "Eine kurze Laufzeit")),
        ("es", "Los vecinos exigen:", ("la dimisión del alcalde", "elecciones anticipadas")),
        ("it", "I sindacati chiedono:", ("aumento dei salari", "più sicurezza")),
        ("pt", "O movimento reivindica:", ("aumento salarial", "melhores condições")),
        ("nl", "De vakbond eist:", ("meer loon", "minder werkdruk")),
    ],
)
def test_demands_need_no_verb(language: str, lead_in: str, items: tuple[str, ...]) -> None:
    assert texts(listed(lead_in, *items, language=language)) == list(items)


def test_how_to_promises_nothing_where_no_item_says_what_to_do() -> None:
    lead_in = "How to read the tide table:"
    assert listed(lead_in, *NAMES["en"]).recommendations == ()
    assert len(listed(lead_in, *NAMES["en"], "Turn to the page of the month").recommendations) == 4


def test_a_number_over_as_many_items_makes_up_for_verbs_that_are_not_known() -> None:
    items = ("Reglaze the ferry house", "Rehang the bell on the quay", "Open the lock at night")
    assert texts(listed("The forum agreed three measures:", *items)) == list(items)
    assert listed("The forum agreed these measures:", *items).recommendations == ()


def test_commands_alone_are_advice_whatever_leads_to_them() -> None:
    found = listed("On the morning of the flood:", *ADVICE["en"])
    assert texts(found) == list(ADVICE["en"])
    assert found.lists[0].method == "items:imperative"


@pytest.mark.parametrize(
    ("lead_in", "items"),
    [
        ("The council has tips:", ("Do you leave early?", "Can you walk?", "Use the ferry?")),
        ("An old book of advice:", ("“Leave early.”", "“Walk on.”", "“Use the ferry.”")),
        ("Our recommendations:", ("Harbour Lamp", "Quay Street Kit", "Tidewater 3")),
        ("This has been shown to help:", ("Lower your pulse", "Reduce stress", "Improve sleep")),
        ("The app allows you to:", ("Use your card", "Plan your trip", "Share your seat")),
    ],
)
def test_questions_sayings_names_and_effects_are_no_advice(
    lead_in: str, items: tuple[str, ...]
) -> None:
    assert listed(lead_in, *items).recommendations == ()


def test_links_are_no_advice_whatever_they_say() -> None:
    words, lexicon = list_words_for("en"), lexicon_for("en")
    around = Surroundings(lead_in="Five tips:", heading=None, title=None, markup="ul", linked=0.8)
    assert kind_of(FIVE, around, words, lexicon) == ("other", "items:links")
    assert kind_of(FIVE, replace(around, linked=0.2), words, lexicon)[0] == "recommendations"


def test_demands_without_a_verb_are_not_split_at_a_conjunction() -> None:
    items = ("Der Bau von Straßen und Häuser für alle Familien", "Mehr Geld vom Land")
    found = listed("Die Partei stellt drei Forderungen:", *items, language="de")
    assert texts(found) == list(items)
    assert issues(found) == [("recommendations_missing", "announced 3, found 2")]


FIVE = (
    "Leave the house ten minutes earlier",
    "Share a car with a neighbour",
    "Use the ferry in the afternoon",
    "Send deliveries over the ring road",
    "Ask the council before moving house",
)


@pytest.mark.parametrize("separator", [" – ", " - ", "; ", " and "])
def test_an_item_that_joins_two_is_split_to_the_announced_number(separator: str) -> None:
    second = FIVE[4] if separator != " and " else FIVE[4].lower()
    found = listed("The council has five tips:", *FIVE[:3], FIVE[3] + separator + second)
    assert texts(found) == [*FIVE[:4], second]
    assert [one.list_item for one in found.recommendations] == [0, 1, 2, 3, 3]
    assert [one.method for one in found.recommendations] == ["list"] * 3 + ["list:split"] * 2
    assert all(found.text[one.start : one.end] == one.text for one in found.recommendations)
    assert not issues(found)


@pytest.mark.parametrize(
    ("why", "announced", "items"),
    [
        ("two are missing", "five", (*FIVE[:2], f"{FIVE[2]} – {FIVE[3]} – {FIVE[4]}")),
        ("two are missing, one place", "five", (*FIVE[:2], f"{FIVE[2]} – {FIVE[3]}")),
        ("two places", "four", (FIVE[0], f"{FIVE[1]} – {FIVE[2]}", f"{FIVE[3]} – {FIVE[4]}")),
        ("two dashes and one semicolon", "four",
         (f"{FIVE[0]} – {FIVE[1]}", f"{FIVE[1]} – {FIVE[2]}", f"{FIVE[3]}; {FIVE[4]}")),
        ("a half of two words", "four", (*FIVE[:2], f"{FIVE[2]} – by bike")),
        ("a half of another shape", "four", (*FIVE[:2], f"{FIVE[2]} – The old red one")),
        ("verbs joined, not deeds", "four", (*FIVE[:2], "Wash and fold the sails of the ferry")),
        ("no shape to compare", "three", ("Bread and butter from the farm next door",
                                          "Soup made of eel and of leek")),
    ],
)  # fmt: skip
def test_nothing_is_split_on_a_guess(why: str, announced: str, items: tuple[str, ...]) -> None:
    found = listed(f"The council has {announced} tips:", *items)
    count = {"three": 3, "four": 4, "five": 5}[announced]
    assert texts(found) in (list(items), []), why
    if found.recommendations:
        evidence = f"announced {count}, found {len(items)}"
        assert issues(found) == [("recommendations_missing", evidence)]


def test_the_strongest_separator_decides() -> None:
    joined = f"{FIVE[3]} and share it – {FIVE[4]}; or write a letter"
    found = listed("The council has five tips:", *FIVE[:3], joined)
    assert texts(found)[3:] == [f"{FIVE[3]} and share it", f"{FIVE[4]}; or write a letter"]


def test_more_than_announced_is_an_issue_too() -> None:
    found = listed("The council has 3 tips:", *FIVE)
    assert issues(found) == [("recommendations_surplus", "announced 3, found 5")]
