"""What the tests of the body share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cleaners import body
from cleaners.alignment import Line

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def extractor_gives(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that sets the lines which the extractor finds on any page."""

    def give(*lines: str) -> None:
        found = [Line(text=line) for line in lines]
        monkeypatch.setattr(body, "_main_lines", lambda _tree, _url, _pieces: found)

    return give
