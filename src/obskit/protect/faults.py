"""Show an exception that was given as a value: its type, what it says, its notes and causes."""

from __future__ import annotations

from typing import Any

from obskit.protect.shown import class_name

_MOST_CAUSES = 5
_MOST_NOTES = 20


def exception(error: BaseException) -> Any:
    """Return `Type: message`, or a dict where there is more to say.

    Args:
        error: Any exception, hostile ones included.
    """
    found = _described(error)
    causes = [_described(cause) for cause in _chain(error)]
    if causes:
        found["causes"] = [_short(cause) for cause in causes]
    return _short(found)


def _described(error: BaseException) -> dict[str, Any]:
    found: dict[str, Any] = {"type": class_name(type(error))}
    args: tuple[Any, ...] = BaseException.__dict__["args"].__get__(error)
    if isinstance(error, BaseExceptionGroup):
        found |= {"message": args[0], "exceptions": list(args[1])}
    elif type(error).__str__ is BaseException.__str__ and not _says_all(args):
        # As a tuple: two of them may be a pair.
        found["args"] = args
    else:
        found["message"] = str.__str__(str(error))
    notes = getattr(error, "__notes__", None)
    if isinstance(notes, (list, tuple)) and notes:
        found["notes"] = list(notes[:_MOST_NOTES])
    return found


def _says_all(args: tuple[Any, ...]) -> bool:
    # Two texts may be a name and its value; what is in an object is judged better than its text.
    return not args or (len(args) == 1 and type(args[0]) in (str, int, float))


def _short(found: dict[str, Any]) -> Any:
    if found.keys() != {"type", "message"}:
        return found
    return f"{found['type']}: {found['message']}" if found["message"] else found["type"]


def _chain(error: BaseException) -> list[BaseException]:
    chain: list[BaseException] = [error]
    while len(chain) <= _MOST_CAUSES:
        last = chain[-1]
        following = last.__cause__ or (None if last.__suppress_context__ else last.__context__)
        if following is None or any(following is known for known in chain):
            break
        chain.append(following)
    return chain[1:]
