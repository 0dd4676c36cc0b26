"""What these tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from newsgrain.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path / "archive") as opened:
        yield opened
