"""The columns of the blocks of pages, and of what sites repeat."""

from __future__ import annotations

import pyarrow as pa

from newsgrain.columns import TEXT as _TEXT
from newsgrain.columns import TEXTS as _TEXTS
from newsgrain.columns import TIME as _TIME
from newsgrain.columns import column as _c

BLOCKS = (
    _c("kind", _TEXT, "paragraph, heading, list_item, quote, caption, table, embed or other"),
    _c("text", _TEXT, "text of the block; cells of a table row are parted by tabs", "text"),
    _c("removed", _TEXT, "why it is not part of text; null: it is", null=True),
    _c("evidence", _TEXT, "what the decision rests on, for people"),
    _c("digest", _TEXT, "what it is recognised by on its site; joins site_blocks"),
    _c("path", _TEXT, "tags and classes of its element and two around it"),
    _c("level", pa.int16(), "level of a heading, or depth of a list item; else 0"),
    _c("list_id", pa.int16(), "number of its list on the page; null outside lists", null=True),
    _c("links", _TEXTS, "addresses that it links to, as in the page"),
    _c("linked", pa.float64(), "share of its characters that stand in links, 0 to 1"),
)
"""What the flat table ``blocks`` adds to its keys, without the offsets."""

SITE_BLOCKS = (
    _c("site", _TEXT, "registrable domain"),
    _c("digest", _TEXT, "of the block, as in blocks"),
    _c("articles", pa.int32(), "in how many articles it stood within the window"),
    _c("templates", pa.int32(), "in how many layouts (blocks.path) it stood within the window"),
    _c(
        "verdict",
        _TEXT,
        "what became of it on the last page of the window: a reason as in blocks.removed; "
        "quotation or correction, which always stay; page, if the page itself gave a reason; kept",
    ),
    _c("first_seen_at", _TIME, "fetch of the first page that showed it, of all times"),
    _c("last_seen_at", _TIME, "fetch of the last one; the window is the 90 days before"),
)
"""The columns of ``site_blocks``."""
