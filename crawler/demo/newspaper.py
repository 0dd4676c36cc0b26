"""A sample newspaper on a given night: its articles, and what must come out of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as clock_time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from crawler.demo.content import SITES, SampleList, SampleSpeaker, SiteContent, Story, load_site
from crawler.demo.markup import LISTS, Kind, plain, quotations

if TYPE_CHECKING:
    from crawler.demo.markup import Block, Quotation

JOINT = " \N{EN DASH} "
"""What stands between two recommendations that share one item."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """The clock of each simulated night.

    Attributes:
        clocks: one moment a night, aware; nights after the last follow at 24 hours each.
    """

    clocks: tuple[datetime, ...]

    def __post_init__(self) -> None:
        """Refuse naive moments: a night without a zone has no date.

        Raises:
            ValueError: there is no night, or one without a time zone.
        """
        if not self.clocks or any(clock.tzinfo is None for clock in self.clocks):
            raise ValueError("a calendar needs at least one night, and aware moments")

    @classmethod
    def of(cls, night: int, now: datetime) -> Calendar:
        """Return the calendar in which the given night has this clock."""
        return cls(tuple(now - timedelta(days=back) for back in reversed(range(night))))

    def now(self, night: int) -> datetime:
        """Return the clock of a night, counted from 1."""
        known = min(night, len(self.clocks))
        return self.clocks[known - 1] + timedelta(days=night - known)

    def with_night(self, night: int, now: datetime) -> Calendar:
        """Return this calendar with another clock for one night; nights before stay."""
        return Calendar((*(self.now(before) for before in range(1, night)), now))


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleArticle:
    """One article as a site shows it on one night: source and expectation in one.

    Attributes:
        host, path: its address without scheme and port.
        slug, kind, section, tags, dating: as in ``content.Story``; section by its name.
        language: BCP 47 tag.
        title, authors, lead: as printed.
        published: the date on the page, aware, UTC; a date without a time is 00:00 UTC of
            that day; None if the page bears none.
        precision: ``minute`` or ``day``; None without a date.
        modified: the change that the page declares, UTC; None if it declares none.
        listed_at: when the article went online, UTC, whether or not its page says so.
        changed_at: when this version went online, UTC.
        changed_on: the night of this version.
        blocks: the body with its markup.
        speakers, lists: what must come out, in the page's order.
        revision: number of this version, from 1.
    """

    host: str
    path: str
    slug: str
    kind: str
    section: str
    section_slug: str
    tags: tuple[str, ...]
    dating: str
    language: str
    title: str
    authors: tuple[str, ...]
    lead: str | None
    published: datetime | None
    precision: str | None
    modified: datetime | None
    listed_at: datetime
    changed_at: datetime
    changed_on: int
    blocks: tuple[Block, ...]
    speakers: tuple[SampleSpeaker, ...]
    lists: tuple[SampleList, ...]
    revision: int

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """The body's blocks as a reader sees them, in order, one string a list item."""
        return tuple(
            plain(line)
            for block in self.blocks
            if block.kind is not Kind.RELATED
            for line in block.lines
        )

    @property
    def text(self) -> str:
        """The body, one block a line."""
        return "\n".join(self.paragraphs)

    @property
    def quotes(self) -> tuple[Quotation, ...]:
        """The quotations that must come out, in reading order."""
        return tuple(quote for block in self.blocks for quote in quotations(block))

    @property
    def recommendations(self) -> tuple[str, ...]:
        """The recommendations that must come out; an item that joins two gives two."""
        return tuple(
            part
            for listing in self.lists
            if listing.kind == "recommendations"
            for number, item in enumerate(listing.items)
            for part in (item.split(JOINT) if number in listing.joined else (item,))
        )

    @property
    def recommendations_announced(self) -> int | None:
        """The number of recommendations that the article announces."""
        counts = [listing.announced for listing in self.lists if listing.kind == "recommendations"]
        return next((count for count in counts if count is not None), None)

    def opening(self) -> str:
        """Return the words with which other pages tease this article."""
        if self.lead:
            return self.lead
        first = next(block for block in self.blocks if block.kind not in LISTS)
        return plain(first.lines[0])

    def url(self, port: int) -> str:
        """Return its address on a server at this port."""
        return f"http://{self.host}:{port}{self.path}"


