"""Checks of single values in newsgrain.toml.

Each takes a value as TOML gives it and returns it as the records hold it; a ValueError says
in one line what is wrong.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable

Check: TypeAlias = "Callable[[Any], Any]"


def check_text(value: Any) -> str:
    """Return a text of one line that is not blank."""
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"a text is needed, not {value!r}")
    if any(ord(character) < ord(" ") for character in value):
        raise ValueError(f"line breaks and control characters are not allowed: {value!r}")
    return value


def check_flag(value: Any) -> bool:
    """Return true or false."""
    if value is not True and value is not False:
        raise ValueError(f"true or false is needed, not {value!r}")
    return bool(value)


def check_name(value: Any) -> str:
    """Return the name of a source.

    Raises:
        ValueError: it is no word of letters, digits, ``-``, ``_`` and ``.``.
    """
    if not re.fullmatch(r"\w[\w.-]{0,63}", check_text(value)):
        raise ValueError(f"only letters, digits, '-', '_' and '.' make a name, not {value!r}")
    return str(value)


def check_url(value: Any) -> str:
    """Return an absolute http(s) address.

    Raises:
        ValueError: it is none, or holds a password, white space or an impossible port.
    """
    message = f"an address such as https://example.org/ is needed, not {value!r}"
    try:
        parts = urlsplit(check_text(value))
        port_is_possible = parts.port != 0
    except ValueError as exc:
        raise ValueError(message) from exc
    if parts.scheme not in {"http", "https"} or not parts.hostname or not port_is_possible:
        raise ValueError(message)
    if parts.password or parts.username:  # a message may end in a log, or in a mail of cron
        raise ValueError("an address without user name and password is needed")
    if re.search(r"\s", value):
        raise ValueError(f"an address without white space is needed, not {value!r}")
    return str(value)


def check_proxy(value: Any) -> str:
    """Return the address of a proxy: scheme, host and port.

    Raises:
        ValueError: it is none, or holds more than these, e.g. a password.
    """
    message = f"an address such as http://proxy.example.org:3128 is needed, not {value!r}"
    try:
        parts = urlsplit(check_url(value))
    except ValueError as exc:
        if "@" in str(value):
            message = "the user and password of a proxy belong into NEWSGRAIN_PROXY_AUTH"
        raise ValueError(message) from exc
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError(message)
    return str(value).rstrip("/")


def check_contact(value: Any) -> str:
    """Return a mail address or web page.

    Raises:
        ValueError: it is neither.
    """
    if re.fullmatch(r"[^@\s()<>]+@[^@\s()<>]+\.[^@\s()<>]+", check_text(value)):
        return str(value)
    try:
        return check_url(value)
    except ValueError as exc:
        message = f"a mail address or a web page is needed, not {value!r}"
        raise ValueError(message) from exc


def check_regex(value: Any) -> str:
    """Return a text that is a regular expression."""
    try:
        re.compile(check_text(value))
    except re.error as exc:
        raise ValueError(f"no regular expression: {value!r} ({exc})") from exc
    return str(value)


def check_language(value: Any) -> str:
    """Return a text of the shape of a BCP 47 tag."""
    if not re.fullmatch(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*", check_text(value)):
        raise ValueError(f"a language tag such as 'fr' or 'pt-BR' is needed, not {value!r}")
    return str(value)


def check_timezone(value: Any) -> str:
    """Return the name of a zone that the IANA database knows."""
    try:
        ZoneInfo(check_text(value))
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise ValueError(f'unknown time zone "{value}"') from exc
    return str(value)


def list_of(check: Check) -> Check:
    """Return the check of a list whose items pass `check`; it gives a tuple."""

    def check_list(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError(f"a list is needed, e.g. [{value!r}]")  # noqa: TRY004 - see Check
        return tuple(check(item) for item in value)

    return check_list


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def number_in(minimum: float, maximum: float) -> Check:
    """Return the check of a number, both ends included; it gives a float."""

    def check_number(value: Any) -> float:
        if not _is_number(value) or not minimum <= value <= maximum:
            raise ValueError(f"a number from {minimum:g} to {maximum:g} is needed, not {value!r}")
        return float(value)

    return check_number


def count_from(minimum: int, maximum: int = 10**9) -> Check:
    """Return the check of a whole number, both ends included."""

    def check_count(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not minimum <= value <= maximum:
            raise ValueError(f"a whole number from {minimum} to {maximum} is needed, not {value!r}")
        return value

    return check_count
