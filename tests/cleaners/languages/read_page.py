"""Print what one HTML file gives, as JSON: its lists, quotations and speakers."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from cleaners import Cleaned, clean
from cleaners.records import Page


def main(path: str) -> None:
    """Clean the page at `path` and print what it holds."""
    fetched = datetime(2026, 5, 3, tzinfo=UTC)
    url = "https://gazeta.example/most"
    found = clean(Page(url=url, html=Path(path).read_bytes(), fetched_at=fetched))
    assert isinstance(found, Cleaned), found
    article = found.article
    json.dump(
        {
            "recommendations": [one.text for one in article.recommendations],
            "announced": article.recommendations_announced,
            "quotes": [(one.text, one.speaker) for one in article.quotes],
            "speakers": [(one.name, one.role) for one in article.speakers],
            "lists": [asdict(one) for one in article.lists],
            "issues": [one.code for one in article.issues if one.field == "recommendations"],
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main(sys.argv[1])
