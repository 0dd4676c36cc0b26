"""What belongs to an article or a person that is to be forgotten, before anything is done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from cleaners.urls import is_address, registrable_domain, url_key
from newsgrain.catalog import Catalog
from newsgrain.disk import translated
from newsgrain.errors import ConfigError
from newsgrain.head import head_name
from newsgrain.ledger import read_ledger
from newsgrain.needles import sentences
from newsgrain.removal import Removal
from newsgrain.snapshot import read_head
from newsgrain.store import Store
from newsgrain.table_erasure import find_namings
from newsgrain.tombstones import article_digest, person_digests
from newsgrain.workspace_key import workspace_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from newsgrain.published import Published
    from newsgrain.tombstones import Reason
    from newsgrain.workspace import Workspace

_MIN_TITLE = 20
_MIN_SENTENCE = 60
_OPENING_LINES = 3
"""What teasers, feeds and front pages show of an article: titles, lead, how its text begins."""
_READ = (
    *("article_id", "url", "canonical_url", "aliases", "domain", "title", "title_alternatives"),
    *("lead", "description", "text", "revision", "duplicate_of", "superseded_by"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What would be forgotten.

    Attributes:
        removal: for `newsgrain.forget`.
        lines: for people, one line each.
    """

    removal: Removal
    lines: tuple[str, ...]


def find_article(workspace: Workspace, address: str, reason: Reason, now: datetime) -> Finding:
    """Return what belongs to an article.

    Args:
        workspace: with the article, published or not.
        address: one of its addresses.
        reason: why it is forgotten.
        now: the present.

    Raises:
        ConfigError: `address` is no web address.
        NewsgrainError: the archive or the datasets cannot be read.
    """
    url = address if "://" in address else f"https://{address}"
    try:
        keys = {url_key(url)}
    except ValueError as exc:
        raise ConfigError(f"not a web address: {address}") from exc
    root, catalog = workspace.datasets, Catalog()
    with translated(root):
        known = Store(root, catalog=catalog).known(keys).get(url_key(url))
        head = read_head(root, catalog)
        ids = _same_articles(head, known.article_id) if known else [url_key(url)]
        rows = list(_revisions(head, ids))
        urls = list(dict.fromkeys([url, *_addresses(rows), *_event_addresses(head, ids)]))
        keys |= set(_keys(urls)) | set(ids)
        pages = set(_judged(head, ids)) | set(_asked(workspace.archive, keys))
        copies = _copies(head, ids)
    key = workspace_key(workspace.root)
    removal = Removal(
        kind="article",
        reason=reason.value,
        day=f"{now:%Y-%m-%d}",
        digests=tuple(sorted(article_digest(key, one) for one in keys)),
        base=head_name(root),
        urls=tuple(urls),
        keys=tuple(sorted(keys)),
        article_ids=tuple(ids),
        page_ids=tuple(sorted(pages)),
        site=registrable_domain(url),
        phrases=tuple(_phrases(rows)),
    )
    lines = [
        f"{'article':<12}{rows[-1]['title'] or '(no title)' if rows else 'not published'}",
        *(f"{'address':<12}{one}" for one in urls),
        f"{'revisions':<12}{len(rows)}",
        f"{'requests':<12}{len(pages)}",
        *(f"{'says the same, stays':<22}{one}" for one in copies),
    ]
    return Finding(removal=removal, lines=tuple(lines))


def find_person(
    workspace: Workspace, names: Sequence[str], reason: Reason, now: datetime
) -> Finding:
    """Return what names a person.

    Args:
        workspace: with articles that may name the person.
        names: spellings of the whole name.
        reason: why the person is forgotten.
        now: the present.

    Raises:
        ConfigError: a name is too short to be told from words.
        NewsgrainError: the archive or the datasets cannot be read.
    """
    names = [" ".join(name.split()) for name in names]
    for name in names:
        if sum(letter.isalpha() for letter in name) < _least(name):
            raise ConfigError(f"too short for a whole name: {name!r}")
    root, key = workspace.datasets, workspace_key(workspace.root)
    removal = Removal(
        kind="person",
        reason=reason.value,
        day=f"{now:%Y-%m-%d}",
        digests=tuple(sorted({d for name in names for d in person_digests(key, name)})),
        base=head_name(root),
        names=tuple(names),
    )
    with translated(root):
        head = read_head(root, Catalog())
        namings = find_namings(head, removal)
        addresses = _named_in_address(head, names)
    alone = sum(namings.articles.values())
    named = f"{len(namings.articles)} name the person, {alone} of them nobody else so called"
    lines = [
        f"{'person':<12}{', '.join(names)}",
        f"{'articles':<12}{named}",
        *(f"{'address names the person, stays':<33}{one}" for one in addresses),
    ]
    return Finding(removal=removal, lines=tuple(lines))


