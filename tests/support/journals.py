"""Make the pieces of a journal by hand, and read all of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from obskit.identity import uuid7
from obskit.journal import reader
from obskit.journal.boot import boot_id
from obskit.journal.place import Place
from obskit.journal.writer import Writer
from obskit.line.encode import encode

STAMP = "2026-01-31T23:59:59.123456Z"


def nothing() -> None:
    """Never pause: what a keeper calls between its steps."""


def place(path: Path) -> Place:
    """Return a journal in a directory, made where it is missing."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return Place(path, group=False)


def writer(where: Place, *, service: str = "shop", segment_bytes: int = 1 << 20, **options: Any) -> Writer:
    """Return a writer that is open."""
    identity = options.pop("identity", None) or uuid7()
    resource = {"service.name": service, "service.instance.id": identity}
    chosen: dict[str, Any] = {"always_sync": False, "boot": boot_id(), "redaction": "r", **options}
    made = Writer(where, service, identity, resource, segment_bytes=segment_bytes, **chosen)
    made.open()
    return made


def line(identity: str, kind: str = "log", **fields: Any) -> bytes:
    """Return a line as the pipeline makes it."""
    record: dict[str, Any] = {"timestamp": STAMP}
    if kind == "span":
        record |= {"kind": "span", "name": "work", "span_kind": "INTERNAL", "start": STAMP, "duration_ms": 1.0}
        number = int(identity.rpartition("-s")[2])
        record |= {"trace_id": "0af7651916cd43dd8448eb211c80319c", "span_id": f"{number:016x}", "flags": 1}
    else:
        record |= {"level": "INFO", "message": "done", "logger": "shop"}
    return encode({**record, **fields, "id": identity}) + b"\n"


def fill(made: Writer, logs: int, *, first: int = 1, spans: int = 0, **fields: Any) -> list[str]:
    """Write lines; returns their ids, logs first."""
    ids = [f"{made.id}-l{n}" for n in range(first, first + logs)]
    for identity in ids:
        assert made.write(line(identity, **fields)) is None
    more = [f"{made.id}-s{n}" for n in range(1, 1 + spans)]
    for identity in more:
        assert made.write(line(identity, "span", **fields)) is None
    return [*ids, *more]


def dead(where: Place, logs: int, **options: Any) -> tuple[Path, list[str]]:
    """Leave behind what a process does that is gone; returns its directory and the ids of its lines."""
    spans = options.pop("spans", 0)
    made = writer(where, **options)
    ids = fill(made, logs, spans=spans)
    made.close()
    return made.directory, ids


def found(root: Path) -> list[str]:
    """Return the id of every line of a journal, in the order of reading; a broken line counts if it can be resumed."""
    ids = []
    for path in reader.segment_files(root):
        for each in reader.lines(path):
            record = reader.parse(each.raw)
            if record is not None and "id" in record:
                ids.append(record["id"])
    return ids
