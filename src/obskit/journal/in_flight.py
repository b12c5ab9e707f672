"""Find the units of work that a dead writer's process had begun and not ended."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from obskit.journal import reader, segment
from obskit.journal.cursors import Cursors

_LOG, _OPEN, _CLOSE, _SPAN = b'"level":"', b'"kind":"open"', b'"kind":"close"', b'"kind":"span"'
_SPAN_ID, _ID = b'"span_id":"', b'"id":"'


@dataclass(slots=True)
class InFlight:
    """What a writer's segments say of its process's last moments.

    Attributes:
        units: The open lines without an end, oldest first.
        left: How the process left its writer, where it did so in order: `exit` or `replaced`.
        header: The last header; empty where there is none.
        last: The timestamp of the last line.
    """

    units: list[dict[str, Any]] = field(default_factory=list)
    left: str = ""
    header: Mapping[str, Any] = field(default_factory=dict)
    last: str = ""


def find(directory: Path) -> Generator[None, None, InFlight]:
    """Read a dead writer's segments; yields every few kilobytes.

    Args:
        directory: The writer's directory.

    Returns:
        What they say.

    Raises:
        OSError: A segment can't be read.
    """
    found = InFlight()
    # By the number of the unit, and by its own span's id: that span's line is the unit's end.
    begun: dict[int, dict[str, Any]] = {}
    by_span: dict[str, int] = {}
    for n in segment.numbers(directory):
        raw = b""
        for _, block in reader.blocks(directory / segment.file_name(n)):
            yield
            for raw in block:
                # Nearly all lines are records, which say nothing of this.
                if not raw.startswith(_LOG, reader.MARK_AT) and (by_span or not raw.startswith(_SPAN, reader.MARK_AT)):
                    _note(raw, found, begun, by_span)
        if last := reader.parse(raw):
            found.last = max(found.last, str(last.get("timestamp", "")))
    found.units = list(begun.values())
    return found


def _note(raw: bytes, found: InFlight, begun: dict[int, dict[str, Any]], by_span: dict[str, int]) -> None:
    if raw.startswith(_SPAN, reader.MARK_AT):
        at = raw.find(_SPAN_ID) + len(_SPAN_ID)
        begun.pop(by_span.pop(raw[at : at + 16].decode("ascii", "replace"), 0), None)
        return
    line = reader.parse(raw) or {}
    kind, unit = line.get("kind"), line.get("unit")
    if kind == "segment":
        found.header = line
    elif kind == "close":
        begun.pop(unit if type(unit) is int else 0, None)
        found.left = str(line.get("left", found.left))
    elif kind == "open" and type(unit) is int and type(line.get("timestamp")) is str:
        begun[unit] = line
        if "span_kind" in line:
            by_span[str(line.get("span_id"))] = unit
    elif kind == "span":
        # What a torn line still holds.
        begun.pop(by_span.pop(str(line.get("span_id")), 0), None)


def highest(directory: Path) -> Generator[None, None, dict[str, int]]:
    """Find the highest number of a line's id, by signal (`l` and `s`); yields every few kilobytes.

    Args:
        directory: The writer's directory.

    Returns:
        At least what any target has acknowledged: the segments of those lines may be gone.

    Raises:
        OSError: A segment can't be read.
    """
    numbers = {"l": 0, "s": 0}
    cursors = Cursors(directory)
    for key in cursors.keys():  # noqa: SIM118 - not a mapping
        at = cursors.get(key)
        numbers[key[1][0]] = max(numbers[key[1][0]], 0 if at is None else at.passed)
    for n in segment.numbers(directory):
        for _, block in reader.blocks(directory / segment.file_name(n)):
            yield
            for raw in block:
                identity = raw[raw.rfind(_ID) + len(_ID) :].partition(b'"')[0]
                tail = identity.rpartition(b"-")[2].decode("ascii", "replace")
                if tail[:1] in numbers and tail[1:].isdecimal():
                    numbers[tail[:1]] = max(numbers[tail[:1]], int(tail[1:]))
    return numbers
