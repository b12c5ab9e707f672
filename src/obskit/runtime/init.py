# ruff: noqa: ARG001 - the signature is for people and type checkers; its decorator takes the arguments
"""`obskit.init`: the signature."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, ParamSpec, TypeVar

from obskit.runtime.api import configure
from obskit.runtime.runtime import Runtime
from obskit.settings.options import Journal, Redaction, Sampling

if TYPE_CHECKING:
    from obskit.integration import Integration

P = ParamSpec("P")
R = TypeVar("R")
_POSITIONAL = ("service", "environment", "version")


def _as_given(function: Callable[P, R]) -> Callable[P, R]:
    """Hand on only what the caller gave: an argument that equals its default still wins over the environment."""

    @functools.wraps(function)
    def given(*args: P.args, **kwargs: P.kwargs) -> R:
        named: dict[str, Any] = dict(zip(_POSITIONAL, args, strict=False))
        if twice := named.keys() & kwargs.keys():
            msg = f"init() got several values for {', '.join(sorted(twice))}"
            raise TypeError(msg)
        named.update(kwargs)
        if len(args) > len(_POSITIONAL):
            msg = f"init() takes at most {len(_POSITIONAL)} positional arguments ({len(args)} given); name the others"
            raise TypeError(msg)
        return configure(named)  # type: ignore[return-value]

    return given


@_as_given
def init(
    service: str | None = None,
    environment: str = "development",
    version: str | None = None,
    *,
    level: str | int = "INFO",
    levels: Mapping[str, str | int] = {},
    console: Literal["auto", "json", "pretty", False] = "auto",
    stream: Any = None,
    journal: str | os.PathLike[str] | Journal | Literal[False] = "auto",
    otlp_endpoint: str | None = None,
    otlp_headers: Mapping[str, str] | None = None,
    otlp_protocol: Literal["http/json", "http/protobuf", "grpc"] = "http/json",
    ship: Literal["thread", "agent", False] = "thread",
    sentry_dsn: str | None = None,
    redaction: Redaction | str | os.PathLike[str] | Literal[False] = Redaction(),  # noqa: B008 - immutable
    sampling: Sampling | Literal[False] = Sampling(),  # noqa: B008 - immutable
    integrations: Literal["auto"] | Sequence[str | Integration] = "auto",
    correlation_header: str = "X-Correlation-ID",
    trust_incoming: bool = True,
    propagate_to: Sequence[str] = ("*",),
    level_key: str | bytes | None = None,
    exit_timeout: float = 5.0,
) -> Runtime:
    """Set obskit up, or set it up anew.

    Each argument X can also come from the environment variable `OBSKIT_X`; an argument wins over it, and it over
    OpenTelemetry's own `OTEL_*` variables.

    Args:
        service: The service's name; the project or program being run by default.
        environment: Where it runs, such as `production`.
        version: The service's version.
        level: The level from which records count.
        levels: Levels of single loggers and those below them.
        console: `json`, `pretty`, False, or `auto`: pretty on a terminal, JSON elsewhere.
        stream: File object or descriptor for console lines; standard output by default.
        journal: A directory, a `Journal`, or False.
        otlp_endpoint: Base URL; `/v1/logs` and `/v1/traces` are appended unless gRPC is spoken.
        otlp_headers: HTTP headers sent with each request.
        otlp_protocol: `http/json`, `http/protobuf` or `grpc`.
        ship: Who sends: a thread of this process, the host's agent, or nobody.
        sentry_dsn: Where errors are sent in Sentry.
        redaction: What is removed before a line exists, or the path of a policy file (TOML); False removes nothing.
        sampling: What is kept; False keeps everything.
        integrations: The frameworks to join; `auto` joins those imported, [] none.
        correlation_header: The HTTP header of the correlation id.
        trust_incoming: Whether a caller's trace and correlation id are continued.
        propagate_to: Hosts that get correlation id and baggage with an outgoing call.
        level_key: Signs the header that raises one request's level.
        exit_timeout: Seconds that the exit of the process waits while delivery advances.

    Returns:
        The runtime in force.

    Raises:
        ConfigError: At least one argument or variable is wrong; all of them are listed.
    """
    msg = "replaced by its decorator"
    raise AssertionError(msg)
