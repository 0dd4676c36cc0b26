"""The code blocks of the documentation, and what stands here for what they speak of."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").glob("*.md")),
]
# `text` is no code: diagrams, lines of a log.
LANGUAGES = {"cron", "ini", "json", "python", "sh", "text", "toml", "yaml"}
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block: where it stands, and what it holds."""

    place: str
    language: str
    text: str

    @property
    def commands(self) -> list[list[str]]:
        """The words of each command of a shell block."""
        lines = self.text.replace("\\\n", " ").splitlines()
        return [words for line in lines if (words := shlex.split(line, comments=True))]


def blocks(page: Path) -> list[Block]:
    """Return the code blocks of a page, in order."""
    text = page.read_text("utf-8")
    return [
        Block(
            place=f"{page.name}:{text.count(chr(10), 0, found.start()) + 1}",
            language=found[1],
            text=found[2],
        )
        for found in _FENCE.finditer(text)
    ]


def all_blocks(language: str) -> list[Block]:
    """Return the blocks of one language of all pages."""
    return [block for page in PAGES for block in blocks(page) if block.language == language]
