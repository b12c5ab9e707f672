"""Tell of the units of work that were in flight when their process died: the request that killed the worker."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Generator, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from obskit.clock import timestamp
from obskit.digest import sha256
from obskit.journal import in_flight, last_words, reader, segment
from obskit.journal.in_flight import InFlight
from obskit.journal.memory_group import MemoryGroup, memory_group
from obskit.journal.place import Place
from obskit.line.encode import encode

# Lies in a directory whose units have been told of.
SETTLED = "settled"
MESSAGE = "in flight when its process died"
_LOGGER = "obskit.journal"
_CAUSES: Mapping[str, str] = {
    "killed": "its process was ended by a signal such as SIGKILL, crashed, or was left by os._exit",
    "out_of_memory": "its process was killed, and the kernel has killed one of its control group for lack of memory",
    "exit": "its process ended while it was under way",
    "time_out": "its process was killed after a time-out",
}
_SERVICE: Mapping[str, str] = {
    "service": "service.name",
    "environment": "deployment.environment.name",
    "host": "host.name",
    "version": "service.version",
}


def settle(
    directory: Path,
    place: Place,
    alive: float = 0.0,
    group: Callable[[], MemoryGroup | None] = memory_group,
) -> Generator[None, None, int]:
    """Write an ERROR record, and a span of status ERROR where it had one, for each unit without an end; once.

    They lie in a segment of the dead writer's own, under its ids and its resource. It has its name when all of them are
    in it, and holds the units' ends: whoever is killed in here, the next one tells of each unit once. Yields every few
    kilobytes; nothing has changed where it is not gone on with.

    Args:
        directory: The directory of a dead writer, locked by the caller.
        place: The journal.
        alive: When it was last seen alive, in seconds since the epoch; 0 where nobody looked.
        group: Returns the control group of this process.

    Returns:
        How many units were told of.

    Raises:
        OSError: The directory can't be read or written; it is tried again later.
    """
    if has_been_settled(directory):
        return 0
    found = yield from in_flight.find(directory)
    units = [] if found.left == "replaced" or not found.header else found.units
    if units:
        # Its process touched the directory every few seconds, whether it wrote or not.
        died = max(_nanoseconds(found.last), directory.stat().st_mtime_ns, int(alive * 1e9))
        cause = _cause(found, directory, died, group())
        numbers = yield from in_flight.highest(directory)
        yield from _write(directory, place, found, numbers, died, cause)
    os.close(os.open(directory / SETTLED, os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC, place.file_mode))
    return len(units)


def has_been_settled(directory: Path) -> bool:
    """Tell whether nothing is to be told of a dead writer any more."""
    return (directory / SETTLED).exists() or reader.is_merged(directory)


class _Cause(NamedTuple):
    name: str
    said: str = ""

    @property
    def text(self) -> str:
        told = _CAUSES.get(self.name, self.name)
        return f"{told}; another process said: {self.said}" if self.said else told


def _cause(found: InFlight, directory: Path, died: int, now: MemoryGroup | None) -> _Cause:
    if found.left:
        return _Cause(found.left)
    then = found.header.get("memory_group")
    then = then if isinstance(then, dict) else {}
    if now is not None and then.get("id") == now["id"] and now["kills"] > then.get("kills", now["kills"]):
        return _Cause("out_of_memory")
    pid = found.header.get("pid")
    said = last_words.said_of(pid, directory, died / 1e9) if type(pid) is int else ""
    return _Cause("time_out" if last_words.is_time_out(said) else "killed", said)


def _write(
    directory: Path, place: Place, found: InFlight, numbers: dict[str, int], died: int, cause: _Cause
) -> Iterator[None]:
    n = segment.numbers(directory)[-1] + 1
    header = {**found.header, "timestamp": timestamp(died), "n": n}
    hidden = directory / f".{segment.file_name(n)}"
    hidden.unlink(missing_ok=True)
    place.make_file(hidden, encode(header) + b"\n")
    with open(hidden, "ab") as file:
        # Unit by unit: a process may have had many thousands.
        for unit in found.units:
            file.writelines(line + b"\n" for line in _told(unit, found.header, died, cause, numbers))
            yield
    hidden.rename(directory / segment.file_name(n))
    with contextlib.suppress(OSError):
        segment.sync_directory(directory)


def _told(
    unit: dict[str, Any], header: Mapping[str, Any], died: int, cause: _Cause, numbers: dict[str, int]
) -> Iterator[bytes]:
    """Yield the record, the span where the unit had one, and its end."""
    end, writer = timestamp(max(died, _nanoseconds(unit["timestamp"]))), str(header.get("writer", ""))
    resource = _dict(header.get("resource"))
    taken = max(0, died - _nanoseconds(unit["timestamp"])) // 1000 / 1000
    ids: dict[str, Any] = {key: unit[key] for key in ("correlation_id", "trace_id", "span_id") if key in unit}
    service = {name: resource[key] for name, key in _SERVICE.items() if key in resource}
    error = {"type": "ProcessDied", "message": cause.text, "fingerprint": _fingerprint(unit, cause.name)}
    request = {"request": {**unit["request"], "duration_ms": taken}} if isinstance(unit.get("request"), dict) else {}
    told = {"cause": cause.name, "pid": header.get("pid"), "started": unit["timestamp"], "unit": unit.get("name")}
    numbers["l"] += 1
    yield encode(
        {
            "timestamp": end, "level": "ERROR", "message": MESSAGE, "logger": _LOGGER, **ids, **service,
            "error": error, **request, "context": {key: value for key, value in told.items() if value is not None},
            "id": f"{writer}-l{numbers['l']}",
        }
    )  # fmt: skip
    if "span_kind" in unit:
        numbers["s"] += 1
        yield encode(_span(unit, end, taken, ids, service, error) | {"id": f"{writer}-s{numbers['s']}"})
    yield encode({"timestamp": end, "kind": "close", "unit": unit["unit"]})


def _span(
    unit: dict[str, Any],
    end: str,
    taken: float,
    ids: dict[str, Any],
    service: dict[str, Any],
    error: dict[str, Any],
) -> dict[str, Any]:
    parent: dict[str, Any] = {key: unit[key] for key in ("parent_span_id", "parent_remote") if key in unit}
    request = _dict(unit.get("request"))
    # OpenTelemetry's semantic conventions for errors and for HTTP.
    names = {"http.request.method": "method", "url.path": "path", "http.route": "route"}
    attributes = {name: request[key] for name, key in names.items() if key in request} | {"error.type": error["type"]}
    event = {"exception.type": error["type"], "exception.message": error["message"]}
    return {
        "timestamp": end, "kind": "span", "name": unit.get("name", ""), "span_kind": unit["span_kind"],
        "start": unit["timestamp"], "duration_ms": taken, **ids, **parent, "flags": 1,
        "status": {"code": "ERROR", "message": MESSAGE}, "attributes": attributes,
        "events": [{"timestamp": end, "name": "exception", "attributes": event}],
        "instrumentation": {"name": "obskit"}, **service,
    }  # fmt: skip


def _fingerprint(unit: Mapping[str, Any], cause: str) -> str:
    said: str = sha256(f"ProcessDied\n{cause}\n{unit.get('name', '')}".encode("utf-8", "replace")).hexdigest()
    return said[:16]


def _dict(found: object) -> dict[str, Any]:
    # A line may hold anything: it lay on a disk.
    return found if isinstance(found, dict) else {}


def _nanoseconds(text: str) -> int:
    try:
        return round(datetime.fromisoformat(text).timestamp() * 1e6) * 1000
    except (ValueError, OverflowError):
        return 0
