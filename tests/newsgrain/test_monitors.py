"""Monitors name what is unusual the same night, and leave usual nights alone."""

from __future__ import annotations

import math
import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from newsgrain.chances import beta_binomial_tail, binomial_tail, chance_of_both
from newsgrain.edits import EVIDENCE, FIELDS, Edits, Move
from newsgrain.measures import NIGHTS, SourceNight
from newsgrain.monitors import watch

if TYPE_CHECKING:
    from newsgrain.alarm import Alarm

RATES = {"title": 1.0, "authors": 0.9, "date_published": 1.0, "language": 1.0}
RATES |= {"section": 0.6, "image_url": 0.8, "lead": 0.4}
SUPPLEMENT = RATES | {"authors": 0.75, "image_url": 0.95, "lead": 0.6}
"""Of the weekend's articles: fewer of them are signed."""


def _poisson(chance: random.Random, mean: float) -> int:
    count, product = 0, chance.random()
    while product > math.exp(-mean):
        count, product = count + 1, product * chance.random()
    return count


def _hits(chance: random.Random, count: int, rate: float) -> int:
    """Return how many articles of a night have something: nights differ by more than dice."""
    rate = chance.betavariate(30 * rate, 30 * (1 - rate)) if rate < 1 else rate
    return sum(chance.random() < rate for _ in range(count))


def _edits(chance: random.Random, count: int, had: float) -> Edits:
    """Return edits of which one in a hundred loses a field, or has it from elsewhere."""
    pairs = {name: round(count * had * RATES[name]) for name in FIELDS}
    lost = {name: sum(chance.random() < 0.01 for _ in range(n)) for name, n in pairs.items()}
    kept = {name: pairs[name] - lost[name] for name in EVIDENCE}
    moves = [
        Move(
            field=name,
            before="json-ld",
            now="h1",
            articles=sum(chance.random() < 0.01 for _ in range(n)),
        )
        for name, n in kept.items()
    ]
    shrunk = sum(chance.random() < 0.01 for _ in range(count))
    return Edits(
        compared=count,
        had=pairs,
        lost=lost,
        kept=kept,
        moves=tuple(move for move in moves if move.articles),
        shrunk=shrunk,
    )


def usual(chance: random.Random, number: int, mean: float) -> SourceNight:
    """Return a night as nights are.

    Weekends bring fewer articles, fewer of them signed and longer; each night has rates of its
    own; once in forty nights a page in ten cannot be fetched; the first night reads archives.
    """
    is_weekend = number % 7 in {5, 6}
    rates = SUPPLEMENT if is_weekend else RATES
    articles = _poisson(chance, mean * (0.3 if is_weekend else 1))
    if number == 0:
        articles += min(round(mean * 10), 200)
    hits = {name: _hits(chance, articles, rates[name]) for name in FIELDS}
    told = {name: _hits(chance, hits[name], 0.85) for name in EVIDENCE}
    rejected = _poisson(chance, articles * 0.1)
    failed = _poisson(chance, articles * (0.1 if chance.random() < 1 / 40 else 0.02))
    return SourceNight(
        source="gazette",
        run_id=f"{number:08}",
        articles=articles,
        lengths=tuple(
            round(chance.lognormvariate(6.2 if is_weekend else 6, 0.6)) for _ in range(articles)
        ),
        covered=hits,
        read_from={
            name: {"json-ld": n, "h1": hits[name] - n} for name, n in told.items() if hits[name]
        },
        edits=_edits(chance, _poisson(chance, articles / 3), 1.0),
        judged=articles + rejected + failed,
        rejected=rejected,
        failed=failed,
    )


