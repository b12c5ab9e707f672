"""What the public face wrote: read back as any reader of JSON lines would, and judged line by line."""

from __future__ import annotations

import json
import math
import re
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema

import obskit
from obskit.journal import reader

LINE_BYTES = 65_536
# What steers a terminal, ends a line for some readers, or reorders and hides what stands around it.
CONTROLS = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f]"
)

_NO_RECORDS = (b"segment", b"open", b"close")


@cache
def schema() -> Any:
    """Return what validates a line against the JSON Schema that ships with the package."""
    return jsonschema.Draft202012Validator(json.loads((files("obskit") / "record" / "schema.json").read_text()))


def parsed(raw: bytes, line_bytes: int = LINE_BYTES) -> dict[str, Any]:
    """Return a line as an object.

    Args:
        raw: The line, with its newline.
        line_bytes: What it may have.

    Raises:
        AssertionError: It is not one valid line within its limit.
    """
    assert raw.endswith(b"\n"), "it has no newline at its end"
    text = raw[:-1].decode("utf-8", "strict")
    assert "\n" not in text, "it has a newline inside"
    assert (odd := CONTROLS.search(text)) is None, f"it holds a bare {odd[0]!r}"
    assert len(raw) <= line_bytes, f"it has {len(raw)} bytes"
    record: dict[str, Any] = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_float=_finite)
    error = jsonschema.exceptions.best_match(schema().iter_errors(record))
    assert error is None, f"at {'.'.join(map(str, error.path))}: {error.message[:200]}"
    return record


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    assert len(found) == len(pairs), f"a key stands twice among {[key for key, _ in pairs][:20]}"
    return found


def _constant(name: str) -> Any:
    raise AssertionError(f"{name} is no JSON")


def _finite(text: str) -> float:
    number = float(text)
    assert math.isfinite(number), f"{text[:40]} is no finite number"
    return number


class Written:
    """A console's stream and a journal, under one configuration.

    Args:
        place: An empty directory.
        **options: Of `obskit.init`.

    Attributes:
        may_fail: Whether obskit may fail inside: where the interpreter itself has no room left.
    """

    def __init__(self, place: Path, **options: Any) -> None:
        self._console = place / "console"
        self._journal = place / "journal"
        self._stream = self._console.open("wb")
        self.may_fail = False
        self._taken = 0
        self._read: dict[Path, int] = {}
        obskit.init(
            "hostile", console="json", stream=self._stream, journal=obskit.Journal(self._journal, fsync="off"),
            level="TRACE", integrations=[], **options,
        )  # fmt: skip

    def raw(self) -> list[bytes]:
        """Return the console's lines since the last call, or since the last `lines`."""
        with self._console.open("rb") as console:
            console.seek(self._taken)
            found = console.read()
        self._taken += len(found)
        return _split(found)

    def lines(self) -> list[dict[str, Any]]:
        """Return the lines of logs since the last call, each of them judged."""
        return [parsed(raw) for raw in self.raw()]

    def line(self, logger: str = "hostile") -> dict[str, Any]:
        """Return the one new line of a logger; what others said meanwhile is judged and left out."""
        found = self.lines()
        mine = [line for line in found if line.get("logger") == logger]
        assert len(mine) == 1, f"{len(mine)} lines of {logger!r} among {len(found)}"
        return mine[0]

    def span(self) -> dict[str, Any]:
        """Return the one span that ended since the last call."""
        new = [parsed(raw) for raw in self._appended() if b'"kind":"span"' in raw[:60]]
        assert len(new) == 1, f"{len(new)} spans"
        return new[0]

    def close(self) -> None:
        """Stop, and judge the journal as a whole: every console line stands in it, byte for byte."""
        counted = obskit.stats()
        obskit.shutdown(0.0)
        self._stream.close()
        shown = _split(self._console.read_bytes())
        kept = self._journaled()
        logs = [raw for raw in kept if b'"kind":"span"' not in raw[:60]]
        assert counted.internal_errors == 0 or self.may_fail
        # At the end of the stack there is room for the one write, and not for the other.
        assert shown == logs or (self.may_fail and set(shown) < set(logs))
        for raw in kept:
            parsed(raw)

    def _appended(self) -> list[bytes]:
        found = []
        for path in reader.segment_files(self._journal):
            with path.open("rb") as segment:
                segment.seek(self._read.get(path, 0))
                data = segment.read()
            self._read[path] = self._read.get(path, 0) + len(data)
            found += _split(data)
        return found

    def _journaled(self) -> list[bytes]:
        found = [line.raw for path in reader.segment_files(self._journal) for line in reader.lines(path)]
        records = [raw for raw in found if not any(b'"kind":"%b"' % kind in raw[:80] for kind in _NO_RECORDS)]
        return [raw if raw.endswith(b"\n") else raw + b"\n" for raw in records]


def _split(found: bytes) -> list[bytes]:
    # Not splitlines(): a bare carriage return would hide as an end of a line.
    return [raw + b"\n" for raw in found.split(b"\n")[:-1]]
