"""Log what ends a process of `multiprocessing`, which prints it by itself and past every hook of the interpreter."""

from __future__ import annotations

import functools
import sys
import traceback
from collections.abc import Callable
from typing import Any

from obskit import state
from obskit.imports import when_imported

Tell = Callable[[BaseException, str], bool]


def install(tell: Tell) -> Callable[[], None]:
    """Have an exception that ends a process told of, in processes of every start method; returns the undo.

    A process that is spawned imports everything anew: it is watched from its own `obskit.init` on.

    Args:
        tell: `tell(error, name of the process)` returns whether it has told of it, so that nobody else need.
    """
    undo: list[Callable[[], None]] = []

    def watch() -> None:
        from multiprocessing.process import parent_process

        undo.append(_watch_beginning(tell))
        if parent_process() is not None:
            undo.append(_watch_printing(tell))

    undo.append(when_imported("multiprocessing.process", watch))

    def leave() -> None:
        while undo:
            undo.pop()()

    return leave


def _watch_beginning(tell: Tell) -> Callable[[], None]:
    from multiprocessing.process import BaseProcess

    original: Any = BaseProcess._bootstrap  # type: ignore[attr-defined]  # noqa: SLF001 - nothing public runs in the child
    active = True

    @functools.wraps(original)
    def begin(started: Any, *args: Any, **kwargs: Any) -> Any:
        if active:
            started.run = functools.partial(_run, started.run, started.name, tell)
        return original(started, *args, **kwargs)

    BaseProcess._bootstrap = begin  # type: ignore[attr-defined]  # noqa: SLF001

    def undo() -> None:
        nonlocal active
        active = False
        if BaseProcess._bootstrap is begin:  # type: ignore[attr-defined]  # noqa: SLF001
            BaseProcess._bootstrap = original  # type: ignore[attr-defined]  # noqa: SLF001

    return undo


def _run(run: Callable[[], object], name: str, tell: Tell) -> None:
    try:
        run()
    except SystemExit:
        raise
    except BaseException as error:
        # Another init() in the process has taken this one's hooks back, and is to be told all the same.
        if state.runtime is None or state.runtime.plain or not tell(error, name):
            raise
        # In its place this ends the process with the same exit code, and without a print.
        raise SystemExit(1) from None


def _watch_printing(tell: Tell) -> Callable[[], None]:
    """Stand in for what prints the exception, where init() comes too late: in the process's own function."""
    from multiprocessing.process import BaseProcess, current_process

    original = traceback.print_exc
    begin: Any = BaseProcess._bootstrap  # type: ignore[attr-defined]  # noqa: SLF001
    printing = {begin.__code__, getattr(begin, "__wrapped__", begin).__code__}

    @functools.wraps(original)
    def print_exc(*args: Any, **kwargs: Any) -> None:
        error = sys.exc_info()[1]
        of_the_process = sys._getframe(1).f_code in printing  # noqa: SLF001 - everyone else's prints are their own
        if not of_the_process or error is None or not tell(error, current_process().name):
            original(*args, **kwargs)

    traceback.print_exc = print_exc

    def undo() -> None:
        if traceback.print_exc is print_exc:
            traceback.print_exc = original

    return undo
