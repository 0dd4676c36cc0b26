"""Which article points to which: facts of the set, whatever the order it comes in."""

from __future__ import annotations

import itertools
import sqlite3
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsgrain.duplicate_store import NAME, DuplicateStore
from newsgrain.duplicates import DECLARED_THRESHOLD, THRESHOLD, Duplicates, Link, Text
from newsgrain.shingles import overlap, signature
from tests.newsgrain.duplicates.stories import shortened, story

_WHOLE = story(1)
# Versions of three stories; by seed and by how much is left of them.
VERSIONS = {
    (seed, part): signature(shortened(story(seed), part))
    for seed in (1, 2, 3)
    for part in (1.0, 0.85, 0.7, 0.5, 0.35)
}


def name(number: int) -> str:
    return sha256(b"%d" % number).hexdigest()[:32]


def text(
    number: int, sketch: bytes | None, *, seen: int | None = None, declared: int | None = None
):
    return Text(
        article_id=name(number),
        first_seen=number if seen is None else seen,
        signature=sketch,
        declared=None if declared is None else name(declared),
    )


def linked(folder, *batches) -> dict[str, Link]:
    """Add texts batch by batch and return all links."""
    with DuplicateStore.open(folder) as store:
        duplicates = Duplicates(store)
        for batch in batches:
            duplicates.add(batch)
            duplicates.settle()
        return dict(duplicates.links())


def expected(texts) -> dict[str, Link]:
    """Return the links by comparing everything with everything."""

    def rank(one):
        return one.declared is not None, one.first_seen, one.article_id

    parents: dict[str, tuple[str, float]] = {}
    by_id = {one.article_id: one for one in texts}
    for mine in texts:
        earlier = [one for one in texts if rank(one) < rank(mine) and one.signature]
        shares = [
            (rank(one), one.article_id, overlap(mine.signature, one.signature))
            for one in earlier
            if mine.signature
        ]
        declared = [found for found in shares if found[1] == mine.declared]
        near = [found for found in sorted(shares) if found[2] >= THRESHOLD]
        near = [found for found in declared if found[2] >= DECLARED_THRESHOLD] or near
        if near:
            parents[mine.article_id] = near[0][1:]
    links = {}
    for one in by_id:
        root = one
        while root in parents:
            root = parents[root][0]
        parent, share = parents.get(one, (None, None))
        links[one] = Link(root, parent, share if share is None else round(share, 3))
    return links


def test_an_article_that_repeats_nothing_is_its_own_group(tmp_path):
    one = text(1, VERSIONS[1, 1.0])
    assert linked(tmp_path, [one]) == {name(1): Link(name(1), None, None)}


def test_a_copy_points_to_the_article_that_was_seen_first(tmp_path):
    links = linked(tmp_path, [text(2, VERSIONS[1, 0.85]), text(1, VERSIONS[1, 1.0])])
    assert links[name(1)] == Link(name(1), None, None)
    assert links[name(2)][:2] == (name(1), name(1))
    assert links[name(2)].overlap == pytest.approx(0.85, abs=0.1)


def test_what_comes_later_changes_nothing_that_was_there(tmp_path):
    with DuplicateStore.open(tmp_path) as store:
        duplicates = Duplicates(store)
        duplicates.add([text(1, VERSIONS[1, 1.0]), text(2, VERSIONS[2, 1.0])])
        assert duplicates.settle() == {}
        duplicates.add([text(3, VERSIONS[1, 0.85])])
        assert set(duplicates.settle()) == {name(3)}


def test_what_is_given_later_and_is_older_is_found_to_be_the_first(tmp_path):
    with DuplicateStore.open(tmp_path) as store:
        duplicates = Duplicates(store)
        duplicates.add([text(5, VERSIONS[1, 1.0]), text(6, VERSIONS[1, 0.85])])
        duplicates.settle()
        duplicates.add([text(1, VERSIONS[1, 1.0])])
        changed = duplicates.settle()
        assert set(changed) == {name(5), name(6)}
        assert {link.duplicate_group for link in changed.values()} == {name(1)}


def test_an_article_whose_text_was_replaced_is_no_duplicate_any_more(tmp_path):
    first, copy = text(1, VERSIONS[1, 1.0]), text(2, VERSIONS[1, 0.85])
    with DuplicateStore.open(tmp_path) as store:
        duplicates = Duplicates(store)
        duplicates.add([first, copy])
        duplicates.settle()
        duplicates.add([text(1, VERSIONS[2, 1.0])])
        assert duplicates.settle() == {name(2): Link(name(2), None, None)}


def test_the_same_text_again_is_no_work(tmp_path):
    with DuplicateStore.open(tmp_path) as store:
        assert store.put(text(1, VERSIONS[1, 1.0])) == 1
        assert store.put(text(1, VERSIONS[1, 1.0])) is None


