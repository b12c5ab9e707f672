"""Units of work that run in steps, one after another, between which their thread does other things."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from obskit.context import scope
from obskit.tracing.active import variable

if TYPE_CHECKING:
    from contextvars import Token

    from opentelemetry.context.context import Context

    from obskit.integration.unit import Unit


class Turns:
    """Run the steps of a unit, `with turns:` around each, in whatever threads; made in the context that began it.

    Between them nothing of the unit is current. A step begins with what the last one has left: the span and the bound
    fields of a generator that is held in the middle of a block.

    Args:
        unit: The unit, of which no step is under way.
    """

    __slots__ = ("_before", "_context", "_layer", "_token")

    def __init__(self, unit: Unit) -> None:
        self._layer = scope.current_layer()
        self._context = variable.get()
        self._before: Token[scope.Layer]
        self._token: Token[Context]
        if unit.entered is not None and unit.entered[0] is not None:
            variable.reset(unit.entered[0])
            unit.entered = (None, self._context)
        scope.suspend(unit.frame)

    def __enter__(self) -> None:
        self._before = scope.set_layer(self._layer)
        self._token = variable.set(self._context)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._layer, self._context = scope.current_layer(), variable.get()
        variable.reset(self._token)
        scope.reset_layer(self._before)
