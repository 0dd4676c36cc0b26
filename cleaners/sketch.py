"""What a page shows to the memory of its site: digests and roles of its blocks, no text.

    draft | sketch | the site's sketches are counted (`newsgrain.site_memory`) | `cleaners.site`

A sketch depends on its page alone, so that it can be taken once and kept.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from cleaners.blocks import text_key
from cleaners.lexicon import words_pattern
from cleaners.records import BlockKind
from cleaners.rules import load_rules
from cleaners.text import block_digest
from cleaners.urls import registrable_domain, url_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.records import Block, Draft

# Weights are bytes of letters in UTF-8: a word weighs about the same in every script.
_MIN_WEIGHT = 50
_MIN_OPENING_WEIGHT = 80
_MIN_TITLE_WEIGHT = 20
_MAX_TITLE_WEIGHT = 300
# A teaser shows the beginning of a text, of which this much is compared.
_OPENING_CHARS = 40
_MAX_TITLES = 4
# A block lies apart from the text if its layout holds less than this share of its weight.
_APART_SHARE = 0.2
_MOSTLY_LINKED = 0.5
_MAX_LINKED_WORDS = 40
_QUOTED_SHARE = 0.5
_QUOTED = re.compile('«[^«»]+»|“[^“”]+”|„[^„“”]+[“”]|"[^"]+"|»[^«»]+«|「[^「」]+」')
_CUT_ENDINGS = ("...", "…", "[…]", "[...]")
_HEARTS = 3
_MIN_BLOCKS_OF_LONG = 6


class Role(StrEnum):
    """Where in its article a block stands; how often it must recur to be boilerplate follows."""

    TEXT = "text"
    """Among the paragraphs of the text, laid out like them."""
    APART = "apart"
    """In an element of its own, or in a list or table."""
    OPENING = "opening"
    """The first paragraph of some length."""
    REFRAIN = "refrain"
    """More than once in the text of the same page."""
    HEADING = "heading"
    """Over other blocks."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockSketch:
    """One kept block of a page.

    Attributes:
        digest: of its text (`cleaners.text.block_digest`).
        weight: bytes of its letters.
        role: where it stands.
        stays: why it is never boilerplate, however often it recurs: ``quotation`` or
            ``correction``; None for all other blocks.
        group: number of the list or table that it is an item of.
        marks: what would make it a teaser if another article claims it; see `claim`. That of
            the opening is also the article's own claim, and tells whether nobody shares it.
    """

    digest: str
    weight: int
    role: Role
    stays: str | None = None
    group: int | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One block of a page, kept or removed: what is counted over the site.

    Attributes:
        digest: of its text.
        path: of its element.
    """

    digest: str
    path: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What a page shows to the memory of its site.

    Attributes:
        domain: the site.
        address: mark of its address; see `claim`.
        title: mark of its title, None without one.
        hearts: digests of its weightiest kept blocks, the weightiest first. Copies of one
            article under several addresses have them in common.
        claims: marks of its titles, its opening and its addresses: whatever of another
            article shows one of them is a teaser of this one.
        blocks: the kept blocks in reading order.
        shown: all blocks, each text once.
    """

    domain: str
    address: str
    title: str | None
    hearts: tuple[str, ...]
    claims: tuple[str, ...]
    blocks: tuple[BlockSketch, ...]
    shown: tuple[Shown, ...] = ()


def claim(kind: str, value: str) -> str:
    """Return the mark of a title, an opening or a link: a letter for its kind, 16 hex digits."""
    digest = hashlib.sha256(f"{kind}:{value}".encode("utf-8", "surrogatepass")).hexdigest()
    return kind[0] + digest[:16]


def sketch(draft: Draft) -> Sketch | None:
    """Return what a page shows to the memory of its site; None without ten words of text."""
    kept = [block for block in draft.blocks if block.removed is None and text_key(block.text)]
    if sum(weight(block.text) for block in kept) < _MIN_WEIGHT:
        return None
    opening = next(filter(_is_opening, kept), None)
    titles = _titles(draft)
    return Sketch(
        domain=draft.domain,
        address=_address(draft.url),
        title=claim("title", titles[0]) if titles else None,
        hearts=_hearts(kept),
        claims=tuple(dict.fromkeys(_claims(draft, titles, opening))),
        blocks=_block_sketches(kept, opening, draft),
        shown=_shown(draft.blocks),
    )


def weight(text: str) -> int:
    """Return how much a text says: the bytes of its letters and digits."""
    return len(text_key(text).encode("utf-8", "surrogatepass"))


def _address(url: str) -> str:
    return claim("link", url_key(url))


def _titles(draft: Draft) -> list[str]:
    metadata = draft.metadata
    titles = [metadata.title or "", *metadata.title_alternatives]
    keys = dict.fromkeys(text_key(title) for title in titles)
    return [key for key in keys if len(key.encode("utf-8", "surrogatepass")) >= _MIN_TITLE_WEIGHT][
        :_MAX_TITLES
    ]


def _is_opening(block: Block) -> bool:
    is_text = block.kind in {BlockKind.PARAGRAPH, BlockKind.OTHER}
    return is_text and weight(block.text) >= _MIN_OPENING_WEIGHT


