"""What all tests share: deterministic properties, and the benchmark pages if they are there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A property that fails here fails everywhere, and a slow machine is no failure.
settings.register_profile("everyday", derandomize=True, deadline=None, print_blob=True)
settings.load_profile("everyday")


@pytest.fixture(scope="session")
def shared_folder() -> Path:
    """Return the folder of real pages beside the checkout; they are no part of the project."""
    beside = Path(__file__).resolve().parent.parent.parent / "shared"
    folder = Path(os.environ.get("NEWSGRAIN_SHARED", beside))
    if not folder.is_dir():
        pytest.skip(f"the folder of real pages is not here: {folder}")
    return folder
