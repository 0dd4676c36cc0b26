"""Importing the cleaner is cheap: what it calls is loaded when the first page is cleaned."""

from __future__ import annotations

import subprocess
import sys

CODE = "import sys, cleaners; print('trafilatura' in sys.modules)"


def test_importing_the_cleaner_loads_no_extractor() -> None:
    shown = subprocess.run([sys.executable, "-c", CODE], capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "False"
