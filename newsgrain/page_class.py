"""What a fetched page is: an article, a part of one, or what stood in its place."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from cleaners.outcome import Reason

if TYPE_CHECKING:
    from cleaners.records import Article


class PageClass(StrEnum):
    """What a page is; the column ``verdicts.page_class``."""

    OK = "ok"
    TEASER = "teaser"
    CONSENT_WALL = "consent_wall"
    LOGIN = "login"
    CAPTCHA = "captcha"
    SOFT_404 = "soft_404"
    SECTION = "section"
    SCRIPT_ONLY = "script_only"
    NOT_ARTICLE = "not_article"
    DUPLICATE = "duplicate"
    RESERVED = "reserved"
    CRASHED = "crashed"


_OF_REASONS = {
    Reason.CONSENT_WALL: PageClass.CONSENT_WALL,
    Reason.LOGIN: PageClass.LOGIN,
    Reason.CAPTCHA: PageClass.CAPTCHA,
    Reason.SOFT_404: PageClass.SOFT_404,
    Reason.SECTION: PageClass.SECTION,
    Reason.SCRIPT_ONLY: PageClass.SCRIPT_ONLY,
    Reason.TDM_RESERVED: PageClass.RESERVED,
    Reason.NOINDEX: PageClass.RESERVED,
    Reason.CRASHED: PageClass.CRASHED,
    Reason.QUARANTINED: PageClass.CRASHED,
    Reason.TIMED_OUT: PageClass.CRASHED,
    Reason.UNREADABLE: PageClass.CRASHED,
}


def class_of_rejection(reason: Reason) -> PageClass:
    """Return what a rejected page is; without a class of its own it is no article."""
    return _OF_REASONS.get(reason, PageClass.NOT_ARTICLE)


def class_of_article(article: Article, *, is_variant: bool) -> PageClass:
    """Return what a cleaned page is.

    Args:
        article: the cleaned page.
        is_variant: it is another address of an article that is known.
    """
    if is_variant:
        return PageClass.DUPLICATE
    return PageClass.TEASER if article.is_truncated else PageClass.OK


def evidence_of_cut(article: Article) -> str | None:
    """Return what shows that an article is cut, None for a whole one."""
    found = (issue.evidence for issue in article.issues if issue.code == "truncated")
    return next(found, None)
