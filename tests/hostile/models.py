"""Objects of classes that libraries make: dataclasses, pydantic and attrs, and exceptions as values."""

from __future__ import annotations

import asyncio
import dataclasses
import functools
from collections.abc import Callable
from typing import Any

import attrs
import pydantic

from tests.hostile.objects import SilentError, a_class, raising

Make = Callable[[], Any]


@dataclasses.dataclass
class Order:
    number: int
    items: list[Any] = dataclasses.field(default_factory=list)
    password: str = "hunter2hunter2"
    hidden: str = dataclasses.field(default="unseen", repr=False)
    later: dataclasses.InitVar[int] = 0


@dataclasses.dataclass(frozen=True, slots=True)
class Frozen:
    a: int
    b: Any = None


@dataclasses.dataclass
class OfDict(dict[str, int]):
    a: int = 1


@dataclasses.dataclass
class Broken:
    a: int = 1

    def __getattribute__(self, name: str) -> Any:
        if name == "a":
            raise RuntimeError("not loaded")
        return object.__getattribute__(self, name)


@attrs.define
class Parcel:
    number: int
    token: str = "tok-unseen-0123456789"
    hidden: str = attrs.field(default="unseen", repr=False)
    shown: Any = attrs.field(default=1, repr=lambda value: f"<{value}>")


@attrs.define
class Odd:
    value: Any = attrs.field(default=None, repr=lambda value: value.missing)


class Account(pydantic.BaseModel):
    name: str
    password: pydantic.SecretStr = pydantic.SecretStr("hunter2hunter2")
    parent: Account | None = None
    extra: Any = None

    @pydantic.computed_field  # type: ignore[prop-decorator]
    @property
    def broken(self) -> int:
        raise RuntimeError("not to be computed")


class Open(pydantic.BaseModel, extra="allow"):
    a: int = 1


class Root(pydantic.RootModel[list[int]]):
    pass


def _uninitialised(cls: Any) -> Any:
    return cls.__new__(cls)


def _model_cycle() -> Any:
    made = Account(name="a")
    made.parent = made
    return made


def _dataclass_cycle() -> Any:
    made = Order(1)
    made.items.append(made)
    return made


def _invalid() -> Any:
    try:
        Account(name=7)  # type: ignore[arg-type]
    except pydantic.ValidationError as error:
        return error
    return None


MODELS: dict[str, Make] = {
    "dataclass": lambda: Order(1, [2]),
    "frozen dataclass": lambda: Frozen(1, {"a": 2}),
    "frozen dataclass of nothing": lambda: _uninitialised(Frozen),
    "dataclass of a dict": OfDict,
    "dataclass whose field raises": Broken,
    "dataclass cycle": _dataclass_cycle,
    "dataclass of mute fields": lambda: Order(raising("__repr__"), [raising("__class__")]),
    "dataclass type": lambda: Order,
    "attrs": lambda: Parcel(1),
    "attrs of nothing": lambda: _uninitialised(Parcel),
    "attrs whose field's repr raises": Odd,
    "pydantic": lambda: Account(name="a", extra=[1]),
    "pydantic of nothing": Account.model_construct,
    "pydantic, bare": lambda: _uninitialised(Account),
    "pydantic cycle": _model_cycle,
    "pydantic with extras": lambda: Open(b=2, **{"odd key": raising("__repr__")}),
    "pydantic root": lambda: Root([1, 2]),
    "pydantic type": lambda: Account,
    "pydantic's secret": lambda: pydantic.SecretStr("hunter2hunter2"),
    "pydantic's url": lambda: pydantic.HttpUrl("https://shop.example/a"),
    "validation error": _invalid,
}


def _chained(many: int) -> BaseException:
    made: BaseException = ValueError("first")
    for number in range(many):
        after = ValueError(f"no. {number}")
        after.__cause__ = made
        made = after
    return made


def _circle() -> BaseException:
    one, other = ValueError("one"), TypeError("other")
    one.__cause__, other.__context__ = other, one
    return one


def nested_groups(depth: int) -> BaseException:
    """Return groups in groups."""
    made: Exception = ValueError("core")
    for number in range(depth):
        made = ExceptionGroup(f"level {number}", [made, KeyError(number)])
    return made


