"""What an answer is worth: a page, the word that nothing has changed, or a failure. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from crawler.failures import Failure, failure_of_status

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

    from crawler.scope import Scope

SUCCESSES = range(200, 300)
_NOT_MODIFIED = 304
_ROOTS = frozenset({"", "/"})


class Worth(StrEnum):
    """What a final answer brought."""

    PAGE = "page"
    """A body to keep."""
    UNCHANGED = "unchanged"
    """What was fetched before still holds."""
    FAILURE = "failure"
    """Neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """Why a body that came whole cannot be read.

    Attributes:
        reason: a few words.
        failure: whether it may be whole the next time.
    """

    reason: str
    failure: Failure


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The judgement on one answer.

    Attributes:
        status: HTTP status.
        worth: what it brought.
        error: why it is a failure, where the status alone does not say so.
        failure: of what kind, if it is one.
    """

    status: int
    worth: Worth
    error: str | None = None
    failure: Failure | None = None

    @property
    def reason(self) -> str:
        """Why it is a failure, in a few words."""
        return self.error or f"HTTP {self.status}"


def judge(request: Request, response: Response, scope: Scope | None = None) -> Answer:
    """Return what an answer is worth.

    Any success with a body is a page (RFC 9110, section 15.3: 203 is one that a proxy has
    changed). A 304 says something only to who has asked a conditional question.

    Args:
        request: as it was sent, with the addresses that were redirected to it.
        response: what came back, its Content-Encoding undone.
        scope: where an article may lie; None for what is no article.
    """
    status = response.status
    if scope is not None and _has_strayed(request, scope):
        return _failed(status, "redirected out of scope")
    if status == _NOT_MODIFIED and _is_conditional(request):
        return Answer(status=status, worth=Worth.UNCHANGED)
    if status == _NOT_MODIFIED:
        return _failed(status, "304 to an unconditional request")
    if status not in SUCCESSES:
        return _failed(status, None, failure_of_status(status))
    return _judge_body(request, response)


def _judge_body(request: Request, response: Response) -> Answer:
    damage: Damage | None = request.meta.get("damage")
    if damage is not None:
        return _failed(response.status, damage.reason, damage.failure)
    # An empty robots.txt allows everything; any other empty answer is none.
    if not response.body and request.meta.get("kind") != "robots":
        return _failed(response.status, "an answer without a body")
    return Answer(status=response.status, worth=Worth.PAGE)


def _failed(status: int, error: str | None, failure: Failure = Failure.HARD) -> Answer:
    return Answer(status=status, worth=Worth.FAILURE, error=error, failure=failure)


def header(response: Response, name: str) -> str | None:
    """Return the first header of a name; Latin-1 keeps every byte."""
    value = response.headers.get(name)
    return value.decode("latin-1") if value else None


def _is_conditional(request: Request) -> bool:
    return "If-None-Match" in request.headers or "If-Modified-Since" in request.headers


def _has_strayed(request: Request, scope: Scope) -> bool:
    """Tell whether redirects led to another site, an excluded address or the front page.

    Sites send what they no longer have to their front page, often with a query; only where
    articles are told by the query alone is the front page's path an article's, too.
    """
    redirected: list[str] = request.meta.get("redirect_urls", [])
    if not redirected:
        return False
    if scope.reason_against(request.url) is not None:
        return True
    is_root, was_root = (urlsplit(url).path in _ROOTS for url in (request.url, redirected[0]))
    return is_root and not was_root
