"""The columns of the tables of pages: requests, what became of them, and what was given up."""

from __future__ import annotations

import pyarrow as pa

from newsgrain.columns import TEXT as _TEXT
from newsgrain.columns import TIME as _TIME
from newsgrain.columns import column as _c

PAGES = (
    _c("page_id", pa.int64(), "number of the request in the archive; only grows"),
    _c("run_id", _TEXT, "the run that made the request, or took it over from another archive"),
    _c("source", _TEXT, "name of the source; null for given files", null=True),
    _c(
        "kind",
        _TEXT,
        "robots, tdmrep, home, section, feed, sitemap, posts, article, resource (that a page asked "
        "for while it was rendered), input, or forgotten (what it was is not kept)",
    ),
    _c("url", _TEXT, "address that was requested", "url"),
    _c("is_final", pa.bool_(), "false for a redirect, or an attempt that was made again"),
    _c("fetched_at", _TIME, "when the answer came"),
    _c("status", pa.int16(), "HTTP status; null if there was no answer", null=True),
    _c("error", _TEXT, "why there was no answer, or why it was not used", null=True),
    _c("content_type", _TEXT, "header Content-Type", "encodingFormat", null=True),
    _c("etag", _TEXT, "header ETag", null=True),
    _c("last_modified", _TEXT, "header Last-Modified", null=True),
    _c("body_bytes", pa.int64(), "bytes of the body as received", "contentSize", null=True),
    _c("body_sha256", _TEXT, "of the body as received", "sha256", null=True),
    _c("archive_file", _TEXT, "segment in archive/, or the path of the given file", null=True),
    _c("archive_offset", pa.int64(), "offset of the record, or number of the row", null=True),
    _c("archive_length", pa.int64(), "bytes of the record in its file", null=True),
    _c("archive_sha256", _TEXT, "of the given file; null for own segments", null=True),
    _c("x_robots_tag", _TEXT, "headers X-Robots-Tag, one a line", null=True),
    _c(
        "tdm_reservation",
        pa.bool_(),
        "header TDM-Reservation, or what the site's tdmrep.json says of the address",
        null=True,
    ),
    _c("tdm_policy", _TEXT, "the same of TDM-Policy", null=True),
    _c(
        "warc_file",
        _TEXT,
        "path or address of the WARC file of Common Crawl that it was taken from",
        null=True,
    ),
    _c("warc_offset", pa.int64(), "offset of its record there", null=True),
    _c("warc_length", pa.int64(), "bytes of its record there", null=True),
)

PRUNINGS = (
    _c("page_id", pa.int64(), "the page, as in pages; it cannot be cleaned again"),
    _c("run_id", _TEXT, "the run that published this"),
    _c("url", _TEXT, "address of the page", "url"),
    _c("pruned_at", _TIME, "when its record was deleted from the archive"),
)

VERDICTS = (
    _c("page_id", pa.int64(), "the page, as in pages"),
    _c("run_id", _TEXT, "the run that judged it"),
    _c("url", _TEXT, "address of the page"),
    _c("article_id", _TEXT, "the article it belongs to, if any", null=True),
    _c("revision", pa.int32(), "the revision it gave or confirmed", null=True),
    _c(
        "outcome",
        _TEXT,
        "new, edited, unchanged, not_modified, recleaned, rejected or failed",
    ),
    _c(
        "page_class",
        _TEXT,
        "what the page is: ok, teaser (a part of an article), consent_wall, login, captcha, "
        "soft_404, section, script_only, not_article, duplicate (another address of an article), "
        "reserved (by its publisher), crashed; null if no page came",
        null=True,
    ),
    _c("reason", _TEXT, "why it was rejected or failed", null=True),
    _c("detail", _TEXT, "evidence for people", null=True),
    _c("cleaner_version", _TEXT, "version of the cleaner"),
)