def steady(count: int, articles: int = 8) -> list[SourceNight]:
    """Return nights that differ in nothing."""
    covered = dict.fromkeys(FIELDS, articles)
    return [
        SourceNight(
            source="gazette",
            run_id=f"{number:08}",
            articles=articles,
            lengths=(300, 420, 550) * max(articles // 3, 1),
            covered=covered,
            judged=articles,
        )
        for number in range(count)
    ]


def alarms(past: list[SourceNight], tonight: SourceNight) -> dict[str, Alarm]:
    tonight = replace(tonight, run_id="99999999")
    return {alarm.measure: alarm for alarm in watch([*past, tonight], tonight.run_id)}


@pytest.mark.parametrize("mean", [1, 2, 4, 8, 15, 60, 300])
def test_thirty_normal_nights_from_the_first_on_give_no_alarm(mean: float) -> None:
    raised = []
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311 - a simulation
        nights = [usual(chance, number, mean) for number in range(31)]
        for number in range(1, 31):
            window = nights[max(0, number - NIGHTS) : number + 1]
            raised += [alarm.text for alarm in watch(window, window[-1].run_id)]
    assert raised == []


@pytest.mark.parametrize("mean", [4, 15, 60])
def test_a_redesign_that_empties_a_field_is_named_the_same_night(mean: float) -> None:
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311 - a simulation
        nights = [usual(chance, number, mean) for number in range(15)]
        last = usual(chance, 16, mean)
        if last.articles < 12:  # fewer are no evidence where a tenth lacks the field anyway
            continue
        found = alarms(nights[1:], replace(last, covered=last.covered | {"authors": 0}))
        assert set(found) == {"authors"}
        assert found["authors"].column == "authors"
        assert found["authors"].text.startswith(f"authors in 0 of {last.articles} new articles")


def test_a_field_that_is_gone_whole_is_named_on_the_second_night() -> None:
    gone = replace(steady(1, 12)[0], covered=dict.fromkeys(FIELDS, 12) | {"authors": 0})
    assert set(alarms(steady(1, 24), gone)) == {"authors"}
    half = replace(gone, covered=gone.covered | {"authors": 6})
    assert alarms(steady(1, 24), half) == {}


def test_too_few_new_articles_and_too_few_edits_are_evidence_together() -> None:
    new = replace(steady(1, 4)[0], covered=dict.fromkeys(FIELDS, 4) | {"authors": 0})
    edits = Edits(compared=2, had={"authors": 2}, lost={"authors": 2})
    assert alarms(steady(10, 4), new) == {}
    assert alarms(steady(10, 4), replace(steady(1, 4)[0], edits=edits)) == {}
    found = alarms(steady(10, 4), replace(new, edits=edits))["authors"]
    assert found.text == (
        "authors in 0 of 4 new articles, usually in 100%; "
        "2 of 2 articles lost authors when they were fetched again"
    )


def test_halved_texts_are_named() -> None:
    tonight = replace(steady(1, 24)[0], lengths=(150, 200, 260) * 8)
    (found,) = alarms(steady(10, 24), tonight).values()
    assert found.text == "texts of 200 words, usually 420"


def test_articles_that_lose_a_field_when_fetched_again_are_named_without_any_past() -> None:
    edits = Edits(compared=9, had={"authors": 5}, lost={"authors": 5}, shrunk=8)
    found = alarms([], replace(steady(1, 1)[0], edits=edits))
    assert set(found) == {"authors", "words"}
    assert found["authors"].text == "5 of 5 articles lost authors when they were fetched again"
    assert found["words"].text == (
        "8 of 9 articles lost a third of their text or more when they were fetched again"
    )


@pytest.mark.parametrize(("lost", "had"), [(3, 3), (3, 4), (4, 6)])
def test_three_that_lost_a_field_are_enough_if_they_are_most(lost: int, had: int) -> None:
    edits = Edits(compared=had, had={"authors": had}, lost={"authors": lost})
    assert set(alarms([], replace(steady(1, 1)[0], edits=edits))) == {"authors"}


@pytest.mark.parametrize(("lost", "had"), [(1, 1), (2, 2), (3, 6), (3, 5), (5, 12)])
def test_a_few_edits_may_lose_anything(lost: int, had: int) -> None:
    edits = Edits(
        compared=had,
        had=dict.fromkeys(FIELDS, had),
        lost=dict.fromkeys(FIELDS, lost),
        shrunk=lost,
    )
    assert alarms([], replace(steady(1, 1)[0], edits=edits)) == {}


def test_losses_that_are_usual_for_a_source_are_no_alarm() -> None:
    closing = Edits(compared=6, shrunk=5)  # texts that are free on their first day only
    past = [replace(night, edits=closing) for night in steady(3)]
    tonight = replace(steady(1)[0], edits=closing)
    assert set(alarms([], tonight)) == {"words"}
    assert alarms(past, tonight) == {}


def test_a_field_that_most_edits_have_from_another_place_is_named() -> None:
    moves = (Move(field="authors", before="json-ld:author", now="feed", articles=3),)
    tonight = replace(steady(1)[0], edits=Edits(compared=4, kept={"authors": 4}, moves=moves))
    found = alarms([], tonight)["authors"]
    assert found.usual == "json-ld:author"
    assert found.text.startswith("3 of 4 articles give authors by feed, before by json-ld:author")
    less = replace(moves[0], articles=2)
    assert alarms([], replace(tonight, edits=replace(tonight.edits, moves=(less,)))) == {}


def test_new_articles_that_have_a_field_from_another_place_than_usual_are_named() -> None:
    past = [replace(night, read_from={"title": {"h1": 8}}) for night in steady(10)]
    tonight = replace(steady(1)[0], read_from={"title": {"og": 8}})
    found = alarms(past, tonight)["title"]
    assert found.usual == "h1"
    assert found.text == "title of 8 of 8 new articles by og and the like, usually by h1"
    assert alarms(past, replace(tonight, read_from={"title": {"h1": 6, "og": 2}})) == {}


def test_a_silent_source_is_named_and_a_quiet_one_is_not() -> None:
    silent = SourceNight(source="gazette", run_id="")
    assert alarms(steady(10, 12), silent)["silent"].text == (
        "no new article tonight, usually 12 a night"
    )
    assert alarms(steady(10, 2), silent) == {}


def test_a_quiet_source_is_named_once_its_silence_is_too_long() -> None:
    silent = [SourceNight(source="gazette", run_id=f"{n + 20:08}") for n in range(5)]
    lengths = [n for n in range(5) if alarms([*steady(9, 2), *silent[:n]], silent[n])]
    assert lengths == [4]


def test_a_flood_is_named() -> None:
    tonight = steady(1, 80)[0]
    assert alarms(steady(10), tonight)["flood"].text == "80 new articles, usually 8 a night"


@pytest.mark.parametrize("outcome", ["rejected", "failed"])
def test_pages_that_suddenly_give_nothing_are_named(outcome: str) -> None:
    tonight = replace(steady(1)[0], judged=16, **{outcome: 8})
    assert set(alarms(steady(10), tonight)) == {outcome}


def test_nothing_is_usual_before_a_week_has_been_seen() -> None:
    tonight = replace(steady(1, 30)[0], covered=dict.fromkeys(FIELDS, 15))
    silent = SourceNight(source="gazette", run_id="")
    assert alarms(steady(6, 30), tonight) == alarms(steady(6, 30), silent) == {}
    assert set(alarms(steady(7, 30), tonight)) == set(FIELDS)
    assert set(alarms(steady(7, 30), silent)) == {"silent"}


def test_sites_that_were_quiet_all_week_do_not_hide_a_flood() -> None:
    first = replace(steady(1, 200)[0], run_id="00000000")
    assert set(alarms([first, *steady(9)], steady(1, 80)[0])) == {"flood"}


def test_a_source_that_was_not_crawled_tonight_is_not_judged() -> None:
    assert watch(steady(10), "99999999") == []


def test_one_article_without_a_field_is_no_redesign() -> None:
    tonight = replace(steady(1, 1)[0], covered=dict.fromkeys(FIELDS, 0))
    assert alarms(steady(10, 5), tonight) == {}


def test_thebinomial_tail_is_that_of_the_textbook() -> None:
    assert binomial_tail(2, 3, 0.5) == pytest.approx(0.5)
    assert binomial_tail(10, 10, 0.9) == pytest.approx(0.9**10)
    assert binomial_tail(5_100, 10_000, 0.5) == pytest.approx(0.0233, abs=0.001)
    assert binomial_tail(1, 5, 1.0) == 1.0


def test_tries_that_hang_together_make_extremes_likelier() -> None:
    # Polya's urn with 3 marked and 27 other balls: 3/30 * 4/31 * 5/32.
    assert beta_binomial_tail(3, 3, 0.1) == pytest.approx(3 / 30 * 4 / 31 * 5 / 32)
    assert beta_binomial_tail(0, 9, 0.1) == pytest.approx(1)
    assert beta_binomial_tail(9, 9, 0.1) > 100 * binomial_tail(9, 9, 0.1)


def test_two_looks_together_are_as_likely_as_fisher_says() -> None:
    assert chance_of_both(1, 1) == 1
    assert chance_of_both(0.05, 0.05) == pytest.approx(0.0175, abs=0.0001)
    assert chance_of_both(0, 1) == 0
