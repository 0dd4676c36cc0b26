"""What all tests share: deterministic properties, and the benchmark pages if they are there."""

from __future__ import annotations

import fcntl
import os
import pickle
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
def two_nights(tmp_path_factory, worker_id):
    """Return what two nights of the demo left, run once for all tests that only look at it.

    Tests run in several processes: the first that needs it makes it, the others wait and read.
    """
    from tests.end_to_end.conftest import run_two_nights

    folder = tmp_path_factory.getbasetemp()
    if worker_id != "master":
        folder = folder.parent  # that of all processes
    kept = folder / "two nights.pickle"
    with (folder / "two nights.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not kept.exists():
            kept.write_bytes(pickle.dumps(run_two_nights(folder / "two nights")))
    return pickle.loads(kept.read_bytes())  # noqa: S301 - written above


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
