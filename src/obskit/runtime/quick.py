"""Hand the plain records of a runtime to the accelerator, from the call to the write."""

# ruff: noqa: SLF001 -- it stands in the place of the methods whose parts it takes.
from __future__ import annotations

import os
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from obskit.context.scope import Frame, Layer, Scope, layer_variable
from obskit.decide.levels import ERROR
from obskit.journal.ids import LineIds
from obskit.journal.store import Session, _reason
from obskit.journal.writer import _FULL, Writer
from obskit.line import speedups
from obskit.tracing.active import SPAN, variable
from obskit.tracing.local import LocalTrace
from obskit.tracing.span import Span

if TYPE_CHECKING:
    from obskit.journal.store import Store
    from obskit.runtime.outlets import ConsoleOut
    from obskit.runtime.pipeline import Pipeline


def emitter(pipeline: Pipeline, store: Store, console: ConsoleOut | None) -> Any:
    """Return what takes a pipeline's plain records, None where there is no accelerator or nothing to be faster about.

    Args:
        pipeline: Takes all others.
        store: Writes lines under their ids.
        console: The first of the pipeline's sinks, if there is one.
    """
    module = speedups.module
    fused = pipeline._fused
    if module is None or type(fused) is not module.Fused or type(variable) is not ContextVar:
        return None
    parts = {
        "layer": layer_variable, "context": variable, "span_key": SPAN,
        "Layer": Layer, "Frame": Frame, "Scope": Scope, "Span": Span, "LocalTrace": LocalTrace,
        "sessions": store._sessions, "Session": Session, "LineIds": LineIds, "Writer": Writer,
        "finish": _finishing(store), **_console(pipeline, console),
    }  # fmt: skip
    return module.Emitter(pipeline, fused, ERROR, parts)


def _console(pipeline: Pipeline, console: ConsoleOut | None) -> dict[str, Any]:
    if console is None or console._pretty is not None:
        kind = type(None)
        return {
            "console": None, "stream": None, "write_all": None,
            "StandardOutput": kind, "FileObject": kind, "Descriptor": kind,
        }  # fmt: skip
    from obskit.console.descriptor import Descriptor, write_all
    from obskit.console.stream import FileObject, StandardOutput

    return {
        "console": pipeline.sinks[0], "stream": console.stream, "write_all": write_all,
        "StandardOutput": StandardOutput, "FileObject": FileObject, "Descriptor": Descriptor,
    }  # fmt: skip


def _finishing(store: Store) -> Any:
    def finish(session: Session, line: bytes, before: int, written: int, number: int) -> None:
        """Do what is left of a journal's write that was not a plain one: `written` are bytes, or -1 with an errno."""
        writer = session.writer
        assert writer is not None
        trouble: OSError | None = None
        if written == len(line):
            trouble = writer._written(before, written)
        elif written >= 0 or number in _FULL:
            trouble = writer._write_again(line)
        else:
            trouble = OSError(number, os.strerror(number))
        if trouble is not None:
            session.ids.lose("logs")
            store._dropped(f"journal_{_reason(trouble)}", str(trouble))

    return finish
