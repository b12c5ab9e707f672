"""Read a journal for the ids alone: which numbers of which writers stand where, and what was told of losses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from obskit.journal import reader, segment
from obskit.journal.cursors import Cursor, Cursors, Key
from obskit.journal.settle import MESSAGE
from obskit.query.proof_ranges import Numbers, highest

_START, _KIND, _SPAN, _ERROR = b'{"timestamp":"', b'"kind":"', b'"kind":"span"', b'"level":"ERROR"'
_ID, _END = b'"id":"', b'"}\n'
_SERIES = re.compile(rb"[0-9a-f]{32}-[ls]")
_WIDTH = 34
_DROPPED = b'"message":"records dropped from the journal","logger":"obskit.journal"'
_TOLD = MESSAGE.encode()
_NEVER = 1 << 62
# Of a line, up to the end of its time.
_HEAD = 41


@dataclass(frozen=True, slots=True)
class Told:
    """A drop that a record tells of.

    Attributes:
        service: Whose records they were: the name of the service's directory.
        writer: Who wrote them.
        signal: `l` or `s`.
        segment: The number of the segment that they lay in.
        first: The first number.
        last: The last number.
        count: How many they were.
        reason: Why they went, such as `disk_cap`.
        timestamp: When.
    """

    service: str
    writer: str
    signal: str
    segment: int
    first: int
    last: int
    count: int
    reason: str
    timestamp: str


@dataclass(frozen=True, slots=True)
class Left:
    """The end of a writer whose process left it in order.

    Attributes:
        how: `exit` or `replaced`.
        highest: The highest number of each series by then.
    """

    how: str
    highest: Mapping[bytes, int]


@dataclass(slots=True)
class Segment:
    """What was read of one segment.

    Attributes:
        series: The numbers seen, by writer and signal: `<writer>-l` and `<writer>-s`.
        before: For an offset of a cursor, how many lines of each series stand before it.
        read: Up to where it was read, in bytes.
        newer: Whether a part of it is of a newer format.
        trouble: Why it can't be read; empty where it can.
    """

    series: dict[bytes, Numbers] = field(default_factory=dict)
    before: dict[int, dict[bytes, int]] = field(default_factory=dict)
    read: int = 0
    newer: bool = False
    trouble: str = ""


@dataclass(slots=True)
class Directory:
    """What was read of one writer's directory, or of one that holds the lines of several.

    Attributes:
        path: The directory.
        merged: Whether it was made from others.
        cursors: The cursors, as they were before its segments were read.
        segments: What was read, by number.
        header: The last header.
        left: How writers left their segments, where they did so in order.
        drops: The drops that its records tell of.
        problems: What was passed over.
    """

    path: Path
    merged: bool
    cursors: Mapping[Key, Cursor]
    segments: dict[int, Segment] = field(default_factory=dict)
    header: Mapping[str, Any] = field(default_factory=dict)
    left: dict[str, Left] = field(default_factory=dict)
    drops: list[Told] = field(default_factory=list)
    problems: reader.Problems = field(default_factory=reader.Problems)

    def offsets(self, n: int) -> list[int]:
        """Return where cursors stand in a segment, ascending."""
        return sorted({at.offset for at in self.cursors.values() if at.segment == n})


def begin(path: Path) -> Directory:
    """Look at a directory's cursors, before anything else of it is read."""
    cursors = Cursors(path)
    known = {key: at for key in cursors.keys() if (at := cursors.get(key)) is not None}  # noqa: SIM118 - not a mapping
    return Directory(path, reader.is_merged(path), known)


def read(found: Directory, pace: Callable[[int], None]) -> None:
    """Read what a directory's segments hold and was not read yet.

    Args:
        found: What is known of the directory.
        pace: Told of the bytes that were read.
    """
    for n in segment.numbers(found.path):
        known = found.segments.setdefault(n, Segment())
        try:
            _Pass(found, known, n).run(pace)
            known.trouble = ""
        except FileNotFoundError:
            # Removed or merged while this ran: whoever judges looks again what is there.
            if not known.series:
                del found.segments[n]
        except OSError as trouble:
            known.trouble = trouble.strerror or str(trouble)


def drops_in(path: Path) -> list[Told]:
    """Return the drops that the records of a segment tell of.

    Raises:
        OSError: It can't be read.
    """
    found: list[Told] = []
    for _, block in reader.blocks(path):
        some = (_told(raw) for raw in block if raw.startswith(_ERROR, reader.MARK_AT) and _DROPPED in raw)
        found += [told for told in some if told is not None]
    return found


