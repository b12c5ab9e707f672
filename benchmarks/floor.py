"""The floor of a log call: serialise its finished record, and write the line. Nothing that logs can be cheaper."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import orjson

from benchmarks import loggers
from benchmarks.line_file import LineFile
from benchmarks.loggers import Log

FLOOR = "floor: orjson + write"
T = TypeVar("T")


def own_records(emit: Callable[[Log, T], object], each: Sequence[T], **options: Any) -> list[dict[str, Any]]:
    """Return the very records that obskit writes for these events: their floor is theirs alone."""
    with LineFile() as file:
        with loggers.obskit(file.path, **options) as log:
            for one in each:
                emit(log, one)
        lines = file.taken().splitlines()
    if len(lines) != len(each):
        raise SystemExit(f"obskit wrote {len(lines)} lines for {len(each)} events: this would mislead")
    return [orjson.loads(line) for line in lines]


def writer(descriptor: int) -> Callable[[Mapping[str, Any]], object]:
    """Return the floor: it takes a finished record."""
    dumps, write, newline = orjson.dumps, os.write, orjson.OPT_APPEND_NEWLINE

    def call(record: Mapping[str, Any]) -> None:
        write(descriptor, dumps(record, option=newline))

    return call


def open_for_lines(file: LineFile) -> int:
    """Return a descriptor that appends to the file."""
    return os.open(file.path, os.O_WRONLY | os.O_APPEND)
