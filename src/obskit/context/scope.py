"""The unit of work and the fields that belong to it.

A `Scope` is one mutable object a unit of work, shared by every task and thread that serves it. What a context sees is a
`Layer`: the frame it runs in (scope and `bound` fields) and the values that this very context has bound itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar, Token
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Any

import orjson

from obskit import state
from obskit.context import correlation
from obskit.decide.levels import DEBUG

if TYPE_CHECKING:
    from obskit.decide.recorder import Ring

_NOTHING: Mapping[str, Any] = {}


class Scope:
    """One unit of work: a request, a task, a message, a run of a command."""

    __slots__ = (
        "__weakref__", "correlation_id", "fields", "json", "kept", "kind", "level", "level_header", "opened", "rate",
        "ring", "sampled", "sealed", "started", "unit", "verbose",
    )  # fmt: skip

    def __init__(
        self, correlation_id: str | None = None, fields: Mapping[str, Any] = _NOTHING, kind: str = "internal"
    ) -> None:
        self.correlation_id = correlation_id or correlation.new()
        self.fields: dict[str, Any] = dict(fields)
        self.kind = kind
        self.started = monotonic()
        # The head's decision and its probability, once made.
        self.sampled: bool | None = None
        self.rate = 1.0
        # What the flight recorder holds of the unit.
        self.ring: Ring | None = None
        self.json: bytes | None = None
        self.kept = False
        self.verbose = False
        # What a verbose unit lets through, and the signed header that made it so.
        self.level = DEBUG
        self.level_header = ""
        # What the journal's open line waits for: the unit's own span, or the scope itself; and that line's number.
        self.opened: object | None = None
        self.unit = 0
        self.sealed = False

    def keep(self) -> None:
        """Keep the unit whatever sampling and level say: what is held of it goes out, what follows is written."""
        if not self.kept:
            self.kept = True
            if self.ring is not None and state.runtime is not None:
                state.runtime.pipeline.release(self)

    def shown(self) -> bytes:
        """Return the correlation id as JSON, with its name and the comma before it."""
        if self.json is None:
            self.json = b',"correlation_id":%b' % orjson.dumps(self.correlation_id)
        return self.json

    def seal(self, failed: bool = False) -> None:
        """End the unit: what still runs keeps the ids and can no longer write here.

        Args:
            failed: Whether it ended in a fault: then it is kept.
        """
        if failed and not self.sealed:
            self.keep()
        self.sealed = True
        if self.ring is not None and state.runtime is not None:
            state.runtime.pipeline.end(self)
        if self.opened is not None:
            self.opened = None
            if state.runtime is not None and state.runtime.units is not None:
                state.runtime.units.ended(self)
        if self.verbose and state.runtime is not None:
            state.runtime.levels.verbose.discard(self)

    def speak(self, level: int = DEBUG) -> None:
        """Let records from `level` on through until the unit ends, whatever their loggers' levels are."""
        self.level = min(level, self.level) if self.verbose else level
        self.verbose = True
        if state.runtime is not None and not self.sealed:
            state.runtime.levels.verbose.add(self)
            if self.sealed:
                # Another thread has ended it meanwhile.
                state.runtime.levels.verbose.discard(self)

    def __repr__(self) -> str:
        return f"<Scope {self.correlation_id}{' sealed' if self.sealed else ''}>"


class Frame:
    """A block that was entered: a scope or some bound fields, on top of its parent."""

    __slots__ = ("before", "closed", "fields", "parent", "scope", "token")

    def __init__(
        self, scope: Scope | None, fields: Mapping[str, Any], parent: Frame | None, before: Mapping[str, Any]
    ) -> None:
        self.scope = scope
        self.fields = fields
        self.parent = parent
        self.before = before
        self.closed = False
        self.token: Token[Layer] | None = None


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

    def beneath(self) -> Layer:
        """Return what is seen once the frame on top is taken off."""
        frame, below = self.frame, self.frame.parent
        if below is None:
            return self
        own = self.own if below.scope is frame.scope else frame.before
        # The one that everybody begins with, so that who is outside of everything is known by a look.
        return OUTSIDE if below is OUTSIDE.frame and not own else Layer(below, own)


OUTSIDE = Layer(Frame(None, _NOTHING, None, _NOTHING), _NOTHING)
_layer: ContextVar[Layer] = ContextVar("obskit_layer", default=OUTSIDE)
# For the accelerator, which looks without a call.
layer_variable = _layer
# As it is, perhaps with a block on top that is over.
current_layer = _layer.get
# For who takes up, elsewhere or later, what a context saw before.
set_layer = _layer.set
reset_layer = _layer.reset


def layer() -> Layer:
    """Return what the current context sees."""
    seen = _layer.get()
    # Asked for by every line: no more than a look where nothing was closed from elsewhere.
    return _settled(seen) if seen.frame.closed else seen


