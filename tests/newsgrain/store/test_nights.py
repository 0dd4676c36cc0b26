"""The published nights are listed, and each can be cited by a digest that anybody can check."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from newsgrain.catalog import Catalog
from newsgrain.errors import StoreError
from newsgrain.layout import MANIFESTS, SNAPSHOTS
from newsgrain.nights import cite, list_nights
from newsgrain.store import Store
from tests.newsgrain.store.nights import night, run_id

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store = Store(tmp_path / "datasets")
    for number in (1, 2):
        night(store, number, range(number * 10, number * 10 + 4))
    return tmp_path / "datasets"


def _sha256(root: Path, number: int) -> str:
    return hashlib.sha256((root / MANIFESTS / f"{run_id(number)}.json").read_bytes()).hexdigest()


def test_nights_are_listed_with_the_digests_of_their_manifests(root: Path) -> None:
    nights = list_nights(root, Catalog())
    assert [one.run_id for one in nights] == [run_id(1), run_id(2)]
    assert [one.manifest_sha256 for one in nights] == [_sha256(root, 1), _sha256(root, 2)]
    assert all(one.is_kept for one in nights)


def test_a_night_is_listed_when_snapshot_and_manifest_are_gone(root: Path) -> None:
    (root / SNAPSHOTS / run_id(1)).rename(root.parent / "elsewhere")
    (root / MANIFESTS / f"{run_id(1)}.json").unlink()
    first, second = list_nights(root, Catalog())
    assert (first.is_kept, first.manifest_sha256) == (False, None)
    assert second.is_kept


def test_a_citation_names_run_digest_and_counts(root: Path) -> None:
    present, earlier = cite(root, Catalog()), cite(root, Catalog(), "1")
    assert (present.run_id, present.articles) == (run_id(2), 8)
    assert (earlier.run_id, earlier.articles) == (run_id(1), 4)
    assert earlier.manifest_sha256 == _sha256(root, 1)
    assert f"sha256:{_sha256(root, 1)}" in earlier.text()
    assert f"version = {{{run_id(1)}}}" in earlier.bibtex()
    assert earlier.bibtex().count("{") == earlier.bibtex().count("}")


def test_an_unknown_night_cannot_be_cited(root: Path) -> None:
    with pytest.raises(StoreError, match="no published run '3'"):
        cite(root, Catalog(), "3")
