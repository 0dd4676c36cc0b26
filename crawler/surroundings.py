"""Is the machine fit for newsgrain? Packages, certificates, clock, disk: what `doctor` looks at."""

from __future__ import annotations

import shutil
import ssl
import tempfile
from dataclasses import dataclass
from datetime import timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from http.client import HTTPException
from importlib.metadata import packages_distributions
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.error import HTTPError, URLError
from urllib.parse import urljoin
from urllib.request import Request, build_opener

# Where a crawl finds certificates if the defaults of OpenSSL lead nowhere.
from OpenSSL.SSL import _CERTIFICATE_FILE_LOCATIONS as _BUNDLES

from crawler.hooks import NoRedirect
from newsgrain.disk import Linker, require_free
from newsgrain.errors import DiskLowError
from newsgrain.report import size
from newsgrain.version import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from newsgrain.clock import Clock

_OURS = ("cleaners", "crawler", "newsgrain")
_ANSWER_S = 10
# Article dates and decisions about young articles are off by as much.
_DRIFT = timedelta(minutes=1)
_WRONG = timedelta(minutes=10)


class Health(StrEnum):
    """How well something is."""

    GOOD = "ok"
    DOUBTFUL = "look"
    BAD = "wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What was found of one thing.

    Attributes:
        subject: what was looked at.
        health: how well it is.
        text: one line; if not well, with what to do.
    """

    subject: str
    health: Health
    text: str


def packages(home: Path | None = None) -> Iterator[Diagnosis]:
    """Look for packages of other projects in the place of newsgrain's own.

    Args:
        home: the folder that holds newsgrain's packages; None: that of this file.
    """
    home = home or Path(__file__).resolve().parents[1]
    intruders = list(_intruders(home))
    for name, text in intruders:
        yield Diagnosis(subject="packages", health=Health.BAD, text=f"{name}: {text}")
    if not intruders:
        text = f"{', '.join(_OURS)} are newsgrain's own, {home}"
        yield Diagnosis(subject="packages", health=Health.GOOD, text=text)


def _intruders(home: Path) -> Iterator[tuple[str, str]]:
    owners = packages_distributions()
    for name in _OURS:
        spec = find_spec(name)
        place = Path(spec.origin).resolve().parents[1] if spec and spec.origin else None
        if place != home:
            yield name, f"is imported from {place}, not from {home}; remove what lies there"
        others = sorted(set(owners.get(name, ())) - {"newsgrain"})
        if others:
            yield name, f"belongs to {', '.join(others)}, too; use an environment of its own"
    code = home / "datasets" / "__init__.py"
    if code.exists():
        yield "datasets", f"{code} hides Hugging Face's package of this name; delete the file"


def certificates() -> Diagnosis:
    """Look for the certificates by which sites are known."""
    paths = ssl.get_default_verify_paths()
    named = [paths.cafile, paths.capath, *_BUNDLES]
    found = next((name for name in named if name and _holds_certificates(Path(name))), None)
    if found:
        return Diagnosis(subject="certificates", health=Health.GOOD, text=found)
    text = (
        "none found, so that no https site can be fetched; on Debian: apt install ca-certificates"
    )
    return Diagnosis(subject="certificates", health=Health.BAD, text=text)


def _holds_certificates(path: Path) -> bool:
    if path.is_dir():
        return any(path.iterdir())
    return path.is_file() and path.stat().st_size > 0


def clock(site: str | None, now: Clock) -> Diagnosis:
    """Compare the clock with that of a site, if it can be reached.

    Args:
        site: home page of a source; asked for its robots.txt, which a run reads anyway.
        now: the clock.
    """
    theirs = _date_of(site) if site else None
    if theirs is None:
        text = f"{now():%Y-%m-%d %H:%M:%S} UTC, compared with no other: no site was reached"
        return Diagnosis(subject="clock", health=Health.GOOD, text=text)
    drift = abs(now() - theirs)
    if drift <= _DRIFT:
        return Diagnosis(subject="clock", health=Health.GOOD, text=f"as at {site}")
    health = Health.BAD if drift > _WRONG else Health.DOUBTFUL
    text = f"{drift.total_seconds():.0f} s from that of {site}; let it be set by NTP"
    return Diagnosis(subject="clock", health=health, text=text)


def _date_of(site: str) -> datetime | None:
    headers = {"User-Agent": f"newsgrain/{__version__}"}
    request = Request(urljoin(site, "/robots.txt"), headers=headers, method="HEAD")  # noqa: S310
    try:
        with build_opener(NoRedirect).open(request, timeout=_ANSWER_S) as answer:
            said = answer.headers["Date"]
    except HTTPError as exc:
        said = exc.headers["Date"]
    except (URLError, OSError, ValueError, HTTPException):
        return None
    try:
        moment = parsedate_to_datetime(said) if said else None
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def disk(folder: Path, minimum_mb: float) -> Diagnosis:
    """Look whether a run could begin.

    Args:
        folder: of the workspace.
        minimum_mb: ``crawl.min_free_disk_mb``.
    """
    try:
        require_free(folder, minimum_mb)
    except DiskLowError as exc:
        return Diagnosis(subject="disk", health=Health.BAD, text=exc.message)
    free = size(shutil.disk_usage(folder).free)
    return Diagnosis(subject="disk", health=Health.GOOD, text=f"{free} are free")


def file_system(folder: Path) -> Diagnosis:
    """Try what publishing needs: files that are written, linked and renamed."""
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".doctor-") as name:
            place = Path(name)
            (place / "file").write_bytes(b"newsgrain")
            (place / "current").symlink_to("file")
            linker = Linker()
            linker.link(place / "file", place / "second")
            is_linked = (place / "file").samefile(place / "second")
    except OSError as exc:
        text = f"{folder}: {exc.strerror}; nothing can be published here"
        return Diagnosis(subject="file system", health=Health.BAD, text=text)
    if is_linked:
        return Diagnosis(
            subject="file system", health=Health.GOOD, text="can be written, has links"
        )
    text = "has no hard links: each snapshot is a full copy, ten times the space"
    return Diagnosis(subject="file system", health=Health.DOUBTFUL, text=text)
