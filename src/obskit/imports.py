"""Act on a module once it is imported, so that nobody has to import it only to act on it."""

from __future__ import annotations

import copy
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType


def when_imported(name: str, action: Callable[[], None]) -> Callable[[], None]:
    """Do something at once where a module is imported, else as soon as it is; returns what ends the wait.

    Args:
        name: The module's full name.
        action: Called at most once.
    """
    if name in sys.modules:
        action()
        return _nothing
    return Waiting({name: action}).stop


def _nothing() -> None:
    pass


class Waiting:
    """Waits for frameworks to be imported: a finder that finds nothing itself, and acts once a module is loaded.

    Args:
        actions: What to do when the module of that name has been imported.
    """

    def __init__(self, actions: dict[str, Callable[[], None]]) -> None:
        self._actions = actions
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """Wait no longer."""
        self._actions = {}
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(self, name: str, path: Any = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Return the spec that the other finders have for an awaited module, its loader told to act afterwards."""
        if name not in self._actions:
            return None
        for finder in list(sys.meta_path):
            find = getattr(finder, "find_spec", None)
            if finder is self or find is None:
                continue
            spec: ModuleSpec | None = find(name, path, target)
            if spec is not None:
                _after(spec, lambda: self._loaded(name))
                return spec
        return None

    def _loaded(self, name: str) -> None:
        # Only now is the wait over: a spec is also asked for by who only looks, and a first import may fail.
        action = self._actions.pop(name, None)
        if action is not None:
            action()


def _after(spec: ModuleSpec, call: Callable[[], None]) -> None:
    """Have something called once the spec's module has been executed without an error."""
    try:
        # A copy, as a finder may give every module the same loader.
        loader: Any = copy.copy(spec.loader)
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            loader.__dict__.pop("exec_module", None)
            call()

        loader.__dict__["exec_module"] = exec_module
    except Exception:
        # Nothing of a namespace package or of a builtin module can be awaited; the import goes on without us.
        return
    spec.loader = loader
