"""The built-in integration `threading`: scope and span go along into threads and thread pools."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import Context, copy_context
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def install() -> Callable[[], None]:
    """Make `Thread.start` and `ThreadPoolExecutor.submit` carry the context; returns the undo."""
    start, submit = threading.Thread.start, ThreadPoolExecutor.submit
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
    def submit_in_context(
        self: ThreadPoolExecutor, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs
    ) -> Future[R]:
        if not active:
            return submit(self, fn, *args, **kwargs)
        # The pool's own thread starts in an empty context: it must not keep the first caller's scope alive.
        return Context().run(submit, self, copy_context().run, fn, *args, **kwargs)  # type: ignore[arg-type]

    threading.Thread.start = start_in_context  # type: ignore[method-assign]
    ThreadPoolExecutor.submit = submit_in_context  # type: ignore[method-assign,assignment]

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
