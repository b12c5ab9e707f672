"""What the configuration says of requests that come in and go out, worked out once for each `init`."""

from __future__ import annotations

import os
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from opentelemetry import trace

from obskit import state
from obskit.decide.level_header import HEADER as LEVEL_HEADER

if TYPE_CHECKING:
    from opentelemetry.trace import Tracer

    from obskit.settings.settings import Settings

_DEFAULT = "X-Correlation-ID"
_METHODS = frozenset(("CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "QUERY", "TRACE"))
_LOOKED_AT = ("traceparent", "tracestate", "baggage", "x-request-id", LEVEL_HEADER.lower(), "host", "user-agent")
# Names of headers and hosts can come from outside without end.
_MOST, _LONGEST = 1024, 64


class Terms:
    """The terms of one configuration.

    Args:
        settings: What was configured; None where nothing was.

    Attributes:
        header: The name of the header that carries the correlation id.
        lowered: The same in lower case.
        trusted: Whether what comes in is continued.
        has_level_key: Whether a signed header may lower the level.
        methods: The HTTP methods that are told by name.
        names: What is known of names of headers, as they came: the lower-case name where obskit looks at such a
            header, else an empty text.
        environ: The same headers by their keys in a WSGI environ.
    """

    __slots__ = (
        "_hosts", "_tracers", "_wanted", "environ", "has_level_key", "header", "lowered", "methods", "names",
        "settings", "trusted",
    )  # fmt: skip

    def __init__(self, settings: Settings | None) -> None:
        self.settings = settings
        self.header = _DEFAULT if settings is None else settings.correlation_header
        self.lowered = self.header.lower()
        self.trusted = settings is None or settings.trust_incoming
        self.has_level_key = settings is not None and settings.level_key is not None
        self.methods = _known_methods()
        self.names: dict[str | bytes, str] = {}
        self._wanted = frozenset((*_LOOKED_AT, self.lowered))
        self.environ = [
            (f"HTTP_{name.upper().replace('-', '_')}", name) for name in sorted(self._wanted - {"host", "user-agent"})
        ]
        self._hosts: dict[str, bool] = {}
        self._tracers: dict[tuple[str, str | None], Tracer] = {}

    def learn(self, name: str | bytes) -> str:
        """Judge the name of a header that is not in `names` yet."""
        text = (name.decode("latin-1") if isinstance(name, bytes) else name).lower()
        known = text if text in self._wanted else ""
        if len(name) <= _LONGEST and len(self.names) < _MOST:
            self.names[name] = known
        return known

    def reaches(self, host: str | None) -> bool:
        """Tell whether correlation id and baggage go to a host; None is a message's, which they do."""
        if host is None or self.settings is None:
            return True
        known = self._hosts.get(host)
        if known is None:
            patterns = self.settings.propagate_to
            known = any(pattern == "*" or fnmatchcase(host.lower(), pattern.lower()) for pattern in patterns)
            if len(self._hosts) < _MOST:
                self._hosts[host] = known
        return known

    def is_named(self, host: str | None) -> bool:
        """Tell whether a host is one of those that `propagate_to` names, and not only any."""
        if host is None or self.settings is None:
            return True
        named = (pattern.lower() for pattern in self.settings.propagate_to if pattern != "*")
        return any(fnmatchcase(host.lower(), pattern) for pattern in named)

    def tracer(self, name: str, version: str | None) -> Tracer:
        """Return the tracer of an instrumentation; asked for once, as a global provider is set once."""
        found = self._tracers.get((name, version))
        if found is None:
            found = self._tracers[name, version] = trace.get_tracer(name, version)
        return found


# One slot, replaced as a whole: concurrent callers at worst work the same out twice.
_known: Terms | None = None


def terms() -> Terms:
    """Return the terms in force."""
    global _known
    runtime = state.runtime
    if runtime is None:
        return Terms(None)
    found = _known
    if found is None or found.settings is not runtime.settings:
        found = _known = Terms(runtime.settings)
    return found


def _known_methods() -> frozenset[str]:
    named = os.environ.get("OTEL_INSTRUMENTATION_HTTP_KNOWN_METHODS", "")
    return frozenset(name for part in named.split(",") if (name := part.strip())) or _METHODS
