"""Objects whose own code raises, lies, logs, or never ends."""

from __future__ import annotations

import collections
import collections.abc
import itertools
from collections.abc import Callable
from typing import Any

import obskit

Make = Callable[[], Any]

METHODS = (
    "__str__", "__repr__", "__hash__", "__eq__", "__ne__", "__lt__", "__len__", "__iter__", "__next__", "__bool__",
    "__getattr__", "__getattribute__", "__setattr__", "__class__", "__dict__", "__dir__", "__format__", "__contains__",
    "__getitem__", "__call__", "__int__", "__float__", "__index__", "__bytes__", "__fspath__", "__sizeof__", "__copy__",
    "__deepcopy__", "__reduce__", "__reduce_ex__", "__enter__", "__await__", "__mod__", "__length_hint__", "__array__",
    "__dataclass_fields__", "__attrs_attrs__", "__pydantic_fields__", "__slots__", "__module__", "__doc__", "__name__",
    "__json__", "__html__", "keys", "items", "item", "isoformat", "model_dump", "dict", "get_secret_value", "geturl",
    "_asdict", "_fields", "_mapping", "_get_current_object", "tolist", "shape", "columns", "iloc", "index", "ndim",
)  # fmt: skip
# What is looked up as an attribute, rather than called.
ATTRIBUTES = frozenset((
    "__class__", "__dict__", "__dataclass_fields__", "__attrs_attrs__", "__pydantic_fields__", "__module__", "__doc__",
    "__name__", "_fields", "_mapping", "shape", "columns", "iloc", "index", "ndim",
))  # fmt: skip


class SilentError(Exception):
    """Says nothing of itself either."""

    def __str__(self) -> str:
        raise RuntimeError("no text")

    __repr__ = __str__


def _raiser(error: Callable[[], Exception]) -> Callable[..., Any]:
    def method(*_: Any) -> Any:
        raise error()

    return method


def a_class(name: str, base: type = object, **methods: Any) -> Any:
    """Return a class of these methods."""
    return type(name, (base,), methods)


def raising(*names: str, error: Callable[[], Exception] = lambda: RuntimeError("not to be had")) -> Any:
    """Return an object that raises where any of these is asked of it."""
    method = _raiser(error)
    members = {name: property(method) if name in ATTRIBUTES else method for name in names if name != "__slots__"}
    return a_class("Raising", **members)()


ERRORS: dict[str, Callable[[], Exception]] = {
    "RecursionError": lambda: RecursionError("maximum recursion depth exceeded"),
    "MemoryError": MemoryError,
    "StopIteration": StopIteration,
    "AttributeError": lambda: AttributeError("no such"),
    "UnicodeEncodeError": lambda: UnicodeEncodeError("utf-8", "\ud800", 0, 1, "surrogates not allowed"),
    "TypeError": TypeError,
    "an error without text": SilentError,
    "an error that is huge": lambda: ValueError("x" * 3_000_000),
    "an error with escapes": lambda: ValueError("\x1b]0;title\x07\r\n\ud800"),
    "an error group": lambda: ExceptionGroup("several", [SilentError(), ValueError("b")]),
}


def _logs() -> Any:
    def shown(self: Any) -> str:
        obskit.get_logger("inner").info("shown", me=self)
        return "logging"

    return a_class("Logging", __repr__=shown, __str__=shown)()


def _logs_and_raises() -> Any:
    def shown(self: Any) -> str:
        obskit.get_logger("inner").error("about to fail", exc_info=ValueError(self))
        raise RuntimeError("after all")

    return a_class("LoggingRaising", __repr__=shown)()


def _mutual() -> Any:
    one, other = a_class("One", __repr__=lambda self: repr(self.other))(), a_class("Other")()
    type(other).__repr__ = lambda self: f"<{one!r}>"
    one.other = other
    return one


def _returns(what: Any) -> Callable[..., Any]:
    return lambda *_: what


def _asks() -> Any:
    """Return an object that answers every question, also those that only some libraries ask."""
    return a_class("Asks", __getattr__=lambda self, name: a_class("Answer", __call__=lambda *_: self)())()


