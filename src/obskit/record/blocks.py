"""Type what a caller gave for the schema's own blocks; what does not fit stays the caller's."""

from __future__ import annotations

from typing import Any

from obskit.protect.marks import Safe, Secret
from obskit.protect.plain import simplify

_USER = frozenset(("id", "ip", "session_id"))
_TEXTS = frozenset(("method", "path", "route"))
_TYPED = {**dict.fromkeys(_TEXTS, str), "status_code": int, "duration_ms": float, "disconnected": bool}
_LARGEST = 1 << 31
_SIMPLE = frozenset((type(None), bool, str, dict, list))


def placed(fields: dict[str, Any], *, late: bool = False) -> dict[str, dict[Any, Any]]:
    """Take the blocks that the schema has a place for out of a record's fields.

    Args:
        fields: What has a place goes from here.
        late: Whether the record's unit has ended: then it has no user.

    Returns:
        Those of `user` and `request` that there are, in this order.
    """
    found: dict[str, dict[Any, Any]] = {}
    given = fields.get("user")
    if given is not None:
        typed = user(given)
        if late or typed is not None:
            del fields["user"]
        if typed is not None and not late:
            found["user"] = typed
    asked = fields.get("request")
    if type(asked) is dict:
        del fields["request"]
        fitting, others = request(asked)
        if fitting:
            found["request"] = fitting
        if others:
            fields["request"] = others
    return found


def user(given: Any) -> dict[str, Any] | None:
    """Return the `user` block, None where what was given is none.

    Args:
        given: Anything; a dict with no other keys than `id`, `ip` and `session_id` is one.
    """
    if type(given) is not dict or not all(type(key) is str and key in _USER for key in given):
        return None
    found = {key: _one(value, numbers=key == "id") for key, value in given.items() if value is not None}
    return None if _MISFIT in found.values() else found


def request(given: dict[Any, Any]) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Return the `request` block and what of it does not fit, both in the order given.

    Args:
        given: Names and values; those that the schema has a type for are typed, others are taken as they are.
    """
    fitting: dict[Any, Any] = {}
    others: dict[Any, Any] = {}
    for key, value in list(given.items()):
        wanted = _TYPED.get(key) if type(key) is str else None
        # Nearly all are what they should be.
        if wanted is None or wanted is type(value) is str:
            fits = True
        else:
            fits = (type(value) is int or type(value) is float) and wanted is type(value) and 0 <= value < _LARGEST
        typed = value if fits else _requested(key, value)
        if typed is _MISFIT:
            others[key] = value
        else:
            fitting[key] = typed
    return fitting, others


class _Misfit:
    """Stands for a value that has no place in a block."""

    __slots__ = ()


_MISFIT = _Misfit()


def _requested(key: str, value: Any) -> Any:
    if key in _TEXTS:
        return _one(value, numbers=False)
    if key == "status_code":
        plain = value if type(value) is int else _plain(value)
        return plain if type(plain) is int and -_LARGEST < plain < _LARGEST else _MISFIT
    if key == "duration_ms":
        plain = value if type(value) is float else _plain(value)
        return plain if type(plain) in (int, float) and 0 <= plain < _LARGEST else _MISFIT
    if key == "disconnected":
        return True if value is True else _MISFIT
    return value


def _one(value: Any, *, numbers: bool) -> Any:
    """Return a text, or a number where there may be one; what marks a value stays."""
    kind = type(value)
    if kind is str or kind is Secret or (kind is int and numbers):
        return value
    if kind is Safe:
        return value if type(value.value) is str else _one(value.value, numbers=numbers)
    plain = _plain(value)
    if type(plain) is str or (type(plain) is int and numbers):
        return plain
    return str(plain) if type(plain) in (int, float, bool) else _MISFIT


def _plain(value: Any) -> Any:
    try:
        return value if type(value) in _SIMPLE else simplify(value)
    except Exception:
        # It says nothing of itself: whoever walks the record says so.
        return _MISFIT
