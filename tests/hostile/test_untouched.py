"""A log call changes nothing of what it is given."""

from __future__ import annotations

import asyncio
import collections
import copy
import gc
import io
import queue
import warnings
from collections.abc import Callable
from typing import Any

import pytest

import obskit
from tests.hostile.doors import LOGS, SPANS, log, troubles
from tests.hostile.system import generator
from tests.hostile.written import Written

DOORS = {name: door for name, door in (LOGS | SPANS).items() if name not in ("template", "level")}


async def _count() -> int:
    return 7


async def _numbers() -> Any:
    yield 1
    yield 2


def _position(made: Any) -> Any:
    return made.tell(), made.read()


def _filled() -> Any:
    made: queue.Queue[int] = queue.Queue()
    made.put(1)
    return made


def _awaited(made: Any) -> int:
    return asyncio.run(made)


async def _collected(made: Any) -> list[int]:
    return [item async for item in made]


# What is given, what is asked of it afterwards, and the answer that it would have given before.
STATES: dict[str, tuple[Callable[[], Any], Callable[[Any], Any], Any]] = {
    "generator": (generator, list, [1, 2]),
    "list iterator": (lambda: iter([1, 2]), list, [1, 2]),
    "map": (lambda: map(int, "12"), list, [1, 2]),
    "zip": (lambda: zip([1], [2], strict=True), list, [(1, 2)]),
    "file": (lambda: io.StringIO("text"), _position, (0, "text")),
    "bytes file": (lambda: io.BytesIO(b"data"), _position, (0, b"data")),
    "queue": (_filled, lambda made: made.qsize(), 1),
    "coroutine": (_count, _awaited, 7),
    "async generator": (_numbers, lambda made: asyncio.run(_collected(made)), [1, 2]),
    "defaultdict": (lambda: collections.defaultdict(list, a=[1]), dict, {"a": [1]}),
    "dict": (lambda: {"password": "p", "n": [1, {"b": (2,)}]}, lambda made: made, {"password": "p",
    "n": [1, {"b": (2,)}]}),
    "list": (lambda: [{"token": "t"}, [1]], lambda made: made, [{"token": "t"}, [1]]),
    "Counter": (lambda: collections.Counter("abba"), dict, {"a": 2, "b": 2}),
    "bytearray": (lambda: bytearray(b"abc"), bytes, b"abc"),
    "deque": (lambda: collections.deque([1, 2], maxlen=2), list, [1, 2]),
    "exception": (lambda: ValueError("x", {"password": "p"}), lambda made: (made.args, vars(made), made.__traceback__),
                  (("x", {"password": "p"}), {}, None)),
}  # fmt: skip


@pytest.mark.parametrize("name", STATES)
def test_a_log_call_neither_consumes_nor_changes_what_it_is_given(written: Written, name: str) -> None:
    """One object goes through every way in, and is as it was before; a coroutine can still be awaited."""
    make, asked, answer = STATES[name]
    value = make()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        doors = {door: call for door, call in DOORS.items() if name != "exception" or door not in ("error", "exc_info")}
        assert troubles(written, lambda value=value: value, doors) == []
        assert asked(value) == answer
        gc.collect()


def test_a_callers_dicts_stay_a_callers(written: Written) -> None:
    """Neither the fields given, nor the blocks of the schema, nor an exception's own attributes are changed."""
    user, request = {"id": 1, "ip": "192.0.2.1"}, {"path": "/a", "status_code": "odd", "headers": {"cookie": "a=b"}}
    fields = {"password": "p", "deep": {"list": [1, {"token": "t"}]}}
    before = copy.deepcopy((user, request, fields))
    error = ValueError("x")
    with obskit.scope(**fields), obskit.bound(**fields):
        log.bind(**fields).info("x", user=user, request=request, **fields)
        log.error("y", exc_info=error, error=error, user=user)
    assert (user, request, fields) == before
    assert error.__dict__ == {}
    written.lines()


def test_no_object_is_kept_alive(written: Written) -> None:
    """With the log call everything of a value is over."""
    gone: list[int] = []

    class Watched:
        def __del__(self) -> None:
            gone.append(1)

    troubles(written, Watched, DOORS)
    gc.collect()
    assert len(gone) == len(DOORS)
