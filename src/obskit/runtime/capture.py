"""Take every record in the place of console, journal and targets, for tests."""

from __future__ import annotations

from typing import Any

import orjson


class Record(dict[str, Any]):
    """A line as an object: its keys are attributes too, None where the line has no such key."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = self.get(name)
        return Record(value) if type(value) is dict else value


class Capture:
    """What was emitted while it was in force.

    Attributes:
        records: The log lines, in order.
        spans: The spans, in the order of their ends.
    """

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.spans: list[Record] = []

    def clear(self) -> None:
        """Forget what was emitted so far."""
        self.records.clear()
        self.spans.clear()

    def log(self, line: bytes, *_: Any) -> None:
        """Take a log line."""
        self.records.append(Record(orjson.loads(line)))

    def span(self, line: bytes, *_: Any) -> None:
        """Take a span line."""
        self.spans.append(Record(orjson.loads(line)))
