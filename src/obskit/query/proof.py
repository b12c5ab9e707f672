"""Prove that nothing of a journal was lost: what is there, what waits for whom, and why a number is missing."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote

from obskit.journal import reader, segment
from obskit.journal.boot import boot_id
from obskit.journal.keeper import FOREIGN_SILENCE, last_touched
from obskit.journal.levels import exists
from obskit.journal.lock import held_by_another
from obskit.journal.settle import SETTLED
from obskit.query import proof_scan, times
from obskit.query.proof_gaps import SIGNAL, Explained, Kind, Last, Part, Series, passed
from obskit.query.proof_ranges import highest
from obskit.query.proof_scan import Directory, Told

# What a thread was about to write when its number was passed over stands there by then.
_AGAIN = 1.0
_MOST_LOOKS = 5
_MOST_ROUNDS = 10
# A living writer touches its directory every 10 seconds.
_SILENCE = 30.0


@dataclass(frozen=True, slots=True)
class Refused:
    """Records that a target refused for good.

    Attributes:
        service: Their service.
        directory: The writer's directory; its name is the writer's id, where it is not merged.
        merged: Whether it holds the records of several writers.
        target: The target's name.
        signal: `logs` or `spans`.
        count: How many.
    """

    service: str
    directory: str
    merged: bool
    target: str
    signal: str
    count: int


class Numbered(NamedTuple):
    """Numbers of a signal that are in no segment, and why."""

    signal: str
    found: Explained


@dataclass(slots=True)
class Writer:
    """What is known of one writer.

    Attributes:
        service: Its service.
        id: Its id.
        alive: Whether its process goes on.
        records: How many lines there are, by signal.
        highest: The highest number, by signal.
        pending: How many lines a target lacks, by target and signal.
        gaps: Numbers that are in no segment.
        repeated: How many lines have a number that another one has.
    """

    service: str
    id: str
    alive: bool
    records: dict[str, int] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    pending: dict[tuple[str, str], int] = field(default_factory=dict)
    gaps: list[Numbered] = field(default_factory=list)
    repeated: int = 0

    def count(self, kind: Kind) -> int:
        """Return how many numbers are in no segment for a reason."""
        return sum(gap.found.size for gap in self.gaps if gap.found.kind == kind)

    @property
    def missing(self) -> int:
        """How many records are lost, and nothing that is left tells why."""
        return self.count("missing") + self.count("gone")


@dataclass(slots=True)
class Proof:
    """The answer.

    Attributes:
        writers: The writers, by service and id.
        refused: What targets refused.
        drops: The drops that records tell of.
        targets: The targets that anything was told of.
        silent: Targets and signals of which nothing was ever acknowledged.
        unreadable: Segments that can't be read, with the reason.
        problems: What was passed over while reading.
    """

    writers: list[Writer] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    drops: list[Told] = field(default_factory=list)
    targets: list[str] = field(default_factory=list)
    silent: set[tuple[str, str]] = field(default_factory=set)
    unreadable: list[tuple[Path, str]] = field(default_factory=list)
    problems: reader.Problems = field(default_factory=reader.Problems)

    @property
    def holds(self) -> bool:
        """Whether nothing was refused, dropped or is missing, as far as can be read."""
        return not (self.refused or self.drops or self.missing or self.count("dropped") or self.unreadable)

    def count(self, kind: Kind) -> int:
        """Return how many numbers are in no segment for a reason."""
        return sum(writer.count(kind) for writer in self.writers)

    @property
    def missing(self) -> int:
        """How many records are lost, and nothing that is left tells why."""
        return sum(writer.missing for writer in self.writers)

    @property
    def dropped(self) -> int:
        """How many records were dropped, those of writers that left nothing else included."""
        return max(sum(drop.count for drop in self.drops), self.count("dropped"))


class Scan:
    """One look at a journal.

    Args:
        root: The journal.
        service: The name of the one service to judge; all of them else.
        pace: Told of the bytes that were read.
        sleep: Waits.
    """

    def __init__(
        self,
        root: Path,
        service: Path | None = None,
        *,
        pace: Callable[[int], None] = lambda _: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._root = root
        self._service = service
        self._pace = pace
        self._sleep = sleep
        self._found: dict[Path, Directory] = {}
        self._elsewhere: dict[Path, list[Told]] = {}
        self._living: set[Path] = set()
        self._upto: dict[tuple[str, str], int] | None = None

    def prove(self) -> Proof:
        """Read everything and judge; where a number lacks, look again whether its line has come meanwhile."""
        self._read()
        proof, looks = self._judge(), 1
        # Of what comes from now on, lines may be on their way at any time.
        self._upto = {(each.id, signal): n for each in proof.writers for signal, n in each.highest.items()}
        while (unclear := _unclear(proof)) and looks < _MOST_LOOKS:
            self._sleep(_AGAIN)
            self._read(again=True)
            proof, looks = self._judge(), looks + 1
            if _unclear(proof) >= unclear:
                break
        return proof

    # --- reading ---

    def _services(self) -> list[Path]:
        return reader.services(self._root) if self._service is None else [self._service]

    def _read(self, *, again: bool = False) -> None:
        living: set[Path] = set()
        for service in self._services():
            self._read_service(service, again)
            living |= {path for path in self._found if path.parent == service and lives(path, self._found[path])}
        self._living = living
        if self._service is not None:
            # The keeper tells of drops in its own records, whatever service it is of.
            self._read_elsewhere(again)

    def _read_service(self, service: Path, again: bool) -> None:
        for _ in range(_MOST_ROUNDS):
            listed = list(proof_scan.directories(service))
            for gone in [path for path in self._found if path.parent == service and path not in set(listed)]:
                # Merged, and so found elsewhere; or removed with all that it held.
                del self._found[gone]
            fresh = [path for path in listed if path not in self._found]
            for path in listed if again else fresh:
                self._found.setdefault(path, proof_scan.begin(path))
                proof_scan.read(self._found[path], self._pace)
            if not fresh:
                return
            again = False

    def _read_elsewhere(self, again: bool) -> None:
        for path in reader.segment_files(self._root):
            if path.parent.parent != self._service and (again or path not in self._elsewhere):
                try:
                    self._elsewhere[path] = proof_scan.drops_in(path)
                except OSError:
                    # It is of another service, whose proof says so.
                    continue

    # --- judging ---

    def _judge(self) -> Proof:
        proof = Proof(drops=self._drops())
        for service in self._services():
            directories = sorted(path for path in self._found if path.parent == service)
            self._judge_service(service, [self._found[path] for path in directories], proof)
        for found in self._found.values():
            self._note(found, proof)
        proof.targets = sorted({key[0] for found in self._found.values() for key in found.cursors})
        taken = {key for found in self._found.values() for key, at in found.cursors.items() if at.passed}
        proof.silent = {(name, signal) for name in proof.targets for signal in SIGNAL.values()} - taken
        return proof

    def _drops(self) -> list[Told]:
        told = [drop for found in self._found.values() for drop in found.drops]
        told += [drop for drops in self._elsewhere.values() for drop in drops]
        wanted = None if self._service is None else self._service.name
        unique = {drop for drop in told if wanted is None or drop.service == wanted}
        return sorted(unique, key=lambda drop: (drop.timestamp, drop.writer, drop.signal, drop.first))

    def _note(self, found: Directory, proof: Proof) -> None:
        service = unquote(found.path.parent.name)
        for (target, signal), at in sorted(found.cursors.items()):
            if at.refused:
                one = Refused(service, found.path.name, found.merged, target, signal, at.refused)
                proof.refused.append(one)
        for n, known in found.segments.items():
            if known.trouble:
                proof.unreadable.append((found.path / segment.file_name(n), known.trouble))
        proof.problems.torn += found.problems.torn
        proof.problems.foreign += found.problems.foreign
        proof.problems.newer += found.problems.newer

    def _judge_service(self, service: Path, directories: list[Directory], proof: Proof) -> None:
        parts: dict[bytes, list[Part]] = {}
        for found in directories:
            for name in {name for known in found.segments.values() for name in known.series}:
                numbers = {n: known.series[name] for n, known in found.segments.items() if name in known.series}
                parts.setdefault(name, []).append(Part(found, numbers))
        drops: dict[bytes, list[Told]] = {}
        for drop in proof.drops:
            drops.setdefault(f"{drop.writer}-{drop.signal}".encode(), []).append(drop)
        expected = self._expected(directories)
        writers: dict[str, Writer] = {}
        lasts = {writer: self._last(writer, found) for writer, found in self._by_writer(parts).items()}
        for name, found_parts in sorted(parts.items()):
            identity, letter = name[:32].decode(), name[33:].decode()
            alive = any(part.directory.path in self._living for part in found_parts)
            writer = writers.setdefault(identity, Writer(unquote(service.name), identity, alive))
            upto = None if self._upto is None else self._upto.get((identity, SIGNAL[letter]), 0)
            told, last = drops.get(name, []), lasts[identity]
            series = Series(identity, letter, found_parts, told, last=last, present=_present, upto=upto)
            _fill(writer, series, name, expected)
        proof.writers += [writers[identity] for identity in sorted(writers)]

    def _by_writer(self, parts: dict[bytes, list[Part]]) -> dict[str, list[Part]]:
        found: dict[str, list[Part]] = {}
        for name, some in parts.items():
            found.setdefault(name[:32].decode(), []).extend(some)
        return found

    def _last(self, writer: str, parts: list[Part]) -> Last | None:
        """Return the last moments of a writer, where calls of them may never have returned; None where all did."""
        settled: dict[bytes, int] = {}
        for part in parts:
            left = part.directory.left.get(writer)
            if left is not None and left.how == "replaced":
                # Its process went on, and so did the calls.
                return None
            if part.directory.path in self._living and _goes_on(part.directory):
                return None
            settled.update(left.highest if left is not None else {})
        sets = [numbers for part in parts for numbers in part.numbers.values()]
        ends = [times.parse(numbers.last[14:].decode("ascii", "replace")) for numbers in sets]
        when = max((end for end in ends if end is not None), default=None)
        return None if when is None else Last(when, max(numbers.late for numbers in sets), settled)

    def _expected(self, directories: list[Directory]) -> AbstractSet[tuple[str, str]]:
        """Return the targets that wait for what no target is noted for: those of the latest that has any."""
        return next((found.cursors.keys() for found in reversed(directories) if found.cursors), set())


def lives(path: Path, found: Directory) -> bool:
    """Tell whether a directory's writer is alive, or may be."""
    # Whoever adopts a dead writer marks it; its lock is held then too.
    if found.merged or (path / SETTLED).exists():
        return False
    if found.header.get("boot_id") != boot_id():
        # A lock says nothing of a process on another machine.
        return time.time() - last_touched(path) < FOREIGN_SILENCE
    return held_by_another(path) and (_has_process(found) or time.time() - last_touched(path) < _SILENCE)


