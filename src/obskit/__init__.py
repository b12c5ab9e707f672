"""obskit: logs, traces and errors that belong together. Nothing is lost, nothing leaks, nothing is felt.

`obskit.init()` is all that an application needs. Everything is loaded on first use, so that the import stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from obskit.context.propagate import propagate
    from obskit.context.scope import Scope, bind, bound, correlation_id, keep, scope, set_user, verbose
    from obskit.protect.marks import safe, secret
    from obskit.runtime.api import capture_exception, flush, shutdown, stats
    from obskit.runtime.init import init
    from obskit.runtime.stats import Stats
    from obskit.settings.options import ConfigError, Journal, Redaction, Sampling
    from obskit.sources.logger import get_logger
    from obskit.tracing.api import span

__all__ = [
    "ConfigError",
    "Journal",
    "Redaction",
    "Sampling",
    "Scope",
    "Stats",
    "bind",
    "bound",
    "capture_exception",
    "correlation_id",
    "flush",
    "get_logger",
    "init",
    "keep",
    "propagate",
    "safe",
    "scope",
    "secret",
    "set_user",
    "shutdown",
    "span",
    "stats",
    "verbose",
]

_HOMES = {
    "obskit.context.propagate": ("propagate",),
    "obskit.context.scope": ("Scope", "bind", "bound", "correlation_id", "keep", "scope", "set_user", "verbose"),
    "obskit.protect.marks": ("safe", "secret"),
    "obskit.runtime.api": ("capture_exception", "flush", "shutdown", "stats"),
    "obskit.runtime.init": ("init",),
    "obskit.runtime.stats": ("Stats",),
    "obskit.settings.options": ("ConfigError", "Journal", "Redaction", "Sampling"),
    "obskit.sources.logger": ("get_logger",),
    "obskit.tracing.api": ("span",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        if name == "__version__":
            from importlib.metadata import version

            return version("obskit-sdk")
        msg = f"module 'obskit' has no attribute {name!r}"
        raise AttributeError(msg)
    found = getattr(import_module(home), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
