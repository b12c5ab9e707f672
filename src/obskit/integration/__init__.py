"""The public face for plug-ins: a base class, and the helpers that all of them share.

An inbound carrier becomes a scope and a server span (`begin`), the current scope and span become an outbound carrier
(`outbound`). A plug-in needs nothing else of obskit but `import obskit`.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from obskit.integration.base import DidNotEnable, Integration

# At once: its module has the same name.
from obskit.integration.patch import patch

if TYPE_CHECKING:
    from obskit.integration.carriers import Carrier, outbound, sift, sift_environ
    from obskit.integration.conventions import error_type, known_method
    from obskit.integration.kept import KEPT_HEADER, heed, kept_header
    from obskit.integration.safety import enabled, failed, guard
    from obskit.integration.spans import client_span, current_span, instrumented_by_opentelemetry, use_span
    from obskit.integration.turns import Turns
    from obskit.integration.unit import Unit, begin

__all__ = [
    "KEPT_HEADER",
    "Carrier",
    "DidNotEnable",
    "Integration",
    "Turns",
    "Unit",
    "begin",
    "client_span",
    "current_span",
    "enabled",
    "error_type",
    "failed",
    "guard",
    "heed",
    "instrumented_by_opentelemetry",
    "kept_header",
    "known_method",
    "outbound",
    "patch",
    "sift",
    "sift_environ",
    "use_span",
]

# Loaded on first use: a process in which no framework is joined needs none of it.
_HOMES = {
    "carriers": ("Carrier", "outbound", "sift", "sift_environ"),
    "conventions": ("error_type", "known_method"),
    "kept": ("KEPT_HEADER", "heed", "kept_header"),
    "safety": ("enabled", "failed", "guard"),
    "spans": ("client_span", "current_span", "instrumented_by_opentelemetry", "use_span"),
    "turns": ("Turns",),
    "unit": ("Unit", "begin"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    home = _HOME.get(name)
    if home is None:
        msg = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(msg)
    found = getattr(import_module(f"{__name__}.{home}"), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
