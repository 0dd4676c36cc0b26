"""Addresses: the normal form that identity rests on, and the registrable domain."""

from __future__ import annotations

import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from cleaners.rules import load_rules

if TYPE_CHECKING:
    from tldextract import TLDExtract

# Most addresses are their own normal form but for the scheme; a sitemap names 50,000 of them. Ports
# of services of one's own, 1000 to 64999, are a part of it.
_PLAIN = re.compile(
    r"https?://([a-z0-9-]+(?:\.[a-z0-9-]+)*(?::(?:[1-9]|[1-5][0-9]|6[0-4])[0-9]{3})?)"
    r"((?:/[A-Za-z0-9_~-][A-Za-z0-9_.~-]*)*/?)"
)


# Java's servlet containers write the session into the path where there are no cookies.
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/;?]*", re.IGNORECASE)


@cache
def _tracking() -> tuple[tuple[str, ...], frozenset[str]]:
    rules = load_rules("tracking")
    return tuple(rules["prefixes"]), frozenset(rules["names"])


def _is_tracking(parameter: str) -> bool:
    prefixes, names = _tracking()
    name = parameter.partition("=")[0].lower()
    return name in names or name.startswith(prefixes)


def normalise_url(url: str) -> str:
    """Return the normal form of an http(s) address, under which two spellings are one page.

    Scheme and host in lower case, http read as https, default ports, fragment, sessions and
    tracking parameters dropped, percent-encoding and order of the query normalised (RFC 3986, 6.2.2
    and 6.2.3, through w3lib). Path, case of the path and trailing slash stay: servers tell
    them apart.

    Raises:
        ValueError: `url` is no absolute http(s) address.
    """
    if plain := _PLAIN.fullmatch(url):
        return f"https://{plain[1]}{plain[2] or '/'}"
    parts = urlsplit(url)
    if parts.scheme.lower() not in {"http", "https"} or not parts.hostname:
        message = f"not an absolute http(s) address: {url!r}"
        raise ValueError(message)
    port = parts.port  # raises ValueError where it is no number
    host = parts.hostname.rstrip(".").lower()
    if ":" in host:
        host = f"[{host}]"
    if port not in {None, 80, 443}:
        host = f"{host}:{port}"
    from w3lib.url import canonicalize_url  # most addresses are plain, and need it not

    query = "&".join(p for p in parts.query.split("&") if p and not _is_tracking(p))
    return canonicalize_url(
        parts._replace(
            scheme="https",
            netloc=host,
            path=_SESSION_IN_PATH.sub("", parts.path),
            query=query,
            fragment="",
        ).geturl()
    )


def url_key(url: str) -> str:
    """Return the 32 hex digits that stand for a page: sha256 of its normal form, shortened."""
    return hashlib.sha256(normalise_url(url).encode()).hexdigest()[:32]


@cache
def _suffixes() -> TLDExtract:
    # It imports a client for HTTP, which few of those who need a key or an address wait for.
    # The snapshot of the Public Suffix List inside the package: no network, no cache on disk,
    # so that a domain is the same on every machine with the same lock file.
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)


@cache
def _registrable(host: str) -> str:
    found = _suffixes()(host)
    if found.suffix:
        return found.top_domain_under_public_suffix or host
    # An unlisted suffix counts as public by the list's default rule "*".
    return ".".join(host.split(".")[-2:])


def registrable_domain(url: str) -> str:
    """Return the registrable domain of an address (``bbc.co.uk``), or its host if it has none.

    By the Public Suffix List; IP addresses are returned as they are.
    """
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    is_address = ":" in host or host.replace(".", "").isdigit()
    return host if is_address else _registrable(host)


def is_address(url: str) -> bool:
    """Say whether `url` is an absolute http(s) address."""
    try:
        normalise_url(url)
    except ValueError:
        return False
    return True