def test_a_declared_copy_is_the_duplicate_whoever_was_fetched_first(tmp_path):
    links = linked(tmp_path, [text(1, VERSIONS[1, 1.0], declared=2)], [text(2, VERSIONS[1, 1.0])])
    assert links[name(1)] == Link(name(2), name(2), 1.0)
    assert links[name(2)].duplicate_of is None


def test_a_declaration_counts_where_the_text_was_cut_and_not_where_it_is_another(tmp_path):
    first = text(1, VERSIONS[1, 1.0])
    cut = text(2, VERSIONS[1, 0.5], declared=1)
    silent = text(3, VERSIONS[1, 0.5])
    wrong = text(4, VERSIONS[2, 1.0], declared=1)
    links = linked(tmp_path, [first, cut, wrong])
    assert links[name(2)].duplicate_of == name(1)
    assert links[name(4)].duplicate_of is None
    assert linked(tmp_path, [first, silent])[name(3)].duplicate_of is None


def test_a_text_without_a_signature_is_nobodys_duplicate(tmp_path):
    links = linked(tmp_path, [text(1, None), text(2, None), text(3, VERSIONS[1, 1.0])])
    assert {link.duplicate_of for link in links.values()} == {None}


@st.composite
def sets_of_texts(draw):
    count = draw(st.integers(2, 9))
    texts = []
    for number in range(count):
        sketch = draw(st.sampled_from([*VERSIONS.values(), None]))
        declared = draw(st.none() | st.integers(0, count))
        seen = draw(st.integers(0, 5))
        declared = None if declared == number else declared
        texts.append(text(number, sketch, seen=seen, declared=declared))
    order = draw(st.permutations(texts))
    cuts = sorted(draw(st.sets(st.integers(1, count - 1))))
    drafts = {one.article_id: draw(st.sampled_from(list(VERSIONS.values()))) for one in texts}
    return texts, order, cuts, drafts


@given(sets_of_texts())
def test_links_depend_on_neither_order_nor_batches_nor_former_texts(tmp_path_factory, drawn):
    texts, order, cuts, drafts = drawn
    bounds = [0, *cuts, len(order)]
    batches = [order[a:b] for a, b in itertools.pairwise(bounds)]
    wanted = expected(texts)
    assert linked(tmp_path_factory.mktemp("a"), *batches) == wanted
    former = [
        Text(article_id=one.article_id, first_seen=one.first_seen,
             signature=drafts[one.article_id], declared=None)
        for one in texts
    ]  # fmt: skip
    assert linked(tmp_path_factory.mktemp("b"), former, *batches) == wanted


@given(sets_of_texts())
def test_what_is_said_to_change_is_what_changes(tmp_path_factory, drawn):
    _, order, cuts, _ = drawn
    bounds = [0, *cuts, len(order)]
    with DuplicateStore.open(tmp_path_factory.mktemp("c")) as store:
        duplicates = Duplicates(store)
        told: dict[str, Link] = {}
        for a, b in itertools.pairwise(bounds):
            for one in order[a:b]:
                told.setdefault(one.article_id, Link(one.article_id))
            duplicates.add(order[a:b])
            changed = duplicates.settle()
            assert all(told[key] != link for key, link in changed.items())
            told.update(changed)
            assert told == dict(duplicates.links())


def test_what_is_not_committed_is_undone(tmp_path):
    with DuplicateStore.open(tmp_path) as store:
        Duplicates(store).add([text(1, VERSIONS[1, 1.0])])
        store.commit("00000001-20260501T000000Z")
        Duplicates(store).add([text(2, VERSIONS[1, 1.0])])
    with DuplicateStore.open(tmp_path) as store:
        assert store.run_id == "00000001-20260501T000000Z"
        assert [key for key, _ in store.positions()] == [bytes.fromhex(name(1))]


@pytest.mark.parametrize("harm", ["garbage", "other method", "other version"])
def test_a_file_that_cannot_be_used_is_made_anew(tmp_path, harm):
    with DuplicateStore.open(tmp_path) as store:
        Duplicates(store).add([text(1, VERSIONS[1, 1.0])])
        store.commit("00000001-20260501T000000Z")
    path = tmp_path / NAME
    if harm == "garbage":
        path.write_bytes(b"no database" * 1000)
    else:
        connection = sqlite3.connect(path)
        value = "1 00" if harm == "other method" else "0 " + "00"
        connection.execute("UPDATE meta SET value = ? WHERE name = 'method'", (value,))
        connection.commit()
        connection.close()
    with DuplicateStore.open(tmp_path) as store:
        assert store.run_id is None
        assert list(store.positions()) == []
        store.commit("00000002-20260502T000000Z")


def test_a_text_repeated_without_end_costs_a_bounded_number_of_comparisons(tmp_path):
    with DuplicateStore.open(tmp_path) as store:
        duplicates = Duplicates(store)
        duplicates.add(text(number, VERSIONS[1, 1.0]) for number in range(400))
        assert len(store.candidates(VERSIONS[1, 1.0])) == 200
        links = duplicates.settle()
        assert len(links) == 399
        assert {link.duplicate_of for link in links.values()} == {name(0)}
