"""What is published does not depend on how many processes read and finish its pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.newsgrain.site.paper import BLURB, Paper, stories

if TYPE_CHECKING:
    from pathlib import Path

_NIGHTS = (range(1, 3), range(3, 9))


def _published(folder: Path, workers: int) -> Paper:
    paper = Paper(folder)
    for numbers in _NIGHTS:
        paper.night(*stories(*numbers), workers=workers)
    return paper


@pytest.mark.slow
def test_one_worker_and_three_publish_the_same(tmp_path: Path) -> None:
    one, three = (_published(tmp_path / str(count), count) for count in (1, 3))
    assert len(one.content()) == 8
    assert one.content() == three.content()
    assert not [row for row in three.content().values() if BLURB in row["text"]]
    for table in ("blocks", "site_blocks"):
        assert one.rows(table) == three.rows(table)
