"""Take the pictures of the documentation: ``make screenshots``.

Of the demo's second night: its report, an inspected page, and a notebook as the site shows it.
Needs Chromium; look at each picture before you commit it.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image
from playwright.sync_api import sync_playwright

from crawler.demo.nights import make_demo
from crawler.display import Display
from newsgrain.reading import load

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parent.parent
NIGHTS = (datetime(2026, 11, 20, 2, tzinfo=UTC), datetime(2026, 11, 21, 2, tzinfo=UTC))
SITE = ROOT / "build" / "site"
_WIDTH, _COLORS = 1100, 128
# The article whose page has a list, people of a panel, and much that is removed.
_SHOWN = "Seven rules for walking the mudflats"


def subjects(workspace: Path) -> Iterator[tuple[str, Path, str, int]]:
    """Yield of each picture its name, page, the element that it begins with, and height."""
    yield "report", max((workspace / "reports").glob("*.html")), "body", 1500
    articles = load("articles", workspace=workspace, columns=["url", "title"])
    (url,) = articles.url[articles.title.str.startswith(_SHOWN)]
    page = workspace / "page.html"
    inspect = ["inspect", url, "--no-open", "--output", str(page), "--workspace", str(workspace)]
    subprocess.run([sys.executable, "-m", "crawler.cli", *inspect], check=True, cwd=ROOT)
    yield "inspect", page, ".block.kept", 1000
    yield "notebook", SITE / "notebooks" / "1-first-look.html", "#how-much-and-when", 1100


def picture(browser_page: Page, subject: Path, start: str, height: int) -> bytes:
    """Return a part of a page as a small PNG."""
    browser_page.set_viewport_size({"width": _WIDTH, "height": height})
    browser_page.goto(subject.as_uri())
    browser_page.locator(start).first.evaluate("it => it.scrollIntoView()")
    shot = Image.open(BytesIO(browser_page.screenshot()))
    sink = BytesIO()
    few = shot.convert("RGB").quantize(_COLORS, dither=Image.Dither.NONE)
    few.save(sink, "PNG", optimize=True)
    return sink.getvalue()


def main() -> None:
    """Write the pictures into docs/images/."""
    subprocess.run([sys.executable, "docs/assemble.py"], check=True, cwd=ROOT)
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        workspace = Path(folder) / "demo"
        if code := make_demo(Display(), workspace, NIGHTS):
            sys.exit(code)
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(color_scheme="light")
        for name, subject, start, height in subjects(workspace):
            data = picture(page, subject, start, height)
            (ROOT / "docs" / "images" / f"{name}.png").write_bytes(data)
            sys.stdout.write(f"{name}.png {len(data) / 1000:.0f} kB\n")
        browser.close()


if __name__ == "__main__":
    main()
