"""Choose, by its class, what an object is shown as."""

from __future__ import annotations

import datetime as dt
import enum
import pathlib
import sys
import types
import uuid
from collections.abc import Callable, Mapping, Sequence, ValuesView
from collections.abc import Set as AbstractSet
from functools import lru_cache, partial
from typing import Any

from obskit.protect import contents, fields
from obskit.protect.faults import exception
from obskit.protect.marks import Safe, Secret
from obskit.protect.shown import bounded, by_repr, full_name

Form = Callable[[Any], Any]

_SAFE_INT = 1 << 63
_MOST_BYTES = 1_000_000
_PLAIN = frozenset((str, int, float, bool, type(None)))


def form_of(cls: type) -> Form:
    """Return what turns an instance of a class into plain data."""
    try:
        return _known(cls)
    except Exception:
        # Its metaclass may raise where it is hashed.
        return _choose(cls)


def number(value: float) -> float | str:
    """Return a float that JSON has, or the name of one that it has not."""
    exact = float.__float__(value)
    if exact - exact == 0.0:
        return exact
    return "NaN" if exact != exact else "Infinity" if exact > 0 else "-Infinity"


def digits(value: int) -> int | str:
    """Return an integer, as text where it has more than 64 bits."""
    exact = int.__int__(value)
    if -_SAFE_INT <= exact < _SAFE_INT:
        return exact
    # Beyond some 4,300 digits str() is refused (and would be slow): its size says enough.
    return str(exact) if exact.bit_length() <= 8192 else f"an integer of {exact.bit_length()} bits"


def _text(value: Any) -> str:
    return bounded(str.__str__(str(value)))


def _bytes(value: Any) -> str:
    if isinstance(value, memoryview):
        size = value.nbytes
        flat = value.cast("B") if value.c_contiguous else value.tobytes()
        return contents.decoded(bytes(flat[:_MOST_BYTES]), size)
    kind = bytes if isinstance(value, bytes) else bytearray
    return contents.decoded(bytes(kind.__getitem__(value, slice(0, _MOST_BYTES))), kind.__len__(value))


def _enum(value: Any) -> Any:
    held = object.__getattribute__(value, "_value_")
    kind = type(held)
    return held if kind in _PLAIN and kind is not int and kind is not float else form_of(kind)(held)


def _scalar(value: Any) -> Any:
    # numpy's scalars offer the Python value; arrays of many elements refuse and keep their repr.
    if getattr(value, "ndim", None) == 0:
        found = value.item()
        if type(found) is int or type(found) is float or type(found) is bool or type(found) is str:
            return found
    return by_repr(value)


def _name(value: Any) -> str:
    # A method's repr holds that of its object, a module's its path.
    if isinstance(value, type):
        return full_name(value)
    if isinstance(value, types.ModuleType):
        return str(value.__name__)
    module = getattr(value, "__module__", None)
    name = str(value.__qualname__)
    return f"{module}.{name}" if type(module) is str and module != "builtins" else name


def _partial(value: Any) -> dict[str, Any]:
    return {"function": value.func, "args": list(value.args), "keywords": dict(value.keywords)}


def _match(value: Any) -> dict[str, Any]:
    # Its repr cuts what it found.
    found: dict[str, Any] = {"match": value.group(), "span": list(value.span())}
    groups = value.groupdict()
    return {**found, "groups": groups} if groups else found


def _pattern(value: Any) -> str:
    return bounded(f"re.compile({value.pattern!r})")


def _url(value: Any) -> str:
    found = value.geturl()
    return found.decode("utf-8", "backslashreplace") if isinstance(found, bytes) else str(found)


def _itself(value: Any) -> Any:
    return value


def _secret(value: Any) -> Secret:
    # What it hides is asked of pydantic alone: others may fetch it from afar.
    module = type(value).__module__
    return Secret(value.get_secret_value() if str(module).partition(".")[0] == "pydantic" else value)


