"""Tell of an exception by OpenTelemetry's semantic conventions."""

from __future__ import annotations

from obskit.protect.shown import full_name
from obskit.record.trace import trace


def type_name(exception: BaseException) -> str:
    """Name an exception's type, with its module unless that is `builtins`."""
    return full_name(type(exception))


def stacktrace(exception: BaseException) -> str:
    """Format an exception with its causes, the middle left out where it is too long; empty where that fails."""
    try:
        return trace(exception)
    except Exception:
        return ""
