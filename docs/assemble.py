"""Gather the pages of the documentation site and build it: ``make docs``.

Nothing is written twice: pages of ``docs/`` are taken as they are, the columns from the data card,
the promises from the README, the notebooks with what they show, and the commands from the program.
What `configuration.md` says of the keys comes from the program, too (`docs/keys.py`).
"""

from __future__ import annotations

import base64
import json
import posixpath
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "build" / "docs"
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"(!?)\[((?:[^\[\]]|\[[^\]]*\])*)\]\(([^)\s]+)\)")
_ESCAPE = re.compile(r"\x1b\[[0-9;]*m")


def pages() -> dict[str, str]:
    """Return what file of the repository each page of the site is made of.

    Returns:
        path in the repository by path in the site; pages that are made of the program have none.
    """
    own = {path.name: f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md")}
    notebooks = (ROOT / "notebooks").glob("*.ipynb")
    return {
        **own,
        **{f"notebooks/{path.stem}.md": f"notebooks/{path.name}" for path in notebooks},
        "columns.md": "datasets/README.md",
        "promises.md": "README.md",
        "contributing.md": "CONTRIBUTING.md",
        "changelog.md": "CHANGELOG.md",
        "security.md": "SECURITY.md",
    }


def page_text(source: str) -> str:
    """Return a file of the repository as a page of the site, with the links it has there."""
    text = (ROOT / source).read_text("utf-8")
    if source.endswith(".ipynb"):
        return notebook_text(json.loads(text))
    if source == "README.md":
        return "# What is promised\n" + section(text, "What is promised")
    if source == "datasets/README.md":
        return re.sub(r"\A---\n.*?\n---\n", "", text, flags=re.DOTALL)
    return text


def section(text: str, heading: str) -> str:
    """Return what stands under a heading of the second level."""
    return text.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0]


def relinked(text: str, source: str, page: str) -> str:
    """Let a page's links lead to pages of the site.

    A link to a file that is no page becomes its name: the site does not show code.

    Args:
        text: Markdown.
        source: where its links start, in the repository.
        page: where it stands in the site.
    """
    homes = {path: name for name, path in pages().items()}
    homes["README.md"] = "index.md"

    def link(match: re.Match[str]) -> str:
        mark, label, target = match.groups()
        path, _, anchor = target.partition("#")
        if not path or "://" in path or path.startswith("mailto:"):
            return match[0]
        there = posixpath.normpath(posixpath.join(posixpath.dirname(source), path))
        home = there.removeprefix("docs/") if mark else homes.get(there)
        if home is None:
            return label
        relative = posixpath.relpath(home, posixpath.dirname(page) or ".")
        return f"{mark}[{label}]({relative}{'#' + anchor if anchor else ''})"

    parts, end = [], 0
    for fence in _FENCE.finditer(text):
        parts += [_LINK.sub(link, text[end : fence.start()]), fence[0]]
        end = fence.end()
    return "".join([*parts, _LINK.sub(link, text[end:])])


def notebook_text(notebook: dict[str, Any]) -> str:
    """Return a notebook as Markdown, with its pictures in it."""
    parts: list[str] = []
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(source)
            continue
        parts.append(f"```python\n{source}\n```")
        parts += [shown for output in cell["outputs"] for shown in _shown(output)]
    return "\n\n".join(parts) + "\n"


def _shown(output: dict[str, Any]) -> Iterator[str]:
    data = output.get("data", {})
    if "image/png" in data:
        picture = base64.b64encode(base64.b64decode("".join(data["image/png"]))).decode()
        yield f'<img alt="The chart of the cell above" src="data:image/png;base64,{picture}">'
    elif "<table" in (html := "".join(data.get("text/html", ""))):
        plain = re.sub(r"<style.*?</style>|\n\s*", "", html, flags=re.DOTALL)
        yield re.sub(r"<table[^>]*>", "<table>", plain)
    elif text := "".join(data.get("text/plain", output.get("text", ""))):
        yield f"```text\n{_ESCAPE.sub('', text).rstrip()}\n```"


def commands_text() -> str:
    """Return the reference of the command line, which Typer writes from the program itself."""
    command = [
        "typer",
        "crawler.cli",
        "utils",
        "docs",
        "--name",
        "newsgrain",
        "--title",
        "Commands",
    ]
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, check=True, capture_output=True, text=True
    )
    return done.stdout.replace("```console\n$ ", "```text\n")


def assemble(target: Path) -> None:
    """Write all pages of the site into a folder; what is in it is deleted."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(ROOT / "docs" / "images", target / "images")
    for page, source in pages().items():
        path = target / page
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(relinked(page_text(source), source, page), "utf-8")
    (target / "commands.md").write_text(commands_text(), "utf-8")


if __name__ == "__main__":
    assemble(TARGET)
    build = [sys.executable, "-m", "zensical", "build", "--clean", "--strict"]
    sys.exit(subprocess.run(build, cwd=ROOT, check=False).returncode)
