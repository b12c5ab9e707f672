"""The built-in integration `threading`: scope and span go along into threads and thread pools."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context, copy_context
from typing import Any


def install() -> Callable[[], None]:
    """Make `Thread.start` and `ThreadPoolExecutor.submit` carry the context; returns the undo."""
    start: Any = threading.Thread.start
    submit: Any = ThreadPoolExecutor.submit
    active = True

    @functools.wraps(start)
    def start_in_context(thread: threading.Thread) -> None:
        # Free-threaded and later Pythons can carry it themselves; a thread that was given a context keeps it.
        if active and getattr(thread, "_context", None) is None and not thread.is_alive():
            run = thread.run
            context = copy_context()
            thread.run = lambda: _run_and_restore(thread, run, context)  # type: ignore[method-assign]
        start(thread)

    @functools.wraps(submit)
    def submit_in_context(self: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        if not active:
            return submit(self, fn, *args, **kwargs)
        # The pool's own thread starts in an empty context: it must not keep the first caller's scope alive.
        return Context().run(submit, self, copy_context().run, fn, *args, **kwargs)

    threading.Thread.start = start_in_context  # type: ignore[method-assign,assignment]
    ThreadPoolExecutor.submit = submit_in_context  # type: ignore[method-assign]

    def undo() -> None:
        nonlocal active
        active = False
        # Restored only where nobody has patched over it since; else the pass-through stays.
        if threading.Thread.start is start_in_context:
            threading.Thread.start = start  # type: ignore[method-assign]
        if ThreadPoolExecutor.submit is submit_in_context:
            ThreadPoolExecutor.submit = submit  # type: ignore[method-assign]

    return undo


def _run_and_restore(thread: threading.Thread, run: Callable[[], Any], context: Any) -> None:
    # The instance attribute goes first: a run() that looks at itself finds the class's again.
    thread.__dict__.pop("run", None)
    context.run(run)
