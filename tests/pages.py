"""Pages and WARC files for tests, written for them."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PAGE = """\
<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><title>The quay is swept - The Harbour</title>
<meta property="og:site_name" content="The Harbour">
<script type="application/ld+json">{"@context": "https://schema.org", "@type": "NewsArticle",
"headline": "The quay is swept", "datePublished": "2026-11-20T08:30:00+02:00",
"author": {"@type": "Person", "name": "Tom Reed"}}</script></head>
<body><nav><a href="/">Home</a> <a href="/town">Town</a></nav>
<article><h1>The quay is swept</h1><p class="byline">By Tom Reed</p>
<p>The harbour board had the old quay swept from end to end on Friday, for the first time since
the great storm, and the fishermen who watched from their boats agreed that it was worth it.</p>
<p>“We will sweep it twice a week from now on, and we will pay for the brooms,” said Ada Quill,
director of the harbour board. The council has asked for four more benches and a lamp.</p>
<p>The work took nine hours and filled three carts. Next week the bollards are to be painted, in
the green that the town has used for a hundred years, and the ferry will land at the mole.</p>
</article><footer>All rights reserved.</footer></body></html>
""".encode()
"""One article."""


def page(title: str, sentence: str = "") -> bytes:
    """Return `PAGE` under another title, with one more sentence in its text."""
    text = PAGE.decode().replace("The quay is swept", title)
    return text.replace("The work took", f"{sentence} The work took").encode()


def write_warc(path: Path, urls: Iterable[str], date: str = "2026-11-20T10:00:00Z") -> Path:
    """Write a WARC file with one page an address, each of its own title."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True)
        for number, url in enumerate(urls):
            headers = StatusAndHeaders("200 OK", [("Content-Type", "text/html")], "HTTP/1.1")
            record = writer.create_warc_record(
                url,
                "response",
                payload=io.BytesIO(page(f"Quay number {number} is swept")),
                http_headers=headers,
                warc_headers_dict={"WARC-Date": date},
            )
            writer.write_record(record)
    return path
