"""Importing this takes the process down the first time."""

from __future__ import annotations

import os
from pathlib import Path

_mark = Path(os.environ["FALLS_ONCE_MARK"])
if not _mark.exists():
    _mark.touch()
    os._exit(9)
