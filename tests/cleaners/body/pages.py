"""Synthetic news pages for the tests of the body."""

from __future__ import annotations

from datetime import UTC, datetime

from cleaners import Cleaned, clean
from cleaners.records import Article, Page

URL = "https://gazette.example/2026/harbour"
TITLE = "Harbour bridge to close for ten weeks"
_PARAGRAPHS = (
    """The old harbour bridge will be closed to cars and lorries from the first Monday in May,
    because its southern bearings have rusted faster than the engineers had reckoned with.""",
    """Pedestrians may go on using the eastern walkway, which rests on pillars of its own and was
    renewed only four years ago after a barge had damaged the railing in a winter storm.""",
    """Lorries will be sent over the ring road, where the council expects queues of up to twenty
    minutes in the morning and has asked the factories to begin their shifts at other hours.""",
    """The repair is paid for by the region and the port in equal parts, and the last estimate
    of the cost, which the assembly heard in closed session, stands at eleven million crowns.""",
)
# A text is read with the words of its own language: two paragraphs in others.
PROSE = {
    "fr": """Le vieux pont du port sera fermé aux voitures et aux camions à partir du mois de mai,
    car ses appuis ont rouillé plus vite que les ingénieurs ne l’avaient prévu dans leur rapport.
    Les piétons pourront passer par la rive est, qui a été refaite après une tempête.""",
    "de": """Die alte Brücke am Hafen wird im Mai für Autos und Lastwagen gesperrt, weil ihre Lager
    schneller gerostet sind, als es in den Plänen stand. Wer zu Fuß ist, kann noch über den Steg
    gehen, der vor vier Jahren nach einem Sturm erneuert wurde und auf eigenen Pfeilern ruht.""",
    "es": """El viejo puente del puerto se cerrará a los coches y a los camiones en el mes de mayo,
    porque sus apoyos se han oxidado más rápido de lo que se había previsto en los planes. Los que
    van a pie pueden pasar por la orilla, que fue renovada tras una tormenta.""",
    "it": """Il vecchio ponte del porto sarà chiuso alle auto e ai camion nel mese di maggio, perché
    i suoi appoggi sono arrugginiti più in fretta di come si era previsto nei piani. Chi va a piedi
    può passare per la riva, che è stata rifatta dopo una tempesta.""",
    "pt": """A velha ponte do porto será fechada aos carros e aos caminhões no mês de maio, porque
    os seus apoios enferrujaram mais depressa do que se previa nos planos. Quem anda a pé pode
    passar pela margem, que foi renovada após uma tempestade e não sofreu com a água.""",
    "nl": """De oude brug in de haven wordt in mei gesloten voor auto’s en vrachtwagens, omdat de
    lagers sneller zijn verroest dan in de plannen stond. Wie te voet is kan nog over de steiger,
    die na een storm is vernieuwd en op eigen pijlers staat.""",
    "sv": """Den gamla bron vid hamnen stängs för bilar och lastbilar i maj, eftersom lagren har
    rostat fortare än vad som stod i planerna. Den som går till fots kan ännu ta sig över på
    bryggan, som förnyades efter en storm och vilar på egna pelare.""",
}
PARAGRAPHS = tuple(" ".join(text.split()) for text in _PARAGRAPHS)


def article_html(
    *body: str, before: str = "", after: str = "", title: str = TITLE, language: str = "en"
) -> str:
    """Return a page with the four paragraphs, and more elements behind them."""
    texts = [" ".join(PROSE[language].split())] if language in PROSE else PARAGRAPHS
    paragraphs = "".join(f"<p>{text}</p>" for text in texts)
    return (
        f'<html lang="{language}"><head><title>{title}</title>'
        f'<meta property="og:type" content="article"><meta property="og:title" content="{title}">'
        f'</head><body><main><article class="story"><h1>{title}</h1>{before}'
        f'<div class="story-body">{paragraphs}{"".join(body)}</div>{after}</article></main>'
        "</body></html>"
    )


def page(html: str, url: str = URL, language: str | None = None) -> Page:
    """Return a page fetched at a fixed time."""
    return Page(
        url=url,
        html=html.encode(),
        fetched_at=datetime(2026, 5, 2, 8, tzinfo=UTC),
        content_type="text/html; charset=utf-8",
        language=language,
    )


def cleaned(html: str, language: str | None = None) -> Cleaned:
    """Return what cleaning a page gives; it must give an article."""
    outcome = clean(page(html, language=language))
    assert isinstance(outcome, Cleaned), outcome
    return outcome


def article(html: str, language: str | None = None) -> Article:
    """Return the article of a page."""
    return cleaned(html, language).article
