"""The English site: hand-made HTML, dated permalinks, Atom, a JSON-LD graph."""

from __future__ import annotations

import json
from datetime import timedelta
from functools import partial
from string import Template
from typing import TYPE_CHECKING, Any

from crawler.demo import feeds
from crawler.demo.body import Style, blocks_html
from crawler.demo.edition import Document, first_words
from crawler.demo.fill import Html, escape, fill, fill_text, join
from crawler.demo.markup import inline_html

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from crawler.demo.edition import Edition, Listing, Render
    from crawler.demo.markup import Block
    from crawler.demo.newspaper import SampleArticle

MEMBERS = "/members/"
FEED = "/feeds/latest.atom"
SITEMAP = "/sitemap.xml"
NEWS_SITEMAP = "/sitemaps/news.xml"
STORIES_SITEMAP = "/sitemaps/stories.xml"

_EXCERPT_WORDS = 18
_NEWS_WINDOW = timedelta(days=2)
_SIGNUP_AFTER = 2
"""Blocks of a story before the newsletter box in its midst."""

_STYLE = Style(
    heading=Template('<h2 class="c-story__sub">$text</h2>'),
    quote=Template('<blockquote class="c-quote"><p>$text</p></blockquote>'),
    listing=Template('<$tag class="c-list">\n$items\n</$tag>'),
    related=Template(
        '<aside class="c-inline-link"><span>Read more</span> <a href="$path">$title</a></aside>'
    ),
)
_META_TAG = Template('<meta $key="$name" content="$value">')
_LINK = Template('<a href="$path">$name</a>')
_MOST_READ = Template('<li><a href="$path">$title</a></li>')
_OLDER = Template('<p class="c-older"><a rel="next" href="$path">Older stories</a></p>')
_UPDATED = Template(
    ' <span class="c-byline__updated">Updated <time datetime="$iso">$shown</time></span>'
)
_AUTHOR = Template('<a rel="author" href="/people/$slug/">$name</a>')


def documents(edition: Edition) -> dict[str, Render]:
    """Return everything the site serves, by path; nothing is rendered yet."""
    oldest = edition.rebuilt_at - _NEWS_WINDOW
    recent = [article for article in edition.posts if article.listed_at > oldest]
    served: dict[str, Render] = {
        "/robots.txt": partial(
            feeds.robots, edition, disallow=[MEMBERS], sitemaps=[SITEMAP, NEWS_SITEMAP]
        ),
        FEED: partial(feeds.atom, edition, FEED),
        SITEMAP: partial(feeds.sitemap_index, edition, [STORIES_SITEMAP]),
        STORIES_SITEMAP: partial(feeds.urlset, edition, edition.articles, dated=True),
        NEWS_SITEMAP: partial(feeds.news_sitemap, edition, recent),
        f"{MEMBERS}draft-supplement/": partial(_draft, edition),
    }
    for article in edition.articles:
        served[article.path] = partial(_article_document, edition, article)
    for listing in _listings(edition):
        served[listing.path] = partial(_listing_document, edition, listing)
    return served


def queried(edition: Edition, path: str, query: Mapping[str, str]) -> Document | None:  # noqa: ARG001 - a theme's interface
    """Return None: no answer of this site depends on a query."""
    return None


def _listings(edition: Edition) -> list[Listing]:
    front = edition.pages_of("/", edition.content.name, edition.posts, edition.content.tagline)
    return [*front, *edition.sections("/"), *edition.authors("/people/")]


def _article_document(edition: Edition, article: SampleArticle) -> Document:
    html = _article(edition.of(article), article)
    return Document(body=html.encode(), last_modified=article.changed_at)


def _listing_document(edition: Edition, listing: Listing) -> Document:
    older = fill_text(_OLDER, path=listing.next_path) if listing.next_path else Html()
    main = fill(
        "herald/listing.html",
        title=listing.title,
        intro=listing.intro,
        teasers=join(_card(edition, article) for article in listing.articles),
        most_read=_most_read(edition),
        older=older,
    )
    title = listing.title if listing.path == "/" else f"{listing.title} | {edition.content.name}"
    html = _page(edition, main, head_title=title, head=Html(), body_class="is-listing")
    return Document(body=html.encode(), last_modified=edition.rebuilt_at)


def _draft(edition: Edition) -> Document:
    main = Html("<h1>Draft</h1><p>This working page is not for crawlers.</p>")
    html = _page(edition, main, head_title="Draft", head=Html(), body_class="is-draft")
    return Document(body=html.encode())


def _page(edition: Edition, main: Html, *, head_title: str, head: Html, body_class: str) -> Html:
    menu = join(
        (
            fill_text(_LINK, path=f"/{slug}/", name=name)
            for slug, name in edition.content.sections.items()
        ),
        " ",
    )
    return fill(
        "herald/page.html",
        base=edition.base,
        site_name=edition.content.name,
        menu=menu,
        main=main,
        head_title=head_title,
        head=head,
        body_class=body_class,
    )


