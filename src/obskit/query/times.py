"""Read the times a person types, and compare them with the timestamps of records."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from obskit.query.failure import QueryError

WIDTH = 27
_RELATIVE = re.compile(r"(\d{1,9})\s*(s|m|h|d|w)", re.ASCII)
_ABSOLUTE = re.compile(r"\d{4}-\d\d-\d\d([Tt ]\d\d:\d\d(:\d\d([.,]\d{1,9})?)?([Zz]|[+-]\d\d:\d\d)?)?", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


def moment(text: str, now: datetime, option: str) -> str:
    """Read a time given on the command line.

    Args:
        text: RFC 3339, a date (its first moment), or an age such as `10m`, `2h`, `1d`; without an offset it is UTC.
        now: What an age counts back from.
        option: Name of the option, for the message.

    Returns:
        A timestamp as records have it, 27 characters in UTC.

    Raises:
        QueryError: Where the text is none of these.
    """
    given = text.strip()
    try:
        if age := _RELATIVE.fullmatch(given):
            return stamp(now - timedelta(**{_UNITS[age[2]]: int(age[1])}))
        if _ABSOLUTE.fullmatch(given):
            return stamp(datetime.fromisoformat(given.upper()))
    except (ValueError, OverflowError):
        pass
    raise QueryError(
        f"{option}: {text!r} is not a time; "
        "give RFC 3339 (2026-01-31T14:00:00Z), a date (2026-01-31) or an age (10m, 2h, 1d)"
    )


def length(text: str, option: str) -> timedelta:
    """Read a length of time given on the command line, such as `90s`, `10m`, `2h`.

    Raises:
        QueryError: Where the text is none, or of no length.
    """
    found = _RELATIVE.fullmatch(text.strip())
    if not found or int(found[1]) == 0:
        raise QueryError(f"{option}: {text!r} is not a length of time; give one such as 90s, 10m or 2h")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def stamp(when: datetime) -> str:
    """Format a time as records have it: RFC 3339, UTC, microseconds, `Z`; a naive one is taken as UTC."""
    utc = (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(WIDTH, "0")


def parse(text: object) -> datetime | None:
    """Read a record's timestamp; None where it is none."""
    if not isinstance(text, str):
        return None
    try:
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def normal(text: str) -> str | None:
    """Return a record's timestamp in the fixed-width form that sorts as text; None where it is no time.

    Lines of other programs write offsets, or fewer digits; obskit's own pass untouched.
    """
    if len(text) == WIDTH and text[-1] == "Z" and text[10] == "T" and text[19] == "." and text[:4].isdigit():
        return text
    when = parse(text)
    return stamp(when) if when else None


def before(when: datetime, span: timedelta) -> datetime:
    """Return the time so much before another, or the first there is."""
    try:
        return when - span
    except OverflowError:
        return datetime.min.replace(tzinfo=UTC)


def milliseconds(start: datetime, end: datetime) -> float:
    """Return the time from start to end, in milliseconds."""
    return (end - start) / timedelta(milliseconds=1)
