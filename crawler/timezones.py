"""Which time zone a site keeps, as far as the dates that it gives leave no doubt."""

from __future__ import annotations

import zoneinfo
from collections import defaultdict
from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

_TABLE = "zone.tab"


def _table_text() -> str:
    """Return the IANA table of countries and zones; empty where the system has none."""
    for folder in zoneinfo.TZPATH:
        path = Path(folder) / _TABLE
        if path.is_file():
            return path.read_text(encoding="utf-8")
    try:
        return (resources.files("tzdata") / "zoneinfo" / _TABLE).read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError):
        return ""


@cache
def _zones_by_country() -> Mapping[str, tuple[str, ...]]:
    zones: defaultdict[str, list[str]] = defaultdict(list)
    for line in _table_text().splitlines():
        if not line.startswith("#"):
            country, _, zone = line.split("\t")[:3]
            zones[country].append(zone)
    return {country: tuple(names) for country, names in zones.items()}


def _keeps(zone: str, moments: Collection[datetime]) -> bool:
    place = zoneinfo.ZoneInfo(zone)
    return all(moment.astimezone(place).utcoffset() == moment.utcoffset() for moment in moments)


def guess_zone(country: str | None, moments: Collection[datetime]) -> str | None:
    """Return the one zone of a country that all dates agree with, or None.

    Args:
        country: ISO 3166 code of two letters, from the page's language tag or domain.
        moments: dates with the offsets that the site wrote. If all of them are in UTC they
            say nothing: many systems write their feeds so.
    """
    if not country or not any(moment.utcoffset() for moment in moments):
        return None
    zones = _zones_by_country().get(country.upper(), ())
    fitting = [zone for zone in zones if _keeps(zone, moments)]
    return fitting[0] if len(fitting) == 1 else None


def country_of(language: str | None, host: str) -> str | None:
    """Return the country of a site: the region of its language tag, else its domain's.

    >>> country_of("de-AT", "example.com"), country_of("fr", "example.fr")
    ('AT', 'FR')
    """
    parts = (language or "").split("-")
    region = next((part for part in parts[1:] if len(part) == 2), "")  # noqa: PLR2004 - ISO 3166
    domain = host.rpartition(".")[2].upper()
    # The domain of the United Kingdom is older than the table's code for it.
    known = {"UK": "GB"}.get(domain, domain)
    code = region.upper() or known
    return code if code in _zones_by_country() else None
