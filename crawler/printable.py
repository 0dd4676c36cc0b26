"""Strangers' text where people and programs read lines. Pure."""

from __future__ import annotations

import re

# C0 and C1, among them the escapes that a terminal obeys, and what turns the direction of
# writing round, under which a line reads otherwise than it is.
_COMMANDS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_LINE_ENDS = re.compile(r"[\n\u2028\u2029]")


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode("unicode_escape").decode("ascii")


def without_commands(text: str) -> str:
    """Return a text with every character escaped that does more than show itself."""
    return _COMMANDS.sub(_escaped, text)


def in_one_line(text: str) -> str:
    """Return such a text with its line ends escaped as well: nobody can forge a line."""
    return _LINE_ENDS.sub(_escaped, without_commands(text))
