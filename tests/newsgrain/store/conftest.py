"""An empty store, and a clock that stands still."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsgrain.store import Store
from tests.newsgrain.store.nights import START

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "datasets"


@pytest.fixture
def store(root: Path) -> Store:
    return Store(root, clock=lambda: START)
