"""What a frozen dataclass is, without the code that one writes and compiles, which takes most of a module's import."""

from __future__ import annotations

from inspect import get_annotations
from typing import Any, ClassVar, Self, dataclass_transform


@dataclass_transform(frozen_default=True)
class Fixed:
    """Fields that never change, declared as those of a dataclass are; equal where all of them are.

    `SECRETS` are those that stand in no repr.
    """

    SECRETS: ClassVar[frozenset[str]] = frozenset()
    _fields: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, *, kw_only: bool = False) -> None:
        """Note the fields of a class."""
        declared = get_annotations(cls)
        cls._fields = tuple(name for name, kind in declared.items() if not str(kind).startswith("ClassVar"))

    def __init__(self, *values: Any, **named: Any) -> None:
        names = self._fields
        given = dict(zip(names, values, strict=False))
        strays = [name for name in named if name in given or name not in names]
        missing = [name for name in names if name not in given and name not in named and not hasattr(type(self), name)]
        if strays or missing or len(values) > len(names):
            msg = f"{type(self).__name__} takes {', '.join(names)}; wrong: {', '.join(strays + missing) or 'too many'}"
            raise TypeError(msg)
        vars(self).update(given, **named)

    def changed(self, **named: Any) -> Self:
        """Return the same with other values of some fields."""
        return type(self)(**{**{name: getattr(self, name) for name in self._fields}, **named})

    def __setattr__(self, name: str, value: object) -> None:
        msg = f"{type(self).__name__}.{name} can't be changed"
        raise AttributeError(msg)

    def __delattr__(self, name: str) -> None:
        msg = f"{type(self).__name__}.{name} can't be removed"
        raise AttributeError(msg)

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in self._fields)

    def __hash__(self) -> int:
        return hash(tuple(getattr(self, name) for name in self._fields))

    def __repr__(self) -> str:
        shown = (f"{name}={getattr(self, name)!r}" for name in self._fields if name not in self.SECRETS)
        return f"{type(self).__name__}({', '.join(shown)})"
