"""What is published in the end depends on the pages alone: not on order, batches or kills."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from cleaners.sketch import claim, heart_beside
from newsgrain.late_knowledge import affected
from newsgrain.sightings import Moment, Sighted
from newsgrain.site_memory import SiteMemory
from newsgrain.sketches import filed, number
from tests.newsgrain.site.sketches import page, sketch

_names = st.integers(0, 15).map("article {}".format)
_shared = st.just([]) | st.sets(st.sampled_from(["blurb", "legal", "letter"])).map(sorted)
_marks = st.just(()) | _names.map(lambda name: (claim("title", name),))
_sketches = st.builds(
    lambda name, shared, address, marks: sketch(name, *shared, address=address, marks=marks),
    _names,
    _shared,
    st.just("") | st.integers(0, 5).map(str),
    _marks,
)
# Days that lie on, beside and beyond the edges of each other's windows.
_days = st.just(0) | st.sampled_from([0.5, 1, 45, 89, 90, 91, 135, 180, 181])
_pages = st.lists(st.tuples(_sketches, _days), min_size=8, max_size=24)
_KILLS = ("none", "before the commit", "after the commit")
_nights = st.lists(
    st.tuples(st.integers(1, 12), st.sampled_from(_KILLS), st.integers(0, 3)), max_size=5
)


@dataclass
class Project:
    """What a workspace does with its memory, without pages and datasets."""

    folder: Path
    pages: dict
    published: dict = field(default_factory=dict)
    head: str = ""

    def night(self, new, *, kill="none", limit=3):
        """Publish verdicts on new pages and on some old ones, or die; return what is left."""
        with SiteMemory.open(self.folder, cleaner_version="1", is_new=True) as memory:
            if self.head != (memory.head or ""):
                lost = memory.missing(self.published, published=True)
                memory.doubt(lost)
            with memory.writing():
                for page_id in new:
                    memory.add(page(page_id, self.pages[page_id][1]), filed(self.pages[page_id][0]))
            stale = memory.stale()
            judged = {one: memory.verdicts(one) for one in (*stale[:limit], *new)}
            for page_id, verdicts in judged.items():
                memory.note(page_id, verdicts)
            if kill == "before the commit":
                return None
            self.published |= judged
            self.head = f"{int(self.head or 0) + 1}"
            if kill == "none":
                memory.settle(self.head, stale[limit:])
            return len(stale[limit:])

    def settle(self):
        """Go on without new pages until nothing is left."""
        while self.night([]):
            pass

    def current(self):
        """Return the verdicts on the newest page of each address."""
        newest = {}
        for page_id, (one, day) in self.pages.items():
            newest[one.address] = max(newest.get(one.address, (day, page_id)), (day, page_id))
        return {page_id: self.published[page_id] for _, page_id in newest.values()}


def _project(pages):
    folder = Path(tempfile.mkdtemp(dir=_root.name))
    return Project(folder=folder, pages=dict(enumerate(pages, start=1)))


_root = tempfile.TemporaryDirectory()


@settings(max_examples=100, deadline=None)
@given(pages=_pages, nights=_nights, data=st.data())
def test_orders_batches_and_kills_leave_no_trace(pages, nights, data):
    at_once = _project(pages)
    at_once.night(list(at_once.pages))
    in_parts = _project(pages)
    left = data.draw(st.permutations(list(in_parts.pages)))
    for size, kill, limit in nights:
        batch, rest = left[:size], left[size:]
        if in_parts.night(batch, kill=kill, limit=limit) is not None:
            left = rest
    in_parts.night(left)
    in_parts.settle()
    assert in_parts.current() == at_once.current()


@settings(max_examples=40, deadline=None)
@given(pages=_pages, first=st.integers(-10, 190), cap=st.integers(1, 60))
def test_articles_are_counted_as_a_plain_count_counts_them(pages, first, cap):
    project = _project(pages)
    project.night(list(project.pages))
    start, end = page(0, first).fetched_at.timestamp(), page(0, first + 90).fetched_at.timestamp()
    with SiteMemory.open(project.folder, cleaner_version="1", is_new=True) as memory:
        sighted = Sighted(memory._connection)
        for digest in {shown.digest for one, _ in pages for shown in one.shown}:
            seen = [one for one, day in pages if first <= day <= first + 90]
            seen = [one for one in seen if digest in {shown.digest for shown in one.shown}]
            kinds = (
                {one.address for one in seen},
                {one.title for one in seen},
                {heart_beside(one, digest) for one in seen},
            )
            expected = min(cap, *map(len, kinds))
            found = sighted.articles(1, number(digest), int(start), int(end), cap=cap)
            assert found == expected


@settings(max_examples=40, deadline=None)
@given(pages=_pages, looked_at=st.tuples(_sketches, _days))
def test_a_page_is_judged_without_being_added_as_if_it_were_added(pages, looked_at):
    project = _project(pages)
    project.night(list(project.pages))
    one, day = looked_at
    row = page(len(pages) + 1, day)
    with SiteMemory.open(project.folder, cleaner_version="1", is_new=True) as memory:
        sighted = Sighted(memory._connection)
        moment = Moment(1, int(row.fetched_at.timestamp()), number(one.address))
        without = sighted.verdicts_on(one, moment)
        others = sighted.volume(moment) - 1
        with memory.writing():
            memory.add(row, filed(one))
        assert without == memory.verdicts(row.page_id)
        addresses = {had.address for had, at in pages if abs(at - day) <= 90} - {one.address}
        assert others == len(addresses)


def _night_after_night(*nights):
    """Publish pages in one night each, and return the project and what each page lost."""
    project = _project([page for night in nights for page in night])
    page_ids = iter(project.pages)
    for night in nights:
        project.night([next(page_ids) for _ in night])
    return project, [list(project.published[page_id].values()) for page_id in project.pages]


def _others(count, *shared, day=0):
    return [(sketch(f"other {number}", *shared), day) for number in range(count)]


def test_a_block_that_later_nights_repeat_is_removed_from_older_articles():
    _, lost = _night_after_night([(sketch("old", "blurb"), 0)], _others(9, "blurb"))
    assert lost[0] == ["repeated_on_site"]


def test_an_article_that_a_later_night_brings_makes_teasers_of_what_older_ones_show():
    teaser = sketch("old", "see the new one", marks=(claim("title", "new"),))
    _, lost = _night_after_night([(teaser, 0)], [(sketch("new"), 1)])
    assert lost[0] == ["teaser_title"]


def test_what_looked_repeated_on_a_small_site_comes_back_when_it_has_grown():
    few = [(sketch(f"few {number}", "background"), 0) for number in range(3)]
    _, lost = _night_after_night(few)
    assert lost[0] == ["repeated_on_site"]
    _, lost = _night_after_night(few, _others(9))
    assert lost[0] == []


def test_of_one_address_the_page_that_was_fetched_last_is_judged_again():
    old = (sketch("edited", "blurb", address="one"), 5)
    older = (sketch("written", "blurb", address="one"), 0)
    _, lost = _night_after_night([old], [older], _others(9, "blurb"))
    assert lost[:2] == [["repeated_on_site"], []]


def test_many_sightings_before_leave_nothing_to_look_at_again():
    project, _ = _night_after_night(_others(60, "blurb"))
    later = [(sketch(f"later {number}", "blurb"), 1) for number in range(3)]
    project.pages |= dict(enumerate(later, start=61))
    with SiteMemory.open(project.folder, cleaner_version="1", is_new=True) as memory:
        with memory.writing():
            memory.add(page(61, 1), filed(later[0][0]))
        connection = memory._connection
        assert affected(connection, Sighted(connection)) == set()


def test_a_night_without_news_has_nothing_to_do():
    project = _project([(sketch(f"article {n}", "blurb"), 0) for n in range(12)])
    project.night(list(project.pages))
    assert project.night([], limit=0) == 0


def test_what_was_learned_late_waits_until_there_is_room():
    project = _project(_others(12, "blurb"))
    for page_id in (1, 2):
        project.night([page_id])
    assert project.published == {1: {}, 2: {}}
    assert project.night(list(range(3, 13)), limit=1) == 1
    assert project.night([], limit=1) == 0
    assert len({tuple(verdicts) for verdicts in project.published.values()}) == 1
