"""What cleaning one page can end in: an article, or a rejection with its reason.

A rejection is a value and never raised: every page ends in exactly one outcome,
and the reason is stored in the table ``verdicts``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cleaners.records import Article, Block, Candidate


class Reason(StrEnum):
    """Why a page is no article; the value is what the column ``verdicts.reason`` holds."""

    NOT_HTML = "not_html"
    """The bytes are no HTML or XHTML: an image, a PDF, a feed, binary data."""
    EMPTY = "empty"
    """The page has no body, or no text was left after boilerplate was removed."""
    TOO_LARGE = "too_large"
    """More bytes than `CleanOptions.max_bytes`."""
    TOO_DEEP = "too_deep"
    """More nested elements than `CleanOptions.max_depth`."""
    NOT_ARTICLE = "not_article"
    """Another page of the site: about it, of an author, a shop."""
    SECTION = "section"
    """A front page, a section page, a list of teasers."""
    CAPTCHA = "captcha"
    """A test for robots, or a refusal to what is taken for one."""
    CONSENT_WALL = "consent_wall"
    """A page that asks for consent to cookies, without text of the article."""
    LOGIN = "login"
    """A page that asks for a login or a subscription, without text of the article."""
    SOFT_404 = "soft_404"
    """A page that says that there is none, with the status of success."""
    SCRIPT_ONLY = "script_only"
    """The text is only there for browsers that run scripts."""
    TDM_RESERVED = "tdm_reserved"
    """The publisher reserves text and data mining, and `CleanOptions.obey_tdm` holds."""
    NOINDEX = "noindex"
    """The page asks not to be listed, and `CleanOptions.obey_noindex` holds."""
    CRASHED = "crashed"
    """The cleaner raised; the traceback is in the log."""
    TIMED_OUT = "timed_out"
    """The cleaner did not end within its deadline."""
    QUARANTINED = "quarantined"
    """The same bytes killed two workers of this cleaner version; they are not tried again."""
    UNREADABLE = "unreadable"
    """The archived record or input could not be read back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A page that gives no article.

    Attributes:
        reason: the class of rejection.
        detail: one line of evidence for people, without line breaks.
    """

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """A page that gave an article.

    Attributes:
        article: everything that was extracted.
        blocks: the page's blocks in reading order, kept and removed, for inspection.
        candidates: all that the page offers for its fields, with the evidence of each.
    """

    article: Article
    blocks: tuple[Block, ...] = ()
    candidates: tuple[Candidate, ...] = ()
