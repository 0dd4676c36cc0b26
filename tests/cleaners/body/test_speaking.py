"""Who speaks: names, functions, pronouns, interviews and programmes of synthetic articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleaners.idiom import idiom_of
from tests.cleaners.body.pages import PROSE, article, article_html

if TYPE_CHECKING:
    from cleaners.records import Article


def said(*paragraphs: str, language: str = "en", title: str = "The bridge") -> Article:
    body = "".join(f"<p>{text}</p>" for text in paragraphs)
    return article(article_html(body, language=language, title=title), language)


def described(found: Article) -> list[tuple[str, str | None, str | None]]:
    return [(one.name, one.role, one.affiliation) for one in found.speakers]


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        ("fr", "« Le pont tiendra bien dix ans », a dit la ministre de la Mer, Ines Valcourt.",
         ("Ines Valcourt", "ministre de la Mer", None)),
        ("fr", "Ines Valcourt y voit un gain : « Le pont tiendra encore dix ans », dit-elle.",
         ("Ines Valcourt", None, None)),
        ("fr", "« Le pont tiendra dix ans », dit Ines Valcourt (2), ingénieure au CHU de Marée.",
         ("Ines Valcourt", "ingénieure", "CHU de Marée")),
        ("en", "“The bridge will hold ten years,” said Port Authority chairwoman Mary Lindqvist.",
         ("Mary Lindqvist", "chairwoman", "Port Authority")),
        ("en", "“It holds ten years,” said Mary Lindqvist, MD, 42, a biology student at Selwyn.",
         ("Mary Lindqvist", "biology student", "Selwyn")),
        ("en", "“The bridge will hold ten years,” said Gov. Mary Lindqvist.",
         ("Mary Lindqvist", "Gov.", None)),
        ("de", "„Die Brücke hält noch zehn Jahre“, sagte DRK-Generalsekretär Jan Brandis.",
         ("Jan Brandis", "Generalsekretär", "DRK")),
        ("de", "„Die Brücke hält zehn Jahre“, sagte Theresia Bauer (SPD), Leiterin des Hafenamts.",
         ("Theresia Bauer", "Leiterin", "Hafenamts")),
        ("es", "“El puente aguantará diez años”, dijo el gerente general de Marea, Martín Soto.",
         ("Martín Soto", "gerente general", "Marea")),
        ("it", "«Il ponte terrà altri dieci anni», ha detto il sindaco di Marea, Carla Benassi.",
         ("Carla Benassi", "sindaco", "Marea")),
        ("fr", "D'après l'historien Paul Roux, le pont tient depuis cent ans.",
         ("Paul Roux", "historien", None)),
        ("en", "“The bridge will hold ten years,” said Health Secretary Mary Lindqvist.",
         ("Mary Lindqvist", "Health Secretary", None)),
        ("en", "Marine biologist Mary Lindqvist said the mussels hold the bridge.",
         ("Mary Lindqvist", "Marine biologist", None)),
        ("en", "Lindworks founder Mary Lindqvist said the mussels hold the bridge.",
         ("Mary Lindqvist", "founder", "Lindworks")),
        ("en", "“The bridge will hold ten years,” said Mary Lindqvist of the Harbour Federation.",
         ("Mary Lindqvist", None, "Harbour Federation")),
        ("es", "Según Martín Soto, de la Universidad de Marea, el puente aguantará.",
         ("Martín Soto", None, "Universidad de Marea")),
    ],
)  # fmt: skip
def test_a_function_is_the_noun_phrase_beside_the_name(
    language: str, sentence: str, expected: tuple[str, str | None, str | None]
) -> None:
    assert described(said(sentence, language=language)) == [expected]


@pytest.mark.parametrize(
    ("language", "sentence", "expected"),
    [
        ("nl", "„De brug houdt het nog tien jaar”, zegt kwelderwachter Hylke van der Vaart.",
         ("Hylke van der Vaart", "kwelderwachter", None)),
        ("de", "„Die Brücke hält noch zehn Jahre“, sagt Pegelleserin Anna Roth.",
         ("Anna Roth", "Pegelleserin", None)),
        ("de", "„Die Brücke hält noch zehn Jahre“, sagte dazu Pegelleser Jan Brandis.",
         ("Jan Brandis", "Pegelleser", None)),
    ],
)  # fmt: skip
def test_a_function_that_no_list_holds_is_told_by_its_place(
    language: str, sentence: str, expected: tuple[str, str | None, str | None]
) -> None:
    assert described(said(sentence, language=language)) == [expected]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("fr", "« Le pont tiendra encore dix ans », a dit également Anna Roux."),
        ("it", "«Il ponte terrà altri dieci anni», ha detto invece Carla Benassi."),
        ("es", "“El puente aguantará diez años”, dijo ayer Martín Soto."),
        ("nl", "„De brug houdt het nog tien jaar”, zegt bijvoorbeeld Anna Mulder."),
        ("en", "“The bridge will hold ten years,” said yesterday Mary Lindqvist."),
        ("de", "„Die Brücke hält zehn Jahre“, sagte Anna Roth. Im Theater Anna Roth, wie schön!"),
        ("en", "Tesla lawyer Mary Lindqvist said the mussels hold the bridge."),
    ],
)  # fmt: skip
def test_adverbs_houses_and_firms_are_no_part_of_a_function(language: str, sentence: str) -> None:
    (speaker,) = said(sentence, language=language).speakers
    assert speaker.role in {None, "lawyer"}


@pytest.mark.parametrize(
    ("language", "sentence", "speaker"),
    [
        ("en", "According to her lawyer, “the bridge was sold for scrap last year”.", "Paul Bell"),
        ("nl", "Volgens haar advocaat “is de brug vorig jaar al verkocht”.", "Paul Bell"),
    ],
)
def test_her_lawyer_is_not_she(language: str, sentence: str, speaker: str) -> None:
    opening = {
        "en": "Mary Lindqvist, an engineer, and Paul Bell, her lawyer, met at the bridge.",
        "nl": "Mary Lindqvist, ingenieur, en Paul Bell, haar advocaat, zagen de brug.",
    }
    found = said(opening[language], sentence, language=language)
    assert [one.speaker for one in found.quotes] == [speaker]


def test_a_name_in_capitals_is_whole() -> None:
    found = said("“The bridge will hold ten years,” said MARY ANN LINDQVIST.")
    assert [one.speaker for one in found.quotes] == ["MARY ANN LINDQVIST"]


@pytest.mark.parametrize(
    ("language", "sentence", "name"),
    [
        ("fr", "« Le pont tiendra dix ans », explique à l'AFP Anna Roux.",
         "Anna Roux"),
        ("en", "Opposition MSP Mary Bell accused him of “selling a bridge that leaks”.",
         "Mary Bell"),
        ("en", "“The bridge will hold ten years,” said Torvane Strachan.", "Torvane Strachan"),
        ("nl", ",,De brug houdt het nog tien jaar”, zegt Anna Mulder.", "Anna Mulder"),
        ("es", "“El puente aguantará diez años”, se queja Martín Soto.", "Martín Soto"),
    ],
)  # fmt: skip
def test_letters_addressees_and_endings_hide_no_name(
    language: str, sentence: str, name: str
) -> None:
    found = said(sentence, language=language)
    assert [one.speaker for one in found.quotes] == [name]


def test_according_to_him_is_who_was_named_before() -> None:
    found = said(
        "L'ingénieur Paul Roux a regardé le pont pendant dix jours.",
        "Selon lui, « le pont tiendra encore dix ans ».",
        language="fr",
    )
    assert [one.speaker for one in found.quotes] == ["Paul Roux"]


def test_a_german_sentence_is_no_title_for_its_nouns() -> None:
    found = said("„Das Ganze ist ein Witz“, meint ein Anwohner.", language="de")
    assert [one.text for one in found.quotes] == ["Das Ganze ist ein Witz"]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "“The bridge will hold ten years,” the Morning Gazette said."),
        ("fr", "« Le pont tiendra encore dix ans », écrit le Grand Journal."),
        ("fr", "« Le pont tiendra encore dix ans », a dit un porte-parole de Vladimir Morel."),
        ("en", "Several Indian diplomats said the bridge would hold."),
        ("en", "Harbour Widgets shares rose on Monday."),
        ("es", "“El puente aguantará diez años”, según la Constitución de Marea."),
    ],
)
def test_papers_firms_and_unnamed_people_are_no_speakers(language: str, sentence: str) -> None:
    assert said(sentence, language=language).speakers == ()


def test_she_is_a_woman_and_he_a_man() -> None:
    found = said(
        "Mary Lindqvist met Peter Roe at the bridge, and both looked at the bearings.",
        "“The bearings were almost gone by then,” she said.",
        "“Nobody had ever looked at them,” he said.",
    )
    assert [one.speaker for one in found.quotes] == ["Mary Lindqvist", "Peter Roe"]


def test_whom_a_quotation_names_is_not_who_says_it() -> None:
    found = said(
        "Mary Lindqvist warned that the bridge was old.",
        "“Anna Roe has never once looked at the bearings,” she said.",
    )
    assert [one.speaker for one in found.quotes] == ["Mary Lindqvist"]


@pytest.mark.parametrize(
    ("language", "first", "second"),
    [
        ("fr", "« Le pont tiendra », dit Ines Valcourt, gastro-entérologue. Paul Roux écoutait.",
         "« Nous n’avions plus le choix », explique la gastro-entérologue."),
        ("fr", "« Le pont tiendra », dit Ines Valcourt, députée de Marée. Paul Roux écoutait.",
         "« Nous n’avions plus le choix », explique l’élue."),
        ("de", "Jan Brandis, Chefarzt am Hafen, sagte, die Brücke halte. Anna Roth hörte zu.",
         "„Wir hatten keine andere Wahl“, erklärte der Arzt."),
    ],
)  # fmt: skip
def test_a_function_said_again_is_resolved(language: str, first: str, second: str) -> None:
    found = said(first, second, language=language)
    speakers = {one.speaker for one in found.quotes if len(one.text.split()) > 3}
    assert speakers == {found.speakers[0].name}


def test_spellings_of_one_name_are_one_person() -> None:
    found = said(
        "“We had no other choice,” said George W. Lindqvist.",
        "“The bearings were almost gone,” George Lindquist added.",
        "“It will take ten weeks at least,” Mr Lindqvist said.",
    )
    assert [(one.name, one.honorific) for one in found.speakers] == [("George W. Lindqvist", "Mr")]


QUESTIONS = (
    ("When did you first see the bridge?", "I was six, and my father took me there by boat."),
    ("What do you remember of it?", "I remember the noise of the lorries, and my fear."),
    ("Did you always want to build bridges?", "No, I wanted to sail, as we all did then."),
    ("How will you mend this one?", "I will take it apart in May, and my team will scrape it."),
    ("What do you hope for?", "I hope that it holds for as long as I live."),
)


def test_an_interview_has_a_guest_whose_answers_are_quotations() -> None:
    pairs = [text for pair in QUESTIONS for text in pair]
    found = said("Mary Lindqvist builds bridges.", *pairs, title="Mary Lindqvist on bridges")
    assert [(one.name, one.evidence) for one in found.speakers] == [("Mary Lindqvist", "interview")]
    answers = [(one.text, one.speaker, one.method) for one in found.quotes]
    assert answers == [(answer, "Mary Lindqvist", "interview") for _, answer in QUESTIONS]


def test_frequent_questions_are_no_interview() -> None:
    pairs = [
        text
        for number in range(5)
        for text in (f"Can I cross pier {number}?", f"You can cross pier {number} at low tide.")
    ]
    assert said("Mary Lindqvist keeps the bridge.", *pairs).quotes == ()


def test_the_lines_of_a_programme_name_its_speakers() -> None:
    found = said(
        "Die Tagung beginnt um zehn Uhr mit einem Vortrag.",
        "Prof. Dr. Caja Brandis, Professorin für Hafenbau an der Universität Marburg",
        "Theresia Bauer",
        "Leiterin des Hafenamts der Stadt Husum",
        language="de",
        title="Jahrestagung der Häfen",
    )
    assert [(one.honorific, one.name, one.evidence) for one in found.speakers] == [
        ("Prof. Dr.", "Caja Brandis", "panel"),
        (None, "Theresia Bauer", "panel"),
    ]
    assert found.speakers[0].affiliation == "Universität Marburg"
    assert found.speakers[1].role == "Leiterin"


@pytest.mark.parametrize(
    ("language", "sentence", "quote"),
    [
        ("ja", "市長は「橋は十年間は持つと思います」と述べた。", "橋は十年間は持つと思います"),
        ("zh", "市长表示：“这座桥还可以使用十年左右。”", "这座桥还可以使用十年左右。"),
        ("zh-TW", "市長說『這座橋還可以使用十年左右』，並感謝大家。", "這座橋還可以使用十年左右"),
        ("ko", "「다리는 앞으로 십 년은 버틸 것」이라고 했다.", "다리는 앞으로 십 년은 버틸 것"),
    ],
)  # fmt: skip
def test_east_asian_marks_are_marks(language: str, sentence: str, quote: str) -> None:
    found = said(sentence, language=language)
    assert [one.text for one in found.quotes] == [quote]
    assert found.speakers == ()


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "They met under the motto “stronger together for a bridge of all”."),
        ("fr", "Un colloque intitulé « un pont pour demain et après » s’est tenu."),
        ("de", "Der Abend steht unter dem Motto „für eine Brücke ohne Angst“."),
    ],
)
def test_mottos_and_titles_are_no_quotations(language: str, sentence: str) -> None:
    assert said(sentence, language=language).quotes == ()


def test_a_run_of_sayings_is_no_quotation() -> None:
    sayings = (f"“Rain in week {n} makes the bridge weak.”" for n in range(4))
    assert said(*sayings).quotes == ()


def test_a_pull_quote_is_no_second_quotation() -> None:
    found = said(
        "“The bearings were almost gone by then. Nobody had looked at them,” said Mary Lindqvist.",
        "“The bearings were almost gone by then.”",
        "The repair takes ten weeks, and the ferry runs more often.",
    )
    assert [one.speaker for one in found.quotes] == ["Mary Lindqvist"]


def test_a_block_quote_without_marks_is_signed_by_its_dash() -> None:
    html = article_html("<blockquote>The bearings were almost gone — Mary Lindqvist</blockquote>")
    found = article(html)
    assert [(one.text, one.speaker) for one in found.quotes] == [
        ("The bearings were almost gone", "Mary Lindqvist")
    ]


def test_a_language_without_rules_keeps_quotations_and_guesses_at_nobody() -> None:
    sentence = "”Vi hade inget annat val”, said the Harbour Board."
    found = said(sentence, language="sv")
    assert [one.text for one in found.quotes] == ["Vi hade inget annat val"]
    assert found.speakers == ()


@pytest.mark.parametrize("language", [code for code in PROSE if code != "sv"])
def test_a_text_tells_its_own_language(language: str) -> None:
    assert idiom_of(PROSE[language], None) == language
    assert idiom_of(PROSE[language], "en") == language
    assert idiom_of(PROSE["sv"], "sv") is None
