"""HTML templates: ``string.Template`` files whose values are escaped unless they are HTML."""

from __future__ import annotations

import html
from functools import cache
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Html(str):
    """Text that is HTML already and is not escaped again."""

    __slots__ = ()


def escape(text: str) -> Html:
    """Return text as HTML; HTML as it is."""
    return text if isinstance(text, Html) else Html(html.escape(text))


def join(parts: Iterable[Html], glue: str = "\n") -> Html:
    """Join pieces of HTML."""
    return Html(glue.join(parts))


def fill(template: str, **values: str) -> Html:
    """Fill the template of this name in ``templates/``; every placeholder must be given."""
    return fill_text(_template(template), **values)


def fill_text(template: Template, **values: str) -> Html:
    """Fill a short template that stands beside its use."""
    return Html(template.substitute({name: escape(value) for name, value in values.items()}))


@cache
def _template(name: str) -> Template:
    return Template((files(__package__) / "templates" / name).read_text(encoding="utf-8"))
