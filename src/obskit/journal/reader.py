"""Read segments: whole lines, in order, whatever a crash left between them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple

import orjson

from obskit.journal import segment

_CHUNK = 1 << 16
_PEEK = 1 << 14
_START = b'{"timestamp":"'
MARK_AT = len(_START) + 27 + len('",')
_KIND = b'"kind":"'
# No line of obskit comes near this; of what is longer (a foreign file, NULs after a crash) the end is looked at.
_LONGEST = 1 << 24


class Line(NamedTuple):
    """One whole line of a segment.

    Attributes:
        raw: The bytes, without the newline.
        end: The offset behind its newline.
    """

    raw: bytes
    end: int


@dataclass(slots=True)
class Problems:
    """What a reader met and passed over, counted."""

    torn: int = 0
    foreign: int = 0
    newer: int = 0


def services(root: Path) -> list[Path]:
    """Return the services' directories of a journal."""
    return _directories(root)


def writers(root: Path) -> Iterator[Path]:
    """Yield the writers' directories of a journal, leaving out those that a merged one stands for."""
    for service in services(root):
        yield from service_writers(service)


def service_writers(service: Path, plain: set[Path] | None = None) -> list[Path]:
    """Return the writers' directories of one service, by name, leaving out those that a merged one stands for.

    Args:
        service: The service's directory.
        plain: Directories that are known to be no merged ones, which never changes; those that are found are added.
    """
    found = sorted(_directories(service))
    unknown = found if plain is None else [directory for directory in found if directory not in plain]
    replaced = {source for directory in unknown for source in merged_sources(directory)}
    if plain is not None:
        plain.update(directory for directory in unknown if not is_merged(directory))
    return [directory for directory in found if directory.name not in replaced]


def is_merged(directory: Path) -> bool:
    """Tell whether a directory was made from those of other writers: each header holds until the next."""
    return (directory / "sources").exists()


def merged_sources(directory: Path) -> list[str]:
    """Return the ids of the writers whose segments a merged directory holds; none where it is no merged one."""
    try:
        text = (directory / "sources").read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return []
    return text.split()


def segment_files(root: Path) -> list[Path]:
    """Return every segment of a journal, by service, writer and number."""
    return [directory / segment.file_name(n) for directory in writers(root) for n in segment.numbers(directory)]


def lines(path: Path, start: int = 0) -> Iterator[Line]:
    """Yield the whole lines of a segment, from an offset on; a last one without newline does not count yet.

    Raises:
        OSError: The file can't be read.
    """
    with path.open("rb", buffering=0) as file:
        yield from lines_of(file.fileno(), start)


def lines_of(fd: int, start: int) -> Iterator[Line]:
    """Yield the whole lines of an open segment, from an offset on."""
    for begin, block in blocks_of(fd, start):
        end = begin
        for raw in block:
            end += len(raw)
            yield Line(raw[:-1], end)


def blocks(path: Path, start: int = 0) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the whole lines of a segment with their newlines, many at once, and the offset of the first.

    Raises:
        OSError: The file can't be read.
    """
    with path.open("rb", buffering=0) as file:
        yield from blocks_of(file.fileno(), start)


def blocks_of(fd: int, start: int) -> Iterator[tuple[int, list[bytes]]]:
    """Yield the whole lines of an open segment with their newlines, many at once, and the offset of the first.

    Of a line that is longer than any of obskit's the beginning is left out: the offset is behind that.
    """
    parts: list[bytes] = []
    held, at = 0, start
    while chunk := os.pread(fd, _CHUNK, at):
        at += len(chunk)
        # Not split(), which looks at each byte by itself.
        found = BytesIO(chunk).readlines()
        rest = b"" if found[-1].endswith(b"\n") else found.pop()
        if not found:
            parts.append(rest)
            held += len(rest)
            while held > _LONGEST:
                held -= len(parts.pop(0))
            continue
        found[0] = b"".join([*parts, found[0]])
        parts, held = [rest], len(rest)
        yield at - held - sum(map(len, found)), found


def holds_line(path: Path, start: int, end: int) -> bool:
    """Tell whether a whole line ends between two offsets of a segment.

    Raises:
        OSError: The file can't be read.
    """
    with path.open("rb", buffering=0) as file:
        while start < end and (chunk := os.pread(file.fileno(), min(end - start, _PEEK), start)):
            if b"\n" in chunk:
                return True
            start += len(chunk)
    return False


def header_of(path: Path) -> dict[str, Any] | None:
    """Return the header that a segment begins with, or None where it has none or can't be read."""
    try:
        first = next(lines(path), None)
    except OSError:
        return None
    found = parse(first.raw) if first is not None else None
    return found if found is not None and found.get("kind") == "segment" else None


def kind(raw: bytes) -> str:
    """Return the kind of a line from its fixed place, without parsing it: `log` where it has none."""
    if not raw.startswith(_KIND, MARK_AT):
        return "log"
    begin = MARK_AT + len(_KIND)
    return raw[begin : raw.find(b'"', begin)].decode("ascii", "replace")


def may_be(raw: bytes, wanted: str) -> bool:
    """Tell without parsing whether a line can hold a record of a kind: False is certain.

    What stands at the fixed place of a broken line can be the kind of the record that broke off.
    """
    return kind(raw) == wanted or not raw.startswith(_START) or raw.find(_START, 1) > 0


def is_plain(raw: bytes, mark: bytes) -> bool:
    """Tell whether a line begins as obskit's lines do, with a mark behind its time, and holds one record."""
    return raw.startswith(mark, MARK_AT) and raw.startswith(_START) and raw.find(_START, 1) < 0


def parse(raw: bytes, problems: Problems | None = None) -> dict[str, Any] | None:
    """Return the record of a line.

    A broken line is resumed at the last `{"timestamp":"` whose rest parses; NUL bytes, which a crash of the machine can
    leave, are skipped.

    Args:
        raw: The line, with or without its newline.
        problems: Counts what was passed over.

    Returns:
        The record, or None where nothing of the line is one.
    """
    try:
        found = orjson.loads(raw)
    except orjson.JSONDecodeError:
        return _resume(raw, problems or Problems())
    if type(found) is dict and "timestamp" in found:
        return found
    if problems is not None:
        problems.foreign += 1
    return None


def _resume(raw: bytes, problems: Problems) -> dict[str, Any] | None:
    raw = raw.replace(b"\x00", b"")
    if not raw.strip():
        return None
    at = raw.rfind(_START)
    if at < 0:
        problems.foreign += 1
        return None
    problems.torn += 1
    while at >= 0:
        try:
            found = orjson.loads(raw[at:])
        except orjson.JSONDecodeError:
            at = raw.rfind(_START, 0, at)
            continue
        return found if isinstance(found, dict) else None
    return None


def _directories(path: Path) -> list[Path]:
    try:
        with os.scandir(path) as entries:
            return sorted(Path(entry.path) for entry in entries if entry.is_dir() and not entry.name.startswith("."))
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return []
