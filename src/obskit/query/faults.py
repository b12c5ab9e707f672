"""Group errors that are the same fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from obskit.query import weight
from obskit.query.item import Item


@dataclass(slots=True)
class Fault:
    """One fault, however often it happened.

    Args:
        fingerprint: What its errors have in common; the exception's type where they carry none.
        first: Timestamp of the first one.
        last: Timestamp of the last one.
        example: The line of the last one, because its surroundings are most likely still there; a summary of those
            that a limit left out only where there is nothing else.
        count: How often it happened, each line counted as many times as sampling says that it stands for.
        lines: How many lines that rests on.
        services: Where.
        users: The ids of those whom it struck.
    """

    fingerprint: str
    first: str
    last: str
    example: dict[str, Any]
    count: float = 0.0
    lines: int = 0
    services: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)

    @property
    def estimated(self) -> bool:
        """Whether some line stands for more than itself."""
        return self.count != self.lines

    def add(self, record: dict[str, Any], timestamp: str) -> None:
        """Take in what a line says beside its count."""
        if timestamp >= self.last and (weight.is_summary(self.example) or not weight.is_summary(record)):
            self.example = record
        self.first = min(self.first, timestamp)
        self.last = max(self.last, timestamp)
        self.services.add(str(record.get("service", "unknown")))
        if (user := _user(record)) is not None:
            self.users.add(user)


def group(items: Iterable[Item]) -> list[Fault]:
    """Group errors by their fingerprint, the most frequent first.

    An exception that was logged twice, where it was caught and where it ended the request, is one: what counts is the
    distinct pair of correlation id and span id.

    Args:
        items: Lines in the order of time; those without an error are passed over.
    """
    faults: dict[str, Fault] = {}
    # Hashes, because there may be millions: two of them being alike is less likely than a line being lost.
    counted: set[int] = set()
    for item in items:
        record = item.parsed()
        error = record.get("error")
        if not isinstance(error, dict):
            continue
        fingerprint = str(error.get("fingerprint") or error.get("type") or "unknown")
        fault = faults.get(fingerprint)
        if fault is None:
            fault = faults[fingerprint] = Fault(fingerprint, item.timestamp, item.timestamp, record)
        fault.add(record, item.timestamp)
        where = [str(record.get(field) or "") for field in ("correlation_id", "span_id")]
        # A summary is no second report of an error of the unit in which it was written.
        alone = weight.is_summary(record) or not any(where)
        key = hash(item.raw) if alone else hash((fingerprint, *where))
        if key not in counted:
            counted.add(key)
            fault.lines += 1
            fault.count += weight.of(record)
    for fault in faults.values():
        fault.count = weight.whole(fault.count)
    return sorted(faults.values(), key=lambda fault: (-fault.count, fault.fingerprint))


def _user(record: dict[str, Any]) -> str | None:
    user = record.get("user")
    found = user.get("id") if isinstance(user, dict) else None
    return str(found) if found is not None else None
