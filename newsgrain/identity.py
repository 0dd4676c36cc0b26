"""Which article is this page? Addresses in, one immutable identity out.

An article keeps the identity of the address it was first seen at. Publishers declare
canonical addresses that are wrong (another host, the site's root), so a declared one counts
only within the same registrable domain, below the root, and when the content agrees.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cleaners.urls import registrable_domain, url_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cleaners.records import Article
    from newsgrain.store import Known


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The article that a page belongs to.

    Attributes:
        article_id: 32 hex digits.
        known: the published article, None for a new one.
        is_variant: the page is another address of the known article (AMP, print) and
            recognised by its canonical link; its text may differ by the template alone.
    """

    article_id: str
    known: Known | None = None
    is_variant: bool = False


def canonical_key(article: Article) -> str | None:
    """Return the key of the declared canonical address, if it may identify the article."""
    declared = article.canonical_url
    if not declared:
        return None
    try:
        key = url_key(declared)
    except ValueError:
        return None
    same_site = registrable_domain(declared) == article.domain
    return key if same_site and urlsplit(declared).path.strip("/") else None


def lookup_keys(article: Article, aliases: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the keys under which `article` may have been published before.

    Args:
        article: the cleaned page.
        aliases: addresses that were redirected to it.
    """
    keys = [url_key(url) for url in (article.url, *aliases)]
    declared = canonical_key(article)
    return tuple(dict.fromkeys([*keys, declared] if declared else keys))


def _same_content(article: Article, known: Known) -> bool:
    if article.content_sha256 == known.content_sha256:
        return True
    title = (article.title or "").casefold()
    return bool(title) and title == (known.title or "").casefold()


def identify(article: Article, known: Mapping[str, Known], aliases: Sequence[str] = ()) -> Identity:
    """Decide which article a cleaned page belongs to.

    Args:
        article: the cleaned page.
        known: published articles by key, at least for `lookup_keys(article, aliases)`.
        aliases: addresses that were redirected to it.
    """
    found = known.get(url_key(article.url))
    if found:
        return Identity(article_id=found.article_id, known=found)
    # A redirect says "moved" of an article, and of anything that was taken down: a notice,
    # a wall, the front page. Only the content tells.
    for url in aliases:
        moved = known.get(url_key(url))
        if moved and _same_content(article, moved):
            return Identity(article_id=moved.article_id, known=moved)
    declared = known.get(canonical_key(article) or "")
    if declared and _same_content(article, declared):
        return Identity(article_id=declared.article_id, known=declared, is_variant=True)
    return Identity(article_id=url_key(article.url))
