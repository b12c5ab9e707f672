"""Carry scope and span to where nothing else carries them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextvars import copy_context
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def propagate(function: Callable[P, R]) -> Callable[P, R]:
    """Wrap a callable so that it runs in the scope and span that are current now.

    Args:
        function: Any callable; it may then run in any thread, any number of times, also at once.

    Returns:
        A callable of the same signature.
    """
    context = copy_context()

    @functools.wraps(function)
    def carried(*args: P.args, **kwargs: P.kwargs) -> R:
        # A Context can be entered once at a time: each call runs in a copy of its own.
        return context.copy().run(function, *args, **kwargs)

    return carried
