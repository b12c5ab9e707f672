"""Choose what of a journal is to be sent again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from obskit.journal import reader
from obskit.journal.ids import Signal
from obskit.journal.place import service_directory
from obskit.query import item, times
from obskit.query.source import Problems, Section, Source
from obskit.query.wanted import Wanted
from obskit.ship.replay import Line, Piece

_KIND: Mapping[Signal, str] = {"logs": "log", "spans": "span"}
# Both signals are read by themselves.
_PASSES = 2
_STRIDE = 1 << 16


class Pieces:
    """The lines of a journal that lie in a range of time.

    Args:
        source: The journal.
        wanted: The range.
        service: The one service whose lines are sent; those of all else.
        pace: Called every few kilobytes; may raise.

    Attributes:
        total: The bytes there are to read.
        read: Those that were read.
    """

    def __init__(self, source: Source, wanted: Wanted, service: str | None, pace: Callable[[], None]) -> None:
        self.total = 0
        self.read = 0
        self._source = source
        self._wanted = wanted
        self._directory = None if service is None else service_directory(service)
        self._pace = pace
        self._sections: list[Section] = []
        # Each signal passes over the same lines: they are counted once.
        self._uncounted = Problems()

    def look(self) -> None:
        """Find the sections that there are now."""
        found = [one for one in self._source.sections() if self._is_of_service(one)]
        self._sections = sorted(found, key=lambda section: section.begins)
        self.total = sum(map(_size, self._sections)) * _PASSES
        self.read = 0

    def __call__(self) -> Iterator[Piece]:
        """Yield the pieces, the oldest first."""
        for section in self._sections:
            try:
                resource = _resource(section)
            except FileNotFoundError:
                self._source.problems.vanished += 1
                continue
            except OSError:
                self._source.problems.unreadable += 1
                continue
            yield Piece(resource, _bound(self._lines, section))

    def _is_of_service(self, section: Section) -> bool:
        return self._directory is None or (
            section.path is not None and section.path.parent.parent.name == self._directory
        )

    def _lines(self, section: Section, signal: Signal) -> Iterator[Line]:
        assert section.path is not None
        problems = self._source.problems if signal == "logs" else self._uncounted
        at = section.start
        try:
            for line in reader.lines(section.path, section.start):
                if section.end is not None and line.end > section.end:
                    break
                if line.end - at >= _STRIDE:
                    self.read += line.end - at
                    at = line.end
                    self._pace()
                if reader.may_be(line.raw, _KIND[signal]) and self._wanted.may_be(line.raw):
                    found = self._sendable(line.raw, signal, problems)
                    if found is not None:
                        yield found
        except FileNotFoundError:
            self._source.problems.vanished += 1
        except OSError:
            self._source.problems.unreadable += 1

    def _sendable(self, raw: bytes, signal: Signal, problems: Problems) -> Line | None:
        decoded = item.decode(raw, problems)
        if decoded is None:
            return None
        whole, record = decoded
        # Only what obskit gave an id is obskit's to ship.
        if record.get("kind", "log") != _KIND[signal] or type(record.get("id")) is not str:
            return None
        when = times.normal(record["timestamp"])
        return (whole + b"\n", record) if when is not None and self._wanted.in_time(when) else None


def _bound(lines: Callable[[Section, Signal], Iterator[Line]], section: Section) -> Callable[[Signal], Iterator[Line]]:
    return lambda signal: lines(section, signal)


def _resource(section: Section) -> Mapping[str, Any]:
    assert section.path is not None
    first = next(reader.lines(section.path, section.start), None)
    header = reader.parse(first.raw) if first is not None else None
    found = (header or {}).get("resource")
    return found if isinstance(found, dict) else {}


def _size(section: Section) -> int:
    assert section.path is not None
    try:
        end = section.end if section.end is not None else section.path.stat().st_size
    except OSError:
        return 0
    return end - section.start
