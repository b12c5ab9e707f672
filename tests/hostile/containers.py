"""Values with parts: cycles, depth, keys of every type, views, named tuples."""

from __future__ import annotations

import collections
import itertools
import types
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.hostile.objects import a_class, raising
from tests.hostile.scalars import Colour

Make = Callable[[], Any]


class Pair(NamedTuple):
    a: int
    b: Any


def _list_cycle() -> Any:
    made: list[Any] = [1]
    made.append(made)
    return made


def _dict_cycle() -> Any:
    made: dict[str, Any] = {"n": 1}
    made["self"] = [made]
    return made


def _deque_cycle() -> Any:
    made: collections.deque[Any] = collections.deque([1])
    made.append((made,))
    return made


def _user_cycle() -> Any:
    made: collections.UserDict[str, Any] = collections.UserDict(a=1)
    made["self"] = made
    return made


def _two_in_turns() -> Any:
    one: dict[str, Any] = {}
    other = {"one": one}
    one["other"] = other
    return one


def nested(depth: int, form: Callable[[Any], Any] = lambda inner: {"in": [inner]}) -> Any:
    """Return something that deep."""
    made: Any = "core"
    for _ in range(depth):
        made = form(made)
    return made


def shared(width: int, depth: int, leaf: Any) -> Any:
    """Return a small structure that, written out, has `width ** depth` leaves."""
    made = leaf
    for _ in range(depth):
        made = [made] * width
    return made


def shared_dicts(depth: int) -> Any:
    """Return a small structure of dicts that, written out, doubles at each level."""
    made: Any = {"leaf": 1}
    for _ in range(depth):
        made = {"a": made, "b": made}
    return made


def odd_keys() -> dict[Any, Any]:
    """Return a dict with keys of every type that can be one."""
    return {
        None: 1, True: 2, 2: 3, 2.5: 4, (1, (2, "three")): 5, b"bytes\xff": 6, Colour.RED: 7, Colour.PAIR: 8,
        frozenset(): 9, raising("__repr__", "__str__"): 10, 10**30: 11, float("nan"): 12, float("inf"): 13, "": 14,
        "\x00": 15, "\ud800": 16, "k" * 5000: 17, "a.b": 18, "\x1b[31m": 19, dict: 20, len: 21, object(): 22,
    }  # fmt: skip


def _same_names() -> dict[Any, Any]:
    # Once they are text, all of these are one key.
    return {
        1: "a",
        "1": "b",
        None: "c",
        "None": "d",
        "null": "e",
        "True": "g",
        "true": "h",
        1.5: "i",
        "1.5": "j",
    }


CONTAINERS: dict[str, Make] = {
    "list cycle": _list_cycle,
    "dict cycle": _dict_cycle,
    "deque cycle": _deque_cycle,
    "UserDict cycle": _user_cycle,
    "two in turns": _two_in_turns,
    "100 deep": lambda: nested(100),
    "900 tuples deep": lambda: nested(900, lambda inner: (inner,)),
    "5,000 lists deep": lambda: nested(5000, lambda inner: [inner]),
    "1,500 dicts deep": lambda: nested(1500, lambda inner: {"a": inner}),
    "empty": lambda: [{}, [], (), set(), "", b"", frozenset(), collections.deque()],
    "odd keys": odd_keys,
    "keys that become one": _same_names,
    "int keys": lambda: {n: n for n in range(50)},
    "set": lambda: {1, "two", 3.0, None, (4,)},
    "frozenset": lambda: frozenset({1}),
    "deque": lambda: collections.deque([1, 2], maxlen=2),
    "named tuple": lambda: Pair(1, [2]),
    "OrderedDict": lambda: collections.OrderedDict(b=1, a=2),
    "Counter": lambda: collections.Counter("abba"),
    "ChainMap": lambda: collections.ChainMap({"a": 1}, {"b": 2}),
    "UserDict": lambda: collections.UserDict(a=1),
    "UserList": lambda: collections.UserList([1, 2]),
    "UserString": lambda: collections.UserString("text"),
    "mapping proxy": lambda: types.MappingProxyType({"a": 1}),
    "namespace": lambda: types.SimpleNamespace(a=1, b=[2]),
    "keys view": {"a": 1}.keys,
    "items view": {"a": 1}.items,
    "values view": {"a": object()}.values,
    "range": lambda: range(10**12),
    "slice": lambda: slice(1, None),
    "1,001 items": lambda: list(range(1001)),
    "lists of pairs": lambda: [("a", 1), ("b", raising("__repr__")), ("c",)],
    "named fields of another kind": lambda: a_class("N", tuple, _fields=("a", 7, None))((1, 2, 3)),
    "named fields that are no tuple": lambda: a_class("N", tuple, _fields=5)((1, 2)),
    "mixed": lambda: [1, None, {"a": (1, {2, 3})}, b"x", 1.5, "text", itertools.repeat(1, 2)],
}
