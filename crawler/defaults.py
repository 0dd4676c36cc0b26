"""From newsgrain.toml to what cleaning knows of a source's pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cleaners.options import CleanOptions
from newsgrain.publish import SourceDefaults
from newsgrain.spacy_names import SpacyNames

if TYPE_CHECKING:
    from crawler.configuration import CrawlLimits, Source


def source_defaults(crawl: CrawlLimits, source: Source) -> SourceDefaults:
    """Return the defaults for the pages of a source."""
    options = CleanOptions(
        obey_tdm=crawl.obey_tdm if source.obey_tdm is None else source.obey_tdm,
        obey_noindex=crawl.obey_noindex if source.obey_noindex is None else source.obey_noindex,
        recogniser=_recogniser(crawl),
    )
    return SourceDefaults(language=source.language, timezone=source.timezone, options=options)


def other_defaults(crawl: CrawlLimits) -> SourceDefaults:
    """Return the defaults for pages of no source that is configured."""
    options = CleanOptions(
        obey_tdm=crawl.obey_tdm,
        obey_noindex=crawl.obey_noindex,
        recogniser=_recogniser(crawl),
    )
    return SourceDefaults(options=options)


def _recogniser(crawl: CrawlLimits) -> SpacyNames | None:
    return SpacyNames(crawl.ner_model) if crawl.ner_model else None