@dataclass(frozen=True, slots=True)
class Newspaper:
    """One of the two sites under a calendar.

    Attributes:
        content: the site as data.
        calendar: when its nights are.
    """

    content: SiteContent
    calendar: Calendar

    def articles(self, night: int = 1) -> tuple[SampleArticle, ...]:
        """Return the articles that stand on the site on a night, newest first."""
        stories = (self._current(versions, night) for versions in self.content.stories.values())
        articles = (self._article(story) for story in stories if story is not None)
        return tuple(sorted(articles, key=lambda one: (one.listed_at, one.slug), reverse=True))

    def gone(self, night: int) -> frozenset[str]:
        """Return the paths that answer 410 on a night."""
        return frozenset(
            self._path(versions[-1])
            for versions in self.content.stories.values()
            if versions[-1].gone_on is not None and versions[-1].gone_on <= night
        )

    def changed_on(self, night: int) -> int:
        """Return the last night, up to this one, on which anything on the site changed."""
        nights = {1}
        for versions in self.content.stories.values():
            nights.update(version.changed_on for version in versions)
            nights.add(versions[-1].gone_on or 1)
        return max(change for change in nights if change <= night)

    def changed_at(self, night: int) -> datetime:
        """Return when the site's lists were last rebuilt, in whole seconds, UTC."""
        return self.calendar.now(self.changed_on(night)).astimezone(UTC).replace(microsecond=0)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone in which the site prints its dates."""
        return ZoneInfo(self.content.timezone)

    def _current(self, versions: tuple[Story, ...], night: int) -> Story | None:
        known = [version for version in versions if version.changed_on <= night]
        if not known or (known[-1].gone_on is not None and known[-1].gone_on <= night):
            return None
        return known[-1]

    def _moment(self, night: int, days: int, at: clock_time) -> datetime:
        """Return when a version went online.

        What a later night brings lies between the night before and its own clock, whatever
        the hours of the two: a crawl that asks for changes since its last run must see it.
        """
        now = self.calendar.now(night).astimezone(self.zone).replace(microsecond=0)
        if night == 1:
            return datetime.combine(now.date() - timedelta(days=days), at, self.zone)
        today = datetime.combine(now.date(), at, self.zone)
        moment = today if today <= now else today - timedelta(days=1)
        before = self.calendar.now(night - 1)
        return moment if moment > before else now - (now - before) / 2

    def _path(self, story: Story) -> str:
        published = self._moment(story.night, story.days, story.time)
        return self.content.permalink.format(date=published, slug=story.slug)

    def _article(self, story: Story) -> SampleArticle:
        listed = self._moment(story.night, story.days, story.time)
        edited = self._moment(story.changed_on, 0, story.changed_at) if story.changed_at else None
        changed = (edited or listed).astimezone(UTC).replace(microsecond=0)
        return SampleArticle(
            host=self.content.host,
            path=self._path(story),
            slug=story.slug,
            kind=story.kind,
            section=self.content.sections[story.section],
            section_slug=story.section,
            tags=story.tags,
            dating=story.dating,
            language=self.content.language,
            title=story.title,
            authors=story.authors,
            lead=story.lead,
            published=_as_printed(listed, story.dating),
            precision={"none": None, "day": "day"}.get(story.dating, "minute"),
            modified=changed if story.dating == "full" else None,
            listed_at=listed.astimezone(UTC),
            changed_at=changed,
            changed_on=story.changed_on,
            blocks=story.blocks,
            speakers=story.speakers,
            lists=story.lists,
            revision=story.revision,
        )


def newspapers(calendar: Calendar) -> tuple[Newspaper, ...]:
    """Return the two sample newspapers under one calendar."""
    return tuple(Newspaper(load_site(key), calendar) for key in SITES)


def _as_printed(listed: datetime, dating: str) -> datetime | None:
    if dating == "none":
        return None
    if dating == "day":
        return datetime.combine(listed.date(), clock_time(), UTC)
    return listed.astimezone(UTC)
