"""What stands beside the tables about the data of one state: ``CARD.md``, ``croissant.json``."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from newsgrain import layout
from newsgrain.croissant import croissant
from newsgrain.data_card import data_card
from newsgrain.disk import translated, write_file
from newsgrain.holdings import count_holdings, is_countable

if TYPE_CHECKING:
    from pathlib import Path

    from newsgrain.catalog import Catalog
    from newsgrain.published import Published

CARD = "CARD.md"
CROISSANT = "croissant.json"


def describe(root: Path, published: Published, catalog: Catalog, *, staging: Path) -> None:
    """Renew both files, unless they speak of this state already.

    Each is put in place whole and names the manifest that it speaks of: whoever reads one while
    a run publishes reads a true description of the state before, or of the state after.

    Args:
        root: the folder ``datasets``.
        published: its state.
        catalog: the schema of the state.
        staging: a folder on the same device for drafts.

    Raises:
        StoreError: the tables can't be read, or the files can't be written.
    """
    if (manifest := published.manifest) is None or not is_countable(catalog):
        return
    with translated(root):
        data = (root / layout.MANIFESTS / f"{manifest.snapshot}.json").read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if all(_speaks_of(root / name, digest) for name in (CARD, CROISSANT)):
            return
        held = count_holdings(published, manifest, digest)
        for name, text in {CARD: data_card(held), CROISSANT: croissant(held, catalog)}.items():
            write_file(root / name, text.encode(), staging=staging)


def _speaks_of(path: Path, digest: str) -> bool:
    return path.exists() and digest in path.read_text("utf-8")
