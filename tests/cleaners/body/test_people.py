"""Quotes and speakers of synthetic articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.cleaners.body.pages import article, article_html

if TYPE_CHECKING:
    from cleaners.records import Article


def with_list(lead_in: str, *items: str, language: str = "en", tag: str = "ul") -> Article:
    bullets = "".join(f"<li>{item}</li>" for item in items)
    return article(
        article_html(f"<p>{lead_in}</p><{tag}>{bullets}</{tag}>", language=language), language
    )


def said(*paragraphs: str, language: str = "en") -> Article:
    return article(
        article_html(*(f"<p>{text}</p>" for text in paragraphs), language=language), language
    )


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


@pytest.mark.parametrize(
    ("language", "sentence", "honorific", "name"),
    [
        ("fr", "« Nous n’avions pas le choix », explique M. Sauvage.", "M.", "Sauvage"),
        ("fr", "« Nous n’avions pas le choix », explique madame Corvec.", "madame", "Corvec"),
        ("fr", "« Nous n’avions pas le choix », plaide maître Corvec.", "maître", "Corvec"),
        ("es", "“No teníamos otra opción posible”, dijo la señora Barrán.", "señora", "Barrán"),
        ("pt", "“Não tínhamos outra escolha”, disse o senhor Travassos.", "senhor", "Travassos"),
        ("it", "«Non avevamo altra scelta», ha detto la signora Benassi.", "signora", "Benassi"),
        ("nl", "“Wij hadden geen andere keuze”, zegt mevrouw Terpstra.", "mevrouw", "Terpstra"),
        ("de", "„Wir hatten keine andere Wahl“, sagte Frau Brandis.", "Frau", "Brandis"),
        ("en", "“We had no other choice,” said Mr Lindqvist.", "Mr", "Lindqvist"),
    ],
)
def test_whoever_is_only_named_with_a_title_speaks(
    language: str, sentence: str, honorific: str, name: str
) -> None:
    (speaker,) = said(sentence, language=language).speakers
    assert (speaker.honorific, speaker.name) == (honorific, name)


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
