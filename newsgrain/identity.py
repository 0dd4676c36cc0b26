"""Which article is this page? Addresses in, one immutable identity out.

An article keeps the identity of the address it was first seen at. Publishers declare
canonical addresses that are wrong (another host, the site's root), so a declared one counts
only within the same registrable domain, below the root, and when the content agrees. It counts
in both directions: an AMP page may be seen before the page that it names.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cleaners.urls import registrable_domain, url_key

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cleaners.records import Article
    from newsgrain.store import Known

# Shorter texts, and those without a date, may be the same on many pages: a wall, a notice.
_TWIN_WORDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """The article that a page belongs to.

    Attributes:
        article_id: 32 hex digits.
        known: the published article, None for a new one.
        is_variant: the page is another address of the known article (AMP, print, mobile),
            recognised by its canonical link or by its content; its text may differ by the
            template alone.
        same: another published article that the page shows to be the same as `known`.
    """

    article_id: str
    known: Known | None = None
    is_variant: bool = False
    same: Known | None = None


def canonical_key(declared: str | None, domain: str) -> str | None:
    """Return the key of a declared canonical address, if it may identify an article.

    Args:
        declared: the address, as in the page.
        domain: registrable domain of the page.
    """
    if not declared:
        return None
    try:
        key = url_key(declared)
    except ValueError:
        return None
    same_site = registrable_domain(declared) == domain
    return key if same_site and urlsplit(declared).path.strip("/") else None


def claim_key(key: str) -> str:
    """Return what an article is found by that declares the address of this key as canonical."""
    return hashlib.sha256(f"canonical {key}".encode()).hexdigest()[:32]


def content_key(domain: str, content_sha256: str, *, is_dated: bool, words: int) -> str | None:
    """Return what an article is found by whose content is the same; None: it tells nothing."""
    if not is_dated or words < _TWIN_WORDS:
        return None
    return hashlib.sha256(f"content {domain} {content_sha256}".encode()).hexdigest()[:32]


def _content_key(article: Article) -> str | None:
    return content_key(
        article.domain,
        article.content_sha256,
        is_dated=article.date_published is not None,
        words=article.word_count,
    )


def lookup_keys(article: Article, aliases: Sequence[str] = ()) -> tuple[str, ...]:
    """Return the keys under which `article` may have been published before.

    Args:
        article: the cleaned page.
        aliases: addresses that were redirected to it.
    """
    keys = [url_key(url) for url in (article.url, *aliases)]
    more = (canonical_key(article.canonical_url, article.domain), _content_key(article))
    return tuple(dict.fromkeys([*keys, claim_key(keys[0]), *filter(None, more)]))


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
    own = url_key(article.url)
    declared_key = canonical_key(article.canonical_url, article.domain)
    # A redirect says "moved" of an article, and of anything that was taken down: a notice,
    # a wall, the front page. Only the content tells.
    moved = [one for url in aliases if (one := known.get(url_key(url)))]
    moved = [one for one in moved if _same_content(article, one)]
    declared = known.get(declared_key or "")
    if declared and not _same_content(article, declared):
        declared = None
    if found := known.get(own):
        is_other = own != url_key(found.url) and declared_key == url_key(found.url)
        same = next(_others(found, [*moved, declared]), None)
        return Identity(article_id=found.article_id, known=found, is_variant=is_other, same=same)
    for one in moved:
        return Identity(article_id=one.article_id, known=one)
    if declared:
        return Identity(article_id=declared.article_id, known=declared, is_variant=True)
    claiming = known.get(claim_key(own))
    if claiming and _same_content(article, claiming):
        return Identity(article_id=claiming.article_id, known=claiming)
    twin = known.get(_content_key(article) or "")
    if twin:
        return Identity(article_id=twin.article_id, known=twin, is_variant=True)
    return Identity(article_id=own)


def _others(found: Known, candidates: Sequence[Known | None]) -> Iterator[Known]:
    for one in candidates:
        if one is not None and one.article_id != found.article_id:
            yield one
