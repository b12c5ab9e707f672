"""Tell which frames are the application's, and what a fault is grouped by there: module and function."""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache, lru_cache
from types import CodeType
from typing import Any

_MOST = 2048
_OWN = os.path.realpath(os.path.dirname(os.path.dirname(__file__))) + os.sep
_COMPREHENSIONS = frozenset(("<listcomp>", "<setcomp>", "<dictcomp>"))

# By identity: equal code of two files is not the same place. Each holds its code, whose address nothing else gets then.
_known: dict[int, tuple[CodeType, str]] = {}


def place(code: CodeType, names: Mapping[str, Any]) -> str:
    """Return `module:function` of a frame of the application's, else an empty text.

    Args:
        code: What the frame runs.
        names: Its globals.
    """
    known = _known.get(id(code))
    if known is None:
        if len(_known) >= _MOST:
            _known.clear()
        known = _known[id(code)] = (code, _place(code, names))
    return known[1]


def _place(code: CodeType, names: Mapping[str, Any]) -> str:
    # Comprehensions are frames in some Pythons and not in others.
    if code.co_name in _COMPREHENSIONS or not _of_the_application(code.co_filename):
        return ""
    module = _module(names.get("__name__"), code.co_filename)
    return "" if module.startswith("obskit_") else f"{module}:{code.co_name}"


def _module(name: object, filename: str) -> str:
    if isinstance(name, str) and name != "__main__":
        return name
    return os.path.splitext(os.path.basename(filename))[0]


@cache
def _library() -> tuple[str, ...]:
    # On first use: nobody has to know before there is an error.
    try:
        from sysconfig import get_paths
    except (ImportError, OSError):
        # The error may be that no more files can be opened.
        paths = {"stdlib": os.path.dirname(os.__file__)}
    else:
        paths = get_paths()
    names = ("stdlib", "platstdlib", "purelib", "platlib")
    return tuple({os.path.realpath(path) + os.sep for name in names if (path := paths.get(name))})


@lru_cache(maxsize=1024)
def _of_the_application(filename: str) -> bool:
    if filename.startswith("<"):
        return False
    path = os.path.realpath(filename)
    if path.startswith(_library()) or f"{os.sep}site-packages{os.sep}" in path:
        return False
    return not path.startswith(_OWN)
