"""What a journal's level file says, and what of it is meant for one process: format 1.

    {"format": 1, "levels": [{"level": "DEBUG", "service": "shop", "logger": "sqlalchemy", "until": "...Z"}, ...]}

Beside `level` each part of an entry may be missing: `service`, `pid` with `process` (which tells a process from a later
one of the same pid), `logger`, and `until`, the time from which it no longer holds (RFC 3339).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import orjson

from obskit.decide import levels

FORMAT = 1
# Seconds since the epoch of the last moment that RFC 3339 has.
LATEST = 253_402_300_799
_PARTS = frozenset(("level", "service", "pid", "process", "logger", "until"))


class Malformed(ValueError):
    """The text is no level file; the reason says why."""


class Newer(ValueError):
    """A newer version of obskit wrote the file."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A level that someone has set.

    Attributes:
        level: Its number.
        service: The service it is for; None for all.
        pid: The process it is for; None for all.
        process: Tells that process from a later one of the same pid; empty where nothing does.
        logger: The logger it is for, with those below it; None for the default of all.
        until: Seconds since the epoch from which it no longer holds; None without an end.
    """

    level: int
    service: str | None = None
    pid: int | None = None
    process: str = ""
    logger: str | None = None
    until: float | None = None

    @property
    def target(self) -> tuple[str | None, int | None, str | None]:
        """What it is set for: of two entries with the same target the later one replaces the other."""
        return (self.service, self.pid, self.logger)

    def over(self, now: float) -> bool:
        """Tell whether its time has passed."""
        return self.until is not None and now >= self.until

    def is_for(self, service: str, pid: int, process: Callable[[], str]) -> bool:
        """Tell whether it is meant for a process; `process` is asked only where the pid fits."""
        if self.service not in (None, service):
            return False
        return self.pid is None or (self.pid == pid and self.process in ("", process()))


@dataclass(frozen=True, slots=True)
class Plan:
    """What the entries come to for one process.

    Attributes:
        default: The level of all loggers; None where nothing is said of it.
        levels: Levels by logger.
        until: Seconds since the epoch at which this changes by itself; None where it doesn't.
    """

    default: int | None
    levels: dict[str, int]
    until: float | None


def plan(entries: Iterable[Entry], service: str, pid: int, process: Callable[[], str], now: float) -> Plan:
    """Return what holds for a process: what was set for it alone wins over its service's, which wins over all's."""
    mine = [entry for entry in entries if not entry.over(now) and entry.is_for(service, pid, process)]
    mine.sort(key=lambda entry: (entry.pid is not None, entry.service is not None))
    found = {entry.logger: entry.level for entry in mine}
    ends = [entry.until for entry in mine if entry.until is not None]
    named = {name: level for name, level in found.items() if name is not None}
    return Plan(found.get(None), named, min(ends, default=None))


def parse(data: bytes) -> tuple[Entry, ...]:
    """Read a level file.

    Raises:
        Malformed: It is none.
        Newer: Its format came after this one.
    """
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise Malformed(f"it is no JSON: {error}") from None
    if not isinstance(content, dict) or type(content.get("format")) is not int:
        raise Malformed('it has no "format"')
    if content["format"] > FORMAT:
        raise Newer(f"its format is {content['format']}, this version of obskit reads {FORMAT}")
    found = content.get("levels")
    if content["format"] < 1 or not isinstance(found, list):
        raise Malformed('it has no list of "levels"')
    return tuple(_entry(item) for item in found)


def render(entries: Iterable[Entry]) -> bytes:
    """Return the text of a level file."""
    shown = [describe(entry) for entry in entries]
    return orjson.dumps({"format": FORMAT, "levels": shown}, option=orjson.OPT_INDENT_2) + b"\n"


def describe(entry: Entry) -> dict[str, Any]:
    """Return an entry as the file has it."""
    until = None if entry.until is None else moment(entry.until)
    parts = {
        "level": levels.name(entry.level),
        "service": entry.service,
        "pid": entry.pid,
        "process": entry.process or None,
        "logger": entry.logger,
        "until": until,
    }
    return {name: part for name, part in parts.items() if part is not None}


def moment(seconds: float) -> str:
    """Return a time, in seconds since the epoch, as RFC 3339 in UTC; behind the year 9999 the last that there is."""
    return datetime.fromtimestamp(min(seconds, LATEST), UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _entry(item: Any) -> Entry:
    if not isinstance(item, dict):
        raise Malformed("an entry of it is no object")
    if strange := item.keys() - _PARTS:
        raise Malformed(f"an entry of it has the unknown part {min(strange)!r}")
    texts: dict[str, str | None] = {}
    for name in ("level", "service", "process", "logger", "until"):
        text = item.get(name)
        if text is not None and (not isinstance(text, str) or not text):
            raise Malformed(f"{name!r} of an entry is no text")
        texts[name] = text
    pid = item.get("pid")
    if pid is not None and (type(pid) is not int or pid < 1):
        raise Malformed("'pid' of an entry is no process")
    try:
        level = levels.number(texts["level"] or "")
        until = None if texts["until"] is None else _seconds(texts["until"])
    except ValueError as error:
        raise Malformed(f"of an entry {error}") from None
    return Entry(level, texts["service"], pid, texts["process"] or "", texts["logger"], until)


def _seconds(text: str) -> float:
    try:
        when = datetime.fromisoformat(text)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise ValueError(f"{text!r} is no time") from None
