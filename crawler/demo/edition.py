"""A newspaper as one server shows it on one night: what every page and feed is made from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from typing import TypeAlias

    from crawler.demo.content import SiteContent
    from crawler.demo.newspaper import Newspaper, SampleArticle

ABOVE = 3
BELOW = 4
PER_PAGE = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One answer of a site, before HTTP has compressed or shortened it.

    Attributes:
        status: HTTP status.
        content_type: with its charset.
        body: uncompressed.
        last_modified: for conditional requests; None: the answer cannot be revalidated.
        headers: further headers.
    """

    status: int = 200
    content_type: str = "text/html; charset=UTF-8"
    body: bytes = b""
    last_modified: datetime | None = None
    headers: tuple[tuple[str, str], ...] = ()


Render: TypeAlias = "Callable[[], Document]"
"""Makes a document when it is asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One page of a list of articles.

    Attributes:
        path: its address.
        title: its heading.
        articles: what stands on it.
        number, pages: which page of how many.
        next_path: the following page, if any.
        intro: a line under the heading.
    """

    path: str
    title: str
    articles: tuple[SampleArticle, ...]
    number: int
    pages: int
    next_path: str | None
    intro: str = ""


@dataclass(frozen=True)  # without slots: cached_property needs a __dict__
class Edition:
    """One newspaper, one night, one base address.

    Attributes:
        newspaper: the site.
        night: from 1.
        base: scheme, host and port as the client asked for them, without a slash.
        crawl_delay: seconds that robots.txt asks for; 0 leaves the line out.
    """

    newspaper: Newspaper
    night: int
    base: str
    crawl_delay: float = 0.0

    @property
    def content(self) -> SiteContent:
        """The site as data."""
        return self.newspaper.content

    @cached_property
    def articles(self) -> tuple[SampleArticle, ...]:
        """All articles of the night, newest first."""
        return self.newspaper.articles(self.night)

    @cached_property
    def posts(self) -> tuple[SampleArticle, ...]:
        """The articles that feeds list: all but undated pages."""
        return tuple(article for article in self.articles if article.kind == "post")

    @cached_property
    def rebuilt_at(self) -> datetime:
        """When front page, lists, feeds and sitemaps were last rebuilt."""
        return self.newspaper.changed_at(self.night)

    def of(self, article: SampleArticle) -> Edition:
        """Return the edition in which an article's page was made.

        Pages stand in a cache until their own article changes, as on real sites: their
        teasers show the site of that night, so that an unchanged article is an unchanged page.
        """
        return replace(self, night=article.changed_on)

    def url(self, path: str) -> str:
        """Return the address of a path on this site."""
        return self.base + path

    def local(self, moment: datetime) -> datetime:
        """Return a moment in the site's zone."""
        return moment.astimezone(self.newspaper.zone)

    def day(self, moment: datetime) -> str:
        """Return a moment's local date as the site prints it."""
        local = self.local(moment)
        return f"{local.day} {self.content.months[local.month - 1]} {local.year}"

    def by_slug(self, slug: str) -> SampleArticle:
        """Return an article by its slug.

        Raises:
            KeyError: no such article tonight.
        """
        for article in self.articles:
            if article.slug == slug:
                return article
        raise KeyError(slug)

    def most_read(self) -> tuple[SampleArticle, ...]:
        """Return the articles of the box that stands on every page."""
        return tuple(self.by_slug(slug) for slug in self.content.most_read)

    def above(self, article: SampleArticle) -> tuple[SampleArticle, ...]:
        """Return the articles teased above an article: those that follow it in time."""
        slugs = [one.slug for one in self.posts]
        place = slugs.index(article.slug) if article.slug in slugs else -1
        around = self.posts[place + 1 :] + self.posts[: max(place, 0)]
        return around[:ABOVE]

    def below(self, article: SampleArticle) -> tuple[SampleArticle, ...]:
        """Return the articles teased below an article: its section's first, then others."""
        taken = {article.slug, *(one.slug for one in self.above(article))}
        others = [one for one in self.articles if one.slug not in taken]
        others.sort(key=lambda one: one.section_slug != article.section_slug)
        return tuple(others[:BELOW])

    def pages_of(
        self, path: str, title: str, articles: Sequence[SampleArticle], intro: str = ""
    ) -> Iterator[Listing]:
        """Split a list of articles into pages, the further ones under ``page/N/``."""
        chunks = [articles[at : at + PER_PAGE] for at in range(0, len(articles), PER_PAGE)] or [()]
        paths = [path, *(f"{path}page/{number}/" for number in range(2, len(chunks) + 1)), None]
        for number, chunk in enumerate(chunks, start=1):
            yield Listing(
                path=paths[number - 1] or path,
                title=title,
                articles=tuple(chunk),
                number=number,
                pages=len(chunks),
                next_path=paths[number],
                intro=intro,
            )

    def sections(self, prefix: str) -> Iterator[Listing]:
        """Return the pages of all sections."""
        for slug, name in self.content.sections.items():
            chosen = [one for one in self.articles if one.section_slug == slug]
            yield from self.pages_of(f"{prefix}{slug}/", name, chosen)

    def authors(self, prefix: str) -> Iterator[Listing]:
        """Return the pages of all authors."""
        for author in self.content.staff.values():
            chosen = [one for one in self.articles if author.name in one.authors]
            yield from self.pages_of(f"{prefix}{author.slug}/", author.name, chosen, author.bio)


def first_words(text: str, count: int, mark: str) -> str:
    """Return the first words of a text, with a mark if more follow."""
    words = text.split(" ")
    return text if len(words) <= count else " ".join(words[:count]).rstrip(",;:.") + mark
