"""Lists, recommendations, quotes and speakers of synthetic articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleaners.lexicon import lexicon_for
from cleaners.list_words import list_words_for
from tests.cleaners.body.pages import PARAGRAPHS, article, article_html

if TYPE_CHECKING:
    from cleaners.records import Article

FIVE = (
    "Leave the house ten minutes earlier",
    "Share a car with a neighbour",
    "Use the ferry in the afternoon",
    "Send deliveries over the ring road",
    "Ask the council before moving house",
)


def with_list(lead_in: str, *items: str, language: str = "en", tag: str = "ul") -> Article:
    bullets = "".join(f"<li>{item}</li>" for item in items)
    return article(
        article_html(f"<p>{lead_in}</p><{tag}>{bullets}</{tag}>", language=language), language
    )


def said(*paragraphs: str, language: str = "en") -> Article:
    return article(
        article_html(*(f"<p>{text}</p>" for text in paragraphs), language=language), language
    )


@pytest.mark.parametrize(
    ("language", "lead_in"),
    [
        ("en", "The council has five tips for drivers:"),
        ("fr", "La mairie donne cinq conseils :"),
        ("de", "Die Stadt gibt fünf Tipps:"),
        ("es", "El ayuntamiento da cinco consejos:"),
        ("it", "Il comune dà cinque consigli:"),
        ("pt", "A prefeitura dá cinco dicas:"),
        ("nl", "De gemeente geeft vijf tips:"),
        ("sv", "Voici 5 conseils :"),
    ],
)
def test_advice_is_known_by_its_lead_in(language: str, lead_in: str) -> None:
    found = with_list(lead_in, *FIVE, language=language)
    assert [one.text for one in found.recommendations] == list(FIVE)
    assert found.recommendations_announced == 5
    assert found.lists[0].lead_in == lead_in


@pytest.mark.parametrize(
    ("lead_in", "kind"),
    [
        ("The meeting had these topics:", "topics"),
        ("These are the key findings:", "facts"),
        ("Follow these steps:", "steps"),
    ],
)
def test_other_lists_give_no_recommendations(lead_in: str, kind: str) -> None:
    found = with_list(lead_in, *FIVE)
    assert [one.kind for one in found.lists] == [kind]
    assert found.recommendations == ()


def test_an_item_that_joins_two_is_split_when_that_gives_the_announced_number() -> None:
    joined = (*FIVE[:3], f"{FIVE[3]} – {FIVE[4]}")
    found = with_list("The council has five tips:", *joined)
    assert [one.text for one in found.recommendations] == list(FIVE)
    assert [one.list_item for one in found.recommendations] == [0, 1, 2, 3, 3]
    assert found.recommendations[-1].method == "list:split"
    assert not any(issue.field == "recommendations" for issue in found.issues)


def test_two_places_to_split_are_one_too_many() -> None:
    joined = (f"{FIVE[0]} – {FIVE[1]}", f"{FIVE[2]} – {FIVE[3]}")
    found = with_list("The council has three tips:", *joined)
    assert [one.text for one in found.recommendations] == list(joined)
    assert [(one.code, one.evidence) for one in found.issues if one.field == "recommendations"] == [
        ("recommendations_missing", "announced 3, found 2")
    ]


def test_a_half_of_two_words_is_no_item() -> None:
    found = with_list("The council has two tips:", "Leave the house early – by bike")
    assert len(found.recommendations) == 1


def test_more_than_announced_is_an_issue_too() -> None:
    found = with_list("The council has 3 tips:", *FIVE)
    codes = {one.code for one in found.issues}
    assert "recommendations_surplus" in codes


def test_a_number_that_counts_something_else_is_not_announced() -> None:
    found = with_list("After 12 years the council has tips:", *FIVE)
    assert found.recommendations_announced is None


def test_numbered_headings_are_a_list_that_the_title_announces() -> None:
    body = "".join(
        f"<h2>{n}. {item}</h2><p>{PARAGRAPHS[n % 4]} Point {n}.</p>"
        for n, item in enumerate(FIVE, start=1)
    )
    html = article_html(body, title="Five tips for drivers in the closed town")
    html = html.replace(f"<p>{PARAGRAPHS[0]}</p><p>{PARAGRAPHS[1]}</p>", "", 1)
    found = next(one for one in article(html).lists if one.markup == "heading")
    assert found.items == FIVE


def test_headings_that_only_close_a_text_are_no_list() -> None:
    found = article(article_html("<h2>Conclusion</h2><p>Walk.</p><h2>Comments</h2><p>None.</p>"))
    assert found.lists == ()


def test_speakers_are_read_from_a_list_of_people() -> None:
    found = with_list(
        "Le colloque a réuni des experts, tels que :",
        "Le Docteur Armand Tessier, chirurgien à l’Hôpital Sainte-Anne",
        "La Professeure Ines Valcourt, directrice de la Fondation Marée",
        language="fr",
    )
    assert [(s.honorific, s.name, s.role, s.affiliation) for s in found.speakers] == [
        ("Docteur", "Armand Tessier", "chirurgien", "Hôpital Sainte-Anne"),
        ("Professeure", "Ines Valcourt", "directrice", "Fondation Marée"),
    ]
    assert {speaker.evidence for speaker in found.speakers} == {"list"}


@pytest.mark.parametrize(
    ("language", "sentence", "name", "quote"),
    [
        ("en", "“We had no other choice,” said Mara Lindqvist, a harbour engineer.",
         "Mara Lindqvist", "We had no other choice,"),
        ("en", "Mara Lindqvist, 42, a harbour engineer, said: “We had no other choice.”",
         "Mara Lindqvist", "We had no other choice."),
        ("fr", "« Nous n’avions pas le choix », explique Ines Valcourt, ingénieure du port.",
         "Ines Valcourt", "Nous n’avions pas le choix"),
        ("fr", "Selon Ines Valcourt, « le pont tiendra encore dix ans ».",
         "Ines Valcourt", "le pont tiendra encore dix ans"),
        ("de", "„Wir hatten keine andere Wahl“, sagte Hafenmeisterin Jette Brandis.",
         "Jette Brandis", "Wir hatten keine andere Wahl"),
        ("de", "»Wir hatten keine andere Wahl«, so Jette Brandis.",
         "Jette Brandis", "Wir hatten keine andere Wahl"),
        ("es", "“No teníamos otra opción posible”, dijo la ingeniera Pilar Sotomayor.",
         "Pilar Sotomayor", "No teníamos otra opción posible"),
        ("it", "«Non avevamo altra scelta possibile», ha detto Carla Benassi.",
         "Carla Benassi", "Non avevamo altra scelta possibile"),
        ("pt", "“Não tínhamos outra escolha possível”, disse Rita Fontoura.",
         "Rita Fontoura", "Não tínhamos outra escolha possível"),
        ("nl", "“Wij hadden geen andere keuze”, zegt Anneke Terpstra.",
         "Anneke Terpstra", "Wij hadden geen andere keuze"),
    ],
)  # fmt: skip
def test_a_quote_is_given_to_whoever_is_said_to_say_it(
    language: str, sentence: str, name: str, quote: str
) -> None:
    found = said(sentence, language=language)
    assert [(one.text, one.speaker) for one in found.quotes] == [(quote, name)]
    assert [(one.name, one.evidence) for one in found.speakers] == [(name, "quote")]


def test_role_and_affiliation_stand_behind_the_name() -> None:
    sentence = "« Le pont tiendra dix ans », dit Ines Valcourt, directrice du Port de Marée."
    found = said(sentence, language="fr")
    assert [(s.role, s.affiliation) for s in found.speakers] == [("directrice", "Port de Marée")]


def test_a_surname_is_resolved_to_the_full_name() -> None:
    found = said(
        "“We had no other choice,” said Mara Lindqvist, a harbour engineer.",
        "“The bearings were almost gone,” Lindqvist added.",
    )
    assert [one.speaker for one in found.quotes] == ["Mara Lindqvist", "Mara Lindqvist"]
    assert [one.name for one in found.speakers] == ["Mara Lindqvist"]


def test_a_pronoun_is_whoever_spoke_last() -> None:
    found = said(
        "“We had no other choice,” said Mara Lindqvist, a harbour engineer.",
        "The repair takes ten weeks. “It may well take longer than that,” she added.",
    )
    assert [one.speaker for one in found.quotes] == ["Mara Lindqvist", "Mara Lindqvist"]


def test_a_quote_goes_on_in_the_next_paragraph() -> None:
    found = said(
        "“We had no other choice,” said Mara Lindqvist, a harbour engineer.",
        "“Almost gone by then”",
    )
    assert [one.speaker for one in found.quotes] == ["Mara Lindqvist", "Mara Lindqvist"]


def test_a_quote_in_the_paragraph_after_the_colon_has_its_speaker() -> None:
    found = said(
        "À l’ouverture, le Professeur Armand Tessier a affirmé que :",
        "« Ce pont est une chance pour toute la région et pour le port. »",
        language="fr",
    )
    assert [one.speaker for one in found.quotes] == ["Armand Tessier"]
    assert found.speakers[0].honorific == "Professeur"


def test_an_attribution_inside_the_marks_cuts_the_quote_in_two() -> None:
    found = said(
        "« Nous n’avions plus le choix, explique Ines Valcourt. Le pont ne tenait plus debout. »",
        language="fr",
    )
    assert [(one.text, one.speaker) for one in found.quotes] == [
        ("Nous n’avions plus le choix", "Ines Valcourt"),
        ("Le pont ne tenait plus debout.", "Ines Valcourt"),
    ]


@pytest.mark.parametrize(
    "sentence",
    [
        "The so-called “silent bridge” was opened in the year of the flood.",
        "He wrote “The Silent Bridges Over Northern Harbours” in three summers.",
        f"The meeting was called “{'Harbour bridge to close for ten weeks'}” in the programme.",
    ],
)
def test_scare_quotes_works_and_the_title_are_no_quotes(sentence: str) -> None:
    assert said(sentence).quotes == ()


def test_an_unnamed_source_is_quoted_without_a_speaker() -> None:
    found = said("“The case is still open to everyone,” a spokesman said.")
    assert [one.speaker for one in found.quotes] == [None]
    assert found.quotes[0].source_text == "a spokesman said"
    assert found.speakers == ()


def test_a_name_and_any_verb_right_behind_the_marks_say_who_speaks() -> None:
    found = said(
        "Mara Lindqvist has built harbours for thirty years.",
        "“The bearings were almost gone by then,” Lindqvist clarifies.",
    )
    assert [one.speaker for one in found.quotes] == ["Mara Lindqvist"]


def test_a_whole_sentence_without_attribution_is_that_of_the_last_speaker() -> None:
    found = said(
        "Mara Lindqvist said that the bearings had been rusting for years.",
        "Nobody had looked at them. “We were told that they would last for ever.”",
    )
    assert [(one.speaker, one.method) for one in found.quotes] == [("Mara Lindqvist", "context")]


def test_a_role_said_again_is_the_person_who_has_it() -> None:
    found = said(
        "« Nous n’avions plus le choix », explique Ines Valcourt, directrice du Port de Marée.",
        "Armand Tessier a affirmé que le bac coûtera cher.",
        "« Le bac sera tout à fait gratuit », répond la directrice.",
        language="fr",
    )
    assert [one.speaker for one in found.quotes] == ["Ines Valcourt", "Ines Valcourt"]


def test_a_verb_without_subject_is_that_of_the_last_speaker_where_languages_allow_it() -> None:
    found = said(
        "Pilar Sotomayor explicó que el puente cerrará en mayo.",
        "“No teníamos ninguna otra opción posible”, concluyó.",
        language="es",
    )
    assert [one.speaker for one in found.quotes] == ["Pilar Sotomayor"]


def test_the_place_a_speaker_comes_from_says_nothing() -> None:
    found = said("Mara Lindqvist, 42, from Port Selwyn, said: “We had no other choice.”")
    assert [one.speaker for one in found.quotes] == ["Mara Lindqvist"]


def test_whoever_is_spoken_to_does_not_speak() -> None:
    found = said(
        "“We had no other choice,” said Mara Lindqvist, a harbour engineer.",
        "“It will take ten weeks at least,” she told Morning Gazette.",
    )
    assert [one.speaker for one in found.quotes] == ["Mara Lindqvist", "Mara Lindqvist"]


def test_reported_speech_makes_a_speaker_without_a_quote() -> None:
    found = said("Mara Lindqvist said that the bearings had been rusting for years.")
    assert [(one.name, one.evidence) for one in found.speakers] == [
        ("Mara Lindqvist", "mention_as_speaker")
    ]


def test_an_unknown_language_is_read_with_all_of_them() -> None:
    everything = list_words_for("sv")
    assert everything is list_words_for(None)
    assert lexicon_for("sv") is lexicon_for(None)
    assert {"sept", "seven", "sieben"} <= set(everything.numbers)
