"""Conditional requests (RFC 9110, section 13): only what has changed is sent again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy import Request

    from crawler.frontier import Validators


class ConditionalGet:
    """Turns the validators that the frontier remembers (``meta["validators"]``) into headers."""

    def process_request(self, request: Request) -> None:
        """Add If-None-Match and If-Modified-Since, the values byte for byte as received."""
        validators: Validators | None = request.meta.get("validators")
        if validators is None:
            return
        if validators.etag:
            request.headers.setdefault("If-None-Match", validators.etag.encode("latin-1"))
        if validators.last_modified:
            value = validators.last_modified.encode("latin-1")
            request.headers.setdefault("If-Modified-Since", value)
