"""``datasets/CARD.md``: what the data of this folder are, for whoever is handed them.

`newsgrain.card` describes the columns, from the schema alone; this page describes the data, and
is written anew at each commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newsgrain.holdings import Holdings, SourceHoldings

_NOTES = """\
## How they were made

newsgrain {version} fetched the pages under the rules of each site's robots.txt, archived every
answer as WARC and cleaned it (cleaner {cleaner}, schema {schema}). [README.md](README.md) describes
tables and columns, `schema.json` and `croissant.json` are the same for programs.

## What to keep in mind

- A field is only there where the page gives evidence of it; `issues` names what was expected and is
  missing. The coverage above is what pages gave, not what they might have given.
- The same text may stand here more than once: `duplicate_of` says which article repeats which.
- Articles are as they were when they were fetched. What was changed later, unseen, is not here.
- The texts belong to their publishers. They are not licensed by whoever hands on this folder;
  who may use them for what depends on the law of the place and on what publishers reserve
  (columns `robots`, `tdm_reservation`, `tdm_policy`).
- People are named as speakers, authors and in the texts: these are personal data.
"""


def data_card(holdings: Holdings) -> str:
    """Return the card in Markdown."""
    manifest = holdings.manifest
    notes = _NOTES.format(
        version=manifest.newsgrain_version,
        cleaner=manifest.cleaner_version,
        schema=manifest.schema_version,
    )
    parts = (_head(holdings), _sources(holdings), _coverage(holdings), _tables(holdings))
    return "\n\n".join("\n".join(part) for part in parts) + "\n\n" + notes


def _head(holdings: Holdings) -> Iterator[str]:
    manifest, days = holdings.manifest, holdings.days
    yield "# The data of this folder"
    yield ""
    yield f"- **{holdings.articles:,} articles** of {len(holdings.sources)} sources"
    span = f"{_day(days[0])} to {_day(days[1])}" if days else "unknown"
    yield f"- **Published** {span}"
    yield f"- **Languages** {', '.join(holdings.languages) or 'unknown'}"
    yield f"- **State** of run `{manifest.run_id}`, {manifest.created_at:%Y-%m-%d %H:%M} UTC"
    yield f"- **Cite** the run with its manifest, sha256 `{holdings.manifest_sha256}`"


def _day(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%d}" if moment else ""


def _sources(holdings: Holdings) -> Iterator[str]:
    yield "## Sources"
    yield ""
    yield "| source | articles | words | first published | last published | fetched | languages |"
    yield "| --- | ---: | ---: | --- | --- | --- | --- |"
    for one in holdings.sources:
        yield _row(one)


def _row(one: SourceHoldings) -> str:
    fetched = f"{_day(one.first_fetched)} to {_day(one.last_fetched)}"
    cells = (
        one.name or "(files that were given)",
        f"{one.articles:,}",
        f"{one.words:,}",
        _day(one.first),
        _day(one.last),
        fetched,
        ", ".join(one.languages),
    )
    return "| " + " | ".join(cells) + " |"


def _coverage(holdings: Holdings) -> Iterator[str]:
    yield "## Coverage"
    yield ""
    yield "| field | articles that have it | share |"
    yield "| --- | ---: | ---: |"
    for name, count in holdings.coverage.items():
        yield f"| `{name}` | {count:,} | {count / max(1, holdings.articles):.0%} |"


def _tables(holdings: Holdings) -> Iterator[str]:
    yield "## Tables"
    yield ""
    yield "| table | rows | files | megabytes |"
    yield "| --- | ---: | ---: | ---: |"
    for name, entries in holdings.manifest.tables.items():
        size = sum(entry.bytes for entry in entries) / 1e6
        rows = holdings.manifest.rows(name)
        yield f"| `{name}` | {rows:,} | {len(entries)} | {size:.1f} |"