def _proxied(value: Any) -> Any:
    held = value._get_current_object()  # noqa: SLF001 - how werkzeug's and Celery's proxies name it
    return held if type(held) in _PLAIN or type(held) in (dict, list) else form_of(type(held))(held)


# Classes that are known by name, so that nothing has to be imported to know them.
_BY_NAME: dict[str, Form] = {
    "argparse.Namespace": fields.attributes,
    "collections.UserString": _text,
    "http.cookiejar.CookieJar": contents.cookie_jar,
    "http.cookies.BaseCookie": contents.cookies,
    "http.cookies.Morsel": contents.cookie,
    "ipaddress._IPAddressBase": _text,
    "numpy.datetime64": _text,
    "numpy.timedelta64": _text,
    "pydantic_core._pydantic_core.ValidationError": fields.validation,
    "re.Match": _match,
    "re.Pattern": _pattern,
    "sqlite3.Row": contents.by_keys,
    "types.SimpleNamespace": fields.attributes,
    "urllib.parse.DefragResult": _url,
    "urllib.parse.DefragResultBytes": _url,
    "urllib.parse._NetlocResultMixinBase": _url,
}


_BY_BASE: tuple[tuple[tuple[type, ...], Form], ...] = (
    ((Secret, Safe), _itself),
    ((enum.Enum,), _enum),
    ((int,), digits),
    ((float,), number),
    ((str,), str.__str__),
    ((bytes, bytearray, memoryview), _bytes),
    ((dt.datetime, dt.date, dt.time), lambda value: str.__str__(value.isoformat())),
    ((dt.timedelta,), lambda value: number(value.total_seconds())),
    ((uuid.UUID, pathlib.PurePath), _text),
    ((BaseException,), exception),
    ((type, types.ModuleType, types.FunctionType, types.BuiltinFunctionType, types.MethodType), _name),
    ((partial,), _partial),
    ((types.MethodWrapperType, types.WrapperDescriptorType, types.MethodDescriptorType), _name),
)  # fmt: skip


def _choose(cls: type) -> Form:
    bases = type.__dict__["__mro__"].__get__(cls)
    names = {name for base in bases for name in type.__dict__["__dict__"].__get__(base)}
    if "get_secret_value" in names:
        return _secret
    for base in bases:
        if (named := _BY_NAME.get(full_name(base))) is not None:
            return named
    for kinds, form in _BY_BASE:
        # By identity: a metaclass may raise where its classes are hashed or compared.
        if any(base is kind for base in bases for kind in kinds):
            return form
    # Who has not imported it has none.
    decimal = getattr(sys.modules.get("decimal"), "Decimal", None)
    if any(base is decimal for base in bases):
        return _text
    return _by_fields(names, bases) or _by_contents(cls, names)


def _by_fields(names: set[str], bases: tuple[type, ...]) -> Form | None:
    if "_get_current_object" in names:
        return _proxied
    if "__next__" in names:
        # It would be consumed.
        return by_repr
    if "__dataclass_fields__" in names:
        return fields.of_dataclass
    if {"model_fields", "__fields__", "__pydantic_fields__"} & names:
        return fields.model
    if "__attrs_attrs__" in names:
        return fields.of_attrs
    if "__struct_fields__" in names:
        return fields.struct
    if "_fields" in names and any(base is tuple for base in bases):
        return fields.namedtuple
    return None


def _by_contents(cls: type, names: set[str]) -> Form:
    if {"columns", "shape", "__getitem__"} <= names:
        return contents.table
    if {"iloc", "index", "items"} <= names:
        return contents.labelled
    if {"items", "keys", "__getitem__"} <= names or _is(cls, Mapping):
        return contents.mapping
    if {"_mapping", "_fields"} <= names:
        return fields.row
    if cls is not range and _is(cls, (AbstractSet, Sequence, ValuesView)):
        return contents.sequence
    return _scalar if "item" in names else by_repr


def _is(cls: type, kinds: Any) -> bool:
    try:
        return issubclass(cls, kinds)
    except Exception:
        return False


_known = lru_cache(maxsize=1024)(_choose)
