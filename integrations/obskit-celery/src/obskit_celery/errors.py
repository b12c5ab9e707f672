"""What exceptions of tasks mean."""

from __future__ import annotations

from typing import Any

from celery.exceptions import Ignore, Reject, Retry


def is_control(error: BaseException | None) -> bool:
    """Return whether a task has raised this to tell the worker what to do, which is no fault."""
    return isinstance(error, (Retry, Ignore, Reject))


def is_expected(task: Any, error: BaseException | None) -> bool:
    """Return whether a task declares this exception in its `throws`."""
    throws: tuple[type[BaseException], ...] = tuple(getattr(task, "throws", None) or ())
    return isinstance(error, throws)
