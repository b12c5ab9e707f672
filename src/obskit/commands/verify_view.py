"""Show the proof that nothing was lost: as one object for programs, as tables for people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from obskit.commands import words
from obskit.commands.safe import cells, escaped
from obskit.commands.screen import Row, Screen, service_style
from obskit.commands.wrap import wrapped
from obskit.query.proof import Proof, Writer
from obskit.query.proof_gaps import SIGNAL

# More rows than this are read by nobody; the JSON has all.
_MOST_ROWS = 20
_WHY = {
    "missing": "in no segment, and nothing tells why",
    "gone": "in a segment that went before every target had it; no record is left that tells of it",
    "dropped": "dropped from the journal, as a record tells",
    "removed": "delivered, then removed by age or cap",
    "delivered": "delivered from memory, never in a segment",
    "unreturned": "taken in its process's last moments by a call that never returned",
    "unread": "perhaps in a segment that could not be read",
}
_LOUD = {"missing": "ERROR", "gone": "ERROR", "dropped": "ERROR", "unread": "WARN"}


def plain(found: Proof, root: Path) -> dict[str, Any]:
    """Return the proof as one JSON object."""
    return {
        "ok": found.holds,
        "journal": str(root),
        "records": _records(found),
        "pending": _by_target(_pending(found)),
        "refused": sum(one.count for one in found.refused),
        "dropped": found.dropped,
        "missing": found.missing,
        "unreturned": found.count("unreturned"),
        "removed": found.count("removed"),
        "delivered": found.count("delivered"),
        "unread": found.count("unread"),
        "targets": found.targets,
        "writers": [_writer(writer) for writer in found.writers],
        "refusals": [
            {"service": one.service, "directory": one.directory, "merged": one.merged, "target": one.target}
            | {"signal": one.signal, "count": one.count}
            for one in found.refused
        ],
        "drops": [
            {"timestamp": drop.timestamp, "service": drop.service, "writer": drop.writer, "segment": drop.segment}
            | {"first": f"{drop.writer}-{drop.signal}{drop.first}", "last": f"{drop.writer}-{drop.signal}{drop.last}"}
            | {"count": drop.count, "reason": drop.reason}
            for drop in found.drops
        ],
        "problems": {
            "torn": found.problems.torn, "foreign": found.problems.foreign, "newer": found.problems.newer,
            "repeated": sum(writer.repeated for writer in found.writers),
            "unreadable": [{"path": str(path), "reason": reason} for path, reason in found.unreadable],
        },
    }  # fmt: skip


def _writer(writer: Writer) -> dict[str, Any]:
    found: dict[str, Any] = {"service": writer.service, "writer": writer.id, "alive": writer.alive}
    found |= {"records": writer.records, "highest": writer.highest}
    if writer.pending:
        found["pending"] = _by_target(writer.pending)
    if writer.gaps:
        found["gaps"] = [
            {"first": _id(writer, signal, gap.first), "last": _id(writer, signal, gap.last)}
            | {"count": gap.size, "reason": gap.kind}
            for signal, gap in writer.gaps
        ]
    return found


def _by_target(pending: dict[tuple[str, str], int]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (target, signal), count in sorted(pending.items()):
        found.setdefault(target, {})[signal] = count
    return found


def _id(writer: Writer, signal: str, number: int) -> str:
    return f"{writer.id}-{signal[0]}{number}"


def _records(found: Proof) -> dict[str, int]:
    return {signal: sum(writer.records.get(signal, 0) for writer in found.writers) for signal in SIGNAL.values()}


def _pending(found: Proof) -> Counter[tuple[str, str]]:
    total: Counter[tuple[str, str]] = Counter()
    for writer in found.writers:
        total.update(writer.pending)
    return total


# --- for people ---


def show(screen: Screen, found: Proof) -> None:
    """Write what is to be told of services, writers, refusals and drops, and what that comes to."""
    for rows in (_services(found), _writers(found), _refusals(found), _drops(found)):
        lines = list(rows)
        for row in lines:
            for part in wrapped(row, [("      ", "")], screen.edge):
                screen.row(part)
        if lines:
            screen.row([])
    for row in _summary(found):
        for part in wrapped(row, [("  ", "")], screen.edge):
            screen.row(part)


def _services(found: Proof) -> Iterator[Row]:
    services: dict[str, list[Writer]] = {}
    for writer in found.writers:
        services.setdefault(writer.service, []).append(writer)
    if not services:
        return
    head = ("service", "writers", "alive", "logs", "spans", "pending", "missing")
    table: list[Sequence[str]] = [head]
    for service, writers in sorted(services.items()):
        pending = sum(sum(writer.pending.values()) for writer in writers)
        counts = [
            len(writers), sum(writer.alive for writer in writers),
            sum(writer.records.get("logs", 0) for writer in writers),
            sum(writer.records.get("spans", 0) for writer in writers),
            pending, sum(writer.missing for writer in writers),
        ]  # fmt: skip
        table.append((escaped(service), *(f"{count:,}" for count in counts)))
    widths = [max(cells(row[at]) for row in table) for at in range(len(head))]
    for n, row in enumerate(table):
        style = "dim" if n == 0 else service_style(row[0])
        name = (row[0] + " " * (widths[0] - cells(row[0])), style)
        rest = "".join(f"  {text:>{width}}" for text, width in zip(row[1:], widths[1:], strict=True))
        missing = n > 0 and row[-1] != "0"
        yield [name, (rest, "dim" if n == 0 else "ERROR" if missing else "")]


def _writers(found: Proof) -> Iterator[Row]:
    """Yield, per writer, what is pending for whom and which numbers are in no segment."""
    telling = [writer for writer in found.writers if writer.pending or writer.gaps]
    telling.sort(key=lambda writer: -max((_rank(gap.kind) for _, gap in writer.gaps), default=0))
    for writer in telling[:_MOST_ROWS]:
        state = "alive" if writer.alive else "dead"
        yield [(escaped(writer.service), service_style(writer.service)), (f"  {writer.id}  {state}", "dim")]
        for (target, signal), count in sorted(writer.pending.items()):
            yield [("    pending  ", "dim"), (f"{_counted(count, signal)} for {escaped(target)}", "")]
        gaps = sorted(writer.gaps, key=lambda gap: -_rank(gap.found.kind))
        for signal, gap in gaps[:_MOST_ROWS]:
            ids = _id(writer, signal, gap.first) + (f" to {signal[0]}{gap.last}" if gap.size > 1 else "")
            told = f"{_counted(gap.size, signal)}: {ids}, {_WHY[gap.kind]}"
            yield [(f"    {gap.kind}  ", _LOUD.get(gap.kind, "dim")), (told, "")]
        yield from _more(len(gaps), "gap")
    yield from _more(len(telling), "writer")


def _rank(kind: str) -> int:
    return {"missing": 4, "gone": 3, "unread": 2, "dropped": 1}.get(kind, 0)


def _more(count: int, what: str) -> Iterator[Row]:
    if count > _MOST_ROWS:
        yield [(f"    and {words.plural(count - _MOST_ROWS, what)} more: --json has all", "dim")]


def _refusals(found: Proof) -> Iterator[Row]:
    for one in found.refused[:_MOST_ROWS]:
        where = f"{escaped(one.service)}/{one.directory}{' (merged)' if one.merged else ''}"
        yield [("refused  ", "ERROR"), (f"{_counted(one.count, one.signal)} of {where} by {escaped(one.target)}", "")]
    yield from _more(len(found.refused), "refusal")


def _drops(found: Proof) -> Iterator[Row]:
    for drop in found.drops[:_MOST_ROWS]:
        ids = f"{drop.writer}-{drop.signal}{drop.first} to {drop.signal}{drop.last}"
        what = _counted(drop.count, SIGNAL[drop.signal])
        told = f"{what} of {escaped(drop.service)} at {drop.timestamp[:19]}Z: {ids} ({escaped(drop.reason)})"
        yield [("dropped  ", "ERROR"), (told, "")]
    yield from _more(len(found.drops), "drop")


def _counted(count: int, signal: str) -> str:
    return words.plural(count, "log" if signal == "logs" else "span")


def _summary(found: Proof) -> Iterator[Row]:
    total = sum(_records(found).values())
    if not total and not found.drops and not found.unreadable:
        yield [("no records", "dim")]
        return
    whole = f"{words.plural(total, 'record')} of {words.plural(len(found.writers), 'writer')}"
    waiting = [_told(target, signals, found) for target, signals in _by_target(_pending(found)).items()]
    tail = f", {'; '.join(waiting)}" if waiting else ", nothing pending" if found.targets else ""
    faults = list(_faults(found))
    if faults:
        yield [(f"{', '.join(faults)}: ", "ERROR"), (whole + tail, "")]
    else:
        yield [("nothing is missing: ", "good"), (whole + tail, "")]
    if count := found.count("unreturned"):
        yield [(f"{words.plural(count, 'number')} taken by calls that a kill cut off: no call that returned", "dim")]


def _told(target: str, signals: dict[str, int], found: Proof) -> str:
    never = sorted(signal for signal in signals if (target, signal) in found.silent)
    note = f", which has taken no {' and no '.join(never)} so far" if never else ""
    return f"{sum(signals.values()):,} pending for {escaped(target)}{note}"


def _faults(found: Proof) -> Iterable[str]:
    counts = {"missing": found.missing, "dropped": found.dropped}
    counts["refused"] = sum(one.count for one in found.refused)
    yield from (f"{count:,} {what}" for what, count in counts.items() if count)
    if found.unreadable:
        yield f"{words.plural(len(found.unreadable), 'segment')} unreadable"
