"""A paper of invented stories, its nights, and what it has published."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pyarrow.dataset as ds

from newsgrain.archive import Archive, Exchange
from newsgrain.publish import PublishOptions, publish
from newsgrain.store import Store

START = datetime(2026, 11, 1, 2, tzinfo=UTC)
_HTML = (("Content-Type", "text/html; charset=utf-8"),)
BLURB = "Every Saturday our letter brings the best of the harbour to twelve thousand tables."
LEGAL = "No part of the Harbour may be copied without the written leave of its owners."
_WORDS = ("harbour", "quay", "council", "storm", "ferry", "lamp", "bridge", "winter", "market")
_PROVENANCE = {
    *("article_id", "aliases", "source", "revision", "change_reason", "first_fetched_at"),
    *("fetched_at", "run_id", "cleaner_version"),
}


def _title(number: int) -> str:
    return f"Story number {number} of the {_WORDS[number % len(_WORDS)]}"


def story(number: int, *furniture: str, edition: int = 0, tags: str = "") -> bytes:
    """Return the page of an article with texts of its own, and furniture behind them."""
    rng = random.Random(f"{number} {edition}")  # noqa: S311 - the same page every time
    texts = [
        " ".join(rng.choice(_WORDS) for _ in range(30)).capitalize() + f" in {number}."
        for _ in range(5)
    ]
    body = "\n".join(f"<p>{text}</p>" for text in (*texts, *furniture))
    return f"""<!DOCTYPE html><html lang="en"><head><title>{_title(number)}</title>
<meta property="article:published_time" content="2026-11-01T01:00:00Z">
<meta property="article:tag" content="{tags}"></head>
<body><article><h1>{_title(number)}</h1>{body}</article></body></html>""".encode()


class Paper:
    """A workspace, its nights, and what it has published."""

    def __init__(self, folder):
        self.folder = folder
        self.now = START
        self.store = Store(folder / "datasets", clock=lambda: self.now)

    def night(self, *pages, workers=1, **changes):
        """Fetch pages, (number, body) each, and publish."""
        self.now += timedelta(days=1)
        with Archive.open(self.folder / "archive") as archive:
            head = self.store.head()
            run_id = archive.begin_run("run", self.now, head=head.run_id if head else None)
            for minute, (number, body) in enumerate(pages):
                archive.record(
                    Exchange(
                        run_id=run_id,
                        source="harbour",
                        kind="article",
                        url=f"https://harbour.example/{number}",
                        fetched_at=self.now + timedelta(minutes=minute),
                        status=200,
                        headers=_HTML,
                        body=body,
                    )
                )
            options = PublishOptions(
                run_id=run_id, command="run", started_at=self.now, workers=workers, **changes
            )
            published = publish(archive, self.store, options, lambda: self.now)
            archive.end_run(run_id, self.now)
            return published

    def settle(self):
        """Run without new pages until nothing is left."""
        while self.store.head().unsettled:
            self.night(max_recleaned=2)

    def rows(self, table):
        return ds.dataset(self.folder / "datasets" / table, format="parquet").to_table().to_pylist()

    def content(self):
        """Return the content columns of every article by address."""
        return {
            row["url"]: {name: row[name] for name in row.keys() - _PROVENANCE}
            for row in self.rows("articles")
        }


def stories(*numbers, **changes):
    return [(number, story(number, BLURB, LEGAL, **changes)) for number in numbers]
