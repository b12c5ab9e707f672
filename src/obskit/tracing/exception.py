"""Tell of an exception by OpenTelemetry's semantic conventions."""

from __future__ import annotations

import traceback


def type_name(exception: BaseException) -> str:
    """Name an exception's type, with its module unless that is `builtins`."""
    kind = type(exception)
    module = kind.__module__
    return f"{module}.{kind.__qualname__}" if module and module != "builtins" else kind.__qualname__


def stacktrace(exception: BaseException) -> str:
    """Format an exception with its causes; empty where that fails."""
    try:
        return "".join(traceback.format_exception(exception))
    except Exception:
        return ""
