"""The unit of work and the fields that belong to it.

A `Scope` is one mutable object a unit of work, shared by every task and thread that serves it. What a context sees is a
`Layer`: the frame it runs in (scope and `bound` fields) and the values that this very context has bound itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from obskit.context import correlation

_NOTHING: Mapping[str, Any] = {}


class Scope:
    """One unit of work: a request, a task, a message, a run of a command."""

    __slots__ = ("__weakref__", "correlation_id", "fields", "kept", "kind", "sampled", "sealed", "verbose")

    def __init__(
        self, correlation_id: str | None = None, fields: Mapping[str, Any] = _NOTHING, kind: str = "internal"
    ) -> None:
        self.correlation_id = correlation_id or correlation.new()
        self.fields: dict[str, Any] = dict(fields)
        self.kind = kind
        self.sampled: bool | None = None
        self.kept = False
        self.verbose = False
        self.sealed = False

    def seal(self) -> None:
        """End the unit: what still runs keeps the ids and can no longer write here."""
        self.sealed = True

    def __repr__(self) -> str:
        return f"<Scope {self.correlation_id}{' sealed' if self.sealed else ''}>"


class Frame:
    """A block that was entered: a scope or some bound fields, on top of its parent."""

    __slots__ = ("before", "closed", "fields", "parent", "scope")

    def __init__(
        self, scope: Scope | None, fields: Mapping[str, Any], parent: Frame | None, before: Mapping[str, Any]
    ) -> None:
        self.scope = scope
        self.fields = fields
        self.parent = parent
        self.before = before
        self.closed = False


class Layer:
    """What one context sees; immutable, so that copies of a context never see each other's later values."""

    __slots__ = ("frame", "own")

    def __init__(self, frame: Frame, own: Mapping[str, Any]) -> None:
        self.frame = frame
        self.own = own

    def fields(self) -> dict[str, Any]:
        """Merge the fields by precedence: bound over this context's own over the scope's."""
        scope = self.frame.scope
        if scope is None:
            return {**self.own, **self.frame.fields}
        return {**scope.fields, **self.own, **self.frame.fields}


_OUTSIDE = Layer(Frame(None, _NOTHING, None, _NOTHING), _NOTHING)
_layer: ContextVar[Layer] = ContextVar("obskit_layer", default=_OUTSIDE)

layer = _layer.get


def current() -> Scope | None:
    """Return the scope of the current unit of work, or None outside of one."""
    return _layer.get().frame.scope


def correlation_id() -> str | None:
    """Return the correlation id of the current unit of work, or None outside of one."""
    scope = _layer.get().frame.scope
    return None if scope is None else scope.correlation_id


def bind(**fields: Any) -> None:
    """Add fields to every later line of the current unit of work.

    Every thread and task that serves the unit sees them; outside of a unit, the current context only.

    Args:
        **fields: Values of any type.
    """
    seen = _layer.get()
    scope = seen.frame.scope
    if scope is not None and not scope.sealed:
        scope.fields.update(fields)
    _layer.set(Layer(seen.frame, {**seen.own, **fields}))


def set_user(id: Any = None, ip: str | None = None, session_id: str | None = None) -> None:  # noqa: A002 - the schema's name
    """Say on whose behalf the current unit of work runs.

    Args:
        id: The user's identifier.
        ip: The user's address; truncated as the redaction policy says.
        session_id: The identifier of the user's session.
    """
    known = _layer.get().fields().get("user")
    user = dict(known) if isinstance(known, dict) else {}
    given = {"id": id, "ip": ip, "session_id": session_id}
    user.update((key, value) for key, value in given.items() if value is not None)
    bind(user=user)


def enter(scope: Scope | None, fields: Mapping[str, Any]) -> Frame:
    """Push a frame onto the current context; `leave` takes it off again."""
    seen = _layer.get()
    own = seen.own if scope is seen.frame.scope or seen.frame.scope is None else _NOTHING
    frame = Frame(scope, {**seen.frame.fields, **fields}, seen.frame, seen.own)
    _layer.set(Layer(frame, own))
    return frame


def leave(frame: Frame) -> None:
    """Take a frame off the current context, if it is there; never raises.

    Run in another context (a generator that another task closes) there is nothing of ours to take off. Blocks that end
    out of order are marked closed, and skipped by the one that ends last; what a unit of work has left open ends
    with it.
    """
    frame.closed = True
    seen = _layer.get()
    ends_unit = frame.parent is not None and frame.parent.scope is not frame.scope
    if seen.frame is not frame and not (ends_unit and _holds(seen.frame, frame)):
        return
    own, below = seen.own, frame
    while below.closed and below.parent is not None:
        own = own if below.parent.scope is below.scope else below.before
        below = below.parent
    _layer.set(Layer(below, own))


def _holds(top: Frame | None, frame: Frame) -> bool:
    while top is not None and top is not frame:
        top = top.parent
    return top is frame


class bound:  # noqa: N801 - used like a function
    """Add fields to the lines of a block and of what it starts.

    Args:
        **fields: Values of any type; they win over `bind` and lose to the event's own.
    """

    __slots__ = ("_fields", "_frames")

    def __init__(self, **fields: Any) -> None:
        self._fields = fields
        self._frames: list[Frame] = []

    def __enter__(self) -> None:
        self._frames.append(enter(current(), self._fields))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._frames:
            leave(self._frames.pop())


class scope:  # noqa: N801 - used like a function
    """Run a block as a new unit of work: a job, a message, a run of a command.

    Args:
        correlation_id: The id to use; a new one where it is None or not acceptable.
        **fields: Bound for every line of the unit.

    Returns:
        As context manager, the `Scope`.
    """

    __slots__ = ("_correlation_id", "_entered", "_fields")

    def __init__(self, correlation_id: str | None = None, **fields: Any) -> None:
        self._correlation_id = correlation_id
        self._fields = fields
        self._entered: list[tuple[Scope, Frame]] = []

    def __enter__(self) -> Scope:
        unit = Scope(correlation.accept(self._correlation_id), self._fields)
        self._entered.append((unit, enter(unit, _NOTHING)))
        return unit

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._entered:
            unit, frame = self._entered.pop()
            unit.seal()
            leave(frame)


def keep() -> None:
    """Keep the current unit of work whatever sampling says."""
    unit = current()
    if unit is not None:
        unit.kept = True


def verbose() -> None:
    """Log the current unit of work at DEBUG."""
    unit = current()
    if unit is not None:
        unit.verbose = True
