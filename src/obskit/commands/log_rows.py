"""Show a log line to a person."""

from __future__ import annotations

import re
from typing import Any

from obskit.commands import words
from obskit.commands.safe import escaped
from obskit.commands.screen import Piece, Row, service_style
from obskit.commands.wrap import wrapped

Record = dict[str, Any]

_MOST_STACK = 14
_FRAME = re.compile(r'^ *File "([^"\n]*)", line (\d+), in (.*)$', re.MULTILINE)


def level(record: Record) -> Piece:
    """Return the level of a line, five columns wide."""
    name = escaped(str(record.get("level", "")))
    return f"{name:<5}", name


def fields(record: Record) -> Row:
    """Return what the line says beside its message: request, user and context."""
    row: Row = []
    request = record.get("request")
    for key, given in (request if isinstance(request, dict) else {}).items():
        if key == "duration_ms" and isinstance(given, (int, float)):
            row += [("  took ", "key"), (words.duration(given), "")]
        elif not _said(record, given):
            row += _pair(str(key), given)
    user = record.get("user")
    if isinstance(user, dict) and "id" in user:
        row += _pair("user", user["id"])
    context = record.get("context")
    for key, given in (context if isinstance(context, dict) else {}).items():
        row += _pair(str(key), given)
    if record.get("late") is True:
        row.append(("  late", "WARN"))
    return row


def error_rows(record: Record, indent: Row, *, stack: bool, edge: int | None = None) -> list[Row]:
    """Return the rows of a line's error.

    Args:
        record: The line.
        indent: What each row begins with.
        stack: Whether to show the traceback; else one row with type, message and place.
        edge: Columns after which they break; None: nowhere.
    """
    error = record.get("error")
    if not isinstance(error, dict):
        return []
    name, message = str(error.get("type", "")), str(error.get("message", ""))
    trace = str(error.get("stack_trace") or "")
    if not stack or not trace.strip():
        row = [*indent, ("✗ ", "failed"), (escaped(name), "ERROR")]
        row += [(": " + escaped(message), "failed")] if message else []
        where = place(trace)
        return wrapped([*row, ("  ", ""), *where] if where else row, [*indent, ("  ", "")], edge)
    shown = trace.rstrip().split("\n")
    rows: list[Row] = []
    if len(shown) > _MOST_STACK:
        rows.append([*indent, (f"… {len(shown) - _MOST_STACK + 1} rows above, see --json", "dim")])
        shown = shown[-_MOST_STACK + 1 :]
    for text in shown:
        ends = text.startswith((name, name.rpartition(".")[2]))
        row = [*indent, (_escaped_text(text), "failed" if name and ends else "dim")]
        rows += wrapped(row, [*indent, (" " * 6, "")], edge)
    return rows


def rows(record: Record, *, correlation: bool = True, edge: int | None = None) -> list[Row]:
    """Return the rows of a line on its own.

    Args:
        record: The line.
        correlation: Whether to name its correlation id.
        edge: Columns after which they break; None: nowhere.
    """
    service = str(record.get("service", ""))
    row: Row = [
        (escaped(str(record.get("timestamp", "")))[11:23] + " ", "dim"),
        level(record),
        (" ", ""),
        (f"{escaped(service):<10} ", service_style(service)),
        (escaped(str(record.get("message", ""))), "strong" if record.get("level") in ("ERROR", "FATAL") else ""),
        *fields(record),
    ]
    if correlation and record.get("correlation_id"):
        row.append((f"  {escaped(str(record['correlation_id']))}", "dim"))
    indent: Row = [(" " * 19, "")]
    return [*wrapped(row, indent, edge), *error_rows(record, indent, stack=True, edge=edge)]


def _pair(key: str, given: Any) -> Row:
    return [(f"  {escaped(key)}=", "key"), (words.value(given), "")]


def _said(record: Record, given: Any) -> bool:
    """Tell whether the message has a value already, as the message of an access line has method, route and status."""
    return str(given) in str(record.get("message", "")).split(" ")


def _escaped_text(text: str) -> str:
    return escaped(text.replace("\t", "    "))


def place(trace: str) -> Row:
    """Return where an error came from, by the last frame of its traceback; nothing where there is none."""
    frames = _FRAME.findall(trace)
    if not frames:
        return []
    path, line, function = frames[-1]
    short = "/".join(path.replace("\\", "/").split("/")[-2:])
    return [("at ", "dim"), (escaped(f"{short}:{line}"), ""), (escaped(f" in {function}"), "dim")]
