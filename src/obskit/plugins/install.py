"""Install integrations: each once, whatever way it was asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from typing import Any, Protocol

from obskit.context import threads
from obskit.imports import Waiting
from obskit.integration import DidNotEnable, Integration
from obskit.plugins.discovery import available, load
from obskit.settings.mistakes import ConfigError, Mistake

BUILT_IN = "threading"
_EXTRAS = ("fastapi", "flask", "celery", "httpx")


class Host(Protocol):
    """What integrations are installed for."""

    integrations: dict[str, str]

    def guarded(self, what: str, call: Callable[[], Any]) -> None:
        """Call something that must never break the application."""


class Installer:
    """Installs integrations and keeps their undos.

    Args:
        host: Its `integrations` tells of each what it does.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._undos: dict[str, Callable[[], None]] = {}
        self._waiting: Waiting | None = None

    def install(self, wanted: Iterable[Any] | str) -> None:
        """Install what is wanted.

        Args:
            wanted: `auto`, or names and configured integrations.

        Raises:
            ConfigError: One that was named can't be installed.
        """
        if wanted == "auto":
            self._auto()
            return
        mistakes = []
        for item in wanted:
            try:
                self._named(item)
            except DidNotEnable as reason:
                mistakes.append(_mistake(item, str(reason)))
            except Exception as trouble:
                mistakes.append(_mistake(item, f"its install() raised {type(trouble).__name__}: {trouble}"))
        if mistakes:
            self.undo()
            raise ConfigError(*mistakes)

    def undo(self) -> None:
        """Take everything back, last first."""
        if self._waiting is not None:
            self._waiting.stop()
            self._waiting = None
        for name in reversed(list(self._undos)):
            self._host.guarded(f"undoing {name}", self._undos.pop(name))

    def _auto(self) -> None:
        self._undos[BUILT_IN] = threads.install()
        self._host.integrations[BUILT_IN] = "active"
        later = {}
        for name, point in available().items():
            if name in sys.modules:
                self.install_quietly(name, point)
            else:
                later[name] = point
                self._host.integrations[name] = "waiting: not imported"
        if later:
            self._waiting = Waiting({name: _later(self, name, point) for name, point in later.items()})

    def install_quietly(self, name: str, point: Any) -> None:
        """Install what an entry point names; what keeps it off is told in the host's `integrations`."""
        try:
            self._once(load(point))
        except DidNotEnable as reason:
            self._host.integrations[name] = f"off: {reason}"
        except Exception as trouble:
            self._host.integrations[name] = f"failed: {type(trouble).__name__}: {trouble}"
            self._host.guarded(f"the integration {name}", _raiser(trouble))

    def _named(self, item: Any) -> None:
        if isinstance(item, Integration):
            self._once(item)
            return
        if item == BUILT_IN:
            if BUILT_IN not in self._undos:
                self._undos[BUILT_IN] = threads.install()
                self._host.integrations[BUILT_IN] = "active"
            return
        point = available().get(item) if isinstance(item, str) else None
        if point is None:
            msg = f"no integration of this name is installed; obskit's own come with: pip install '{_hint(item)}'"
            raise DidNotEnable(msg)
        try:
            integration = load(point)
        except ImportError as trouble:
            msg = f"its framework can't be imported: {trouble}"
            raise DidNotEnable(msg) from trouble
        self._once(integration)

    def _once(self, integration: Integration) -> None:
        if integration.name in self._undos:
            return
        self._undos[integration.name] = integration.install()
        self._host.integrations[integration.name] = "active"


def _mistake(item: Any, why: str) -> Mistake:
    name = item if isinstance(item, str) else item.name
    accepted = f"the name of an installed one ({', '.join([BUILT_IN, *sorted(available())])})"
    return Mistake("integrations", repr(name), accepted, why)


def _hint(item: Any) -> str:
    return f"obskit-sdk[{item}]" if item in _EXTRAS else "obskit-sdk[all]"


def _raiser(trouble: Exception) -> Callable[[], None]:
    def again() -> None:
        raise trouble

    return again


def _later(installer: Installer, name: str, point: Any) -> Callable[[], None]:
    return lambda: installer.install_quietly(name, point)