def _has_process(found: Directory) -> bool:
    pid = found.header.get("pid")
    return type(pid) is int and exists(pid)


def _unclear(proof: Proof) -> int:
    """Return how many numbers may still turn up: their lines, or the record that tells of their drop."""
    found = sum(each.missing + (each.count("unreturned") if each.alive else 0) for each in proof.writers)
    return found + proof.count("removed")


def _goes_on(found: Directory) -> bool:
    """Tell whether the calls of a writer that may be alive come to their ends: not under a debugger, say."""
    if found.header.get("boot_id") != boot_id():
        return True
    if not _has_process(found):
        # Dead and about to be marked so, or a container's.
        return False
    try:
        text = Path(f"/proc/{found.header['pid']}/stat").read_text(encoding="utf-8", errors="replace")
        return text.rpartition(")")[2].split()[0] not in ("T", "t")
    except (OSError, IndexError):
        return True


def _present(found: Directory) -> Iterable[int]:
    return segment.numbers(found.path)


def _fill(writer: Writer, series: Series, name: bytes, expected: AbstractSet[tuple[str, str]]) -> None:
    signal = SIGNAL[series.signal]
    sets = list(series.sets())
    writer.records[signal] = sum(numbers.count for numbers in sets)
    writer.repeated += sum(numbers.repeated for numbers in sets)
    writer.highest[signal] = highest(sets)
    writer.gaps += [Numbered(signal, found) for found in series.explained()]
    for part in series.parts:
        total = sum(numbers.count for numbers in part.numbers.values())
        for key in part.directory.cursors or expected:
            if key[1] == signal and (waiting := total - passed(part.directory, key, name)):
                writer.pending[key] = writer.pending.get(key, 0) + waiting


def directory_of(root: Path, service: str) -> Path | None:
    """Return the directory of a service of a journal, None where it has none."""
    return next((path for path in reader.services(root) if unquote(path.name) == service), None)


def size_of(root: Path, service: Path | None) -> int:
    """Return how many bytes the segments of a journal, or of one service of it, take."""
    total = 0
    for path in reader.segment_files(root):
        if service is None or path.parent.parent == service:
            try:
                total += os.stat(path).st_size
            except OSError:
                continue
    return total
