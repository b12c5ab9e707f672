"""Group the same fault, whatever the values in its message, the lines, the host, the process or the Python version."""

from __future__ import annotations

import hashlib
import os
import re
import sysconfig
from functools import lru_cache
from types import TracebackType

_MOST_FRAMES = 50
_LIBRARY = tuple(
    {
        os.path.realpath(path) + os.sep
        for name in ("stdlib", "platstdlib", "purelib", "platlib")
        if (path := sysconfig.get_paths().get(name))
    }
)
_VARIABLE = re.compile(
    r"""'[^']*'|"[^"]*"|0x[0-9a-fA-F]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|\b[0-9a-fA-F]{16,}\b|\d+|\S+@\S+"""
)


def fingerprint(error: BaseException) -> str:
    """Return 16 hexadecimal digits that are the same for the same fault.

    Hashed are the exception types along the cause chain with the in-application frames (module and function) of each;
    where no frame is the application's, the message without its variable parts.
    """
    parts: list[str] = []
    seen: set[int] = set()
    current: BaseException | None = error
    framed = False
    while current is not None and id(current) not in seen and len(seen) < 10:
        seen.add(id(current))
        parts.append(f"{type(current).__module__}.{type(current).__qualname__}")
        frames = _frames(current.__traceback__)
        framed = framed or bool(frames)
        parts.extend(frames)
        hidden = current.__suppress_context__
        current = current.__cause__ or (None if hidden else current.__context__)
    if not framed:
        parts.append(template(error))
    return hashlib.sha256("\n".join(parts).encode("utf-8", "replace")).hexdigest()[:16]


def template(error: BaseException) -> str:
    """Return the first line of an exception's message with numbers, ids, addresses and quoted text taken out."""
    try:
        first = str(error).partition("\n")[0][:500]
    except Exception:
        return ""
    return _VARIABLE.sub("*", first)


def _frames(trace: TracebackType | None) -> list[str]:
    frames: list[str] = []
    while trace is not None:
        code = trace.tb_frame.f_code
        # Comprehensions are frames in some Pythons and not in others.
        comprehension = code.co_name in ("<listcomp>", "<setcomp>", "<dictcomp>")
        if not comprehension and _of_the_application(code.co_filename):
            module = _module(trace.tb_frame.f_globals.get("__name__"), code.co_filename)
            if not module.startswith("obskit_"):
                frames.append(f"{module}:{code.co_name}")
        trace = trace.tb_next
    # A recursion's depth is a value, not a fault of its own.
    unique = [frame for place, frame in enumerate(frames) if place == 0 or frame != frames[place - 1]]
    return unique[-_MOST_FRAMES:]


def _module(name: object, filename: str) -> str:
    if isinstance(name, str) and name != "__main__":
        return name
    return os.path.splitext(os.path.basename(filename))[0]


@lru_cache(maxsize=4096)
def _of_the_application(filename: str) -> bool:
    if filename.startswith("<"):
        return False
    path = os.path.realpath(filename)
    if path.startswith(_LIBRARY) or f"{os.sep}site-packages{os.sep}" in path:
        return False
    return not path.startswith(_OWN)


_OWN = os.path.realpath(os.path.dirname(os.path.dirname(__file__))) + os.sep
