"""WordPress's REST interface (``/wp-json/wp/v2/posts``): pages of posts, newest first. Pure."""

from __future__ import annotations

import html
import json
import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from crawler.listing import Found, Listing, absolute, clean, once, read_moment

if TYPE_CHECKING:
    from datetime import datetime

POSTS_PATH = "/wp-json/wp/v2/posts"
PER_PAGE = 100  # the most that WordPress gives
_FIELDS = "link,title,date,date_gmt,modified,modified_gmt"
_LONGEST_OFFSET = timedelta(hours=15)


def posts_address(
    endpoint: str, *, page: int = 1, order: str = "date", since: datetime | None = None
) -> str:
    """Return the address of one page of posts.

    Args:
        endpoint: as in newsgrain.toml; what its query asks for stays.
        page: from 1.
        order: ``date`` for what is new, ``modified`` for what was edited.
        since: only posts published after this moment.
    """
    parts = urlsplit(endpoint)
    query = dict(parse_qsl(parts.query, keep_blank_values=True))
    query |= {"per_page": str(PER_PAGE), "orderby": order, "order": "desc", "_fields": _FIELDS}
    if since is not None:
        query["after"] = since.strftime("%Y-%m-%dT%H:%M:%SZ")
    if page > 1:
        query["page"] = str(page)
    return parts._replace(query=urlencode(query, safe=",:"), fragment="").geturl()


def has_more(total_pages: str | None, page: int, entries: int) -> bool:
    """Tell whether another page follows, by the header X-WP-TotalPages, if there is one."""
    if total_pages is not None and total_pages.strip().isdecimal():
        return page < int(total_pages)
    return entries >= PER_PAGE


def read_posts(body: bytes, url: str) -> Listing:
    """Return the posts of one page; kind ``unknown`` if the document is none."""
    try:
        posts = json.loads(body)
    except (ValueError, RecursionError):
        return Listing(kind="unknown", is_broken=True)
    if not isinstance(posts, list) or not all(isinstance(post, dict) for post in posts):
        return Listing(kind="unknown")
    if posts and not any("link" in post and "date" in post for post in posts):
        return Listing(kind="unknown")
    found = filter(None, (_found(post, url) for post in posts[:PER_PAGE]))
    return Listing(kind="posts", found=once(found))


def _found(post: dict[str, Any], base: str) -> Found | None:
    url = absolute(base, post.get("link"))
    if url is None:
        return None
    title = post.get("title")
    rendered = title.get("rendered") if isinstance(title, dict) else title
    text = html.unescape(re.sub(r"<[^<>]*>", "", rendered)) if isinstance(rendered, str) else None
    return Found(
        url=url,
        source="wp-json",
        title=clean(text),
        published=_with_offset(post.get("date"), post.get("date_gmt")),
        modified=_with_offset(post.get("modified"), post.get("modified_gmt")),
    )


def _with_offset(local: Any, gmt: Any) -> str | None:
    """Return the site's local time with the offset that the two times of a post tell."""
    here, there = (read_moment(text) if isinstance(text, str) else None for text in (local, gmt))
    if here is None or there is None or here.tzinfo or there.tzinfo:
        return clean(local) or (f"{clean(gmt)}Z" if clean(gmt) else None)
    offset = here - there
    if abs(offset) > _LONGEST_OFFSET:  # drafts have a zero date
        return clean(local)
    sign, minutes = "-" if offset < timedelta() else "+", abs(offset) // timedelta(minutes=1)
    return f"{here.isoformat()}{sign}{minutes // 60:02}:{minutes % 60:02}"
