"""The part of WordPress's REST interface that crawlers read: ``/wp-json/wp/v2/posts``."""

from __future__ import annotations

import json
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from crawler.demo.edition import Document, first_words

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.demo.edition import Edition
    from crawler.demo.newspaper import SampleArticle

POSTS = "/wp-json/wp/v2/posts"
_DEFAULT_PER_PAGE = 10
_MAX_PER_PAGE = 100
_EXCERPT_WORDS = 55


def index(edition: Edition) -> Document:
    """Return the interface's own description, shortened to what crawlers look for."""
    routes = {"/wp/v2/posts": {"namespace": "wp/v2", "methods": ["GET"]}}
    content = edition.content
    return _json(
        {
            "name": content.name,
            "description": content.tagline,
            "url": edition.base,
            "home": edition.base,
            "timezone_string": content.timezone,
            "namespaces": ["oembed/1.0", "wp/v2"],
            "routes": routes,
        }
    )


def posts(
    edition: Edition, query: Mapping[str, str], full_text: Callable[[SampleArticle], str]
) -> Document:
    """Return one page of posts; ``per_page``, ``page``, ``after``, ``modified_after``,
    ``orderby`` and ``_fields`` are understood, as WordPress does.
    """  # noqa: D205 - the list of parameters is one sentence
    try:
        per_page = int(query.get("per_page", _DEFAULT_PER_PAGE))
        number = int(query.get("page", 1))
        chosen = _chosen(edition, query)
    except ValueError:
        return _error("rest_invalid_param", "Invalid parameter(s).")
    if not 1 <= per_page <= _MAX_PER_PAGE or number < 1:
        return _error("rest_invalid_param", "Invalid parameter(s): per_page")
    pages = -(-len(chosen) // per_page)
    if number > max(pages, 1):
        text = "The page number requested is larger than the number of pages available."
        return _error("rest_post_invalid_page_number", text)
    shown = chosen[(number - 1) * per_page : number * per_page]
    fields = set(filter(None, query.get("_fields", "").split(",")))
    body = [_only(fields, post(edition, article, full_text(article))) for article in shown]
    return _json(body, (("X-WP-Total", str(len(chosen))), ("X-WP-TotalPages", str(pages))))


def single(edition: Edition, article: SampleArticle, full_text: str) -> Document:
    """Return one post."""
    return _json(post(edition, article, full_text))


def number_of(article: SampleArticle) -> int:
    """Return a post's number in WordPress's database; it never changes."""
    return 10_000 + zlib.crc32(article.slug.encode()) % 80_000


def post(edition: Edition, article: SampleArticle, full_text: str) -> dict[str, Any]:
    """Return one post as WordPress gives it, with the fields that crawlers read."""
    return {
        "id": number_of(article),
        "date": _wall(edition.local(article.listed_at)),
        "date_gmt": _wall(article.listed_at),
        "guid": {"rendered": edition.url(f"/?p={number_of(article)}")},
        "modified": _wall(edition.local(article.changed_at)),
        "modified_gmt": _wall(article.changed_at),
        "slug": article.slug,
        "status": "publish",
        "type": article.kind,
        "link": edition.url(article.path),
        "title": {"rendered": article.title},
        "content": {"rendered": full_text, "protected": False},
        "excerpt": {
            "rendered": f"<p>{first_words(article.opening(), _EXCERPT_WORDS, ' […]')}</p>",
            "protected": False,
        },
        "format": "standard",
    }


def _chosen(edition: Edition, query: Mapping[str, str]) -> list[SampleArticle]:
    after = _moment(edition, query.get("after"))
    modified_after = _moment(edition, query.get("modified_after"))
    chosen = [
        article
        for article in edition.posts
        if article.listed_at > after and article.changed_at > modified_after
    ]
    if query.get("orderby") == "modified":
        chosen.sort(key=lambda article: article.changed_at, reverse=True)
    return chosen


def _moment(edition: Edition, value: str | None) -> datetime:
    if value is None:
        return datetime.min.replace(tzinfo=UTC)
    moment = datetime.fromisoformat(value)
    # WordPress reads a date without a zone as its own local time.
    return moment if moment.tzinfo else moment.replace(tzinfo=edition.newspaper.zone)


def _wall(moment: datetime) -> str:
    return moment.replace(tzinfo=None).isoformat()


def _only(fields: set[str], record: dict[str, Any]) -> dict[str, Any]:
    wanted = {field.partition(".")[0] for field in fields}
    return {key: value for key, value in record.items() if key in wanted} if wanted else record


def _error(code: str, message: str) -> Document:
    return _json({"code": code, "message": message, "data": {"status": 400}}, status=400)


def _json(value: Any, headers: tuple[tuple[str, str], ...] = (), status: int = 200) -> Document:
    return Document(
        status=status,
        content_type="application/json; charset=UTF-8",
        body=json.dumps(value, ensure_ascii=False).encode(),
        headers=headers,
    )
