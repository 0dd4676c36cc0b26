"""JSON-LD as news sites write it: several scripts, graphs, references, and broken JSON.

Own code instead of ``extruct``, which parses the page a second time, brings RDFLib, and
gives all objects of a page without saying which of them is the page's own article.
"""

from __future__ import annotations

import html as entities
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from cleaners.rules import load_rules

if TYPE_CHECKING:
    from lxml import html

_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[|/\*.*?\*/)+|(?:-->|(?://\s*)?\]\]>|;)+\s*$",
    re.DOTALL,
)
_TRAILING_COMMA = re.compile(r",(?=\s*[}\]])")
_MISSING_VALUE = re.compile(r":(?=\s*[,}])")
_BAD_ESCAPE = re.compile(r'\\(?!["\\/bfnrt]|u[0-9a-fA-F]{4})')
# A quotation mark inside a string: neither opened nor followed by what JSON allows there.
_INNER_QUOTE = re.compile(
    r'(?<=[^\s:,{\[\\])"(?!\s*(?:[,:}\]]|$))|(?<=[^:,{\[\\\s]\s)"(?=\w[^":{}\[\]]*"\s*\w)'
)
_MAX_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Node:
    """One JSON object of a page.

    Attributes:
        pointer: where it stands, e.g. ``#0/@graph/2`` in the page's first script.
        data: the object, references not resolved.
        is_elsewhere: it stands below a property that leads to other articles.
    """

    pointer: str
    data: Mapping[str, Any]
    is_elsewhere: bool

    @property
    def types(self) -> frozenset[str]:
        """Names of its classes, without the prefix of the vocabulary."""
        return types_of(self.data)


@cache
def classes(name: str) -> frozenset[str]:
    """Return a set of names from ``rules/schemaorg.toml``."""
    return frozenset(load_rules("schemaorg")[name])


def types_of(data: Mapping[str, Any]) -> frozenset[str]:
    """Return the names of an object's classes, without the prefix of the vocabulary."""
    found = data.get("@type") or data.get("type") or ()
    names = [found] if isinstance(found, str) else found
    if not isinstance(names, Sequence):
        return frozenset()
    return frozenset(re.split(r"[/#:]", n)[-1] for n in names if isinstance(n, str))


def _mended(text: str) -> Iterator[str]:
    """Yield `text`, then ever more daring repairs of it."""
    yield text
    text = _WRAPPING.sub("", text).strip()
    yield text
    text = _BAD_ESCAPE.sub("", _TRAILING_COMMA.sub("", text))
    yield text
    if "&quot;" in text:
        yield entities.unescape(text)
    yield _INNER_QUOTE.sub(r'\\"', _MISSING_VALUE.sub(": null", text))


def _documents(text: str) -> Iterator[Any]:
    """Yield the JSON values that follow one another in `text`; what is broken ends it."""
    decoder = json.JSONDecoder(strict=False)  # raw line breaks in strings are common
    position = 0
    while position < len(text):
        value, position = decoder.raw_decode(text, position)
        yield value
        while position < len(text) and text[position] in " \t\r\n,;":
            position += 1


def load_json(text: str) -> tuple[Any, ...]:
    """Return the JSON values in `text`, mended where that is possible, else nothing."""
    best: tuple[Any, ...] = ()
    for attempt in _mended(text.lstrip("\ufeff \t\r\n")):
        found: list[Any] = []
        try:
            found.extend(_documents(attempt))
        except (ValueError, RecursionError):
            best = max(best, tuple(found), key=len)
            continue
        return tuple(found)
    return best


def _walk(root: Any, pointer: str) -> Iterator[Node]:
    """Yield all objects below `root` in the order of the document, without recursion."""
    stack: list[tuple[str, Any, bool]] = [(pointer, root, False)]
    count = 0
    elsewhere = classes("elsewhere")
    while stack and count < _MAX_NODES:
        where, value, is_elsewhere = stack.pop()
        count += 1
        if isinstance(value, dict):
            yield Node(where, value, is_elsewhere)
            inner = [
                (f"{where}/{key}", child, is_elsewhere or key in elsewhere)
                for key, child in value.items()
                if isinstance(child, dict | list)
            ]
            stack.extend(reversed(inner))
        elif isinstance(value, list):
            items = [(f"{where}/{n}", v, is_elsewhere) for n, v in enumerate(value)]
            stack.extend(reversed(items))


def read_nodes(tree: html.HtmlElement) -> tuple[Node, ...]:
    """Return every JSON-LD object of the page in document order."""
    nodes: list[Node] = []
    for number, script in enumerate(tree.iter("script")):
        if "ld+json" in (script.get("type") or "").lower() and script.text:
            for document in load_json(script.text):
                nodes.extend(_walk(document, f"#{number}"))
    return tuple(nodes)


def index_by_id(nodes: Sequence[Node]) -> dict[str, Mapping[str, Any]]:
    """Return the objects by their ``@id``; of several, the one that says most."""
    found: dict[str, Mapping[str, Any]] = {}
    for node in nodes:
        name = node.data.get("@id")
        if isinstance(name, str) and len(node.data) > len(found.get(name, ())):
            found[name] = node.data
    return found
