"""Log lines as ``key=value`` pairs, so that they can be searched without a parser."""

from __future__ import annotations

import json
import re

_PLAIN = re.compile(r"[^\s\"'=\\]+")


def log_line(event: str, **values: object) -> str:
    """Return one line; values that are None are left out, those with spaces are quoted.

    >>> log_line("page", status=200, error=None, reason="not modified")
    'event=page status=200 reason="not modified"'
    """
    parts = [f"event={event}"]
    for key, value in values.items():
        if value is not None:
            text = str(value)
            parts.append(f"{key}={text if _PLAIN.fullmatch(text) else json.dumps(text)}")
    return " ".join(parts)