def _settled(seen: Layer) -> Layer:
    # A closed frame on top means one of two things. Either this context entered it, and a generator or a task that held
    # it open was closed from another: then it is over, and must not reach what runs here next. Or this context is a
    # copy of one that entered it: what was started inside a block, and outlives it, keeps the block's ids and fields.
    while seen.frame.closed and _entered_here(seen.frame):
        seen = seen.beneath()
        _layer.set(seen)
    return seen


def _entered_here(frame: Frame) -> bool:
    """Tell whether this very context entered a frame that is over; the answer is yes once."""
    if frame.token is None:
        return False
    try:
        # Nothing else tells a context from a copy of it: a token can be used only where it was made.
        _layer.reset(frame.token)
    except (ValueError, RuntimeError):
        return False
    # It holds the context that made it, and with that all its variables.
    frame.token = None
    return True


def current() -> Scope | None:
    """Return the scope of the current unit of work, or None outside of one."""
    return layer().frame.scope


def correlation_id() -> str | None:
    """Return the correlation id of the current unit of work, or None outside of one."""
    scope = layer().frame.scope
    return None if scope is None else scope.correlation_id


def bind(**fields: Any) -> None:
    """Add fields to every later line of the current unit of work.

    Every thread and task that serves the unit sees them; outside of a unit, the current context only.

    Args:
        **fields: Values of any type.
    """
    seen = layer()
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
    known = layer().fields().get("user")
    user = dict(known) if isinstance(known, dict) else {}
    given = {"id": id, "ip": ip, "session_id": session_id}
    user.update((key, value) for key, value in given.items() if value is not None)
    bind(user=user)


def enter(scope: Scope | None, fields: Mapping[str, Any]) -> Frame:
    """Push a frame onto the current context; `leave` takes it off again."""
    seen = _layer.get()
    if seen.frame.closed:
        seen = layer()
    below = seen.frame
    own = seen.own if scope is below.scope or below.scope is None else _NOTHING
    frame = Frame(scope, {**below.fields, **fields} if below.fields or fields else _NOTHING, below, seen.own)
    frame.token = _layer.set(Layer(frame, own))
    return frame


def leave(frame: Frame) -> None:
    """Take a frame off the current context, if it is there; never raises.

    Run in another context (a generator that another task closes) there is nothing of ours to take off, and the context
    that entered the frame does so when it is next asked. Blocks that end out of order go with the one that ends last;
    what a unit of work has left open ends with it.
    """
    frame.closed = True
    seen = _layer.get()
    ends_unit = frame.parent is not None and frame.parent.scope is not frame.scope
    if seen.frame is frame and ends_unit and _entered_here(frame):
        # What was bound in a unit ends with it: what was seen before it is back already.
        if _layer.get().frame.closed:
            layer()
        return
    if seen.frame is not frame:
        if not (ends_unit and _holds(seen.frame, frame)):
            return
        seen = Layer(frame, seen.own)
    _entered_here(frame)
    _layer.set(seen.beneath())
    layer()


def suspend(frame: Frame) -> None:
    """Take a frame off the context that has just entered it, and leave it open: `set_layer` takes it up again."""
    if frame.token is not None:
        _layer.reset(frame.token)
        frame.token = None


def _own(entered: list[Frame]) -> Frame:
    """Pick, of the blocks that one object has open, the one to leave here, and take it out."""
    top: Frame | None = _layer.get().frame if len(entered) > 1 else None
    # One object may serve several threads or tasks at once: each leaves the block that it is in.
    while top is not None:
        if top in entered:
            entered.remove(top)
            return top
        top = top.parent
    return entered.pop()


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

    def __init__(self, /, **fields: Any) -> None:
        self._fields = fields
        self._frames: list[Frame] = []

    def __enter__(self) -> None:
        self._frames.append(enter(current(), self._fields))

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._frames:
            leave(_own(self._frames))


class scope:  # noqa: N801 - used like a function
    """Run a block as a new unit of work: a job, a message, a run of a command.

    Args:
        correlation_id: The id to use; a new one where it is None or not acceptable.
        **fields: Bound for every line of the unit.

    Returns:
        As context manager, the `Scope`.
    """

    __slots__ = ("_correlation_id", "_fields", "_frames")

    def __init__(self, /, correlation_id: str | None = None, **fields: Any) -> None:
        self._correlation_id = correlation_id
        self._fields = fields
        self._frames: list[Frame] = []

    def __enter__(self) -> Scope:
        unit = Scope(correlation.accept(self._correlation_id), self._fields)
        self._frames.append(enter(unit, _NOTHING))
        if state.runtime is not None and state.runtime.units is not None:
            state.runtime.units.begun(unit)
        return unit

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._frames:
            frame = _own(self._frames)
            if frame.scope is not None:
                frame.scope.seal(failed=isinstance(error, Exception))
            leave(frame)


def keep() -> None:
    """Keep the current unit of work whatever sampling says."""
    unit = current()
    if unit is not None:
        unit.keep()


def verbose() -> None:
    """Log the current unit of work at DEBUG."""
    unit = current()
    if unit is not None:
        unit.speak()
