"""Which pages are rendered, and with what: sources with ``render = true``.

Pages whose text is only there for scripts are opened in a Chromium that is already installed.
The browser reaches no network of its own; see `crawler.browser`.
"""

from __future__ import annotations

import os
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cleaners.outcome import Reason
from newsgrain.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from crawler.configuration import Source

_NAMES = ("chromium", "chromium-browser", "google-chrome")
_HANDLER = "crawler.browser.BrowserHandler"
# Whatever is not handed over to Scrapy finds no host: sockets, prefetching, updates.
_ARGUMENTS = (
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--disable-background-networking",
    "--disable-component-update",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--no-pings",
)
_MAX_PAGES = 2


def rendering_advice(reasons: Mapping[str, int]) -> Iterator[str]:
    """Yield what helps against rejections, by their reasons, for the person who ran newsgrain."""
    count = reasons.get(Reason.SCRIPT_ONLY.value, 0)
    if count:
        pages = "1 page is" if count == 1 else f"{count} pages are"
        yield (
            f"newsgrain: {pages} only there for scripts; `render = true` in the source opens such "
            "pages in a browser, with pip install 'newsgrain[playwright]'"
        )


def rendering_settings(sources: Sequence[Source]) -> dict[str, Any]:
    """Return Scrapy's settings for sources that are rendered; none if there are none.

    Raises:
        ConfigError: the extra ``playwright`` or a Chromium is missing.
    """
    rendered = [source.name for source in sources if source.render]
    if not rendered:
        return {}
    if find_spec("scrapy_playwright") is None:
        message = "needs playwright: pip install 'newsgrain[playwright]'"
        raise ConfigError(f"source {rendered[0]}: render = true {message}")
    chromium = next(filter(None, map(shutil.which, _NAMES)), None)
    if chromium is None:
        message = f"needs one of the programs {', '.join(_NAMES)}; on Debian: apt install chromium"
        raise ConfigError(f"source {rendered[0]}: render = true {message}")
    return {
        "DOWNLOAD_HANDLERS": {"http": _HANDLER, "https": _HANDLER},
        "PLAYWRIGHT_LAUNCH_OPTIONS": {
            "executable_path": chromium,
            "args": list(_ARGUMENTS),
            # Chromium refuses to sandbox pages as root.
            "chromium_sandbox": os.geteuid() != 0,
        },
        "PLAYWRIGHT_MAX_PAGES_PER_CONTEXT": _MAX_PAGES,
        "PLAYWRIGHT_PROCESS_REQUEST_HEADERS": None,
    }
