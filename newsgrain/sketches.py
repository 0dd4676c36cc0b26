"""Sketches of pages as the memory of sites files them: numbers to search by, the whole as bytes."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.sketch import BlockSketch, Role, Shown, Sketch, heart_beside

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class FiledSketch:
    """A sketch, ready to be remembered.

    Made where its page is read: it is a matter of the page alone, and plain numbers pass from
    one process to the next in a tenth of the time that hundreds of objects take.

    Attributes:
        domain: the site.
        address: number of the page's own mark.
        title: number of its title's mark; without a title that of its address.
        packed: the whole sketch, see `unpack`.
        shown: of each block that it shows, the numbers of its digest, of the heart beside it
            (`cleaners.sketch.heart_beside`) and of its layout.
        marks: numbers of what would make its blocks teasers.
        claims: numbers of the marks that make other pages' blocks teasers of this one.
    """

    domain: str
    address: int
    title: int
    packed: bytes
    shown: tuple[tuple[int, int, int], ...]
    marks: tuple[int, ...]
    claims: tuple[int, ...]


def filed(sketch: Sketch) -> FiledSketch:
    """Return a sketch as it is remembered."""
    return FiledSketch(
        domain=sketch.domain,
        address=number(sketch.address),
        title=number(sketch.title or sketch.address),
        packed=pack(sketch),
        shown=tuple(
            (
                number(shown.digest),
                number(heart_beside(sketch, shown.digest)),
                template_number(shown.path),
            )
            for shown in sketch.shown
        ),
        marks=tuple({number(mark) for block in sketch.blocks for mark in block.marks}),
        claims=tuple(map(number, sketch.claims)),
    )


def pack(sketch: Sketch) -> bytes:
    """Return a sketch as compressed JSON, without the texts and layouts of what it shows."""
    plain = {
        "domain": sketch.domain,
        "address": sketch.address,
        "title": sketch.title,
        "hearts": sketch.hearts,
        "claims": sketch.claims,
        "blocks": [
            (block.digest, block.weight, block.role, block.stays, block.group, block.marks)
            for block in sketch.blocks
        ],
        "shown": [shown.digest for shown in sketch.shown],
    }
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode())


def shown_digests(packed: bytes) -> list[str]:
    """Return the digests of what a packed sketch shows."""
    digests: list[str] = json.loads(zlib.decompress(packed))["shown"]
    return digests


def unpack(packed: bytes) -> Sketch:
    """Return a sketch that `pack` packed."""
    plain = json.loads(zlib.decompress(packed))
    blocks = tuple(
        BlockSketch(
            digest=digest,
            weight=weight,
            role=Role(role),
            stays=stays,
            group=group,
            marks=tuple(marks),
        )
        for digest, weight, role, stays, group, marks in plain["blocks"]
    )
    return Sketch(
        domain=plain["domain"],
        address=plain["address"],
        title=plain["title"],
        hearts=tuple(plain["hearts"]),
        claims=tuple(plain["claims"]),
        blocks=blocks,
        shown=tuple(Shown(digest=digest) for digest in plain["shown"]),
    )


def number(mark: str) -> int:
    """Return the 64-bit number that stands for a digest or a mark in a database."""
    return int.from_bytes(bytes.fromhex(mark[-16:]), signed=True)


def digest_of(mark: int) -> str:
    """Return the digest of a block from its `number`."""
    return mark.to_bytes(8, signed=True).hex()


def template_number(path: str) -> int:
    """Return the 32-bit number that stands for the layout of a block."""
    return int.from_bytes(hashlib.sha256(path.encode("utf-8", "surrogatepass")).digest()[:4])


def verdicts_number(verdicts: Mapping[str, str]) -> int:
    """Return the 64-bit number that stands for what a site removes from a page; 0 for nothing."""
    if not verdicts:
        return 0
    said = json.dumps(sorted(verdicts.items())).encode()
    return int.from_bytes(hashlib.sha256(said).digest()[:8], signed=True)
