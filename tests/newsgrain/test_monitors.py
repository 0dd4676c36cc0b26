"""Monitors name what is unusual the same night, and leave usual nights alone."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from newsgrain.measures import FIELDS, SourceNight
from newsgrain.monitors import Alarm, _binomial_tail, watch

RATES = {"title": 1.0, "authors": 0.9, "date_published": 1.0, "language": 1.0}
RATES |= {"section": 0.6, "image_url": 0.8, "lead": 0.4}


def _poisson(chance: random.Random, mean: float) -> int:
    count, product = 0, chance.random()
    while product > math.exp(-mean):
        count, product = count + 1, product * chance.random()
    return count


def usual(chance: random.Random, number: int, mean: float) -> SourceNight:
    """Return a night as nights are: fewer articles at weekends, some fields often missing."""
    articles = _poisson(chance, mean * (0.3 if number % 7 in {5, 6} else 1))
    hits = {f: sum(chance.random() < RATES[f] for _ in range(articles)) for f in FIELDS}
    edited = _poisson(chance, articles / 3)
    rejected, failed = _poisson(chance, articles * 0.1), _poisson(chance, articles * 0.02)
    return SourceNight(
        source="gazette",
        run_id=f"{number:08}",
        articles=articles,
        lengths=tuple(round(chance.lognormvariate(6, 0.6)) for _ in range(articles)),
        covered=hits,
        compared=edited,
        lost={field: sum(chance.random() < 0.01 for _ in range(edited)) for field in FIELDS},
        shrunk=sum(chance.random() < 0.01 for _ in range(edited)),
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


@pytest.mark.parametrize("mean", [1, 4, 15, 60, 300])
def test_normal_nights_give_no_alarm(mean: float) -> None:
    raised = []
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311 - a simulation
        nights = [usual(chance, number, mean) for number in range(45)]
        for number in range(14, 45):  # thirty nights, each against the fourteen before
            window = nights[number - 14 : number + 1]
            raised += [alarm.text for alarm in watch(window, window[-1].run_id)]
    assert raised == []


@pytest.mark.parametrize("mean", [4, 15, 60])
def test_a_redesign_that_empties_a_field_is_named_the_same_night(mean: float) -> None:
    for seed in range(20):
        chance = random.Random(seed)  # noqa: S311 - a simulation
        nights = [usual(chance, number, mean) for number in range(15)]
        last = usual(chance, 16, mean)
        if last.articles < 7:  # fewer are no evidence where a tenth lacks the field anyway
            continue
        found = alarms(nights[1:], replace(last, covered=last.covered | {"authors": 0}))
        assert set(found) == {"authors"}
        assert found["authors"].column == "authors"
        assert found["authors"].text.startswith(f"authors in 0 of {last.articles} new articles")


def test_halved_texts_are_named() -> None:
    tonight = replace(steady(1, 24)[0], lengths=(150, 200, 260) * 8)
    (found,) = alarms(steady(10, 24), tonight).values()
    assert found.text == "texts of 200 words, usually 420"


def test_articles_that_lose_a_field_when_fetched_again_are_named_without_any_past() -> None:
    tonight = replace(steady(1, 1)[0], compared=5, lost={"authors": 5}, shrunk=4)
    found = alarms([], tonight)
    assert set(found) == {"authors", "words"}
    assert found["authors"].text == "5 of 5 articles lost authors when they were fetched again"
    assert found["words"].text.startswith("4 of 5 articles lost their text by a third or more")


def test_a_single_edit_may_lose_anything() -> None:
    tonight = replace(steady(1, 1)[0], compared=1, lost=dict.fromkeys(FIELDS, 1), shrunk=1)
    assert alarms([], tonight) == {}


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


def test_nothing_is_unusual_before_there_is_a_past() -> None:
    tonight = replace(steady(1)[0], covered=dict.fromkeys(FIELDS, 0))
    assert alarms(steady(4), tonight) == {}
    assert alarms(steady(5), tonight) != {}


def test_a_source_that_was_not_crawled_tonight_is_not_judged() -> None:
    assert watch(steady(10), "99999999") == []


def test_one_article_without_a_field_is_no_redesign() -> None:
    tonight = replace(steady(1, 1)[0], covered=dict.fromkeys(FIELDS, 0))
    assert alarms(steady(10, 5), tonight) == {}


def test_the_binomial_tail_is_that_of_the_textbook() -> None:
    assert _binomial_tail(2, 3, 0.5) == pytest.approx(0.5)
    assert _binomial_tail(10, 10, 0.9) == pytest.approx(0.9**10)
    assert _binomial_tail(5_100, 10_000, 0.5) == pytest.approx(0.0233, abs=0.001)
    assert _binomial_tail(1, 5, 1.0) == 1.0
