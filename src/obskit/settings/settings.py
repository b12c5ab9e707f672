"""The settings in force, as every later stage reads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from obskit.settings.endpoint import Endpoint
from obskit.settings.fixed import Fixed
from obskit.settings.options import Journal, Redaction, Sampling


class Settings(Fixed, kw_only=True):
    """What `init` was told, by arguments, environment and defaults; values are in their normal form.

    One attribute for each argument of `init`, then what follows from them: `logs` and `traces` are the OTLP receivers
    (None: the signal is not sent), `recorder` is False where sampling is off, `resource` holds the attributes of
    OTEL_RESOURCE_ATTRIBUTES (those that are settings too with the values in force), `span_limits` all arguments of the
    SDK's SpanLimits (-1: no limit), `disabled` is OTEL_SDK_DISABLED. `origins` tells for each
    setting, and for `logs` and `traces`, where it is from: "argument", a variable's name or "default". `warnings` has
    at most one text, about variables that were passed over.
    """

    SECRETS: ClassVar[frozenset[str]] = frozenset({"otlp_headers", "sentry_dsn", "level_key"})

    service: str
    environment: str
    version: str | None
    level: int
    levels: Mapping[str, int]
    console: Literal["auto", "json", "pretty", False]
    stream: Any
    journal: Journal | None
    otlp_endpoint: str | None
    otlp_headers: Mapping[str, str]
    otlp_protocol: Literal["http/json", "http/protobuf", "grpc"]
    ship: Literal["thread", "agent", False]
    sentry_dsn: str | None
    redaction: Redaction | None
    sampling: Sampling
    integrations: Literal["auto"] | tuple[Any, ...]
    correlation_header: str
    trust_incoming: bool
    propagate_to: tuple[str, ...]
    level_key: bytes | None
    exit_timeout: float

    logs: Endpoint | None
    traces: Endpoint | None
    recorder: bool
    resource: Mapping[str, str]
    span_limits: Mapping[str, int]
    disabled: bool
    origins: Mapping[str, str]
    warnings: tuple[str, ...]