def _article(edition: Edition, article: SampleArticle) -> Html:
    standfirst = Html()
    if article.lead:
        standfirst = Html(f'<p class="c-story__standfirst">{inline_html(article.lead)}</p>')
    main = fill(
        "herald/article.html",
        section=article.section,
        section_slug=article.section_slug,
        title=article.title,
        standfirst=standfirst,
        byline=_byline(edition, article),
        published_iso=edition.local(article.listed_at).isoformat(),
        published=_clock(edition, article),
        updated=_updated(edition, article),
        image=_image(article),
        body=body_html(edition, article.blocks),
        most_read=_most_read(edition),
        above=join(_card(edition, one) for one in edition.above(article)),
        below=join(_card(edition, one) for one in edition.below(article)),
    )
    title = f"{article.title} | {edition.content.name}"
    head = _head(edition, article)
    return _page(edition, main, head_title=title, head=head, body_class="is-story")


def body_html(edition: Edition, blocks: Sequence[Block]) -> Html:
    """Return a story's body in this site's markup, the newsletter box in its midst."""
    rendered = blocks_html(edition, blocks, _STYLE)
    if len(rendered) > _SIGNUP_AFTER + 1:
        rendered.insert(_SIGNUP_AFTER, fill("herald/signup.html"))
    return join(rendered)


def _head(edition: Edition, article: SampleArticle) -> Html:
    url = edition.url(article.path)
    tags = [
        ("name", "description", _description(article)),
        ("property", "og:type", "article"),
        ("property", "og:title", article.title),
        ("property", "og:url", url),
        ("property", "og:site_name", edition.content.name),
        ("property", "og:image", edition.url(_image(article))),
        ("property", "article:published_time", edition.local(article.listed_at).isoformat()),
        ("property", "article:section", article.section),
    ]
    metas = join(
        fill_text(_META_TAG, key=Html(key), name=name, value=value) for key, name, value in tags
    )
    canonical = Html(f'<link rel="canonical" href="{escape(url)}">')
    graph = json.dumps(_graph(edition, article), ensure_ascii=False, indent=1)
    return join([canonical, metas, Html(f'<script type="application/ld+json">{graph}</script>')])


def _graph(edition: Edition, article: SampleArticle) -> dict[str, Any]:
    url, publisher = edition.url(article.path), edition.url("/#publisher")
    people = [edition.content.staff[name] for name in article.authors]
    story = {
        "@type": "NewsArticle",
        "@id": f"{url}#story",
        "headline": article.title,
        "description": _description(article),
        "datePublished": edition.local(article.listed_at).isoformat(),
        "dateModified": edition.local(article.changed_at).isoformat(),
        "author": [{"@id": edition.url(f"/people/{one.slug}/#person")} for one in people],
        "publisher": {"@id": publisher},
        "isPartOf": {"@id": url},
        "articleSection": article.section,
        "keywords": list(article.tags),
        "inLanguage": "en-GB",
        "isAccessibleForFree": True,
        "image": edition.url(_image(article)),
    }
    persons = [
        {
            "@type": "Person",
            "@id": edition.url(f"/people/{one.slug}/#person"),
            "name": one.name,
            "jobTitle": one.role,
            "url": edition.url(f"/people/{one.slug}/"),
        }
        for one in people
    ]
    organisation = {
        "@type": "NewsMediaOrganization",
        "@id": publisher,
        "name": edition.content.name,
    }
    page = {"@type": "WebPage", "@id": url, "url": url, "name": article.title}
    return {"@context": "https://schema.org", "@graph": [organisation, page, *persons, story]}


def _byline(edition: Edition, article: SampleArticle) -> Html:
    if not article.authors:
        return Html("Herald staff")
    staff = [edition.content.staff[name] for name in article.authors]
    links = join([fill_text(_AUTHOR, slug=one.slug, name=one.name) for one in staff], " and ")
    role = f", {escape(staff[0].role)}" if len(staff) == 1 else ""
    return Html(f"By {links}{role}")


def _clock(edition: Edition, article: SampleArticle) -> str:
    local = edition.local(article.listed_at)
    return f"{edition.day(local)}, {local:%H:%M}"


def _updated(edition: Edition, article: SampleArticle) -> Html:
    if article.revision == 1:
        return Html()
    local = edition.local(article.changed_at)
    shown = f"{edition.day(local)}, {local:%H:%M}"
    return fill_text(_UPDATED, iso=local.isoformat(), shown=shown)


def _most_read(edition: Edition) -> Html:
    return join(
        fill_text(_MOST_READ, path=one.path, title=one.title) for one in edition.most_read()
    )


def _card(edition: Edition, article: SampleArticle) -> Html:
    local = edition.local(article.listed_at)
    return fill(
        "herald/card.html",
        path=article.path,
        section=article.section,
        title=article.title,
        excerpt=first_words(article.opening(), _EXCERPT_WORDS, " ..."),
        iso=local.isoformat(),
        date=edition.day(local),
    )


def _description(article: SampleArticle) -> str:
    return article.lead or first_words(article.opening(), _EXCERPT_WORDS, " ...")


def _image(article: SampleArticle) -> str:
    return f"/pictures/{article.slug}.png"
