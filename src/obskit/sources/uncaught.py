"""Log what nobody caught: in the main thread, in threads, in processes, and where nothing could be raised."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any

from obskit import state
from obskit.decide.levels import ERROR, FATAL
from obskit.record.error import message as message_of
from obskit.record.error import stack_trace
from obskit.sources import processes

_LOGGER = "obskit.uncaught"


def install() -> Callable[[], None]:
    """Take the interpreter's three hooks; returns the undo. asyncio's comes through its logger."""
    before = (sys.excepthook, threading.excepthook, sys.unraisablehook)
    active = True

    def main_thread(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        told = active and _tell("uncaught exception", error, {})
        # The interpreter's own hook would print the traceback once more, unredacted; another's has its own purpose.
        if not told or before[0] is not sys.__excepthook__:
            before[0](kind, error, trace)

    def in_thread(args: Any) -> None:
        error = args.exc_value
        named = {"thread": args.thread.name} if args.thread is not None else {}
        ends = error is None or isinstance(error, SystemExit)
        told = active and not ends and _log(ERROR, "uncaught exception in thread", error, named)
        if not told or before[1] is not threading.__excepthook__:
            before[1](args)

    def unraisable(args: Any) -> None:
        error = args.exc_value
        fields = {"where": args.err_msg or "Exception ignored", "object": _name(args.object)}
        told = active and error is not None and _log(ERROR, "unraisable exception", error, fields)
        if not told or before[2] is not sys.__unraisablehook__:
            before[2](args)

    ours = (main_thread, in_thread, unraisable)
    sys.excepthook, threading.excepthook, sys.unraisablehook = ours
    leave = processes.install(lambda error, name: _tell("uncaught exception in process", error, {"process": name}))

    def undo() -> None:
        nonlocal active
        # Where someone has hooked in behind, ours stays in the chain, and hands on.
        active = False
        leave()
        if sys.excepthook is ours[0]:
            sys.excepthook = before[0]
        if threading.excepthook is ours[1]:
            threading.excepthook = before[1]
        if sys.unraisablehook is ours[2]:
            sys.unraisablehook = before[2]

    return undo


def _tell(message: str, error: BaseException, fields: dict[str, Any]) -> bool:
    """Tell of what ends a process; returns False where obskit is not there."""
    if not isinstance(error, KeyboardInterrupt):
        return _log(FATAL, message, error, fields)
    # No error of the application's, yet what it interrupted stands in its traceback.
    runtime = state.runtime
    if runtime is None:
        return False
    with suppress(Exception):
        sys.stderr.write(f"{runtime.redactor.text(stack_trace(error))}\n")
    return True


def _log(level: int, message: str, error: BaseException, fields: dict[str, Any]) -> bool:
    runtime = state.runtime
    if runtime is None:
        return False
    runtime.log(level, _LOGGER, message, fields, error)
    if runtime.console is None:
        # The record is in the journal; a person at the console must not be left without a word.
        runtime.report.seldom("uncaught", f"{message}: {type(error).__name__}: {message_of(error)}")
    return True


def _name(found: Any) -> str:
    # The name, not the repr: an object in the middle of its end may not survive being looked at.
    return getattr(found, "__qualname__", None) or type(found).__qualname__
