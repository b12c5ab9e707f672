"""Take the named fields of an object, those that its author shows, so that their names can be judged."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

from obskit.protect.contents import MOST_ITEMS, Unreadable, by_pairs, taken
from obskit.protect.shown import by_repr, class_name, shown


def named(value: Any, names: Iterable[str]) -> dict[str, Any]:
    """Return these attributes of an object; one that it has not is left out, one that raises stands for itself."""
    found: dict[str, Any] = {}
    for name in names:
        try:
            found[name] = getattr(value, name)
        except AttributeError:
            continue
        except Exception as error:
            found[name] = Unreadable(error)
    return found


def attributes(value: Any) -> dict[str, Any]:
    """Return what a namespace holds."""
    return dict(vars(value))


def of_dataclass(value: Any) -> Any:
    """Return the fields of a dataclass but for those with `repr=False`."""
    if _is_nameless(value):
        return by_repr(value)
    found = named(value, [field.name for field in dataclasses.fields(value) if field.repr])
    return as_shown(value, found) if _own_repr(value, "<string>") else found


def of_attrs(value: Any) -> Any:
    """Return the fields of an attrs class, each as its `repr` argument says."""
    if _is_nameless(value):
        return by_repr(value)
    found: dict[str, Any] = {}
    for field in type(value).__attrs_attrs__:
        if not field.repr:
            continue
        found |= named(value, [field.name])
        if callable(field.repr) and field.name in found:
            found[field.name] = str(field.repr(found[field.name]))
    return as_shown(value, found) if _own_repr(value, "<attrs generated") else found


def model(value: Any) -> Any:
    """Return the fields of a pydantic model, of either major version, as its `repr` would list them."""
    cls = type(value)
    own = _own_repr(value, None)
    pairs = getattr(cls, "__repr_args__", None)
    if callable(pairs):
        try:
            found = by_pairs([pair for pair in taken(pairs(value)) if pair[0] is not None])
            return as_shown(value, found) if own else found
        except Exception:
            # A computed field raised: the declared ones can be had one at a time.
            own = False
    declared = getattr(cls, "model_fields", None) or getattr(cls, "__fields__", None)
    if not isinstance(declared, dict):
        return by_repr(value)
    return named(value, [name for name, field in declared.items() if _is_shown(field)])


def _is_shown(field: Any) -> bool:
    return getattr(getattr(field, "field_info", field), "repr", True) is not False


def struct(value: Any) -> dict[str, Any]:
    """Return the fields of a msgspec struct."""
    return named(value, [str(name) for name in type(value).__struct_fields__])


def namedtuple(value: Any) -> Any:
    """Return a named tuple by its fields' names."""
    names = type(value)._fields
    items = tuple.__getitem__(value, slice(0, MOST_ITEMS))
    if not isinstance(names, tuple) or len(names) != tuple.__len__(value):
        return list(items)
    return {str(name): item for name, item in zip(names, items, strict=False)}


def row(value: Any) -> dict[Any, Any]:
    """Return a row of a database by its columns' names, as SQLAlchemy offers it."""
    return by_pairs(taken(value._mapping.items()))  # noqa: SLF001 - a row's public name


def validation(value: Any) -> dict[str, Any]:
    """Return what pydantic found wrong, without what it was given: a password that is too short is one all the same."""
    found = value.errors(include_input=False, include_url=False, include_context=False)
    return {"type": class_name(type(value)), "message": str(value.title), "errors": found}


def as_shown(value: Any, found: dict[str, Any]) -> Any:
    """Return those fields that an author's own `repr` shows; where it shows none of them, that text.

    Args:
        value: An object whose class writes its `repr` itself, perhaps to hide something.
        found: Its fields.
    """
    text = by_repr(value)
    kept = {name: item for name, item in found.items() if _within(item, text)}
    return kept or text


def _is_nameless(value: Any) -> bool:
    # Its author asked for no repr at all, so that nothing of it is shown.
    method: Any = type(value).__repr__
    return method is object.__repr__


def _within(item: Any, text: str) -> bool:
    own = item if type(item) is str else shown(item)
    return own in text or shown(item) in text


def _own_repr(value: Any, generated: str | None) -> bool:
    """Tell whether a class says itself how it is shown, rather than the library that made it."""
    method = getattr(type(value).__repr__, "__wrapped__", type(value).__repr__)
    if str(getattr(method, "__module__", "")).partition(".")[0] in ("pydantic", "sqlmodel", "builtins"):
        return False
    code = getattr(method, "__code__", None)
    return code is not None and (generated is None or not code.co_filename.startswith(generated))
