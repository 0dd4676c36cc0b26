"""One workspace, made once; each test has a copy that it may change."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from newsgrain.workspace import Workspace
from tests.newsgrain.forgetting.papers import START, Desk, build

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("forgetting") / "made"
    build(root)
    return root


@pytest.fixture
def desk(made: Path, tmp_path: Path) -> Desk:
    root = tmp_path / "workspace"
    shutil.copytree(made, root, symlinks=True)
    return Desk(Workspace(root), now=START.replace(day=23))
