"""Group the same fault, whatever the values in its message, the lines, the host, the process or the Python version."""

from __future__ import annotations

from functools import lru_cache

from obskit.digest import sha256
from obskit.protect.lazy import lazy
from obskit.protect.shown import guarded
from obskit.record.stack import Stacks

_MOST_LINKS = 10
_VARIABLE = lazy(r"""'[^']*'|"[^"]*"|0x[0-9a-fA-F]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\b[0-9a-fA-F]{16,}\b|\d+|\S+@\S+""")


def fingerprint(error: BaseException, stacks: Stacks | None = None) -> str:
    """Return 16 hexadecimal digits that are the same for the same fault.

    Hashed are the exception types along the cause chain with the in-application frames (module and function) of each;
    where no frame is the application's, the message without its variable parts.

    Args:
        error: Any exception.
        stacks: Looks up the stacks of its causes.
    """
    looked = stacks or Stacks()
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    framed = False
    while current is not None and id(current) not in seen and len(seen) < _MOST_LINKS:
        seen.add(id(current))
        kind = type(current)
        parts.append(f"{kind.__module__}.{kind.__qualname__}")
        places = looked.of(current).places
        if places:
            framed = True
            parts.append(places)
        following = current.__cause__
        if following is None and not current.__suppress_context__:
            following = current.__context__
        current = following
    if not framed:
        parts.append(template(error))
    return _digest(tuple(parts))


def template(error: BaseException) -> str:
    """Return the first line of an exception's message with numbers, ids, addresses and quoted text taken out."""
    try:
        first = str(guarded(str, error)).partition("\n")[0][:500]
    except Exception:
        return ""
    return _VARIABLE.sub("*", first)


@lru_cache(maxsize=128)
def _digest(parts: tuple[str, ...]) -> str:
    said: str = sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()
    return said[:16]
