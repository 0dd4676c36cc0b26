"""What all tests share: deterministic properties, and the benchmark pages if they are there."""

from __future__ import annotations

import os
import shutil
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


@pytest.fixture(scope="session")
def browser():
    """Start Debian's Chromium, where it is installed."""
    names = map(shutil.which, ("chromium", "chromium-browser"))
    chromium = next(filter(None, names), None)
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Tests may run as root, where Chromium has no sandbox of its own.
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()
