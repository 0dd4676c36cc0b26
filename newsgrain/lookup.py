"""Which published article does an address belong to?

Answers come from light columns. The keys of an article's addresses cost a hash each, so they
are kept beside the datasets, one small file for each file of ``articles``: file names are
never used twice, therefore the cache cannot be wrong, and it can be deleted at any time.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from cleaners.urls import url_key
from newsgrain import layout
from newsgrain.identity import canonical_key, claim_key, content_key
from newsgrain.known import COPIED, Known
from newsgrain.parquet import read_rows

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from pathlib import Path

    from newsgrain.published import Published

_KEYS_VERSION = 2
"""Of the keys in the cache; raised when an article is found by more or other keys."""
_KEY = pa.binary(16)
_KEYS = pa.schema([pa.field("key", _KEY), pa.field("article_id", _KEY)])


_LIGHT = (*COPIED, "aliases", "run_id")
_KEYED = (
    *("article_id", "url", "aliases", "canonical_url", "domain", "content_sha256"),
    *("date_published", "word_count"),
)


def keys_of(row: Mapping[str, Any]) -> set[str]:
    """Return what an article is found by: its addresses, what it claims, and its content.

    Args:
        row: of ``revisions`` or ``articles``, or the columns of it that this needs.
    """
    keys = {row["article_id"]}
    for url in (row["url"], *row["aliases"]):
        try:
            keys.add(url_key(url))
        except ValueError:
            continue  # an alias that is no web address leads nowhere
    declared = canonical_key(row["canonical_url"], row["domain"])
    if declared and declared not in keys:
        keys.add(claim_key(declared))
    same = content_key(
        row["domain"],
        row["content_sha256"],
        is_dated=row["date_published"] is not None,
        words=row["word_count"],
    )
    return keys | ({same} if same else set())


def _keys_in(articles: Path) -> pa.Table:
    rows = read_rows(articles, _KEYED).to_pylist()
    pairs = [(key, row["article_id"]) for row in rows for key in sorted(keys_of(row))]
    columns = zip(*pairs, strict=True) if pairs else ((), ())
    arrays = [pa.array(map(bytes.fromhex, column), _KEY) for column in columns]
    return pa.table(arrays, schema=_KEYS)


def _revisions_in(path: Path, numbers: Mapping[str, int]) -> Iterator[dict[str, Any]]:
    """Yield an article's revision of the given number; reads only the row groups that hold one."""
    wanted = pa.array(sorted(numbers), pa.string())
    with pq.ParquetFile(path) as file:
        for group in range(file.num_row_groups):
            ids = file.read_row_group(group, columns=["article_id"])["article_id"]
            here = pc.is_in(ids, value_set=wanted)
            if pc.any(here).as_py():
                for row in file.read_row_group(group).filter(here).to_pylist():
                    if row["revision"] == numbers[row["article_id"]]:
                        yield row


class Lookup:
    """Finds the articles of one published state.

    Args:
        root: the folder ``datasets``.
        published: the state.
    """

    def __init__(self, root: Path, published: Published) -> None:
        self._cache = root / layout.LOOKUP
        self._published = published
        self._files = [published.file(path) for path in published.slots("articles").values()]
        self._keys: pa.Table | None = None
        self._last: dict[str, int] | None = None

    def find(self, keys: Collection[str], *, full: bool) -> dict[str, Known]:
        """Return articles by key; see `Store.known`."""
        owners = self._owners(keys) if self._files else {}
        if not owners:
            return {}
        light = self._light({owner for found in owners.values() for owner in found})
        rows = self._full(light.values()) if full else light
        articles = {
            name: Known.from_row(row, last_revision=self._last_revisions().get(name))
            for name, row in rows.items()
        }
        return {
            key: max(
                (articles[owner] for owner in found),
                key=lambda known: (known.article_id == key, known.fetched_at, known.article_id),
            )
            for key, found in owners.items()
        }

    def _owners(self, keys: Collection[str]) -> dict[str, set[str]]:
        """Return the ids of the articles that have one of the keys."""
        wanted = pa.array([bytes.fromhex(key) for key in keys], _KEY)
        table = self._all_keys()
        found = table.filter(pc.is_in(table["key"], value_set=wanted))
        owners: dict[str, set[str]] = defaultdict(set)
        for row in found.to_pylist():
            owners[row["key"].hex()].add(row["article_id"].hex())
        return owners

    def _all_keys(self) -> pa.Table:
        if self._keys is None:
            self._cache.mkdir(exist_ok=True)
            parts = [self._cached_keys(path) for path in self._files]
            self._keys = pa.concat_tables([_KEYS.empty_table(), *parts])
            self._forget_others()
        return self._keys

    def _cache_name(self, articles: Path) -> str:
        return f"{articles.parent.name}.{articles.stem}.{_KEYS_VERSION}.arrow"

    def _cached_keys(self, articles: Path) -> pa.Table:
        path = self._cache / self._cache_name(articles)
        try:
            with path.open("rb") as source, pa.ipc.open_file(source) as reader:
                return reader.read_all()
        except (FileNotFoundError, pa.ArrowInvalid):
            keys = _keys_in(articles)
        draft = path.with_suffix(".draft")
        with draft.open("wb") as sink, pa.ipc.new_file(sink, _KEYS) as writer:
            writer.write_table(keys)
        draft.replace(path)
        return keys

    def _forget_others(self) -> None:
        needed = {self._cache_name(path) for path in self._files}
        for path in self._cache.iterdir():
            if path.name not in needed:
                path.unlink()

    def _light(self, ids: Collection[str]) -> dict[str, dict[str, Any]]:
        rows = ds.dataset([str(path) for path in self._files], format="parquet").to_table(
            columns=list(_LIGHT), filter=pc.field("article_id").isin(sorted(ids))
        )
        return {row["article_id"]: row for row in rows.to_pylist()}

    def _full(self, light: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
        """Read current revisions from the files of the runs that published them."""
        by_run: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in light:
            by_run[row["run_id"]].append(row)
        return {
            row["article_id"]: row
            for run_id, rows in by_run.items()
            for path in self._log_files(run_id)
            for row in _revisions_in(path, {row["article_id"]: row["revision"] for row in rows})
        }

    def _log_files(self, run_id: str) -> list[Path]:
        entries = self._published.manifest.tables["revisions"] if self._published.manifest else ()
        number = layout.sequence(run_id)
        paths = (entry.path for entry in entries if not layout.is_placeholder(entry.path))
        spans = ((path, *layout.log_span(path)) for path in paths)
        return [
            self._published.file(path) for path, first, last in spans if first <= number <= last
        ]

    def _last_revisions(self) -> dict[str, int]:
        """Return the greatest revision number of every article that has more than one."""
        if self._last is None:
            entries = (
                self._published.manifest.tables["revisions"] if self._published.manifest else ()
            )
            files = [str(self._published.file(entry.path)) for entry in entries]
            later = ds.dataset(files, format="parquet").to_table(
                columns=["article_id", "revision"], filter=pc.field("revision") > 1
            )
            greatest = later.group_by("article_id").aggregate([("revision", "max")])
            pairs = zip(
                *(greatest[name].to_pylist() for name in greatest.schema.names), strict=True
            )
            self._last = dict(pairs)
        return self._last
