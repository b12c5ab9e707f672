"""Group errors that are the same fault."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from obskit.query.item import Item


@dataclass(slots=True)
class Fault:
    """One fault, however often it happened.

    Args:
        fingerprint: What its errors have in common; the exception's type where they carry none.
        first: Timestamp of the first one.
        last: Timestamp of the last one.
        example: The line of the last one, because its surroundings are most likely still there.
        count: How often it happened, each counted as many times as sampling says that it stands for.
        seen: How many of them are in the source.
        services: Where.
        users: The ids of those whom it struck.
    """

    fingerprint: str
    first: str
    last: str
    example: dict[str, Any]
    count: float = 0.0
    seen: int = 0
    services: set[str] = field(default_factory=set)
    users: set[str] = field(default_factory=set)


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
        fault.first = min(fault.first, item.timestamp)
        if item.timestamp >= fault.last:
            fault.last, fault.example = item.timestamp, record
        fault.services.add(str(record.get("service", "unknown")))
        if (user := _user(record)) is not None:
            fault.users.add(user)
        where = [str(record.get(field) or "") for field in ("correlation_id", "span_id")]
        key = hash((fingerprint, *where)) if any(where) else hash(item.raw)
        if key not in counted:
            counted.add(key)
            fault.seen += 1
            fault.count += _weight(record)
    return sorted(faults.values(), key=lambda fault: (-fault.count, fault.fingerprint))


def _user(record: dict[str, Any]) -> str | None:
    user = record.get("user")
    found = user.get("id") if isinstance(user, dict) else None
    return str(found) if found is not None else None


def _weight(record: dict[str, Any]) -> float:
    sampling = record.get("sampling")
    rate = sampling.get("rate") if isinstance(sampling, dict) else None
    return 1 / rate if isinstance(rate, (int, float)) and 0 < rate <= 1 else 1.0
