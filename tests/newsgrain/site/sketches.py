"""Sketches of pages that nobody wrote, for tests of the memory of sites."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cleaners.sketch import BlockSketch, Role, Shown, Sketch, claim
from cleaners.text import block_digest
from newsgrain.ledger import PageRow

START = datetime(2026, 1, 1, tzinfo=UTC)
_WEIGHT = 60


def sketch(name: str, *shared: str, address: str = "", marks: tuple[str, ...] = ()) -> Sketch:
    """Return the sketch of an article with two paragraphs of its own and some shared ones.

    Args:
        name: of the article; its paragraphs, its title and its address are named after it.
        shared: texts of the blocks between its own two.
        address: if it is not named after the article.
        marks: what its shared blocks show of other articles.
    """
    texts = [f"{name} begins", *shared, f"{name} ends"]
    digests = [block_digest(text) for text in texts]
    blocks = tuple(
        BlockSketch(
            digest=digest,
            weight=_WEIGHT,
            role=Role.OPENING if not number else Role.TEXT,
            marks=marks if 0 < number < len(texts) - 1 else (),
        )
        for number, digest in enumerate(digests)
    )
    where = claim("link", address or name)
    return Sketch(
        domain="harbour.example",
        address=where,
        title=claim("title", name),
        hearts=(digests[0], digests[-1], *digests[1:-1])[:3],
        claims=(where, claim("title", name)),
        blocks=blocks,
        shown=tuple(Shown(digest=digest, path="article/p") for digest in dict.fromkeys(digests)),
    )


def page(page_id: int, day: float = 0) -> PageRow:
    """Return the row of a page that was fetched on a day."""
    nothing = dict.fromkeys(
        (
            *("status", "error", "content_type", "etag", "last_modified", "body_bytes"),
            *("body_sha256", "archive_file", "archive_offset", "archive_length"),
            "archive_sha256",
        )
    )
    return PageRow(
        page_id=page_id,
        run_id="00000001-20260101T000000Z",
        source="harbour",
        kind="article",
        url=f"https://harbour.example/{page_id}",
        is_final=True,
        fetched_at=START + timedelta(days=day),
        **nothing,
    )