def _least(name: str) -> int:
    """Return how many letters a name must have; names without alphabet are short."""
    return 4 if name.isascii() or " " in name else 2


def _table(head: Published, name: str, columns: Sequence[str]) -> Iterator[pa.Table]:
    for entry in head.manifest.tables[name] if head.manifest else ():
        with pq.ParquetFile(head.file(entry.path)) as file:
            for number in range(file.num_row_groups):
                yield file.read_row_group(number, columns=list(columns))


def _same_articles(head: Published, article_id: str) -> list[str]:
    """Return an article and those that were seen to be the same."""
    following: dict[str, str] = {}
    for rows in _table(head, "articles", ["article_id", "superseded_by"]):
        for row in rows.filter(pc.is_valid(rows["superseded_by"])).to_pylist():
            following[row["article_id"]] = row["superseded_by"]
    found = [article_id]
    for one in found:
        more = [a for a, b in following.items() if b == one] + [following.get(one, one)]
        found += [name for name in more if name not in found]
    return found


def _revisions(head: Published, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    wanted = pa.array(ids, pa.string())
    for rows in _table(head, "revisions", _READ):
        yield from rows.filter(pc.is_in(rows["article_id"], value_set=wanted)).to_pylist()


def _addresses(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield row["url"]
        yield from row["aliases"]
        declared = row["canonical_url"] or ""
        if not is_address(declared):  # whatever a page says: ports that are none, open brackets
            continue
        last = urlsplit(declared).path.rstrip("/").rpartition("/")[2]
        # Pages declare their section, or the front page: only what shares its name is the article.
        if last and last in row["url"] and registrable_domain(declared) == row["domain"]:
            yield declared


def _event_addresses(head: Published, ids: Sequence[str]) -> Iterator[str]:
    for rows in _table(head, "events", ["article_id", "event", "url"]):
        ours = pc.is_in(rows["article_id"], value_set=pa.array(ids, pa.string()))
        yield from rows.filter(ours)["url"].to_pylist()


def _keys(urls: Iterable[str]) -> Iterator[str]:
    for url in urls:
        try:
            yield url_key(url)
        except ValueError:
            continue


def _judged(head: Published, ids: Sequence[str]) -> Iterator[int]:
    for rows in _table(head, "verdicts", ["page_id", "article_id"]):
        ours = pc.fill_null(
            pc.is_in(rows["article_id"], value_set=pa.array(ids, pa.string())), fill_value=False
        )
        yield from rows.filter(ours)["page_id"].to_pylist()


def _asked(archive: Path, keys: set[str]) -> Iterator[int]:
    """Yield the requests for some addresses."""
    with read_ledger(archive) as connection:
        for page_id, url in (
            connection.execute("SELECT page_id, url FROM pages") if connection else ()
        ):
            if keys.intersection(_keys((url,))):
                yield page_id


def _copies(head: Published, ids: Sequence[str]) -> list[str]:
    """Return the addresses of other articles that repeat an article."""
    wanted, found = pa.array(ids, pa.string()), []
    for rows in _table(head, "articles", ["article_id", "url", "duplicate_of"]):
        repeats = pc.fill_null(pc.is_in(rows["duplicate_of"], value_set=wanted), fill_value=False)
        others = pc.invert(pc.is_in(rows["article_id"], value_set=wanted))
        found += rows.filter(pc.and_(repeats, others))["url"].to_pylist()
    return found


def _named_in_address(head: Published, names: Sequence[str]) -> list[str]:
    slugs = ["-".join(name.casefold().split()) for name in names]
    found = []
    for rows in _table(head, "articles", ["url"]):
        for slug in slugs:
            hits = pc.match_substring(rows["url"], slug, ignore_case=True)
            found += rows.filter(hits)["url"].to_pylist()
    return found


def _phrases(rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    seen: set[str] = set()
    for row in rows:
        titles = [one for one in (row["title"], *row["title_alternatives"]) if one]
        opening = "\n".join(row["text"].splitlines()[:_OPENING_LINES])
        long = sentences([row["lead"], row["description"], opening], _MIN_SENTENCE)
        for phrase in (*(one for one in titles if len(one) >= _MIN_TITLE), *long):
            if phrase not in seen:
                seen.add(phrase)
                yield phrase
