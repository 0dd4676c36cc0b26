"""What a publisher says about the use of a page, in its markup and in its HTTP headers.

Robots directives: https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag.
Reservation of text and data mining: TDMRep, https://www.w3.org/community/reports/tdmrep/CG-FINAL-tdmrep-20240510/.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cleaners.outcome import Reason, Rejected
from cleaners.records import Candidate
from cleaners.rules import load_rules

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cleaners.options import CleanOptions
    from cleaners.records import Metadata

_MAX_POLICY_CHARS = 2_000
_RESERVATIONS = {"1": True, "0": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rights:
    """What is said of one page.

    Attributes:
        robots: directives that hold for every crawler or for newsgrain, each once, in order.
        tdm_reservation: whether the rights of text and data mining are reserved; None: unsaid.
        tdm_policy: address of the terms under which they may be had.
    """

    robots: tuple[str, ...] = ()
    tdm_reservation: bool | None = None
    tdm_policy: str | None = None


def header_candidates(
    *, x_robots_tag: str | None, tdm_reservation: bool | None, tdm_policy: str | None
) -> tuple[Candidate, ...]:
    """Return as candidates what a server says of a page.

    Args:
        x_robots_tag: header ``X-Robots-Tag``, several of them one a line.
        tdm_reservation: header ``TDM-Reservation`` or the site's ``tdmrep.json``.
        tdm_policy: the same for ``TDM-Policy``.
    """
    reserved = None if tdm_reservation is None else str(int(tdm_reservation))
    said = (
        ("robots", x_robots_tag, "header:x-robots-tag"),
        ("tdm_reservation", reserved, "header:tdm-reservation"),
        ("tdm_policy", tdm_policy, "header:tdm-policy"),
    )
    return tuple(
        Candidate(field=field, value=value, source=source)
        for field, value, source in said
        if value is not None
    )


def read_reservation(value: str | None) -> bool | None:
    """Return what a ``tdm-reservation`` says: 1 reserved, 0 not, all else nothing."""
    return _RESERVATIONS.get((value or "").strip())


def read_directives(value: str) -> Iterator[str]:
    """Yield the directives of a robots tag that are meant for every crawler or for newsgrain.

    A name before a colon addresses what follows on its line to one crawler.
    """
    rules = load_rules("rights")
    for line in value.lower().splitlines():
        is_ours = True
        for part in line.split(","):
            name, colon, rest = part.strip().partition(":")
            if colon and name.strip() not in rules["with_value"]:
                is_ours, part = name.strip() == rules["agent"], rest  # noqa: PLW2901
                name = rest.strip()
            if is_ours and name.strip() in rules["directives"]:
                yield name.strip()
            elif is_ours and name.strip() in rules["with_value"]:
                yield part.strip()


def resolve_rights(candidates: Sequence[Candidate]) -> Rights:
    """Return what holds: all robots directives, and of the rest what stands nearest to the text.

    A page's own markup goes before its headers, which go before the site's file.
    """
    robots = dict.fromkeys(
        directive
        for candidate in candidates
        if candidate.field == "robots"
        for directive in read_directives(candidate.value)
    )
    reservations = (
        read_reservation(candidate.value)
        for candidate in candidates
        if candidate.field == "tdm_reservation"
    )
    policies = (c.value.strip() for c in candidates if c.field == "tdm_policy" and c.value.strip())
    return Rights(
        robots=tuple(robots),
        tdm_reservation=next((one for one in reservations if one is not None), None),
        tdm_policy=next(policies, "")[:_MAX_POLICY_CHARS] or None,
    )


def refusal(metadata: Metadata, options: CleanOptions) -> Rejected | None:
    """Return the rejection of a page whose publisher reserves it, as far as that is obeyed."""
    if options.obey_tdm and metadata.tdm_reservation:
        policy = f", terms at {metadata.tdm_policy}" if metadata.tdm_policy else ""
        detail = f"text and data mining is reserved{policy}"
        return Rejected(reason=Reason.TDM_RESERVED, detail=" ".join(detail.split()))
    unlisted = [one for one in metadata.robots if one in load_rules("rights")["noindex"]]
    if options.obey_noindex and unlisted:
        return Rejected(reason=Reason.NOINDEX, detail=f"robots: {unlisted[0]}")
    return None
