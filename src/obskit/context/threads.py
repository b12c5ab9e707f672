"""The built-in integration `threading`: scope and span go along into threads and thread pools."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

from obskit.imports import when_imported


def install() -> Callable[[], None]:
    """Make `Thread.start` and `ThreadPoolExecutor.submit` carry the context; returns the undo."""
    start: Any = threading.Thread.start
    active = True

    @functools.wraps(start)
    def start_in_context(thread: threading.Thread) -> None:
        # Free-threaded and later Pythons can carry it themselves; a thread that was given a context keeps it.
        if not active or getattr(thread, "_context", None) is not None:
            start(thread)
            return
        restore = _enter_first(thread, copy_context())
        try:
            start(thread)
        except BaseException:
            restore()
            raise

    threading.Thread.start = start_in_context  # type: ignore[method-assign,assignment]
    undos: list[Callable[[], None]] = []
    undos.append(when_imported("concurrent.futures.thread", lambda: undos.append(_carry_into_pools())))

    def undo() -> None:
        nonlocal active
        active = False
        # Restored only where nobody has patched over it since; else the pass-through stays.
        if threading.Thread.start is start_in_context:
            threading.Thread.start = start  # type: ignore[method-assign]
        while undos:
            undos.pop()()

    return undo


def _carry_into_pools() -> Callable[[], None]:
    from concurrent.futures.thread import ThreadPoolExecutor

    submit: Any = ThreadPoolExecutor.submit
    active = True

    @functools.wraps(submit)
    def submit_in_context(self: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if not active:
            return submit(self, fn, *args, **kwargs)
        # The pool's own thread starts in an empty context: it must not keep the first caller's scope alive.
        return Context().run(submit, self, copy_context().run, fn, *args, **kwargs)

    ThreadPoolExecutor.submit = submit_in_context  # type: ignore[method-assign]

    def undo() -> None:
        nonlocal active
        active = False
        if ThreadPoolExecutor.submit is submit_in_context:
            ThreadPoolExecutor.submit = submit  # type: ignore[method-assign]

    return undo


def _enter_first(thread: threading.Thread, context: Context) -> Callable[[], None]:
    """Make the thread take over the context before it runs; returns what gives it its own `run` back."""
    own, run = thread.__dict__.get("run"), thread.run

    def run_in_context() -> None:
        # A run() that looks at itself finds its own again.
        restore()
        # Set, not run inside: `threading.excepthook` comes after `run`, and belongs to the same unit of work.
        for variable, value in context.items():
            variable.set(value)
        run()

    def restore() -> None:
        if thread.__dict__.get("run") is not run_in_context:
            return
        if own is None:
            thread.__dict__.pop("run", None)
        else:
            thread.__dict__["run"] = own

    thread.run = run_in_context  # type: ignore[method-assign]
    return restore
