"""Tables that may leave the house: without texts, and with pseudonyms instead of people.

A pseudonym is a keyed digest (HMAC-SHA256) of a name without case and accents: the same person
has the same one in all exports of a workspace, and nobody finds the name without the
workspace's key. It is no anonymity: functions, dates and papers stay.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from newsgrain.contents import Content, content_of
from newsgrain.errors import ConfigError
from newsgrain.workspace_key import keyed_digest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_DROPPED = frozenset({Content.TEXT})
_DROPPED_WITH_NAMES = frozenset({Content.TEXT, Content.WORDS, Content.FINGERPRINT})
_PREFIXES = {Content.PERSON: "person-", Content.ADDRESS: "urn:newsgrain:", Content.KEY: ""}
_PERSON_DIGITS = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Protection:
    """What an export leaves out.

    Attributes:
        no_text: columns that hold sentences.
        key: of the workspace: people, and what leads to them, get pseudonyms; None: they stay.
    """

    no_text: bool = False
    key: bytes | None = None

    def __post_init__(self) -> None:
        """Refuse what would protect nobody."""
        if self.key is not None and not self.no_text:
            message = "texts name people: --pseudonymise works together with --no-text only"
            raise ConfigError(message)

    def schema(self, table: str, schema: pa.Schema) -> pa.Schema:
        """Return the schema of a table that is exported."""
        fields = (self._field(table, field) for field in schema)
        return pa.schema([field for field in fields if field is not None])

    def batch(self, table: str, batch: pa.RecordBatch) -> pa.RecordBatch:
        """Return rows of a table as they may be exported."""
        schema = self.schema(table, batch.schema)
        arrays = [self._values(table, field.name, batch.column(field.name)) for field in schema]
        return pa.RecordBatch.from_arrays(arrays, schema=schema)

    def _field(self, owner: str, field: pa.Field) -> pa.Field | None:
        type_ = self._type(owner, field.name, field.type)
        return None if type_ is None else field.with_type(type_)

    def _type(self, owner: str, name: str, type_: pa.DataType) -> pa.DataType | None:
        """Return the type that is left of a column; None: nothing."""
        if pa.types.is_string(type_):
            dropped = _DROPPED_WITH_NAMES if self.key is not None else _DROPPED
            is_dropped = self.no_text and content_of(owner, name) in dropped
            return None if is_dropped else type_
        if pa.types.is_list(type_):
            item = self._type(owner, name, type_.value_type)
            return None if item is None else pa.list_(type_.value_field.with_type(item))
        if pa.types.is_struct(type_):
            fields = [left for one in type_ if (left := self._field(name, one)) is not None]
            return pa.struct(fields) if fields else None
        return type_

    def _values(self, owner: str, name: str, values: Any) -> Any:
        if pa.types.is_string(values.type):
            content = content_of(owner, name)
            if self.key is None or content not in _PREFIXES:
                return values
            stands_for = partial(_pseudonym, self.key, content)
            return _mapped(values, stands_for)
        if pa.types.is_list(values.type):
            items = self._values(owner, name, values.flatten())
            lengths = pc.fill_null(pc.list_value_length(values), 0)
            ends = pc.cumulative_sum(lengths).cast(pa.int32())
            offsets = pa.concat_arrays([pa.array([0], pa.int32()), ends])
            type_ = self._type(owner, name, values.type)
            return pa.ListArray.from_arrays(offsets, items, type=type_, mask=values.is_null())
        if pa.types.is_struct(values.type):
            struct: Any = self._type(owner, name, values.type)
            parts = dict(zip((one.name for one in values.type), values.flatten(), strict=True))
            kept = [self._values(name, one.name, parts[one.name]) for one in struct]
            return pa.StructArray.from_arrays(kept, fields=list(struct), mask=values.is_null())
        return values


class Protected:
    """A table as it may be exported; read like a pyarrow dataset.

    Args:
        protection: what is left out.
        table: its name.
        dataset: its rows.
    """

    def __init__(self, protection: Protection, table: str, dataset: Any) -> None:
        self._protection = protection
        self._table = table
        self._dataset = dataset
        self.schema = protection.schema(table, dataset.schema)

    def to_batches(self, batch_size: int) -> Iterator[pa.RecordBatch]:
        """Yield the rows."""
        for batch in self._dataset.to_batches(batch_size=batch_size):
            yield self._protection.batch(self._table, batch)


def _mapped(values: Any, change: Callable[[str], str]) -> Any:
    texts = values.to_pylist()
    return pa.array([None if text is None else change(text) for text in texts], values.type)


@lru_cache(maxsize=100_000)
def _pseudonym(key: bytes, content: Content, value: str) -> str:
    if content is Content.PERSON:
        bare = unicodedata.normalize("NFKD", value).casefold()
        bare = "".join(one for one in bare if not unicodedata.combining(one))
        digest = keyed_digest(key, "pseudonym person", " ".join(bare.split()))
        return _PREFIXES[content] + digest[:_PERSON_DIGITS]
    return _PREFIXES[content] + keyed_digest(key, f"pseudonym {content}", value)
