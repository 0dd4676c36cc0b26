"""RDFa of Drupal and of library systems, told from the properties for social networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from cleaners.records import Metadata

    Read = Callable[..., Metadata]

TITLE = "Bridge opens after nine years"
DRUPAL = f"""
<article typeof="schema:NewsArticle" about="/politics/bridge-opens">
  <h1>{TITLE}</h1>
  <span property="schema:name" content="{TITLE}" class="hidden"></span>
  <span property="schema:datePublished" content="2026-05-18T08:15:00+02:00" class="hidden"></span>
  <span property="schema:dateModified" content="2026-05-19T10:00:00+02:00" class="hidden"></span>
  <span property="schema:author" typeof="schema:Person">
    <a property="schema:name" href="/people/jo">Jo Roe</a>
  </span>
  <span property="schema:articleSection">Politics</span>
</article>
"""


def test_the_properties_of_an_article_are_its_fields(read: Read) -> None:
    metadata = read(DRUPAL)
    published, modified = metadata.date_published, metadata.date_modified
    assert published is not None
    assert modified is not None
    assert (published.source, published.value.isoformat()) == (
        "rdfa:datepublished",
        "2026-05-18T06:15:00+00:00",
    )
    assert (modified.source, modified.value.day) == ("rdfa:datemodified", 19)
    assert [(a.name, a.method) for a in metadata.authors] == [("Jo Roe", "rdfa:author")]
    assert metadata.section == "Politics"


def test_terms_of_dublin_core_are_read_with_either_prefix(read: Read) -> None:
    for prefix in ("dc", "dcterms", "http://purl.org/dc/terms/"):
        mark = "" if prefix.endswith("/") else ":"
        body = f"<h1>{TITLE}</h1><span property='{prefix}{mark}issued' content='2026-05-18'></span>"
        moment = read(body).date_published
        assert moment is not None
        assert moment.raw == "2026-05-18"


def test_the_date_of_a_teaser_in_rdfa_is_not_the_articles(read: Read) -> None:
    teaser = (
        '<div typeof="schema:NewsArticle"><h3>Another story</h3>'
        '<span property="schema:datePublished" content="2026-05-01"></span></div>'
    )
    assert read(f"<article><h1>{TITLE}</h1></article>{teaser}").date_published is None


def test_properties_of_a_person_are_not_the_articles(read: Read) -> None:
    person = (
        '<div typeof="schema:Person"><span property="schema:datePublished" content="2020-01-02">'
        "</span></div>"
    )
    assert read(f"<article><h1>{TITLE}</h1>{person}</article>").date_published is None


def test_a_property_without_a_vocabulary_counts_outside_meta_elements_only(read: Read) -> None:
    head = '<meta property="date-of-birth:issued" content="2026-05-18">'
    assert read(f"<h1>{TITLE}</h1>", head).date_published is None
    body = f'<h1>{TITLE}</h1><time property="datePublished" content="2026-05-18"></time>'
    moment = read(f'<div vocab="https://schema.org/" typeof="NewsArticle">{body}</div>')
    assert moment.date_published is not None
    assert moment.date_published.source == "rdfa:datepublished"


def test_an_item_of_drupal_7_is_the_article(read: Read) -> None:
    metadata = read(
        '<div typeof="sioc:Item foaf:Document"><h1>Bridge opens after nine years</h1>'
        '<span property="dc:date dc:created" content="2026-05-18T08:15:00+02:00"></span></div>'
    )
    assert metadata.date_published is not None
    assert metadata.date_published.value.day == 18
