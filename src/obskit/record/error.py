"""Describe an exception: type, message, stack trace, fingerprint, causes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import Any

from obskit.protect.shown import full_name, guarded
from obskit.record.fingerprint import fingerprint
from obskit.record.stack import Stacks
from obskit.record.trace import trace

_MOST_CAUSES = 10
# Facts that an application's own exceptions may carry about themselves.
_FACTS: dict[str, tuple[type, ...]] = {
    "code": (str, int), "category": (str,), "severity": (str,), "retryable": (bool,)
}  # fmt: skip


def describe(error: BaseException) -> dict[str, Any]:
    """Return the `error` block of a line; never raises.

    Args:
        error: Any exception, hostile ones included.
    """
    said, shown = _said(error)
    stacks = Stacks()
    block: dict[str, Any] = {
        "type": type_name(error),
        "message": shown,
        "stack_trace": stack_trace(error, stacks, said),
    }
    with suppress(Exception):
        block["fingerprint"] = fingerprint(error, stacks)
    for fact, kinds in _FACTS.items():
        found = _fact(error, fact, kinds)
        if found is not None:
            block[fact] = found
    causes = [{"type": type_name(cause), "message": message(cause)} for cause in chain(error)]
    if causes:
        block["causes"] = causes
    return block


def type_name(error: BaseException) -> str:
    """Return the dotted name of an exception's class, without `builtins`."""
    return full_name(type(error))


def message(error: BaseException) -> str:
    """Return what `str()` says of an exception, or why it said nothing."""
    return _said(error)[1]


def _said(error: BaseException) -> tuple[str | None, str]:
    try:
        said = guarded(str, error)
    except Exception as trouble:
        return None, f"(str() of it raised {type(trouble).__name__})"
    # A subclass may say something else the next time.
    said = said if type(said) is str else str.__str__(said)
    return said, said


def stack_trace(error: BaseException, stacks: Stacks | None = None, said: str | None = None) -> str:
    """Return the formatted traceback with causes, groups and notes; the middle is left out where it is too long.

    Args:
        error: Any exception.
        stacks: Looks up the stacks of its causes.
        said: What `str()` says of it, where that is known.
    """
    try:
        return trace(error, stacks, said).rstrip("\n")
    except Exception as trouble:
        return f"{type_name(error)} (formatting its traceback raised {type(trouble).__name__})"


def chain(error: BaseException) -> Iterator[BaseException]:
    """Yield the causes of an exception, nearest first, each once."""
    seen = {id(error)}
    following = _cause(error)
    while following is not None and id(following) not in seen and len(seen) <= _MOST_CAUSES:
        yield following
        seen.add(id(following))
        following = _cause(following)


def _cause(error: BaseException) -> BaseException | None:
    try:
        found = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    except Exception:
        return None
    return found if issubclass(type(found), BaseException) else None


def _fact(error: BaseException, name: str, kinds: tuple[type, ...]) -> Any:
    try:
        found = getattr(error, name, None)
    except Exception:
        return None
    # By its type: True is an integer to Python alone, and an object may only say that it is a text.
    return found if issubclass(type(found), kinds) and (type(found) is not bool or bool in kinds) else None


def exception_in(
    fields: Mapping[str, Any], error: BaseException | None
) -> tuple[BaseException | None, Mapping[str, Any]]:
    """Return the exception that a record tells of, which may be given as its field `error`, and the other fields."""
    found = fields.get("error")
    # Not what it says of its class: it may say anything.
    if issubclass(type(found), BaseException) and (error is None or error is found):
        return found, {name: value for name, value in fields.items() if name != "error"}
    return error, fields
