"""One walk over the tree: everything that the fields of an article are looked for in.

The walk notes elements by what their tags and attributes say; the field modules judge.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cached_property, lru_cache
from itertools import islice, takewhile
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from lxml import etree

from cleaners.marks import (
    AUTHOR,
    DATE,
    HEADLINE,
    MARKS,
    NOT_AUTHOR,
    PATH,
    TEASER,
    classify,
    kinds_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import html

_WORDS = re.compile(r"\w+")
_TEXT = etree.XPath("descendant::text() | descendant::br", smart_strings=False)
_LENGTH = etree.XPath("string-length()")
_LONGEST_TEXT = 20_000
# Not the joiners U+200C and U+200D: Persian, Hindi and emoji are spelled with them.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u2060\ufeff\u00ad]")
_WORD_END = re.compile(r"[a-zß-ÿ0-9?!)»”\"]$")
_UNMARKED = frozenset(("link", "html", "body", "img", "source", "option", "br", "head", "title"))
_HEADLINE_BOXES = frozenset(("header", "hgroup", "section", "article", "main", "body"))
_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
# Properties of <meta> for social networks: far more than any of RDFa.
_SOCIAL = ("og:", "article:", "fb:", "twitter:", "al:")
_BESIDE_BEFORE, _BESIDE_AFTER = 12, 70
_ALIKE, _MOST_HEADINGS = 3, 60
_LEAST_BODY, _STEP_DEPTH = 4, 2
_MOST_MARKS, _MOST_PARAGRAPHS = 500, 3_000
_HALF, _FIFTH = 0.5, 0.2
LEAST_TITLE = 9
"""Titles with fewer letters than this are contained in others by chance."""
_SHORT, _PARAGRAPH = 120, 200
_NOTED = AUTHOR | DATE | HEADLINE


def collapse(text: str) -> str:
    """Return `text` on one line, in Unicode's form NFC, without invisible characters."""
    if not text.isascii():
        text = unicodedata.normalize("NFC", _INVISIBLE.sub("", text))
    return " ".join(text.split())


@lru_cache(maxsize=4096)
def comparable(text: str) -> str:
    """Return the words of `text` in a form under which two spellings of a title are equal."""
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", text).casefold()))


def pieces(element: html.HtmlElement) -> list[str]:
    """Return the text nodes of an element that readers see; a line break is one, too.

    Nothing if there are more than 20,000 characters: it holds the article, or is an attack.
    """
    if cast("float", _LENGTH(element)) > _LONGEST_TEXT:
        return []
    found = cast("list[object]", _TEXT(element))
    return [t if isinstance(t, str) else "\n" for t in found]


def joined(parts: Iterable[str]) -> str:
    """Join texts of neighbouring inline elements, on one line.

    They stand without a space between them also where only the style sets them apart: a
    capital after a small letter, a digit or a mark begins a new word there.
    """
    whole = ""
    for part in parts:
        is_glued = part[:1].isupper() and _WORD_END.search(whole)
        whole += f" {part}" if is_glued else part
    return collapse(whole)


def text_of(element: html.HtmlElement) -> str:
    """Return the text of an element as it is printed inline, on one line."""
    return joined(pieces(element))


def spaced(element: html.HtmlElement) -> str:
    """Return the text of an element with a space at every border of inner elements.

    Bylines put name and role into neighbouring elements that only the style keeps apart.
    """
    return collapse(" ".join(pieces(element)))


