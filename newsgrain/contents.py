"""What each column of text holds: a part of its description that decides what may be shared.

Every column that holds text has its line here, and a test fails for one that has none: whoever
adds a column decides it. Names are those of a column, or ``table.column`` where it means
something else in one table; the columns of nested items are named like those of their table.
"""

from __future__ import annotations

from enum import StrEnum


class Content(StrEnum):
    """What a column holds, and what becomes of it in a protected export."""

    PLAIN = "plain"
    """Words of newsgrain, dates as printed, tags, places: always exported."""
    TEXT = "text"
    """Somebody's sentences: left out by ``--no-text``."""
    WORDS = "words"
    """A line that may name people, such as a headline: left out by ``--pseudonymise``."""
    PERSON = "person"
    """A name: a pseudonym stands for it with ``--pseudonymise``."""
    ADDRESS = "address"
    """An address, which leads to names: a pseudonym stands for it."""
    KEY = "key"
    """An identity made of an address: a pseudonym stands for it, and still joins."""
    FINGERPRINT = "fingerprint"
    """A digest by which a text could be recognised: left out by ``--pseudonymise``."""


_COLUMNS = {
    Content.PLAIN: (
        *("agency_source", "archive_file", "change_reason", "cleaner_version", "warc_file"),
        *("code", "command", "content_type", "date_modified_precision", "date_modified_raw"),
        *("date_modified_source", "date_modified_zone_source", "date_published_precision"),
        *("date_published_raw", "date_published_source", "date_published_zone_source", "domain"),
        *("agency", "affiliation", "event", "field", "honorific", "kind", "language"),
        *("language_source", "markup", "method", "newsgrain_version", "outcome", "page_class"),
        *("parent_run_id", "path", "publisher", "reason", "removed", "robots", "role", "run_id"),
        *("section", "site", "source", "sources", "sources_failed", "status", "title_source"),
        *("type", "verdict", "x_robots_tag", "speakers.evidence", "last_modified"),
    ),
    Content.TEXT: (
        *("description", "lead", "text", "image_caption", "source_text", "items", "lead_in"),
        *("evidence", "detail"),
    ),
    Content.WORDS: ("title", "title_alternatives", "byline", "image_credit", "tags", "error"),
    Content.PERSON: ("authors", "name", "speaker"),
    Content.ADDRESS: (
        *("url", "canonical_url", "aliases", "image_url", "author_url", "links", "tdm_policy"),
    ),
    Content.KEY: ("article_id", "duplicate_group", "duplicate_of", "superseded_by"),
    Content.FINGERPRINT: (*("content_sha256", "body_sha256", "archive_sha256", "digest", "etag"),),
}
CONTENTS = {name: content for content, names in _COLUMNS.items() for name in names}
"""By the name of the column."""


def content_of(owner: str, name: str) -> Content:
    """Return what a column of text holds.

    Args:
        owner: its table, or the column whose nested item it is.
        name: its name.

    Raises:
        KeyError: nobody has decided it.
    """
    found = known_content(owner, name)
    if found is None:
        raise KeyError(f"newsgrain.contents does not say what {owner}.{name} holds")
    return found


def known_content(owner: str, name: str) -> Content | None:
    """Return the same; None for a column without text, or one that nobody has decided."""
    return CONTENTS.get(f"{owner.removesuffix('_rows')}.{name}", CONTENTS.get(name))