class LazyText:
    """A text that is made when it is asked for, as frameworks translate: a proxy that looks like its text."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    def _cast(self) -> str:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cast(), name)

    def __str__(self) -> str:
        return self._cast()

    def __eq__(self, other: object) -> bool:
        return self._cast() == other

    def __hash__(self) -> int:
        return hash(self._cast())

    def __len__(self) -> int:
        return len(self._cast())

    def __mod__(self, given: Any) -> str:
        return self._cast() % given

    def __repr__(self) -> str:
        return repr(self._cast())


def _no_text() -> str:
    raise RuntimeError("no translation is active")


def _a_metaclass(**methods: Any) -> Any:
    return a_class("Meta", type, **methods)("OfMeta", (), {})


_no = _raiser(lambda: RuntimeError("not to be had"))
_CLASSES: dict[str, Make] = {
    "a metaclass's repr raises": lambda: _a_metaclass(__repr__=_no),
    "a metaclass's hash raises": lambda: _a_metaclass(__hash__=_no),
    "a metaclass's eq raises": lambda: _a_metaclass(__eq__=_no),
    "a metaclass's instancecheck raises": lambda: _a_metaclass(__instancecheck__=_no, __subclasscheck__=_no),
    "a metaclass's getattribute raises": lambda: _a_metaclass(__getattribute__=_no),
    "a metaclass's name raises": lambda: _a_metaclass(__name__=property(_no)),
    "a metaclass's module raises": lambda: _a_metaclass(__module__=property(_no), __mro__=property(_no)),
    "a metaclass's dict raises": lambda: _a_metaclass(__dict__=property(_no), __bool__=_no, __len__=_no, __iter__=_no),
}
_LIES: dict[str, Make] = {
    **{
        f"says it is {kind.__name__}": lambda kind=kind: a_class("Liar", __class__=property(_returns(kind)))()
        for kind in (str, bytes, int, float, bool, dict, list, tuple, type(None), type, ValueError, BaseException)
    },
    "__str__ returns a number": a_class("A", __str__=_returns(7)),
    "__repr__ returns None": a_class("A", __repr__=_returns(None)),
    "__repr__ returns a text that raises": a_class("A", __repr__=_returns(a_class("T", str, __str__=_no)("t"))),
    "__len__ is negative": a_class("A", __len__=_returns(-1)),
    "__len__ is huge": a_class("A", __len__=_returns(10**30)),
    "__hash__ returns a text": a_class("A", __hash__=_returns("x")),
    "__bool__ returns a number": a_class("A", __bool__=_returns(5)),
    "__iter__ returns itself": a_class("A", __iter__=lambda self: self),
    "__iter__ returns a number": a_class("A", __iter__=_returns(5)),
    "__iter__ never ends": a_class("A", __iter__=lambda self: itertools.count()),
    "__getitem__ never ends": a_class("A", __getitem__=lambda self, at: at, __len__=_returns(3)),
    "__eq__ is always true": a_class("A", __eq__=_returns(True), __hash__=_returns(1)),
    "__eq__ returns itself": a_class("A", __eq__=lambda self, other: self, __hash__=_returns(1)),
    "__module__ is a number": a_class("A", __module__=7),
    "__doc__ and __name__ are lists": a_class("A", __doc__=[], __name__=[]),
    "dataclass fields of another kind": a_class("A", __dataclass_fields__=7),
    "attrs fields of another kind": a_class("A", __attrs_attrs__=7),
    "pydantic fields of another kind": a_class("A", model_fields=7, __repr_args__=_returns([1, (2,), None])),
    "struct fields of another kind": a_class("A", __struct_fields__=7),
    "answers everything": _asks,
    "an isoformat of its own": a_class("A", isoformat=_returns("2026"), __repr__=_returns("<a>")),
}
_OWN_CODE: dict[str, Make] = {
    "repr logs": _logs,
    "repr logs and raises": _logs_and_raises,
    "repr recurses": a_class("R", __repr__=lambda self: f"<{self!r}>"),
    "str recurses": a_class("R", __str__=lambda self: f"<{self}>", __repr__=str),
    "repr of two in turns": _mutual,
    "hash recurses": a_class("R", __hash__=hash, __eq__=lambda self, other: self == other),
    "getattr recurses": a_class("R", __getattr__=getattr),
    "repr is huge": a_class("R", __repr__=lambda self: "<" + "x " * 500_000 + ">"),
    "repr steers": a_class("R", __repr__=lambda self: "\x1b[2J\x9b31m\r\x08\x00\ud800"),
    "lazy text": lambda: LazyText(lambda: "übersetzt"),
    "lazy text that raises": lambda: LazyText(_no_text),
    "lazy text that logs": lambda: LazyText(lambda: str(_logs())),
    "lazy text of another type": lambda: LazyText(lambda: 7),  # type: ignore[arg-type,return-value]
}
OBJECTS: dict[str, Make] = {
    **{f"{name} raises": lambda name=name: raising(name) for name in METHODS},
    **{f"repr raises {name}": lambda error=error: raising("__repr__", "__str__", error=error)
       for name, error in ERRORS.items()},
    "everything raises": lambda: raising(*METHODS),
    "everything but the class raises": lambda: raising(*(set(METHODS) - {"__class__", "__getattribute__"})),
    **_LIES,
    **_OWN_CODE,
    **_CLASSES,
    **{f"an instance where {name}": lambda make=make: make()() for name, make in _CLASSES.items()},
}  # fmt: skip


class Text(str):
    """A text that keeps what it holds to itself."""

    __slots__ = ()

    def _no(self, *_: Any) -> Any:
        raise RuntimeError("not to be had")

    __str__ = __repr__ = __len__ = __iter__ = __getitem__ = __eq__ = __ne__ = __lt__ = __contains__ = __mod__ = _no
    __format__ = __add__ = __bool__ = lower = upper = encode = replace = strip = split = find = isidentifier = _no
    __hash__ = str.__hash__


class Whole(int):
    def _no(self, *_: Any) -> Any:
        raise RuntimeError("not to be had")

    __str__ = __repr__ = __int__ = __index__ = __eq__ = __ne__ = __lt__ = __gt__ = __le__ = __ge__ = __bool__ = _no
    __float__ = __add__ = __sub__ = __format__ = bit_length = __hash__ = _no


class Part(float):
    def _no(self, *_: Any) -> Any:
        raise RuntimeError("not to be had")

    __str__ = __repr__ = __float__ = __int__ = __eq__ = __ne__ = __lt__ = __sub__ = __bool__ = __hash__ = _no


class Data(bytes):
    def _no(self, *_: Any) -> Any:
        raise RuntimeError("not to be had")

    __str__ = __repr__ = __len__ = __iter__ = __getitem__ = __eq__ = __bytes__ = __hash__ = decode = startswith = _no


class Fields(dict[Any, Any]):
    """A dict of which nothing but the C interface tells the truth."""

    def _no(self, *_: Any) -> Any:
        raise RuntimeError("not to be had")

    __iter__ = __getitem__ = __contains__ = __eq__ = __bool__ = __repr__ = __or__ = keys = values = items = get = _no
    copy = __copy__ = __reversed__ = _no

    def __len__(self) -> int:
        return 10**9


class Items(list[Any]):
    def _no(self, *_: Any) -> Any:
        raise RuntimeError("not to be had")

    __iter__ = __getitem__ = __contains__ = __eq__ = __bool__ = __repr__ = copy = _no

    def __len__(self) -> int:
        return 10**9


class Several(tuple[Any, ...]):
    __slots__ = ()

    def _no(self, *_: Any) -> Any:
        raise RuntimeError("not to be had")

    __iter__ = __getitem__ = __contains__ = __eq__ = __bool__ = __repr__ = __len__ = __hash__ = _no


class Unique(frozenset[Any]):
    def _no(self, *_: Any) -> Any:
        raise RuntimeError("not to be had")

    __iter__ = __contains__ = __eq__ = __bool__ = __repr__ = __len__ = __hash__ = __or__ = _no


class Growing(dict[str, int]):
    """Changes while somebody looks at it."""

    def __iter__(self) -> Any:
        self[f"k{len(self)}"] = 1
        return super().__iter__()

    def items(self) -> Any:
        self[f"k{len(self)}"] = 1
        return super().items()


class Endless(collections.abc.Mapping[str, int]):
    """A mapping without an end."""

    def __len__(self) -> int:
        return 3

    def __iter__(self) -> Any:
        return (f"k{n}" for n in itertools.count())

    def __getitem__(self, key: str) -> int:
        return 1


class Failing(collections.abc.Mapping[str, int]):
    """A mapping that breaks off half-way."""

    def __len__(self) -> int:
        return 5

    def __iter__(self) -> Any:
        yield "first"
        raise RuntimeError("connection lost")

    def __getitem__(self, key: str) -> int:
        return 1


class EndlessSequence(collections.abc.Sequence[int]):
    def __len__(self) -> int:
        return 10**9

    def __getitem__(self, place: Any) -> Any:
        return place


SUBCLASSES: dict[str, Make] = {
    "str": lambda: Text("the text"),
    "int": lambda: Whole(7),
    "float": lambda: Part(0.5),
    "bytes": lambda: Data(b"the data"),
    "dict": lambda: Fields(a=1, b=Text("b")),
    "list": lambda: Items([1, Whole(2)]),
    "tuple": lambda: Several((1, Part(2.0))),
    "frozenset": lambda: Unique((1, 2)),
    "growing dict": lambda: Growing(a=1),
    "defaultdict": lambda: collections.defaultdict(list, a=[1]),
    "missing": lambda: a_class("M", dict, __missing__=_no)(a=1),
    "endless mapping": Endless,
    "failing mapping": Failing,
    "endless sequence": EndlessSequence,
    "text as a key": lambda: {Text("key"): Text("value")},
    "keys that raise once": lambda: dict.fromkeys([a_class("K", __eq__=_no, __hash__=_returns(5), __repr__=_no)()]),
}
