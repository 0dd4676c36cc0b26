"""The French site: a WordPress theme, flat permalinks, RSS, ``wp-json``."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import partial
from string import Template
from typing import TYPE_CHECKING

from crawler.demo import feeds, wp_json
from crawler.demo.body import Style, blocks_html
from crawler.demo.edition import Document, first_words
from crawler.demo.fill import Html, escape, fill, fill_text, join
from crawler.demo.markup import inline_html

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.demo.edition import Edition, Listing, Render
    from crawler.demo.markup import Block
    from crawler.demo.newspaper import SampleArticle

DRAFTS = "/brouillons/"
FEED = "/feed/"
SITEMAP = "/sitemap_index.xml"
POSTS_SITEMAP = "/post-sitemap.xml"
PAGES_SITEMAP = "/page-sitemap.xml"

_EXCERPT_WORDS = 24
_BREADCRUMB_WORDS = 6

_STYLE = Style(
    heading=Template('<h2 class="wp-block-heading">$text</h2>'),
    quote=Template('<blockquote class="wp-block-quote"><p>$text</p></blockquote>'),
    listing=Template('<$tag class="wp-block-list">\n$items\n</$tag>'),
    related=Template(
        '<p class="lire-aussi"><strong>Lire aussi :</strong> <a href="$url">$title</a></p>'
    ),
)
_META_TAG = Template('<meta $key="$name" content="$value">')
_MENU = Template(
    '<li class="menu-item menu-item-type-taxonomy"><a href="$base/categorie/$slug/">$name</a></li>'
)
_POPULAR = Template('<li><a href="$url">$title</a></li>')
_TAG = Template('<a href="$base/etiquette/$slug/" rel="tag">$tag</a>')
_OLDER = Template(
    '<nav class="navigation pagination"><a class="next page-numbers" href="$url">'
    "Articles plus anciens</a></nav>"
)
_TIME = Template('<time class="entry-date published" datetime="$iso">$shown</time>')
_AUTHOR = Template('<a class="url fn n" rel="author" href="$base/author/$slug/">$name</a>')
_AUTHOR_BOX = Template(
    '<div class="author-box vcard"><span class="fn"><a href="$base/author/$slug/">$name</a></span>'
    '<p class="author-bio">$bio</p></div>'
)


def documents(edition: Edition) -> dict[str, Render]:
    """Return everything the site serves, by path; nothing is rendered yet."""
    served: dict[str, Render] = {
        "/robots.txt": partial(
            feeds.robots, edition, disallow=["/wp-admin/", DRAFTS], sitemaps=[SITEMAP]
        ),
        FEED: partial(feeds.rss, edition, FEED, partial(_full_text, edition)),
        SITEMAP: partial(feeds.sitemap_index, edition, [POSTS_SITEMAP, PAGES_SITEMAP]),
        POSTS_SITEMAP: partial(feeds.urlset, edition, edition.posts, dated=True),
        PAGES_SITEMAP: partial(feeds.urlset, edition, _undated(edition), dated=False),
        "/wp-json/": partial(wp_json.index, edition),
        f"{DRAFTS}supplement-de-printemps/": partial(_draft, edition),
    }
    for article in edition.articles:
        served[article.path] = partial(_article_document, edition, article)
    for article in edition.posts:
        path = f"{wp_json.POSTS}/{wp_json.number_of(article)}"
        served[path] = partial(wp_json.single, edition, article, _full_text(edition, article))
    for listing in _listings(edition):
        served[listing.path] = partial(_listing_document, edition, listing)
    return served


def queried(edition: Edition, path: str, query: Mapping[str, str]) -> Document | None:
    """Answer the addresses whose answer depends on the query; None: there is no such one."""
    if path.rstrip("/") == wp_json.POSTS:
        return wp_json.posts(edition, query, partial(_full_text, edition))
    if path == "/" and "p" in query:
        return _by_number(edition, query["p"])
    return None


def _by_number(edition: Edition, number: str) -> Document | None:
    for article in edition.posts:
        if str(wp_json.number_of(article)) == number:
            location = ("Location", edition.url(article.path))
            return Document(status=301, headers=(location,))
    return None


def _undated(edition: Edition) -> list[SampleArticle]:
    return [article for article in edition.articles if article.kind == "page"]


def _listings(edition: Edition) -> list[Listing]:
    front = edition.pages_of("/", edition.content.name, edition.posts, edition.content.tagline)
    return [
        *front,
        *edition.sections("/categorie/"),
        *edition.authors("/author/"),
        *_tag_pages(edition),
    ]


def _tag_pages(edition: Edition) -> Iterator[Listing]:
    for tag in sorted({tag for article in edition.articles for tag in article.tags}):
        chosen = [article for article in edition.articles if tag in article.tags]
        yield from edition.pages_of(f"/etiquette/{slugify(tag)}/", tag, chosen)


def slugify(tag: str) -> str:
    """Return a tag as it stands in addresses: ASCII letters and hyphens."""
    ascii_only = unicodedata.normalize("NFKD", tag.lower()).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_only).strip("-")


def _article_document(edition: Edition, article: SampleArticle) -> Document:
    html = _article(edition.of(article), article)
    return Document(body=html.encode(), last_modified=article.changed_at)


def _listing_document(edition: Edition, listing: Listing) -> Document:
    older = fill_text(_OLDER, url=edition.url(listing.next_path)) if listing.next_path else Html()
    main = fill(
        "courrier/listing.html",
        title=listing.title,
        intro=listing.intro,
        teasers=join(_teaser(edition, article) for article in listing.articles),
        older=older,
    )
    name = edition.content.name
    title = name if listing.path == "/" else f"{listing.title} - {name}"
    body_class = "home blog" if listing.path == "/" else "archive"
    html = _page(edition, main, head_title=title, head=Html(), body_class=body_class)
    return Document(body=html.encode(), last_modified=edition.rebuilt_at)


def _draft(edition: Edition) -> Document:
    main = Html("<h1>Brouillon</h1><p>Cette page de travail ne doit pas être lue par un robot.</p>")
    html = _page(edition, main, head_title="Brouillon", head=Html(), body_class="page")
    return Document(body=html.encode())


def _page(edition: Edition, main: Html, *, head_title: str, head: Html, body_class: str) -> Html:
    content = edition.content
    menu = join(
        fill_text(_MENU, base=edition.base, slug=slug, name=name)
        for slug, name in content.sections.items()
    )
    popular = join(
        fill_text(_POPULAR, url=edition.url(one.path), title=one.title)
        for one in edition.most_read()
    )
    return fill(
        "courrier/page.html",
        base=edition.base,
        site_name=content.name,
        tagline=content.tagline,
        menu=menu,
        most_read=popular,
        main=main,
        head_title=head_title,
        head=head,
        body_class=body_class,
    )


def _article(edition: Edition, article: SampleArticle) -> Html:
    share = fill("courrier/share.html", title=article.title, url=edition.url(article.path))
    lead = (
        Html(f'<p class="chapo"><strong>{inline_html(article.lead)}</strong></p>')
        if article.lead
        else Html()
    )
    main = fill(
        "courrier/article.html",
        base=edition.base,
        site_name=edition.content.name,
        section=article.section,
        section_slug=article.section_slug,
        title=article.title,
        short_title=first_words(article.title, _BREADCRUMB_WORDS, "..."),
        number=str(wp_json.number_of(article)),
        kind=article.kind,
        meta=_entry_meta(edition, article),
        image=edition.url(_image(article)),
        lead=lead,
        body=body_html(edition, article.blocks),
        share=share,
        tags=_tags(edition, article),
        author_box=_author_boxes(edition, article),
        above=join(_teaser(edition, one) for one in edition.above(article)),
        below=join(_teaser(edition, one) for one in edition.below(article)),
    )
    return _page(
        edition,
        main,
        head_title=f"{article.title} - {edition.content.name}",
        head=_head(edition, article),
        body_class="page-template-default page" if article.kind == "page" else "single single-post",
    )


def _full_text(edition: Edition, article: SampleArticle) -> str:
    return body_html(edition.of(article), article.blocks)


def body_html(edition: Edition, blocks: Sequence[Block]) -> Html:
    """Return a story's body in this theme's markup."""
    return join(blocks_html(edition, blocks, _STYLE))


def _head(edition: Edition, article: SampleArticle) -> Html:
    url = edition.url(article.path)
    description = first_words(article.opening(), _EXCERPT_WORDS, "...")
    tags = [
        ("name", "description", description),
        ("property", "og:locale", edition.content.locale),
        ("property", "og:type", "article"),
        ("property", "og:title", article.title),
        ("property", "og:description", description),
        ("property", "og:url", url),
        ("property", "og:site_name", edition.content.name),
        ("property", "og:image", edition.url(_image(article))),
    ]
    if article.dating == "full":
        tags.append(("property", "article:published_time", article.listed_at.isoformat()))
        tags.append(("property", "article:modified_time", article.changed_at.isoformat()))
        tags.extend(("name", "author", author) for author in article.authors)
    metas = join(
        fill_text(_META_TAG, key=Html(key), name=name, value=value) for key, name, value in tags
    )
    canonical = Html(f'<link rel="canonical" href="{escape(url)}">')
    linked_data = [_linked_data(edition, article)] if article.dating == "full" else []
    return join([canonical, metas, *linked_data])


def _linked_data(edition: Edition, article: SampleArticle) -> Html:
    value = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": article.title,
        "mainEntityOfPage": edition.url(article.path),
        "datePublished": edition.local(article.listed_at).isoformat(),
        "dateModified": edition.local(article.changed_at).isoformat(),
        "author": [{"@type": "Person", "name": name} for name in article.authors],
        "publisher": {"@type": "Organization", "name": edition.content.name},
        "articleSection": article.section,
        "keywords": list(article.tags),
        "inLanguage": edition.content.locale.replace("_", "-"),
    }
    text = json.dumps(value, ensure_ascii=False)
    return Html(f'<script type="application/ld+json" class="amarre-schema">{text}</script>')


def _entry_meta(edition: Edition, article: SampleArticle) -> Html:
    parts = []
    if article.authors:
        parts.append(Html(f'<span class="byline">Par {_authors(edition, article)}</span>'))
    if article.dating != "none":
        parts.append(Html(f'<span class="posted-on">{_posted_on(edition, article)}</span>'))
    return Html(f'<div class="entry-meta">{join(parts)}</div>') if parts else Html()


def _authors(edition: Edition, article: SampleArticle) -> Html:
    links = [
        fill_text(_AUTHOR, base=edition.base, slug=edition.content.staff[name].slug, name=name)
        for name in article.authors
    ]
    return join(links, " et ")


def _posted_on(edition: Edition, article: SampleArticle) -> Html:
    local = edition.local(article.listed_at)
    if article.dating == "day":
        return fill_text(_TIME, iso=local.date().isoformat(), shown=edition.day(local))
    shown = f"Publié le {edition.day(local)} à {local.hour} h {local.minute:02d}"
    published = fill_text(_TIME, iso=local.isoformat(), shown=shown)
    if article.revision == 1:
        return published
    changed = edition.local(article.changed_at)
    label = f"Mis à jour le {edition.day(changed)} à {changed.hour} h {changed.minute:02d}"
    updated = Html(f'<time class="updated" datetime="{changed.isoformat()}">{label}</time>')
    return join([published, updated], " · ")


def _author_boxes(edition: Edition, article: SampleArticle) -> Html:
    people = [edition.content.staff[name] for name in article.authors]
    return join(
        fill_text(_AUTHOR_BOX, base=edition.base, slug=one.slug, name=one.name, bio=one.bio)
        for one in people
    )


def _tags(edition: Edition, article: SampleArticle) -> Html:
    if not article.tags:
        return Html()
    links = join(
        [fill_text(_TAG, base=edition.base, slug=slugify(tag), tag=tag) for tag in article.tags],
        ", ",
    )
    return Html(f'<span class="tags-links">Mots-clés : {links}</span>')


def _teaser(edition: Edition, article: SampleArticle) -> Html:
    date = Html()
    if article.dating != "none":
        local = edition.local(article.listed_at)
        date = fill_text(_TIME, iso=local.date().isoformat(), shown=edition.day(local))
    return fill(
        "courrier/teaser.html",
        url=edition.url(article.path),
        image=edition.url(_image(article)),
        title=article.title,
        date=date,
        excerpt=first_words(article.opening(), _EXCERPT_WORDS, "..."),
    )


def _image(article: SampleArticle) -> str:
    return f"/wp-content/uploads/{article.slug}.png"
