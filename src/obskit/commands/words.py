"""Say durations, times, counts and values in as few characters as people need."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from obskit.commands.safe import escaped

_BARE = frozenset(" \"'=\\")


def duration(milliseconds: float) -> str:
    """Return a duration: `0.42 ms`, `412 ms`, `2.31 s`, `3 min 12 s`, `5 h 4 min`."""
    if milliseconds < 0:
        return f"-{duration(-milliseconds)}"
    if milliseconds < 9.995:
        return f"{milliseconds:.2f} ms"
    if milliseconds < 99.95:
        return f"{milliseconds:.1f} ms"
    if milliseconds < 999.5:
        return f"{milliseconds:.0f} ms"
    seconds = milliseconds / 1000
    if seconds < 59.995:
        return f"{seconds:.2f} s"
    minutes, seconds = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours < 1:
        return f"{minutes} min {seconds} s"
    return f"{hours} h {minutes} min" if hours < 48 else f"{hours // 24} days {hours % 24} h"


def age(when: datetime, now: datetime) -> str:
    """Return how long ago a time was, such as `2 min ago`; nothing for the future."""
    seconds = int((now - when).total_seconds())
    if seconds < 0:
        return ""
    for size, word in ((86400, "days"), (3600, "h"), (60, "min")):
        if seconds >= size:
            count = seconds // size
            return f"{count} {'day' if word == 'days' and count == 1 else word} ago"
    return f"{seconds} s ago"


def size(count: float) -> str:
    """Return a number of bytes, such as `1.5 GiB`."""
    for unit in ("bytes", "KiB", "MiB", "GiB"):
        if count < 1024:
            return f"{count:.0f} {unit}" if unit == "bytes" else f"{count:.1f} {unit}"
        count /= 1024
    return f"{count:.1f} TiB"


def plural(count: float, one: str, many: str | None = None) -> str:
    """Return a count with its noun: `1 span`, `3 spans`."""
    return f"{count:,.0f} {one if count == 1 else many or f'{one}s'}"


def value(given: Any) -> str:
    """Return a value of a field, harmless and in one line: text as it is where it cannot be mistaken, else JSON."""
    if isinstance(given, str):
        return escaped(given if given and not _BARE.intersection(given) else json.dumps(given, ensure_ascii=False))
    return escaped(json.dumps(given, ensure_ascii=False, separators=(",", ":"), default=str))
