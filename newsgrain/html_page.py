"""A self-contained HTML page from a template: no file, no script and no network.

Whatever comes from a crawled page is text: Jinja2 escapes it, and the policy in the templates
forbids scripts and requests, should anything ever slip through.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined

from newsgrain.version import __version__


def render_page(name: str, **values: Any) -> str:
    """Return the page that a template makes of values.

    Args:
        name: of ``templates/<name>.html.j2`` and ``templates/<name>.css``.
        values: what the template names; `style`, `style_digest` (of the sheet, for a policy)
            and `version` are added.
    """
    style, digest = _style(name)
    template = _environment().get_template(f"{name}.html.j2")
    html: str = template.render(**values, style=style, style_digest=digest, version=__version__)
    return html


def _safe_link(address: str | None) -> str | None:
    """Return an address that may be a link: one of the web, never a script."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return None
    return address if parts.scheme in {"http", "https"} and parts.netloc else None


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("newsgrain"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["safe_link"] = _safe_link
    return environment


@cache
def _style(name: str) -> tuple[str, str]:
    sheet = files("newsgrain").joinpath(f"templates/{name}.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(sheet.encode()).digest()).decode("ascii")
    return sheet, digest
