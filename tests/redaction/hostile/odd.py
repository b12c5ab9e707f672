"""Objects that raise, lie, log, recurse or have no end, some of them with a secret inside."""

from __future__ import annotations

import collections
import collections.abc
import io
import itertools
import threading
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

import obskit
from tests.redaction.hostile import bodies
from tests.redaction.hostile.case import Hostile


def _class(name: str, base: type = object, **methods: Any) -> Any:
    return type(name, (base,), methods)


def _raise(text: str) -> Callable[..., Any]:
    def method(*_: Any) -> Any:
        raise RuntimeError(f"password={text}")

    return method


def _forever(text: str) -> Any:
    # A sequence without an end.
    methods = {"__len__": lambda self: 10**9, "__getitem__": lambda self, place: {"password": text}}
    return _class("Forever", collections.abc.Sequence, **methods)()


def _logging(text: str) -> Any:
    def shown(self: Any) -> str:
        obskit.get_logger("inner").info("shown", password=text, me=self)
        return f"Logging(token={text!r})"

    return _class("Logging", __repr__=shown)()


def _changing(text: str) -> Any:
    class Changing(dict[str, str]):
        def __iter__(self) -> Any:
            self[f"k{len(self)}"] = "x"
            return super().__iter__()

    return Changing(password=text, other="y")


class Lying(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "harmless"

    def __len__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        raise RuntimeError("no comparison")

    def __hash__(self) -> int:
        return 7


class Falling(dict[str, str]):
    def items(self) -> Any:
        raise RuntimeError("no items")

    def __contains__(self, key: object) -> bool:
        raise RuntimeError("no look")


class Watched:
    """Its property raises an error that tells the secret."""

    def __init__(self, text: str) -> None:
        self._text = text
        self.__dataclass_fields__: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        raise RuntimeError(f"password={self.__dict__['_text']}")

    def __repr__(self) -> str:
        return f"Watched(password={self._text!r})"


class Text(str):
    __slots__ = ()

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


def _shown_as_odd(text: str) -> Any:
    return _class("Odd", __repr__=lambda self: Text(f"password={text}"))()


def _cycle(text: str) -> Any:
    made: dict[str, Any] = {"password": text}
    made["self"] = [made]
    return made


def _deep(text: str, depth: int) -> Any:
    made: Any = {"password": text}
    for _ in range(depth):
        made = [made]
    return made


WITH_SECRET: dict[str, Callable[[str], Any]] = {
    "repr raises": lambda s: _class("A", __repr__=_raise(s))(),
    "str raises": lambda s: _class("A", __str__=_raise(s), __repr__=lambda self: f"A(password={s})")(),
    "items raise": lambda s: Falling(password=s),
    "mapping raises": lambda s: _class("M", collections.abc.Mapping, __len__=lambda self: 1, __iter__=_raise(s),
                                       __getitem__=_raise(s))(),
    "class lies": lambda s: _class("C", __class__=property(lambda self: dict), __repr__=lambda self: f"token={s}")(),
    "class raises": lambda s: _class("C", __class__=property(_raise(s)), __repr__=lambda self: f"token={s}")(),
    "attributes raise": Watched,
    "attributes lie": lambda s: _class("L", __getattr__=lambda self, name: lambda: [s],
                                       __repr__=lambda self: f"L(secret='{s}')")(),
    "repr of another type": _shown_as_odd,
    "repr is no text": lambda s: _class("N", __repr__=lambda self: 7, password=s)(),
    "text that lies": lambda s: Lying(f"password={s}"),
    "text that lies, as key": lambda s: {Lying(f"password={s}"): 1},
    "without end": _forever,
    "infinite dict": lambda s: _class("I", collections.abc.Mapping, __len__=lambda self: 3,
                                      __iter__=lambda self: (f"password{n}" for n in itertools.count()),
                                      __getitem__=lambda self, key: s)(),
    "logs": _logging,
    "changes": _changing,
    "cycle": _cycle,
    "deep": lambda s: _deep(s, 60),
    "very deep": lambda s: _deep(s, 3000),
    "wide": lambda s: {**{f"k{n}": n for n in range(900)}, "password": s},
    "many keys": lambda s: {f"password_{n}": s for n in range(400)},
    "late in a long text": lambda s: f"{'prose and more ' * 3000} password={s} {'and so on ' * 10}",
    "early in a long text": lambda s: f"password={s} {'prose and more ' * 30_000}",
    "at the cut": lambda s: {"a": "x" * 60_000, "b": f"{'y ' * 2600} password={s} {'z ' * 2000}"},
    "on one line with binary": lambda s: f"\x00\x01\x02password={s}\x00\x03",
    "lone surrogate": lambda s: f"\ud800 password={s} \udfff",
    "after a marker": lambda s: f"password=[REDACTED:password] token={s}",
    "marker forged": lambda s: f"password=[REDACTED:x]{s}",
    "safe inside a dict under a name": lambda s: {"ok": obskit.safe("fine"), "password": s},
    "secret inside": lambda s: [obskit.secret(s), {obskit.secret(s): obskit.secret({"a": s})}],
    "function": lambda s: {"call": lambda: s, "password": s},
    "bound method": lambda s: _class("B", run=lambda self: None, __repr__=lambda self: f"B({s})")().run,
}  # fmt: skip


def _itself() -> Any:
    made: list[Any] = []
    made.append(made)
    return [made, collections.deque([made])]


WITHOUT: dict[str, Callable[[], Any]] = {
    "lock": threading.Lock,
    "file": lambda: io.StringIO("line"),
    "generator": lambda: (n for n in range(3)),
    "iterator": lambda: iter([1, 2]),
    "endless iterator": itertools.count,
    "class": lambda: Lying,
    "module": lambda: io,
    "nan keys": lambda: {float("nan"): 1, None: 2, True: 3, 2.5: 4, (1, (2,)): 5, frozenset(): 6},
    "huge integer": lambda: 10**6000,
    "ellipsis": lambda: [..., NotImplemented, 1j],
    "range": lambda: range(10**12),
    "raising hash": lambda: [_class("H", __hash__=_raise("x"), __repr__=lambda self: "h")()],
    "recursing repr": _class("R", __repr__=lambda self: f"<{self!r}>"),
    "keeps itself": _itself,
    "thread": threading.current_thread,
    "object": object,
}


def cases(random: Random) -> Iterator[Hostile]:
    """Yield the cases of this file."""
    for name, make in WITH_SECRET.items():
        for _ in range(3):
            secret = bodies.password(random).replace("!", "x")
            yield Hostile(f"odd: {name}", lambda make=make, secret=secret: make(secret), (secret,))
    for name, plain in WITHOUT.items():
        yield Hostile(f"odd: {name}", plain)
        yield Hostile(f"odd, as a message: {name}", plain, (), "message")
    for _ in range(6):
        body = bodies.of_form(random)
        yield Hostile("key: text", lambda text=body.text: text, (body.core,), "key")
        yield Hostile("key: bytes", lambda text=body.text: text.encode(), (body.core,), "key")
        yield Hostile("key: tuple", lambda text=body.text: (1, text), (body.core,), "key")