class Outline:
    """What one walk over the tree found. It reads the tree and never changes it."""

    def __init__(self, tree: html.HtmlElement, url: str) -> None:
        """Walk over `tree`, the page at `url`."""
        self.tree = tree
        self.url = url
        self.elements: list[html.HtmlElement] = list(tree.iter("*"))
        self.position = {e: n for n, e in enumerate(self.elements)}
        self.metas: list[html.HtmlElement] = []
        self.links: list[html.HtmlElement] = []
        self.headings: list[html.HtmlElement] = []
        self.times: list[html.HtmlElement] = []
        self.captions: list[html.HtmlElement] = []
        self.articles: list[html.HtmlElement] = []
        self.properties: list[html.HtmlElement] = []
        self.rdfa: list[html.HtmlElement] = []
        self.author_marks: list[html.HtmlElement] = []
        self.date_marks: list[html.HtmlElement] = []
        self.headline_marks: list[html.HtmlElement] = []
        self._marks = (
            (AUTHOR, self.author_marks),
            (DATE, self.date_marks),
            (HEADLINE, self.headline_marks),
        )
        self.title_text = ""
        self._note()
        self.site_names = frozenset(self._site_names())
        self.titles = frozenset(self._titles())
        self.addresses = frozenset(self._addresses())
        self.headline, self.is_headline_sure = self._headline()
        self._around = (
            frozenset(self.headline.iterancestors()) if self.headline is not None else frozenset()
        )

        self.beside_headline = tuple(self._beside())

    def _note(self) -> None:
        """Note every element by its tag, and by what its attributes call it, in one pass."""
        by_tag: dict[str, list[html.HtmlElement]] = {
            **dict.fromkeys(_HEADINGS, self.headings),
            "meta": self.metas,
            "link": self.links,
            "time": self.times,
            "figcaption": self.captions,
        }
        for element in self.elements:
            tag = element.tag
            noted = by_tag.get(tag)
            # Pages are made that hold more of a kind than anybody wants to look at.
            if noted is not None and len(noted) < _MOST_MARKS:
                noted.append(element)
            if tag == "title":
                self.title_text = self.title_text or collapse(element.text or "")
            elif tag not in _UNMARKED:
                self._note_attributes(element)

    def _note_attributes(self, element: html.HtmlElement) -> None:
        kinds = 0
        for name, value in element.items():
            if name in MARKS:
                kinds |= classify(value)
                if name == "itemprop" and value and len(self.properties) < _MOST_MARKS:
                    self.properties.append(element)
            elif name == "itemscope" and len(self.articles) < _MOST_MARKS:
                self.articles.append(element)
            elif name == "property" and not value.startswith(_SOCIAL):
                self._note_property(element)
        if kinds & _NOTED:
            self._note_kinds(element, kinds)

    def _note_property(self, element: html.HtmlElement) -> None:
        if len(self.rdfa) < _MOST_MARKS:
            self.rdfa.append(element)

    def _note_kinds(self, element: html.HtmlElement, kinds: int) -> None:
        for flag, marks in self._marks:
            refused = flag == AUTHOR and kinds & NOT_AUTHOR
            if kinds & flag and not refused and len(marks) < _MOST_MARKS:
                marks.append(element)

    def meta(self, *names: str) -> str:
        """Return the content of the first ``<meta>`` of one of these names, else ''."""
        for name in names:
            for element in self.metas:
                key = element.get("property") or element.get("name") or ""
                if key.lower() == name and element.get("content"):
                    return collapse(element.get("content"))
        return ""

    def _site_names(self) -> Iterator[str]:
        for name in ("og:site_name", "application-name", "apple-mobile-web-app-title"):
            if value := self.meta(name):
                yield comparable(value)
        yield comparable((urlsplit(self.url).hostname or "").removeprefix("www."))

    def _titles(self) -> Iterator[str]:
        yield self._shared_title
        yield comparable(self.meta("twitter:title"))
        yield self._page_title
        for heading in self.headings:
            if heading.tag == "h1":
                yield comparable(text_of(heading))

    def _addresses(self) -> Iterator[str]:
        canonical = next(
            (
                e.get("href") or ""
                for e in self.links
                if (e.get("rel") or "").lower() == "canonical"
            ),
            "",
        )
        for address in (self.url, canonical, self.meta("og:url")):
            try:
                parts = urlsplit(address)
            except ValueError:
                continue
            if path := parts.path.rstrip("/"):
                yield (parts.hostname or "").removeprefix("www.") + path

    def _likeness(self, heading: html.HtmlElement) -> int:
        """Return how well a heading fits what the page calls itself, 0 to 4."""
        text = comparable(text_of(heading))
        if not text or text in self.site_names or text == self._beside_title:
            return -1
        named = [t for t in (self._shared_title, self._page_title) if t]
        if any(text == t for t in named):
            return 4
        long = [t for t in named if len(t) >= LEAST_TITLE]
        if len(text) >= LEAST_TITLE and any(text in t or t in text for t in long):
            return 3
        words = set(text.split())
        shared = max(
            (len(words & set(t.split())) / len(words | set(t.split())) for t in named), default=0
        )
        return 2 if shared >= _HALF else 1 if shared >= _FIFTH else 0

    @cached_property
    def _shared_title(self) -> str:
        return comparable(self.meta("og:title"))

    @cached_property
    def _page_title(self) -> str:
        return comparable(self.title_text)

    @cached_property
    def _beside_title(self) -> str | None:
        """What ``<title>`` has before or behind a longer ``og:title``, if it has both.

        A heading of these words bears the name of the site, or a kicker: in any case no headline.
        """
        whole, own = self._page_title, self._shared_title
        rest = whole.removeprefix(f"{own} ").removesuffix(f" {own}")
        return rest if len(rest) < min(len(own), len(whole)) else None

    def _headline(self) -> tuple[html.HtmlElement | None, bool]:
        """Return the heading of this page's article, if it has one, and whether it is sure."""
        first = [h for h in self.headings if h.tag == "h1"]
        scored = [
            (self._likeness(h), not self._is_furniture(h), -n, h) for n, h in enumerate(first)
        ]
        scored = [
            s
            for s in scored
            if s[0] >= 0 and (s[1] or (s[0] >= _ALIKE and not self._in(s[3], "nav")))
        ]
        none = (-1, False, 0, None)
        shown = (s for s in scored if not self._is_step(s[3]))
        best = max(shown, default=none, key=lambda s: s[:3])
        if best[0] >= 1:
            return best[3], True
        best = max(scored, default=none, key=lambda s: s[:3])
        others = [h for h in (*self.headings, *self.headline_marks) if h.tag != "h1"][
            :_MOST_HEADINGS
        ]
        scored = [(self._likeness(h), True, -n, h) for n, h in enumerate(others)]
        named = len(self._shared_title or self._page_title)
        for likeness, _, _, heading in scored:
            if likeness > _ALIKE or (likeness == _ALIKE and len(text_of(heading)) > named / 2):
                return heading, True
        if best[3] is not None and not self._is_below_text(best[3]):
            return best[3], True
        # No heading bears the article's name: the likest one at least shows where it begins.
        weak = max(scored, default=none, key=lambda s: s[:3])
        return (weak[3], False) if weak[0] >= 1 else (None, False)

    def _is_below_text(self, heading: html.HtmlElement) -> bool:
        """Tell whether most paragraphs of the page stand above a heading."""
        paragraphs = (p for p in self.tree.iter("p") if len(p.text or "") > _SHORT)
        places = [self.position[p] for p in islice(paragraphs, _MOST_PARAGRAPHS)]
        above = sum(place < self.position[heading] for place in places)
        return above > _HALF * len(places)

    @staticmethod
    def _is_step(heading: html.HtmlElement) -> bool:
        """Tell whether a heading is the last step of the path to the page.

        Sites put the words for search engines there, and show readers another headline below.
        """
        boxes = islice(heading.iterancestors(), _STEP_DEPTH)
        # What holds headlines by its tag bears names of any kind.
        steps = takewhile(lambda box: box.tag not in _HEADLINE_BOXES, boxes)
        return any(kinds_of(box) & PATH for box in (heading, *steps))

    @staticmethod
    def _in(element: html.HtmlElement, *tags: str) -> bool:
        return next(element.iterancestors(*tags), None) is not None

    def _is_furniture(self, element: html.HtmlElement) -> bool:
        return self._in(element, "nav", "aside", "footer")

    def is_beside(self, element: html.HtmlElement) -> bool:
        """Tell whether `element` stands in a menu, an aside or a footer without the headline."""
        boxes = element.iterancestors("nav", "aside", "footer")
        return any(box not in self._around for box in boxes)

    def holds_headline(self, element: html.HtmlElement) -> bool:
        """Tell whether the headline stands within `element`."""
        return element in self._around or element is self.headline

    def is_elsewhere(self, element: html.HtmlElement) -> bool:
        """Tell whether `element` belongs to something other than the page's article.

        Only what stands between the element and the first container that it shares with the
        headline counts: wrappers of whole pages bear names of any kind.
        """
        for box in (element, *element.iterancestors()):
            if box in self._around:
                return False
            if box is not element and (
                box.tag == "nav" or (box.tag == "article" and self._is_teaser(box))
            ):
                return True
            if kinds_of(box) & TEASER:
                return True
        return False

    def _is_teaser(self, article: html.HtmlElement) -> bool:
        """Tell whether an ``<article>`` without the headline is another article's teaser.

        Sites also wrap their own body, or the author's name, in an element of its own.
        """
        paragraphs = sum(1 for _ in article.iter("p"))
        return paragraphs < _LEAST_BODY and any(True for _ in article.iter(*_HEADINGS))

    def after_headline(self, element: html.HtmlElement) -> int:
        """Return how many elements `element` starts after the headline; negative: before it."""
        start = self.position[self.headline] if self.headline is not None else 0
        return self.position[element] - start

    def _beside(self) -> Iterator[html.HtmlElement]:
        """Yield elements with a short text of their own between headline and text."""
        if self.headline is None:
            return
        start = self.position[self.headline]
        inside = set(self.headline.iter())
        paragraphs = 0
        for element in self.elements[max(0, start - _BESIDE_BEFORE) : start + _BESIDE_AFTER]:
            if element in inside or element.tag in _UNMARKED:
                continue
            own = collapse((element.text or "") + "".join(c.tail or "" for c in element))
            # The standfirst stands between headline and byline on many pages.
            paragraphs += len(own) > _PARAGRAPH and self.position[element] > start
            if paragraphs > 1:
                return
            if own and len(own) < _SHORT and not self.is_elsewhere(element):
                yield element

    @cached_property
    def body(self) -> html.HtmlElement | None:
        """The element whose own children are most of the article's paragraphs, if any."""
        sizes: dict[html.HtmlElement, int] = {}
        for paragraph in islice(self.tree.iter("p"), _MOST_PARAGRAPHS):
            box = paragraph.getparent()
            if box is not None and not self.is_elsewhere(paragraph):
                sizes[box] = sizes.get(box, 0) + len(paragraph.text or "")
        return max(sizes, key=lambda b: sizes[b], default=None)

    @staticmethod
    def path(element: html.HtmlElement) -> str:
        """Return the last levels of an element's tags and classes, as evidence for people."""
        chain = [element, *element.iterancestors()][:3]
        names = [".".join([str(e.tag), *(e.get("class") or "").split()[:2]]) for e in chain]
        return "/".join(reversed(names))