def _hearts(kept: Sequence[Block]) -> tuple[str, ...]:
    weights = {block_digest(block.text): weight(block.text) for block in kept}
    return tuple(sorted(weights, key=lambda digest: (-weights[digest], digest))[:_HEARTS])


def _claims(draft: Draft, titles: Sequence[str], opening: Block | None) -> Iterator[str]:
    yield _address(draft.url)
    canonical = draft.metadata.canonical_url
    if canonical:
        yield from _link_marks((canonical,), draft)
    for title in titles:
        yield claim("title", title)
    leads = [block.text for block in draft.blocks if block.removed == "lead"]
    for text in (opening.text if opening else "", draft.metadata.description or "", *leads):
        key = text_key(text)
        if len(key) >= _OPENING_CHARS:
            yield claim("opening", key[:_OPENING_CHARS])


def _shown(blocks: Sequence[Block]) -> tuple[Shown, ...]:
    shown: dict[str, Shown] = {}
    for block in blocks:
        if text_key(block.text):
            digest = block_digest(block.text)
            shown.setdefault(digest, Shown(digest=digest, path=block.path))
    return tuple(shown.values())


# Roles


def _block_sketches(
    kept: Sequence[Block], opening: Block | None, draft: Draft
) -> tuple[BlockSketch, ...]:
    digests = [block_digest(block.text) for block in kept]
    times = Counter(digests)
    shares = _layout_shares(kept)
    tables = _tables(kept)
    sketches = []
    for number, (block, digest) in enumerate(zip(kept, digests, strict=True)):
        group = tables.get(number, block.list_id)
        if block is opening:
            role = Role.OPENING
        elif block.kind is BlockKind.HEADING:
            role = Role.HEADING
        elif group is not None or shares[_layout(block)] < _APART_SHARE or _is_link(block):
            role = Role.APART
        else:
            role = Role.REFRAIN if times[digest] > 1 else Role.TEXT
        sketches.append(
            BlockSketch(
                digest=digest,
                weight=weight(block.text),
                role=role,
                stays=_stays(block),
                group=group,
                marks=tuple(_marks(block, role, draft)),
            )
        )
    return tuple(sketches)


def _layout(block: Block) -> str:
    return block.path.removesuffix("/br")


def _layout_shares(kept: Sequence[Block]) -> dict[str, float]:
    weights: Counter[str] = Counter()
    for block in kept:
        weights[_layout(block)] += weight(block.text)
    total = sum(weights.values())
    return {layout: value / total for layout, value in weights.items()}


def _tables(kept: Sequence[Block]) -> dict[int, int]:
    """Return for each row of a table a number of its table, below those of lists."""
    numbers, table = {}, 0
    for number, block in enumerate(kept):
        if block.kind is not BlockKind.TABLE:
            table -= 1
        else:
            numbers[number] = table
    return numbers


def _is_link(block: Block) -> bool:
    return block.linked >= _MOSTLY_LINKED and len(block.text.split()) <= _MAX_LINKED_WORDS


@cache
def _correction() -> re.Pattern[str]:
    words = words_pattern(load_rules("site")["correction"])
    return re.compile(rf"[\W_]*{words}(?!\w)", re.IGNORECASE)


def _stays(block: Block) -> str | None:
    if block.kind is BlockKind.QUOTE:
        return "quotation"
    quoted = sum(weight(found[0]) for found in _QUOTED.finditer(block.text))
    if quoted >= _QUOTED_SHARE * weight(block.text):
        return "quotation"
    return "correction" if _correction().match(block.text) else None


# Teasers


def _marks(block: Block, role: Role, draft: Draft) -> Iterator[str]:
    """Yield what makes a block a teaser if another article of the site claims it."""
    is_link = _is_link(block)
    # A headline is longer than the name of a thing: gear in a list that links to its review.
    if is_link and weight(block.text) >= _MIN_TITLE_WEIGHT:
        yield from _link_marks(block.links, draft)
    if role is not Role.HEADING or is_link:
        # "Read also: TITLE" shows the title after its colon.
        for text in (block.text, block.text.partition(":")[2]):
            if _MIN_TITLE_WEIGHT <= weight(text) <= _MAX_TITLE_WEIGHT:
                yield claim("title", text_key(text))
    key = text_key(block.text)
    is_cut = block.text.endswith(_CUT_ENDINGS)
    if len(key) >= _OPENING_CHARS and (role in {Role.APART, Role.OPENING} or is_cut):
        yield claim("opening", key[:_OPENING_CHARS])


def _link_marks(links: Sequence[str], draft: Draft) -> Iterator[str]:
    for link in links:
        try:
            url = urljoin(draft.url, link.strip())
            if registrable_domain(url) == draft.domain:
                yield _address(url)
        except ValueError:
            continue  # no web address: it leads to no article


def heart_beside(page: Sketch, digest: str) -> str:
    """Return the digest by which copies of a page's article are known, a block of it set aside.

    It is the second of its weightiest blocks, which a standing notice seldom is; of a brief
    with few blocks it is the first. A page of one block is known by its address alone.
    """
    others = [heart for heart in page.hearts if heart != digest]
    if not others:
        return page.address
    is_brief = len(page.blocks) < _MIN_BLOCKS_OF_LONG or len(others) < 2  # noqa: PLR2004 - the pair
    return others[0] if is_brief else others[1]
