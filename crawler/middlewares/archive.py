"""Writes every exchange to the archive, as it went over the wire."""

from __future__ import annotations

import logging
from http.client import responses as phrases
from typing import TYPE_CHECKING, Any, Self

from scrapy.exceptions import IgnoreRequest, NotConfigured

from cleaners.records import Candidate
from crawler.answers import Answer, Worth, header, judge
from crawler.failures import failure_of_error
from crawler.freshness import State
from crawler.frontier import Outcome, Validators
from crawler.logline import log_line
from crawler.middlewares.rendering import is_to_be_rendered
from crawler.middlewares.retries import will_retry
from crawler.refusal import describe
from newsgrain.archive import Exchange
from newsgrain.errors import NewsgrainError

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable
    from datetime import datetime

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response
    from scrapy.settings import BaseSettings

    from crawler.session import Session
    from crawler.tdmrep import Reservation

_log = logging.getLogger("newsgrain.crawl")
_GONE = frozenset({404, 410})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


def outcome_state(answer: Answer | None) -> State:
    """Return what an article's address is after a final answer; None: no answer."""
    if answer is None or answer.error is not None:
        return State.FAILED
    if answer.worth is not Worth.FAILURE:
        return State.FETCHED
    return State.GONE if answer.status in _GONE else State.FAILED


def _pairs(headers: Headers) -> tuple[tuple[str, str], ...]:
    # Latin-1 keeps every byte; Scrapy's own to_tuple_list() fails on what is not UTF-8.
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in headers.items()
        for value in values
        if name != b"Proxy-Authorization"  # a secret, and meant for the proxy alone
    )


class _Finality:
    """Foretells whether the request will be made again."""

    def __init__(self, settings: BaseSettings) -> None:
        self._retries = settings.getint("RETRY_TIMES")

    def of_response(self, request: Request, response: Response) -> bool:
        if response.status in _REDIRECTS and "Location" in response.headers:
            return False
        if is_to_be_rendered(request, response):
            return False
        return not will_retry(request, judge(request, response).failure, self._retries)

    def of_error(self, request: Request, error: Exception) -> bool:
        return not will_retry(request, failure_of_error(error), self._retries)


class ArchiveEverything:
    """One record and one row for every request: robots, redirects, retries, feeds, articles.

    It stands below what decides to retry and to redirect, so that it sees every answer, and
    above `BoundedBodies`, which has kept the answer as it was received. An article's outcome is
    committed together with the row. ``meta["page_id"]`` and ``meta["page_is_final"]`` tell the
    spider of the last row, ``meta["answer"]`` what the answer is worth.
    """

    def __init__(self, crawler: Crawler, session: Session) -> None:
        """Take the crawler that is to be stopped when the archive cannot be written."""
        self._crawler = crawler
        self._session = session
        self._finality = _Finality(crawler.settings)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build it as Scrapy does; off for spiders without an archive."""
        session = getattr(crawler.spider, "session", None)
        if session is None:
            raise NotConfigured
        return cls(crawler, session)

    def process_response(self, request: Request, response: Response) -> Response:
        """Archive an answer."""
        is_final = self._finality.of_response(request, response)
        # Redirects and attempts that are made again pass through places of every kind.
        answer = judge(request, response, request.meta.get("scope") if is_final else None)
        received: Response = request.meta.pop("received")
        exchange = self._exchange(
            request,
            status=received.status,
            reason=phrases.get(received.status, ""),
            headers=_pairs(received.headers),
            body=received.body,
            error=answer.error,
            is_final=is_final,
        )
        validators = Validators(
            etag=header(response, "ETag"), last_modified=header(response, "Last-Modified")
        )
        request.meta["answer"] = answer
        self._record(request, exchange, answer, validators if answer.worth is Worth.PAGE else None)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Archive that there was no answer."""
        if isinstance(exception, IgnoreRequest):
            return  # refused before it was sent
        is_final = self._finality.of_error(request, exception)
        exchange = self._exchange(request, error=describe(exception), is_final=is_final)
        request.meta["failure"] = failure_of_error(exception)
        self._record(request, exchange, None, None)

    def _exchange(self, request: Request, **answer: Any) -> Exchange:
        reservation: Reservation | None = request.meta.get("reservation")
        return Exchange(
            run_id=self._session.run_id,
            source=request.meta.get("source"),
            kind=request.meta["kind"],
            url=request.url,
            method=request.method,
            request_headers=_pairs(request.headers),
            fetched_at=self._session.clock(),
            hints=(
                *request.meta.get("hints", ()),
                *_alias(request),
                *_last_seen(request, answer.get("status")),
                *_rendered(request),
            ),
            tdm_reservation=reservation.reserved if reservation else None,
            tdm_policy=reservation.policy if reservation else None,
            **answer,
        )

    def _record(
        self,
        request: Request,
        exchange: Exchange,
        answer: Answer | None,
        validators: Validators | None,
    ) -> None:
        also = self._settle(request, exchange, answer, validators)
        try:
            page_id = self._session.archive.record(exchange, also)
            self._session.frontier.share()
        except NewsgrainError as exc:
            self._session.abort(self._crawler, exc)
            raise IgnoreRequest("the archive cannot be written") from exc
        request.meta["page_id"] = page_id
        request.meta["page_is_final"] = exchange.is_final
        self._count(exchange, request.meta.get("why"))

    def _settle(
        self,
        request: Request,
        exchange: Exchange,
        answer: Answer | None,
        validators: Validators | None,
    ) -> Callable[[sqlite3.Connection], None] | None:
        key = request.meta.get("url_key")
        if key is None or not exchange.is_final:
            return None
        state = outcome_state(answer)
        failure = answer.failure if answer else request.meta["failure"]
        outcome = Outcome(
            state=state,
            run_id=self._session.night,
            fetched_at=exchange.fetched_at,
            validators=validators,
            failure=failure if state is State.FAILED else None,  # what is gone has not failed
        )
        return self._session.frontier.settle(key, outcome)

    def _count(self, exchange: Exchange, why: str | None) -> None:
        _log.info(
            log_line(
                "page",
                source=exchange.source,
                kind=exchange.kind,
                status=exchange.status,
                error=exchange.error,
                why=why,
                final=None if exchange.is_final else "no",
                bytes=len(exchange.body),
                url=exchange.url,
            )
        )
        tally = self._session.tallies.get(exchange.source or "")
        if tally is not None:
            tally.requests += 1
            tally.bytes += len(exchange.body)


def _rendered(request: Request) -> tuple[Candidate, ...]:
    """Say of a page that it is not what the server sent, but what a browser made of it."""
    if not request.meta.get("playwright"):
        return ()
    return (Candidate(field="rendered", value=request.url, source="browser"),)


def _alias(request: Request) -> tuple[Candidate, ...]:
    """Return the address that discovery named, if redirects led from it to this one."""
    if request.meta["kind"] != "article" or not request.meta.get("redirect_urls"):
        return ()
    first = request.meta["redirect_urls"][0]
    return (Candidate(field="requested_url", value=first, source="redirect"),)


def _last_seen(request: Request, status: int | None) -> tuple[Candidate, ...]:
    """Return, with a page that is gone, when the site last served it."""
    moment: datetime | None = request.meta.get("last_seen_at")
    if status not in _GONE or moment is None:
        return ()
    value = moment.isoformat(timespec="seconds")
    return (Candidate(field="last_seen_at", value=value, source="frontier"),)
