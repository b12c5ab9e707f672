"""Describe an exception: type, message, stack trace, fingerprint, causes."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

from obskit.record.fingerprint import fingerprint

_MOST_CAUSES = 10
_MOST_TRACE = 32_000
# Facts that an application's own exceptions may carry about themselves.
_FACTS: dict[str, tuple[type, ...]] = {
    "code": (str, int), "category": (str,), "severity": (str,), "retryable": (bool,)
}  # fmt: skip


def describe(error: BaseException) -> dict[str, Any]:
    """Return the `error` block of a line; never raises.

    Args:
        error: Any exception, hostile ones included.
    """
    block: dict[str, Any] = {
        "type": type_name(error),
        "message": message(error),
        "stack_trace": stack_trace(error),
    }
    with suppress(Exception):
        block["fingerprint"] = fingerprint(error)
    for fact, kinds in _FACTS.items():
        found = _fact(error, fact)
        if isinstance(found, kinds):
            block[fact] = found
    causes = [{"type": type_name(cause), "message": message(cause)} for cause in chain(error)]
    if causes:
        block["causes"] = causes
    return block


def type_name(error: BaseException) -> str:
    """Return the dotted name of an exception's class, without `builtins`."""
    cls = type(error)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def message(error: BaseException) -> str:
    """Return what `str()` says of an exception, or why it said nothing."""
    try:
        return str(error)
    except Exception as trouble:
        return f"(str() of it raised {type(trouble).__name__})"


def stack_trace(error: BaseException) -> str:
    """Return the formatted traceback with causes, groups and notes; the middle is left out where it is too long."""
    try:
        text = "".join(traceback.format_exception(error))
    except Exception as trouble:
        return f"{type_name(error)} (formatting its traceback raised {type(trouble).__name__})"
    if len(text) > _MOST_TRACE:
        half = _MOST_TRACE // 2
        # Between lines, or at least words: half a secret would not be known for one.
        head, tail = text[:half], text[-half:]
        head = head[: max(head.rfind("\n"), head.rfind(" "), 0)]
        tail = tail[tail.find("\n") + 1 or tail.find(" ") + 1 or len(tail) :]
        text = f"{head}\n… {len(text) - len(head) - len(tail)} characters …\n{tail}"
    return text.rstrip("\n")


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the causes of an exception, nearest first, each once."""
    seen = {id(error)}
    following = _cause(error)
    while following is not None and id(following) not in seen and len(seen) <= _MOST_CAUSES:
        yield following
        seen.add(id(following))
        following = _cause(following)


def _cause(error: BaseException) -> BaseException | None:
    if error.__cause__ is not None:
        return error.__cause__
    return None if error.__suppress_context__ else error.__context__


def _fact(error: BaseException, name: str) -> Any:
    try:
        return getattr(error, name, None)
    except Exception:
        return None
