"""One request and its answer, as the crawler hands it to the archive."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.rights import read_reservation
from newsgrain.ledger import pack_hints, stamp

if TYPE_CHECKING:
    from datetime import datetime

    from cleaners.records import Candidate


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and what came back, as it is written to WARC.

    Attributes:
        run_id: the run that asked.
        source: name of the source.
        kind: ``robots``, ``home``, ``feed``, ``sitemap`` or ``article``.
        url: the address that was asked for, byte for byte.
        method: HTTP method.
        request_headers: as sent.
        fetched_at: when the answer came, aware.
        status: HTTP status; None: there was no answer.
        reason: the words after the status.
        headers: of the response, as received.
        body: as received, still under its ``Content-Encoding``, not chunked.
        error: why there was no answer, or why it is not used.
        is_final: False for a redirect, or an attempt that is made again.
        tdm_reservation: what the site's ``tdmrep.json`` says of the address; a header
            ``TDM-Reservation`` goes before it.
        tdm_policy: the same of ``TDM-Policy``.
        hints: what discovery said of the page.
    """

    run_id: str
    source: str | None
    kind: str
    url: str
    method: str = "GET"
    request_headers: tuple[tuple[str, str], ...] = ()
    fetched_at: datetime
    status: int | None = None
    reason: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    error: str | None = None
    is_final: bool = True
    tdm_reservation: bool | None = None
    tdm_policy: str | None = None
    hints: tuple[Candidate, ...] = ()

    def header(self, name: str) -> str | None:
        """Return the first response header of a name, in whatever case it was sent."""
        values = (value for key, value in self.headers if key.lower() == name.lower())
        return next(values, None)

    def _reservation(self) -> tuple[bool | None, str | None]:
        said = read_reservation(self.header("TDM-Reservation"))
        if said is None:
            return self.tdm_reservation, self.tdm_policy
        return said, self.header("TDM-Policy")

    def row(self) -> dict[str, object]:
        """Return its columns of ``pages``, without where it is archived."""
        answered = self.status is not None
        tags = [value for key, value in self.headers if key.lower() == "x-robots-tag"]
        tdm_reservation, tdm_policy = self._reservation()
        return {
            "run_id": self.run_id,
            "source": self.source,
            "kind": self.kind,
            "url": self.url,
            "is_final": self.is_final,
            "fetched_at": stamp(self.fetched_at),
            "status": self.status,
            "error": self.error,
            "content_type": self.header("Content-Type"),
            "etag": self.header("ETag"),
            "last_modified": self.header("Last-Modified"),
            "body_bytes": len(self.body) if answered else None,
            "body_sha256": hashlib.sha256(self.body).hexdigest() if answered else None,
            "x_robots_tag": "\n".join(tags) or None,
            "tdm_reservation": tdm_reservation,
            "tdm_policy": tdm_policy,
            "hints": pack_hints(self.hints),
        }
