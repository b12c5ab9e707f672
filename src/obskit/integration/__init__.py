"""The public face for plug-ins: a base class, and the helpers that all of them share.

An inbound carrier becomes a scope and a server span (`begin`), the current scope and span become an outbound carrier
(`outbound`). A plug-in needs nothing else of obskit but `import obskit`.
"""

from obskit.integration.base import DidNotEnable, Integration
from obskit.integration.carriers import outbound
from obskit.integration.conventions import error_type, known_method
from obskit.integration.patch import patch
from obskit.integration.safety import enabled, guard
from obskit.integration.spans import client_span, current_span, instrumented_by_opentelemetry, use_span
from obskit.integration.unit import Unit, begin

__all__ = [
    "DidNotEnable",
    "Integration",
    "Unit",
    "begin",
    "client_span",
    "current_span",
    "enabled",
    "error_type",
    "guard",
    "instrumented_by_opentelemetry",
    "known_method",
    "outbound",
    "patch",
    "use_span",
]
