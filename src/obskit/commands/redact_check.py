"""`obskit redact --check`: scan log files for what a policy would remove."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from obskit.commands.arguments import remark
from obskit.commands.form import screen_of, write_json
from obskit.commands.progress import Bar
from obskit.commands.redact_explain import Explained
from obskit.commands.redact_files import Files, Log, Skipped, Unreadable, files_of
from obskit.commands.redact_lines import Find, Lines
from obskit.commands.redact_stream import batches
from obskit.commands.safe import escaped
from obskit.commands.screen import Row, padded
from obskit.commands.words import plural, size
from obskit.protect.policy import digest

if TYPE_CHECKING:
    from obskit.commands.policy_argument import Chosen

_FOUND = 1
_UNREAD = 2
_MOST_FILES = 40


@dataclass(slots=True)
class Tally:
    """What was scanned and found.

    Attributes:
        kinds: Finds by kind.
        files: Finds by kind in each file that has any.
        lines: Lines scanned.
        scanned: Files scanned.
        bytes: Bytes of the files scanned, as they lie on the disk.
        skipped: Why files were not scanned, and which.
        unreadable: Files and directories that could not be read, or not to their end.
        failures: Values that redaction failed on.
    """

    kinds: Counter[str] = field(default_factory=Counter)
    files: dict[Path, Counter[str]] = field(default_factory=dict)
    lines: int = 0
    scanned: int = 0
    bytes: int = 0
    skipped: dict[str, list[str]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    failures: int = 0

    @property
    def finds(self) -> int:
        """How much was found."""
        return self.kinds.total()


def run(options: argparse.Namespace, chosen: Chosen) -> int:
    """Scan what the arguments name and tell what was found.

    Returns:
        The exit status: 1 where anything was found, else 2 where something could not be read, else 0.

    Raises:
        QueryError: There is nothing of a name given.
    """
    screen = screen_of(options)
    files = files_of(options.check)
    tally = Tally(unreadable=files.unreadable)
    explained = Explained(screen) if options.explain else None
    try:
        with Bar(files.size) as bar:
            _Scan(chosen, tally, explained, bar).files(files.paths)
    except KeyboardInterrupt:
        remark(f"stopped after {plural(tally.scanned, 'file')} of {len(files.paths):,}: {plural(tally.finds, 'find')}")
        raise
    if screen is not None:
        if explained is not None and tally.finds:
            screen.row([])
        for row in _rows(tally):
            screen.row(row)
    elif explained is None:
        write_json(_plain(tally, files, chosen))
    _remark(tally, files)
    if tally.finds and explained is None:
        remark(f"policy: {chosen.origin}; obskit redact --explain --check shows each find")
    if tally.finds:
        return _FOUND
    return _UNREAD if tally.unreadable else 0


class _Scan:
    def __init__(self, chosen: Chosen, tally: Tally, explained: Explained | None, bar: Bar) -> None:
        self._policy = chosen.policy
        self._tally = tally
        self._explained = explained
        self._bar = bar
        # Bytes of the files before the one that is being scanned.
        self._before = 0

    def files(self, paths: Iterable[Path]) -> None:
        tally = self._tally
        for path in paths:
            try:
                with Log(path) as log:
                    try:
                        self._file(path, log)
                    finally:
                        self._before += log.done
                tally.scanned += 1
            except Skipped as reason:
                tally.skipped.setdefault(str(reason), []).append(str(path))
            except Unreadable as reason:
                tally.unreadable.append(f"{path}: {reason}")
        tally.bytes = self._before

    def _file(self, path: Path, log: Log) -> None:
        # Its own, for a key that begins in one file does not go on in the next.
        lines = Lines(self._policy, self._failed)
        for batch in batches(log.read):
            for line in batch:
                lines.redact(line)
                if finds := lines.found():
                    self._found(path, finds)
            self._tally.lines += len(batch)
            self._bar.show(self._before + log.done, self._tally.finds)

    def _found(self, path: Path, finds: list[Find]) -> None:
        kinds = Counter(find.kind for find in finds)
        self._tally.kinds += kinds
        self._tally.files.setdefault(path, Counter()).update(kinds)
        if self._explained is not None:
            self._explained.show(finds, str(path))

    def _failed(self) -> None:
        self._tally.failures += 1


def _plain(tally: Tally, files: Files, chosen: Chosen) -> dict[str, Any]:
    return {
        "policy": chosen.origin,
        "digest": digest(chosen.policy),
        "finds": tally.finds,
        "kinds": dict(tally.kinds.most_common()),
        "files": [
            {"file": str(path), "finds": kinds.total(), "kinds": dict(kinds.most_common())}
            for path, kinds in _by_finds(tally)
        ],
        "scanned": {"files": tally.scanned, "lines": tally.lines, "bytes": tally.bytes},
        "skipped": tally.skipped,
        "unreadable": tally.unreadable,
        "other_names": files.others,
        "failures": tally.failures,
    }


def _by_finds(tally: Tally) -> list[tuple[Path, Counter[str]]]:
    return sorted(tally.files.items(), key=lambda item: (-item[1].total(), item[0]))


def _rows(tally: Tally) -> Iterator[Row]:
    if tally.finds:
        width = max(map(len, ("kind", *tally.kinds)))
        yield [(f"{'kind':<{width}}  {'finds':>9}  {'files':>7}", "dim")]
        for kind, count in tally.kinds.most_common():
            within = sum(kind in kinds for kinds in tally.files.values())
            yield [(padded(kind, width), "WARN"), (f"  {count:>9,}  {within:>7,}", "")]
        yield []
        yield [(f"{'finds':>9}  file", "dim")]
        found = _by_finds(tally)
        for path, kinds in found[:_MOST_FILES]:
            several = ", ".join(f"{kind} {count:,}" for kind, count in kinds.most_common())
            yield [(f"{kinds.total():>9,}  ", ""), (escaped(str(path)), "strong"), (f"  {several}", "dim")]
        if len(found) > _MOST_FILES:
            yield [(f"{'':>9}  and {len(found) - _MOST_FILES:,} more, see --json", "dim")]
        yield []
    scanned = f"{plural(tally.lines, 'line')} in {plural(tally.scanned, 'file')} ({size(tally.bytes)}): "
    yield [(scanned, ""), (plural(tally.finds, "find") if tally.finds else "nothing found", _style(tally))]


def _style(tally: Tally) -> str:
    return "failed" if tally.finds else "" if tally.unreadable else "good"


def _remark(tally: Tally, files: Files) -> None:
    for reason, paths in tally.skipped.items():
        remark(f"{plural(len(paths), 'file')} skipped: {reason} ({_some(paths)})")
    for trouble in tally.unreadable:
        remark(f"cannot read {trouble}")
    if files.others:
        remark(
            f"{plural(files.others, 'file')} left alone whose names are not those of logs; name one to have it scanned"
        )
    if not files.paths:
        remark("there are no logs: *.log, *.jsonl, *.json, *.txt, rotated or packed")
    if tally.failures:
        remark(f"redaction failed on {plural(tally.failures, 'value')}, which counts as a find of the kind error")


def _some(paths: list[str]) -> str:
    return ", ".join(paths[:3]) + (", ..." if len(paths) > 3 else "")