class _Pass:
    """One reading of one segment, from where the last one ended."""

    def __init__(self, found: Directory, known: Segment, n: int) -> None:
        self._found = found
        self._known = known
        self._path = found.path / segment.file_name(n)
        self._marks = [offset for offset in found.offsets(n) if offset not in known.before]
        # What follows a header, up to the next one.
        self._skips = self._closely = known.newer
        self._settled = False
        self._writer = str(found.header.get("writer", ""))

    def run(self, pace: Callable[[int], None]) -> None:
        known, marks = self._known, iter(self._marks)
        series, mark = known.series, next(marks, _NEVER)
        # A writer may be faster than this is: what it writes from now on is another look's to read.
        size = self._path.stat().st_size
        for start, block in reader.blocks(self._path, known.read) if size > known.read else ():
            end = start
            for raw in block:
                end += len(raw)
                while end > mark:
                    known.before[mark] = {name: numbers.count for name, numbers in series.items()}
                    mark = next(marks, _NEVER)
                at = raw.rfind(_ID) + 6
                digits = raw[at + _WIDTH : -3]
                numbers = series.get(raw[at : at + _WIDTH])
                if (
                    numbers is None
                    or self._closely
                    or not digits.isdigit()
                    or raw.startswith(_KIND, reader.MARK_AT) != (raw[at + 33] == 115)
                    or raw.startswith(_ERROR, reader.MARK_AT)
                    or not raw.startswith(_START)
                    or raw.find(_START, 1) > 0
                    or b"\0" in raw
                ):
                    self._look(raw)
                else:
                    numbers.add(int(digits), raw)
                    numbers.last = raw
            pace(end - known.read)
            known.read = end
            if end >= size:
                break
        for numbers in series.values():
            numbers.last = numbers.last[:_HEAD]

    def _look(self, raw: bytes) -> None:
        """Take a line that is not like the one before it."""
        record = reader.parse(raw, self._found.problems)
        if record is None:
            return
        kind = record.get("kind", "log")
        if kind == "segment":
            self._header(record)
        elif kind == "close" and type(record.get("left")) is str:
            self._found.left[self._writer] = Left(record["left"], self._highest())
        elif kind in ("log", "span") and not self._skips:
            self._record(raw, record, kind)

    def _header(self, record: dict[str, Any]) -> None:
        self._found.header = record
        self._writer = str(record.get("writer", ""))
        self._closely, self._settled = True, False
        self._skips = segment.is_newer(record)
        if self._skips:
            self._known.newer = True
            self._found.problems.newer += 1

    def _highest(self) -> dict[bytes, int]:
        names = [f"{self._writer}-{letter}".encode() for letter in "ls"]
        segments = self._found.segments.values()
        return {name: highest(known.series[name] for known in segments if name in known.series) for name in names}

    def _record(self, raw: bytes, record: dict[str, Any], kind: str) -> None:
        if self._closely and not self._settled:
            # Whoever adopted the writer told there what was in flight: that is no moment of the writer's own.
            self._closely = self._settled = _TOLD in raw
        name, number = split(str(record.get("id", "")))
        if number == 0 or name.endswith(b"-s") != (kind == "span"):
            return
        line = raw if raw.startswith(_START) and raw.find(_START, 1) < 0 else b""
        numbers = self._known.series.setdefault(name, Numbers())
        numbers.add(number, line)
        if line and not self._settled:
            numbers.last = line
        if _DROPPED in raw and (told := _told(raw)):
            self._found.drops.append(told)


def split(identity: str) -> tuple[bytes, int]:
    """Return the series and the number of an id; the number is 0 where it is none of obskit's."""
    name, digits = identity[:_WIDTH].encode("ascii", "replace"), identity[_WIDTH:]
    if not _SERIES.fullmatch(name) or not (digits.isascii() and digits.isdigit()) or len(digits) > 18:
        return name, 0
    return name, int(digits)


def _told(raw: bytes) -> Told | None:
    record = reader.parse(raw) or {}
    context = record.get("context")
    if not isinstance(context, dict):
        return None
    (name, first), (other, last) = split(str(context.get("first", ""))), split(str(context.get("last", "")))
    count = context.get("count")
    if name != other or not first or not last:
        return None
    return Told(
        service=str(context.get("of_service", "")),
        writer=name[:32].decode(),
        signal=name[33:].decode(),
        segment=n if type(n := context.get("segment")) is int else 0,
        first=min(first, last),
        last=max(first, last),
        count=count if type(count) is int and count > 0 else abs(last - first) + 1,
        reason=str(context.get("reason", "")),
        timestamp=str(record.get("timestamp", "")),
    )


def directories(service: Path) -> Iterator[Path]:
    """Yield the writers' directories of a service that hold a segment."""
    for path in reader.service_writers(service):
        if segment.numbers(path):
            yield path
