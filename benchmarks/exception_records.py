"""Exceptions of twenty frames whose source can be read, raised along different ways through a program."""

from __future__ import annotations

import importlib.util
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple

from benchmarks.redaction_records import FRAMES, Event, plain

_MODULES = (
    "orders/service", "orders/repository", "stock/client", "stock/levels", "http/middleware", "http/routing",
    "baskets/views", "reports/render", "payments/gateway", "payments/ledger", "mail/sender", "store/session",
)  # fmt: skip
_FUNCTIONS = ("place_order", "reserve", "load_lines", "dispatch", "run_endpoint")
_SOURCE = '''
def {name}(rest, request, attempt=1):
    """Hand a request on, as a layer of a program does."""
    options = {{"attempt": attempt, "module": "{module}"}}
    following, *others = rest
    return following(others, {{**request, **options}}, attempt=attempt + 1)
'''
_END = '''
class StockError(Exception):
    """Too little of an article is left."""


def take(rest, request, attempt=1):
    """Fail, each time with another text."""
    article = request["article"]
    if article % 2:
        raise StockError(f"article {{article}}: {{attempt}} wanted, none left in {{request['warehouse']}}")
    return {{}}[f"fra-{{article}}"]
'''

Way = Callable[..., object]


class Failure(NamedTuple):
    """An event, and an exception that has come up through all frames but the one that handles it."""

    event: Event
    error: Exception
    trace: TracebackType | None


class Program:
    """Modules in files below a directory, whose functions call one another.

    Args:
        place: The directory.
    """

    def __init__(self, place: Path) -> None:
        self._dice = random.Random(8)
        self._ways = [way for module in _MODULES for way in self._load(place, module)]
        self._end = self._compiled(place / "shop" / "stock" / "end.py", "shop.stock.end", _END.format()).take
        self._events = plain()
        self._count = 0

    def failures(self, count: int) -> Sequence[Failure]:
        """Return new exceptions, each with its own event."""
        return [self._fail() for _ in range(count)]

    def _fail(self) -> Failure:
        self._count += 1
        event = self._events[self._count % len(self._events)]
        # Two frames are those of who calls here and of who raises; one more is added where it is handled.
        way = [self._dice.choice(self._ways) for _ in range(FRAMES - 2)]
        try:
            way[0]([*way[1:], self._end], {"article": self._count, "warehouse": "fra-2"})
        except Exception as error:
            # The frame of this method is not the program's.
            trace = error.__traceback__
            return Failure(event, error, None if trace is None else trace.tb_next)
        raise AssertionError("the program did not fail")

    def _load(self, place: Path, module: str) -> list[Way]:
        source = "".join(_SOURCE.format(name=name, module=module) for name in _FUNCTIONS)
        loaded = self._compiled(place / "shop" / f"{module}.py", f"shop.{module.replace('/', '.')}", source)
        return [getattr(loaded, name) for name in _FUNCTIONS]

    @staticmethod
    def _compiled(path: Path, name: str, source: str) -> Any:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source)
        spec = importlib.util.spec_from_file_location(name, path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        return module


def handled(log: Callable[[Event], object]) -> Callable[[Failure], object]:
    """Return a call that raises a failure's exception anew, as it was, and logs it where it is handled."""

    def call(failure: Failure) -> None:
        try:
            raise failure.error.with_traceback(failure.trace)
        except Exception:
            log(failure.event)

    return call
