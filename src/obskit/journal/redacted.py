"""Bring single lines up to a redaction policy."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from obskit.journal import reader, segment
from obskit.line.encode import encode
from obskit.protect.marker import marker
from obskit.protect.policy import digest, make
from obskit.protect.redactor import GIVEN

if TYPE_CHECKING:
    from obskit.settings.options import Redaction

# Of obskit's own making, and of a form that holds nothing else.
_OWN = frozenset((
    "timestamp", "kind", "level", "trace_id", "span_id", "span_kind", "start", "duration_ms", "parent_span_id",
    "parent_remote", "flags", "dropped", "sampling", "late",
))  # fmt: skip
_ID = re.compile(r"[0-9a-f]{32}-[ls]\d+", re.ASCII)
_CORRELATION_ID = re.compile(r"req-[0-9a-f]{32}", re.ASCII)
# Lines were cut when they were written; a marker that is longer than its secret is no reason to cut them again.
_LIMIT = 1 << 24
_MOST_KNOWN = 4096
_MOST_FAILURES = 10
_LONG_AGO = "1970-01-01T00:00:00.000000Z"
_TORN = b'{"timestamp":"'
_EMPTIED = marker("error").encode()


@dataclass(slots=True)
class Tally:
    """What became of lines.

    Attributes:
        lines: How many there were.
        changed: How many of them hold less now.
        kinds: For each kind of secret, in how many lines it was found.
        emptied: Pieces that are no record and were emptied, because what they hold can't be judged.
        failures: Values that redaction failed on and that were replaced whole.
    """

    lines: int = 0
    changed: int = 0
    kinds: Counter[str] = field(default_factory=Counter)
    emptied: int = 0
    failures: int = 0

    def add(self, other: Tally) -> None:
        """Add what another one counted."""
        self.lines += other.lines
        self.changed += other.changed
        self.kinds += other.kinds
        self.emptied += other.emptied
        self.failures += other.failures

    @property
    def fails(self) -> bool:
        """Whether redaction fails on so much that the fault is its own: what it replaced would be lost for nothing."""
        return self.failures > max(_MOST_FAILURES, self.lines // 10)


class Lines:
    """Lines of segments under one policy: each comes out as one line, with its id, at its place.

    Args:
        policy: The policy.

    Attributes:
        tally: What was done since it was last exchanged.
    """

    def __init__(self, policy: Redaction) -> None:
        self.digest = digest(policy)
        self.tally = Tally()
        self._kinds: set[str] = set()
        self._redactor = make(policy, self._failed, self._found)
        # Fields that hold for a whole process stand on each of its lines.
        self._clean: set[tuple[str, str]] = set()

    def line(self, raw: bytes) -> bytes:
        """Return a line as it is under the policy, both without newline.

        What is no record is emptied: a secret that is cut in half, or whose name is gone, can't be found. A reader
        counts the rest as it counted the line: torn, foreign or nothing.
        """
        problems = reader.Problems()
        record = reader.parse(raw, problems)
        torn = _TORN + _EMPTIED if problems.torn else b""
        self.tally.emptied += bool(torn or problems.foreign)
        if record is None:
            return _EMPTIED if problems.foreign else torn
        if record.get("kind") == "segment" and not torn:
            return self._header(record)
        self.tally.lines += 1
        before = dict(record)
        record = self._record(record)
        if record != before:
            self.tally.changed += 1
            self.tally.kinds.update(self._kinds)
        # Also where it is equal: a key that stands twice would hide its first value from the look at it.
        return torn + encode(record)

    def missing_header(self, directory: str, n: int, raw: bytes) -> bytes:
        """Return a header for a segment that lost its own: it says what is known.

        Args:
            directory: The name of the writer's directory.
            n: The segment's number.
            raw: Its first line.
        """
        found = (reader.parse(raw) or {}).get("timestamp")
        known = {
            "timestamp": found if type(found) is str and len(found) == len(_LONG_AGO) else _LONG_AGO,
            "kind": "segment",
            "format": segment.FORMAT,
            "writer": directory,
            "n": n,
            "resource": {},
            "boot_id": "",
            "redaction": self.digest,
        }
        return encode(known)

    def _header(self, record: dict[str, Any]) -> bytes:
        resource = record.get("resource")
        if isinstance(resource, dict):
            record["resource"] = {key: self._redactor.protect(value, key) for key, value in resource.items()}
        return encode({**record, "redaction": self.digest})

    def _record(self, record: dict[str, Any]) -> dict[str, Any]:
        self._kinds.clear()
        record = self._redactor.record(record, _LIMIT)
        for key, value in record.items():
            if key not in _OWN and key not in GIVEN:
                record[key] = self._plain(key, value)
        if "id" in record:
            # It stays the last key, behind what a limit may have added.
            record["id"] = record.pop("id")
        return record

    def _plain(self, key: str, value: Any) -> Any:
        """Return one of the fields that hold for a whole process or unit, or one that obskit does not know."""
        if type(value) is not str:
            return self._redactor.protect(value, key)
        if (key == "id" and _ID.fullmatch(value)) or (key == "correlation_id" and _CORRELATION_ID.fullmatch(value)):
            return value
        if key in ("id", "correlation_id"):
            return self._redactor.text(value)
        if (key, value) in self._clean:
            return value
        found = self._redactor.protect(value, key)
        if found == value:
            if len(self._clean) >= _MOST_KNOWN:
                self._clean.clear()
            self._clean.add((key, value))
        return found

    def _failed(self) -> None:
        self.tally.failures += 1

    def _found(self, _path: Sequence[str], kind: str, _rule: str) -> None:
        self._kinds.add(kind)
