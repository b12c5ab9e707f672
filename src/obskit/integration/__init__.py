"""The public face for plug-ins: a base class, and the helpers that all of them share.

An inbound carrier becomes a scope and a server span (`begin`), the current scope and span become an outbound carrier
(`outbound`). A plug-in needs nothing else of obskit but `import obskit`.
"""

from obskit.integration.base import DidNotEnable, Integration
from obskit.integration.carriers import Carrier, outbound, sift, sift_environ
from obskit.integration.conventions import error_type, known_method
from obskit.integration.kept import KEPT_HEADER, heed, kept_header
from obskit.integration.patch import patch
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
