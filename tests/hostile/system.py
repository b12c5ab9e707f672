"""Objects of the interpreter and the system: files, sockets, locks, coroutines, functions, references, mocks."""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextvars
import functools
import io
import itertools
import operator
import queue
import re
import socket
import sys
import threading
import types
import unittest.mock
import urllib.parse
import weakref
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

from tests.hostile.objects import a_class, raising

Make = Callable[[], Any]


async def _coroutine() -> None:
    await asyncio.sleep(0)


def coroutine() -> Any:
    """Return a coroutine that is closed with its last reference, so that nobody misses an `await`."""
    made = _coroutine()
    made.close()
    return made


async def _async_generator() -> AsyncIterator[int]:
    yield 1


def generator() -> Iterator[int]:
    """Yield two numbers."""
    yield 1
    yield 2


def _running_generator() -> Any:
    made = generator()
    next(made)
    return made


def _closed_file() -> Any:
    made = io.StringIO("text")
    made.close()
    return made


def _closed_socket() -> Any:
    made = socket.socket()
    made.close()
    return made


def _buffered() -> Any:
    made = io.BufferedReader(io.BytesIO(b"abc"))  # type: ignore[arg-type]
    made.seek(1)
    return made


def _dead() -> Any:
    target = a_class("Target")()
    return weakref.ref(target)


def _dead_proxy() -> Any:
    target = a_class("Target")()
    return weakref.proxy(target)


_KEPT = a_class("Kept", __repr__=lambda self: "<kept>", keys=lambda self: ["a"])()


def _weak_values() -> Any:
    made: weakref.WeakValueDictionary[str, Any] = weakref.WeakValueDictionary(a=_KEPT)
    made["gone"] = a_class("Target")()
    return made


def _future() -> Any:
    made: concurrent.futures.Future[Any] = concurrent.futures.Future()
    made.set_exception(ValueError("x"))
    return made


def _filled_queue() -> Any:
    made: queue.Queue[int] = queue.Queue()
    made.put(1)
    return made


def _partial_of_itself() -> Any:
    made = functools.partial(print)
    made.__setstate__((made, (made,), {"a": made}, {}))  # type: ignore[attr-defined]
    return made


def _partial_of_a_partial() -> Any:
    return functools.partial(functools.partial(int, base=2), "101", x=raising("__repr__"))


def _frame() -> Any:
    return sys._getframe()


def _traceback() -> Any:
    try:
        raise ValueError("x")
    except ValueError as error:
        return error.__traceback__


def _module() -> Any:
    made = types.ModuleType("odd\x1b[31m")
    del made.__dict__["__name__"]
    return made


class _Described:
    @property
    def shown(self) -> int:
        return 1

    @functools.cached_property
    def kept(self) -> int:
        return 1

    @staticmethod
    def still() -> None: ...

    @classmethod
    def of(cls) -> None: ...


SYSTEM: dict[str, Make] = {
    "coroutine": coroutine,
    "coroutine function": lambda: _coroutine,
    "async generator": _async_generator,
    "generator": generator,
    "generator that runs": _running_generator,
    "list iterator": lambda: iter([1, 2]),
    "endless iterator": itertools.count,
    "map": lambda: map(str, [1]),
    "zip": lambda: zip([1], [2], strict=True),
    "enumerate": lambda: enumerate("ab"),
    "StringIO": lambda: io.StringIO("text"),
    "BytesIO": lambda: io.BytesIO(b"data"),
    "closed file": _closed_file,
    "buffered file": _buffered,
    "standard output": lambda: sys.__stdout__,
    "closed socket": _closed_socket,
    "lock": threading.Lock,
    "RLock": threading.RLock,
    "condition": threading.Condition,
    "event": threading.Event,
    "local": threading.local,
    "thread": threading.current_thread,
    "queue": _filled_queue,
    "future": _future,
    "context": contextvars.copy_context,
    "context variable": lambda: contextvars.ContextVar("odd", default=raising("__repr__")),  # noqa: B039 - odd
    "module": lambda: sys,
    "module without a name": _module,
    "class": lambda: dict,
    "generic alias": lambda: dict[str, list[int]],
    "union": lambda: int | None,
    "lambda": lambda: lambda: 1,
    "built-in function": lambda: len,
    "built-in method": lambda: [].append,
    "method": lambda: raising("__repr__").__init__,
    "method of a mute object": lambda: types.MethodType(print, raising("__repr__", "__str__", "__class__")),
    "property": lambda: _Described.__dict__["shown"],
    "cached property": lambda: _Described.__dict__["kept"],
    "static method": lambda: _Described.__dict__["still"],
    "class method": lambda: _Described.of,
    "slot": lambda: int.__add__,
    "operator": lambda: operator.itemgetter("a", raising("__repr__")),
    "partial": lambda: functools.partial(print, 1, sep=","),
    "partial of a partial": _partial_of_a_partial,
    "partial of itself": _partial_of_itself,
    "partial of a mute function": lambda: functools.partial(a_class("C", __call__=lambda self: 1)(), 1),
    "weak reference": lambda: weakref.ref(_KEPT),
    "dead reference": _dead,
    "proxy": lambda: weakref.proxy(_KEPT),
    "dead proxy": _dead_proxy,
    "weak dict": _weak_values,
    "weak set": lambda: weakref.WeakSet([_KEPT]),
    "frame": _frame,
    "traceback": _traceback,
    "code": lambda: _coroutine.__code__,
    "match": lambda: re.match("(?P<a>.)", "x"),
    "pattern": lambda: re.compile("x{2}"),
    "url": lambda: urllib.parse.urlsplit("https://shop.example/a?b=1"),
    "object": object,
    "Mock": unittest.mock.Mock,
    "MagicMock": unittest.mock.MagicMock,
    "MagicMock of a dict": lambda: unittest.mock.MagicMock(spec=dict),
    "MagicMock of a text": lambda: unittest.mock.MagicMock(spec=str),
    "MagicMock of an exception": lambda: unittest.mock.MagicMock(spec=ValueError),
    "NonCallableMagicMock": unittest.mock.NonCallableMagicMock,
    "AsyncMock": unittest.mock.AsyncMock,
    "sentinel": lambda: unittest.mock.sentinel.odd,
    "anything": lambda: unittest.mock.ANY,
    "call": lambda: unittest.mock.call(1, a=2),
}
