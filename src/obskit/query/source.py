"""Open what a question is asked of: a journal, a JSON-lines file, or a stream of lines.

The one place of the query stage that knows files: everything behind it sees sections of lines.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from obskit.journal import reader, segment
from obskit.query import item, times
from obskit.query.failure import QueryError
from obskit.query.item import Item
from obskit.query.wanted import Wanted

# A record is older than the header of a segment that was begun for it; more is caught by the reorder window.
_EARLIER = timedelta(seconds=5)
_HEADER = b'"kind":"segment"'
_CHUNK = 1 << 20
# No line of obskit comes near this; without a bound a binary file would be read into memory whole.
_LONGEST = 1 << 24


@dataclass(slots=True)
class Problems(reader.Problems):
    """What was met and left aside while reading, counted."""

    vanished: int = 0
    unreadable: int = 0


@dataclass(slots=True)
class Tracker:
    """Remember how far each file was read, so that following goes on from there."""

    positions: dict[Path, int] = field(default_factory=dict)
    last: dict[Path, bytes] = field(default_factory=dict)
    ignored: set[Path] = field(default_factory=set)

    def saw(self, path: Path, line: reader.Line) -> None:
        """Note that a line was read."""
        self.positions[path] = line.end
        if reader.kind(line.raw) == "log":
            self.last[path] = line.raw


@dataclass(slots=True)
class Section:
    """Lines of one writer in a row: a segment, or the part of a merged one behind one header.

    Args:
        path: The file; None where the lines come from a stream.
        begins: No line of it is much older; empty where that is not known.
        start: Offset of its first line.
        end: Offset behind its last line; None: up to the end of the file.
        writer: Who wrote it; empty outside of a journal.
        stream: Where the lines come from, if not from a file.
    """

    path: Path | None
    begins: str = ""
    start: int = 0
    end: int | None = None
    writer: str = ""
    stream: BinaryIO | None = None

    def items(
        self, wanted: Wanted, problems: Problems, *, keep: bool, tracker: Tracker | None = None
    ) -> Iterator[Item]:
        """Yield what is wanted of it, in the order of writing.

        Args:
            wanted: Which lines.
            problems: Where to count what is left aside.
            keep: Whether items carry their parsed record.
            tracker: Where to note how far it was read.
        """
        try:
            for line in self._lines():
                if self.end is not None and line.end > self.end:
                    return
                if tracker is not None and self.path is not None:
                    tracker.saw(self.path, line)
                if wanted.may_be(line.raw) and (found := _item(line.raw, wanted, problems, keep)):
                    yield found
        except FileNotFoundError:
            problems.vanished += 1
        except OSError:
            problems.unreadable += 1

    def _lines(self) -> Iterator[reader.Line]:
        if self.path is None:
            return _stream_lines(self.stream) if self.stream else iter(())
        return reader.lines(self.path, self.start) if self.writer else _file_lines(self.path, self.start)


def _item(raw: bytes, wanted: Wanted, problems: Problems, keep: bool) -> Item | None:
    decoded = item.decode(raw, problems)
    if decoded is None or not wanted.holds(decoded[1]):
        return None
    found = item.make(*decoded, keep=keep)
    return found if found and wanted.in_time(found.timestamp) else None


def _file_lines(path: Path, start: int) -> Iterator[reader.Line]:
    with path.open("rb") as file:
        file.seek(start)
        for line in _stream_lines(file):
            yield reader.Line(line.raw, start + line.end)


def _stream_lines(stream: BinaryIO) -> Iterator[reader.Line]:
    """Yield the lines of a captured output; the last counts without a newline too, because people edit such files."""
    end = 0
    while raw := stream.readline(_LONGEST):
        end += len(raw)
        yield reader.Line(raw.rstrip(b"\n"), end)


@dataclass(slots=True)
class Source:
    """Something that lines can be read from.

    Args:
        root: A journal directory or a file; None for a stream.
        stream: The stream.
        problems: What was left aside while reading.
    """

    root: Path | None
    stream: BinaryIO | None = None
    problems: Problems = field(default_factory=Problems)

    def keep(self) -> None:
        """Make a stream readable again and again; files are so anyway."""
        if self.stream is None:
            return
        if not isinstance(self.stream, io.BytesIO):
            self.stream = io.BytesIO(self.stream.read())
        self.stream.seek(0)

    def files(self) -> list[Path]:
        """Return the segments of a journal, or of one service or one writer of it."""
        if self.root is None:
            return []
        if found := reader.segment_files(self.root):
            return found
        directories = [*reader.service_writers(self.root), self.root]
        return [place / segment.file_name(n) for place in directories for n in segment.numbers(place)]

    def sections(self, needles: Sequence[bytes] = ()) -> Iterator[Section]:
        """Yield its sections; segments that have none of the needles are left out."""
        if self.root is None:
            yield Section(None, stream=self.stream)
        elif not self.root.is_dir():
            yield Section(self.root)
        else:
            for path in self.files():
                try:
                    if not needles or _holds_any(path, needles):
                        yield from self.sections_of(path)
                except FileNotFoundError:
                    self.problems.vanished += 1
                except OSError:
                    self.problems.unreadable += 1

    def sections_of(self, path: Path) -> Iterator[Section]:
        """Yield the sections of one segment that are of a format known here.

        Raises:
            OSError: Where it cannot be read.
        """
        found: Section | None = None
        for start, header in _headers(path):
            if found:
                found.end = start
                yield found
            found = None
            if header.get("format", segment.FORMAT) == segment.FORMAT:
                found = Section(path, _begins(header), start, None, str(header.get("writer") or path.parent.name))
            else:
                self.problems.newer += 1
        if found:
            yield found


def open_source(name: str | None, journal: Path | None) -> Source:
    """Open a journal directory, a file or `-` for the standard input.

    Args:
        name: What the command was given, if anything.
        journal: The journal to take where nothing was given.

    Raises:
        QueryError: Where it does not exist or cannot be read.
    """
    if name == "-":
        return Source(None, sys.stdin.buffer)
    path = Path(name) if name is not None else journal
    if path is None or not path.exists():
        raise QueryError(f"no such directory or file: {name!r}")
    try:
        if path.is_dir():
            next(path.iterdir(), None)
        elif path.is_file():
            path.open("rb").close()
        else:
            # A pipe, such as a shell's <(command), can be read once and in order only.
            return Source(None, path.open("rb"))
    except OSError as error:
        raise QueryError(f"cannot read {str(path)!r}: {error.strerror}") from error
    return Source(path)


def _holds_any(path: Path, needles: Sequence[bytes]) -> bool:
    """Tell whether a file has any of some byte strings, much faster than by reading its lines."""
    overlap, tail = max(map(len, needles)) - 1, b""
    with path.open("rb", buffering=0) as file:
        while chunk := file.read(_CHUNK):
            window = tail + chunk
            if any(needle in window for needle in needles):
                return True
            tail = window[-overlap:] if overlap else b""
    return False


def _headers(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield offset and header of each section; only a merged segment has more than one, and is searched for them."""
    start, merged = 0, False
    for line in reader.lines(path):
        header = reader.parse(line.raw) if start == 0 or _HEADER in line.raw else None
        if header is not None and header.get("kind") == "segment":
            yield start, header
            merged = merged or header.get("writer") != path.parent.name
        elif start == 0:
            yield start, {}
        if not merged:
            return
        start = line.end


def _begins(header: dict[str, Any]) -> str:
    when = times.parse(header.get("timestamp"))
    return times.stamp(times.before(when, _EARLIER)) if when else ""
