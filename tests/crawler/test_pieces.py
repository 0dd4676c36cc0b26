"""The small parts: pace, zones, words for errors, log lines, settings."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from scrapy import Request
from scrapy.core.downloader.handlers.http11 import TunnelError
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    StopDownload,
)
from scrapy.http import Response

from crawler import settings
from crawler.addresses import Origin, is_local_name, is_public
from crawler.answers import Worth, judge
from crawler.configuration import CrawlLimits, Source, SourceLimits
from crawler.extensions.memory import BytesInFlight
from crawler.failures import Failure, failure_of_error, failure_of_status
from crawler.freshness import Decider, State
from crawler.frontier import Added
from crawler.logline import log_line
from crawler.middlewares.archive import outcome_state
from crawler.middlewares.bodies import Bound, BoundedBodies
from crawler.refusal import Refused, describe
from crawler.retry_after import retry_after_s
from crawler.scope import Scope
from crawler.session import Tally
from crawler.timezones import country_of, guess_zone
from crawler.visit import Visit

NOW = datetime(2026, 5, 4, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        (" 0 ", 0.0),
        ("Mon, 04 May 2026 02:01:00 GMT", 60.0),
        ("Mon, 04 May 2026 01:00:00 GMT", 0.0),
        ("Mon, 04 May 2026 02:01:00", 60.0),
        ("Monday, 04-May-26 02:01:00 GMT", 60.0),
        ("9" * 5000, 999_999_999_999.0),
        ("soon", None),
        ("", None),
        ("-5", None),
    ],
)
def test_retry_after_is_a_number_or_a_date(value: str, seconds: float | None) -> None:
    assert retry_after_s(value, NOW) == seconds


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("93.184.216.34", True),
        ("2606:2800:220:1::1", True),
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("172.20.0.1", False),
        ("192.168.1.1", False),
        ("169.254.169.254", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104 - refused, not bound
        ("224.0.0.1", False),
        ("::1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:127.0.0.1", False),
        ("::127.0.0.1", False),
        ("2002:7f00:1::", False),
        ("64:ff9b::10.0.0.1", False),
        ("64:ff9b::93.184.216.34", True),
        ("168.63.129.16", False),
        ("fd00:ec2::254", False),
        ("::ffff:93.184.216.34", True),
    ],
)
def test_private_addresses_are_known(address: str, expected: bool) -> None:  # noqa: FBT001
    assert is_public(address) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("courrier.example.org", False),
        ("93.184.216.34", False),
        ("[2606:2800:220:1::1]", False),
        ("127.0.0.1", True),
        ("[::1]", True),
        ("127.1", True),
        ("2130706433", True),
        ("0x7f.1", True),
        ("10.0.0.1.", True),
        ("intranet", True),
        ("localhost", True),
        ("printer.local", True),
        ("METADATA.google.internal", True),
        ("nas.home.arpa", True),
        ("notlocal.example.org", False),
    ],
)
def test_names_that_are_local_by_their_spelling_are_known(host: str, expected: bool) -> None:  # noqa: FBT001
    assert is_local_name(host) is expected


def test_an_origin_is_scheme_host_and_port() -> None:
    assert Origin.of("HTTP://Courrier.example/a") == Origin("http", "courrier.example", 80)
    others = (
        "https://a.example/",
        "http://a.example:81/",
        "http://b.example/",
        "http://a.example./",
    )
    assert not [url for url in others if Origin.of(url) == Origin.of("http://a.example/")]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (CannotResolveHostError("x"), "no answer (DNS lookup failed)"),
        (DownloadConnectionRefusedError("x"), "no answer (connection refused)"),
        (DownloadTimeoutError("x"), "no answer in time"),
        (ResponseDataLossError("x"), "the answer was cut short"),
        (DownloadCancelledError("x"), "the answer is too large"),
        (StopDownload(), "given up while too much was being received"),
        (DownloadFailedError("the headers are too large"), "the headers are too large"),
        (DownloadFailedError("ParseError('wrong number of parts')"), "the answer is no HTTP"),
        (DownloadFailedError("SSL: certificate verify failed"), "the certificate is not valid"),
        (DownloadFailedError("service_identity...DNSMismatch"), "the certificate is not valid"),
        (DownloadFailedError("[<OpenSSL.SSL.Error>]"), "no answer (TLS handshake failed)"),
        (TunnelError("502"), "no answer (the proxy opens no tunnel)"),
        (DownloadFailedError("ConnectionLost"), "no answer (connection lost)"),
        (IgnoreRequest("exceeded DOWNLOAD_MAXSIZE (5 B)"), "the answer is too large"),
        (IgnoreRequest("max redirections reached"), "max redirections reached"),
        (Refused("forbidden by robots.txt", is_lasting=True), "forbidden by robots.txt"),
    ],
)  # fmt: skip
def test_errors_are_told_in_words(error: Exception, words: str) -> None:
    assert describe(error) == words


@pytest.mark.parametrize(
    ("status", "is_conditional", "state"),
    [
        (200, False, State.FETCHED),
        (203, True, State.FETCHED),
        (304, True, State.FETCHED),
        (304, False, State.FAILED),
        (404, True, State.GONE),
        (410, False, State.GONE),
        (401, False, State.FAILED),
        (451, False, State.FAILED),
        (500, False, State.FAILED),
    ],
)
def test_a_final_answer_decides_what_an_address_is(
    status: int,
    is_conditional: bool,  # noqa: FBT001
    state: State,
) -> None:
    url = "https://courrier.example/a"
    request = Request(url, headers={"If-None-Match": '"1"'} if is_conditional else {})
    body = b"" if status == 304 else b"<p>story</p>"
    answer = judge(request, Response(url, status=status, body=body))
    assert outcome_state(answer) is state
    assert (answer.worth is Worth.FAILURE) is (state is not State.FETCHED)


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (DownloadTimeoutError("x"), Failure.TEMPORARY),
        (ResponseDataLossError("x"), Failure.TEMPORARY),
        (CannotResolveHostError("x"), Failure.TEMPORARY),
        (StopDownload(), Failure.TEMPORARY),
        (DownloadFailedError("ConnectionLost"), Failure.TEMPORARY),
        (DownloadFailedError("SSL: certificate verify failed"), Failure.HARD),
        (DownloadFailedError("service_identity...DNSMismatch"), Failure.HARD),
        (TunnelError("502"), Failure.TEMPORARY),
        (DownloadFailedError("ParseError('the headers are too large')"), Failure.HARD),
        (DownloadCancelledError("x"), Failure.HARD),
        (IgnoreRequest("max redirections reached"), Failure.HARD),
        (Refused("forbidden by robots.txt", is_lasting=True), Failure.REFUSED),
    ],
)
def test_a_failure_is_temporary_hard_or_refused(error: Exception, failure: Failure) -> None:
    assert failure_of_error(error) is failure


@pytest.mark.parametrize(
    ("status", "failure"),
    [(408, Failure.TEMPORARY), (429, Failure.TEMPORARY), (503, Failure.TEMPORARY),
     (522, Failure.TEMPORARY), (400, Failure.HARD), (403, Failure.HARD), (501, Failure.HARD)],
)  # fmt: skip
def test_a_status_tells_whether_it_may_pass(status: int, failure: Failure) -> None:
    assert failure_of_status(status) is failure


def test_large_answers_are_given_up_while_too_much_is_received() -> None:
    memory = BytesInFlight(most=100, small=10)
    large, other, small = (Request(f"https://{name}.example/") for name in ("a", "b", "c"))
    memory.hold(bytes(60), large)
    memory.hold(bytes(40), other)
    memory.hold(bytes(10), small)
    with pytest.raises(StopDownload) as stopped:
        memory.hold(b"x", large)
    assert stopped.value.fail
    memory.hold(bytes(40), other)
    memory.release(small)
    memory.hold(bytes(20), other)
    with pytest.raises(StopDownload):
        memory.hold(b"x", other)


@pytest.mark.parametrize(
    ("kind", "own", "seconds", "octets"),
    [
        ("article", None, 15.0, 10_000_000),
        ("article", 500, 15.0, 500),
        ("article", 20_000_000, 15.0, 10_000_000),
        ("sitemap", None, 60.0, 50 * 1024 * 1024),
        ("robots", None, 15.0, 0),
    ],
)
def test_every_kind_of_request_has_its_bounds(
    kind: str, own: int | None, seconds: float, octets: int
) -> None:
    meta = {"kind": kind} if own is None else {"kind": kind, "download_maxsize": own}
    request = Request("https://courrier.example/a", meta=meta)
    for _ in range(2):  # a retry brings its bounds along
        BoundedBodies(Bound(15.0, 10_000_000)).process_request(request)
    assert request.meta["download_timeout"] == seconds
    assert request.meta["download_maxsize"] == octets


def test_no_answer_is_a_failure() -> None:
    assert outcome_state(None) is State.FAILED


@pytest.mark.parametrize(
    ("first", "last", "error"),
    [
        ("/a/", "https://www.courrier.example/b/", None),
        ("/a/", "https://courrier.example/", "redirected out of scope"),
        ("/a/", "https://courrier.example/?from=a", "redirected out of scope"),
        ("/?p=1", "https://courrier.example/?p=1&lang=fr", None),
        ("/a/", "https://elsewhere.example/a/", "redirected out of scope"),
        ("/a/", "https://courrier.example/live/a/", "redirected out of scope"),
    ],
)
def test_a_redirect_out_of_scope_is_a_failure_whatever_it_leads_to(
    first: str, last: str, error: str | None
) -> None:
    scope = Scope(Source(name="courrier", url="https://courrier.example/", exclude=("/live/",)))
    request = Request(last, meta={"redirect_urls": [f"https://courrier.example{first}"]})
    page = judge(request, Response(last, body=b"<p>story</p>"), scope)
    missing = judge(request, Response(last, status=404), scope)
    assert page.error == missing.error == error
    assert outcome_state(page) is (State.FAILED if error else State.FETCHED)
    assert outcome_state(missing) is (State.FAILED if error else State.GONE)


def dates(*texts: str) -> list[datetime]:
    return [datetime.fromisoformat(text) for text in texts]


@pytest.mark.parametrize(
    ("country", "texts", "zone"),
    [
        ("FR", ["2026-05-03T10:00:00+02:00", "2026-01-03T10:00:00+01:00"], "Europe/Paris"),
        ("fr", ["2026-05-03T10:00:00+02:00"], "Europe/Paris"),
        ("FR", ["2026-05-03T10:00:00+01:00"], None),
        ("FR", ["2026-05-03T10:00:00+00:00"], None),
        ("US", ["2026-05-03T10:00:00-04:00"], None),
        ("JP", ["2026-05-03T10:00:00+09:00"], "Asia/Tokyo"),
        (None, ["2026-05-03T10:00:00+02:00"], None),
        ("FR", [], None),
    ],
)
def test_a_zone_is_proposed_only_where_the_dates_leave_no_doubt(
    country: str | None, texts: list[str], zone: str | None
) -> None:
    assert guess_zone(country, dates(*texts)) == zone


@pytest.mark.parametrize(
    ("language", "host", "country"),
    [
        ("fr-CA", "courrier.fr", "CA"),
        ("fr", "www.courrier.fr", "FR"),
        ("zh-Hant-TW", "news.com", "TW"),
        (None, "www.news.co.uk", "GB"),
        ("en", "news.com", None),
        ("fr", "courrier.example", None),
    ],
)
def test_the_country_is_the_languages_region_or_the_domains(
    language: str | None, host: str, country: str | None
) -> None:
    assert country_of(language, host) == country


def test_a_log_line_is_pairs_that_cannot_be_forged() -> None:
    line = log_line("page", url="https://a.example/?a=1", error="x\nevent=y", none=None, n=3)
    assert line == 'event=page url="https://a.example/?a=1" error="x\\nevent=y" n=3'


def test_jitter_never_undercuts_the_delay() -> None:
    slot = settings.paced(2.0)
    assert slot["delay"] * (1 - slot["jitter"]) >= 2.0
    assert slot["delay"] * (1 + slot["jitter"]) <= 2.5


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ROBOTSTXT_OBEY", True),
        ("COOKIES_ENABLED", False),
        ("TELNETCONSOLE_ENABLED", False),
        ("REMOTE_CONTROL_ENABLED", False),
        ("DOWNLOAD_VERIFY_CERTIFICATES", True),
        ("DOWNLOAD_FAIL_ON_DATALOSS", True),
        ("CONCURRENT_REQUESTS_PER_DOMAIN", 1),
    ],
)
def test_the_safe_defaults_stay(name: str, value: object) -> None:
    assert getattr(settings, name) == value


def test_the_configuration_reaches_scrapy() -> None:
    source = Source(
        name="a",
        url="https://www.a.example/",
        feeds=("https://feeds.a.example/x",),
        limits=SourceLimits(delay_s=5.0),
    )
    found = settings.settings_for(
        CrawlLimits(contact="desk@example.org", delay_s=2.0, max_body_mb=3, timeout_s=7), (source,)
    )
    assert found["USER_AGENT"].endswith("(+desk@example.org)")
    assert found["DOWNLOAD_DELAY"] == pytest.approx(2.2)
    assert (found["DOWNLOAD_MAXSIZE"], found["DOWNLOAD_TIMEOUT"]) == (3_000_000, 7)
    assert set(found["DOWNLOAD_SLOTS"]) == {"www.a.example", "feeds.a.example"}
    assert found["DOWNLOAD_SLOTS"]["www.a.example"]["delay"] == pytest.approx(5.5)


def test_a_source_without_any_answer_has_an_error() -> None:
    visit = Visit(
        Source(name="courrier", url="https://courrier.example/"),
        CrawlLimits(),
        Decider(run_id="1"),
        NOW,
    )
    assert visit.summary(Tally()).error == "none of its listings was read"
    (home,) = visit.opening(is_known=False)
    visit.answered(home.url, 0)
    summary = visit.summary(Tally())
    assert (summary.error, summary.is_silent) == (None, True)


def test_an_unchanged_listing_may_still_name_an_address() -> None:
    source = Source(name="courrier", url="https://courrier.example/")
    visit = Visit(source, CrawlLimits(), Decider(run_id="1"), NOW)
    (home,) = visit.opening(is_known=False)
    visit.answered(home.url, 1, Added(keys=("a",)))
    assert (visit.may_list("a"), visit.may_list("b")) == (True, False)
    visit.answered(home.url, 5)
    assert visit.may_list("b")