def noted(error: BaseException, notes: Any) -> BaseException:
    """Return an exception with notes, which need not be what `add_note` takes."""
    error.__notes__ = notes
    return error


def _raised(error: BaseException) -> BaseException:
    try:
        raise error
    except BaseException as caught:
        return caught


def _deep_traceback() -> BaseException:
    def fall() -> None:
        fall()

    try:
        fall()
    except RecursionError as error:
        return error
    raise AssertionError


_no = property(lambda self: 1 // 0)
_ODD_GROUP = a_class("OddGroup", ExceptionGroup, exceptions=_no, message=_no, __str__=lambda self: 1 // 0)

EXCEPTIONS: dict[str, Make] = {
    "exception": lambda: ValueError("wrong"),
    "exception that was raised": lambda: _raised(ValueError("wrong")),
    "exception of many arguments": lambda: ValueError("a", 1, {"b": 2}, raising("__repr__")),
    "exception that says nothing": SilentError,
    "exception whose text is no text": lambda: a_class("E", Exception, __str__=lambda self: 7)("x"),
    "exception with odd facts": lambda: a_class("E", Exception, code=True, category=7, severity=_no, retryable=1)("x"),
    "exception without a cause": lambda: a_class("E", Exception, __cause__=_no, __context__=_no)("x"),
    "exception without a traceback": lambda: a_class("E", Exception, __traceback__=_no, with_traceback=_no)("x"),
    "exception without arguments": lambda: a_class("E", Exception, args=_no, __notes__=_no)("x"),
    "exception without a class": lambda: a_class("E", Exception, __class__=_no)("x"),
    "exception that is false": a_class("E", Exception, __bool__=lambda self: False, __len__=lambda self: 0),
    "exception without truth": lambda: a_class("E", Exception, __bool__=lambda self: 1 // 0)("x"),
    "exception equal to all": a_class("E", Exception, __eq__=lambda *_: True, __hash__=lambda self: 1 // 0),
    "exception of an odd metaclass": lambda: a_class("M", type, __repr__=lambda cls: 1 // 0, __name__=_no,
                                                     __module__=_no)("E", (Exception,), {})("x"),
    "exception of a mute metaclass": lambda: a_class("M", type, __getattribute__=lambda cls, name: 1 // 0)(
        "E", (Exception,), {})("x"),
    "exception of an odd module": lambda: a_class("E", Exception, __module__=7)("x"),
    "exception class": lambda: ValueError,
    "interrupt": KeyboardInterrupt,
    "exit": lambda: SystemExit(3),
    "cancellation": asyncio.CancelledError,
    "notes": lambda: noted(ValueError("x"), ["one\n\ntwo", "\x1b[31m"]),
    "odd notes": lambda: noted(ValueError("x"), [1, None, raising("__str__", "__repr__")]),
    "notes that are no list": lambda: noted(ValueError("x"), 7),
    "10,000 notes": lambda: noted(ValueError("x"), ["n"] * 10_000),
    "causes": lambda: _chained(3),
    "1,000 causes": lambda: _chained(1000),
    "causes in a circle": _circle,
    "group": lambda: noted(ExceptionGroup("several", [_raised(ValueError("a")), _circle()]), ["a note"]),
    "groups in groups": lambda: nested_groups(8),
    "groups 100 deep": lambda: nested_groups(100),
    "group of 1,000": lambda: ExceptionGroup("many", [ValueError(n) for n in range(1000)]),
    "group of interrupts": lambda: BaseExceptionGroup("x", [KeyboardInterrupt(), SystemExit(1)]),
    "group that says nothing": lambda: _ODD_GROUP("x", [ValueError("a")]),
    "syntax error": lambda: SyntaxError("bad", ("file\x1b.py", 1, 5, "a\x00b\n", 1, 9)),
    "odd syntax error": lambda: SyntaxError("bad", (7, None, "x", 9, "y", "z")),  # type: ignore[arg-type]
    "key error": lambda: KeyError(raising("__repr__")),
    "system error": lambda: OSError(2, "No such file", "a\x00\ud800", None, b"other"),
    "name error": lambda: NameError("name 'x'", name=7),  # type: ignore[arg-type]
    "too deep": _deep_traceback,
    "partial of an exception": lambda: functools.partial(ValueError, raising("__repr__")),
}  # fmt: skip
