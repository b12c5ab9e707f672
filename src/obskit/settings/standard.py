"""Read OpenTelemetry's own variables, as its Python SDK and its OTLP/HTTP exporter read them.

A malformed endpoint, header list or compression is a mistake; any other bad value is passed over with a warning.
An empty variable counts as not set (OpenTelemetry, "Environment Variable Specification").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import unquote

from obskit.settings.addresses import check_base, check_grpc, check_signal, parse_headers
from obskit.settings.endpoint import SIGNALS, Signal, appended
from obskit.settings.kinds import NO_GRPC, SECONDS, Text, Whole, speaks_grpc
from obskit.settings.mistakes import Mistake, Refused, marker, shown, shown_url

Found = tuple[Any, str]

_PREFIX: Final = "OTEL_EXPORTER_OTLP_"
_SIGNAL_WORDS: Final[Mapping[Signal, str]] = {"logs": "LOGS", "traces": "TRACES"}
_TEXT: Final = Text()
_WHOLE: Final = Whole("a whole number, 0 or above", minimum=0)
_RATES: Final = {"always_on": 1.0, "always_off": 0.0}
# The SDK's SpanLimits.UNSET.
UNLIMITED: Final = -1
# What a span has at most: argument of the SDK's SpanLimits, variable, the limit it falls back to, default.
_LIMITS: Final = (
    ("max_attributes", "OTEL_ATTRIBUTE_COUNT_LIMIT", None, 128),
    ("max_events", "OTEL_SPAN_EVENT_COUNT_LIMIT", None, 128),
    ("max_links", "OTEL_SPAN_LINK_COUNT_LIMIT", None, 128),
    ("max_span_attributes", "OTEL_SPAN_ATTRIBUTE_COUNT_LIMIT", "max_attributes", 128),
    ("max_event_attributes", "OTEL_EVENT_ATTRIBUTE_COUNT_LIMIT", "max_attributes", 128),
    ("max_link_attributes", "OTEL_LINK_ATTRIBUTE_COUNT_LIMIT", "max_attributes", 128),
    ("max_attribute_length", "OTEL_ATTRIBUTE_VALUE_LENGTH_LIMIT", None, UNLIMITED),
    ("max_span_attribute_length", "OTEL_SPAN_ATTRIBUTE_VALUE_LENGTH_LIMIT", "max_attribute_length", UNLIMITED),
)


class Standard:
    """What the standard variables say; of each value also the variable it came from."""

    def __init__(self) -> None:
        self.settings: dict[str, Found] = {}
        self.targets: dict[Signal, dict[str, Found]] = {}
        self.silent: set[Signal] = set()
        self.resource: dict[str, str] = {}
        self.span_limits: dict[str, int] = {}
        self.disabled = False
        self.mistakes: list[Mistake] = []
        self.warnings: list[str] = []


def read(environ: Mapping[str, str], protocol: str | None = None) -> Standard:
    """Read every standard variable that obskit honours.

    Args:
        environ: The environment.
        protocol: What obskit's own setting says is spoken, which decides what an endpoint may look like.
    """
    return _Reading(environ, protocol).read()


class _Reading:
    def __init__(self, environ: Mapping[str, str], protocol: str | None) -> None:
        self._environ = environ
        self._spoken = protocol
        self._found = Standard()

    def read(self) -> Standard:
        self._resource()
        self._sampler()
        self._limits()
        self._found.disabled = self._disabled()
        base = self._target(_PREFIX)
        owns = {signal: self._own(signal) for signal in SIGNALS}
        any_grpc = any(self._is_grpc({**base, **own}) for own in owns.values())
        self._endpoint(base, _PREFIX, check_grpc if any_grpc or self._is_grpc(base) else check_base)
        for name in ("endpoint", "headers", "protocol"):
            if name in base:
                self._found.settings[f"otlp_{name}"] = base[name]
        for signal, own in owns.items():
            grpc = self._is_grpc({**base, **own})
            self._endpoint(own, f"{_PREFIX}{_SIGNAL_WORDS[signal]}_", check_grpc if grpc else check_signal)
            if "endpoint" in base and "endpoint" not in own and not grpc:
                if any_grpc:
                    self._endpoint(base, _PREFIX, check_base)
                url, variable = base["endpoint"]
                own["endpoint"] = (appended(url, signal), variable)
            self._found.targets[signal] = {**base, **own}
        return self._found

    def _own(self, signal: Signal) -> dict[str, Found]:
        own = self._target(f"{_PREFIX}{_SIGNAL_WORDS[signal]}_")
        self._exporters(signal, own)
        return own

    def _is_grpc(self, found: Mapping[str, Found]) -> bool:
        return (self._spoken or found.get("protocol", ("", ""))[0]) == "grpc"

    def _endpoint(self, found: dict[str, Found], prefix: str, check: Callable[[Any], str]) -> None:
        accepted = "a URL such as http://127.0.0.1:4318 (http or https)"
        if check is check_grpc:
            accepted = "a URL such as http://127.0.0.1:4317 (http or https), or HOST:PORT"
        self._strict(found, prefix, "endpoint", check, accepted, shown_url)

    def _text(self, variable: str) -> str | None:
        return self._environ.get(variable, "").strip() or None

    def _warn(self, variable: str, text: str, accepted: str, instead: str) -> None:
        self._found.warnings.append(f"{variable}={shown(text)}: accepted: {accepted}; {instead}")

    def _resource(self) -> None:
        resource = self._found.resource
        variable = "OTEL_RESOURCE_ATTRIBUTES"
        for place, item in enumerate((self._text(variable) or "").split(","), start=1):
            key, equals, value = item.partition("=")
            if equals:
                resource[key.strip()] = unquote(value.strip())
            elif item.strip():
                self._found.warnings.append(f"{variable}: item {place} is no name=value and is left out")
        name = self._text("OTEL_SERVICE_NAME")
        if name is not None:
            resource["service.name"] = name
        sources = (
            ("service", "service.name", variable if name is None else "OTEL_SERVICE_NAME"),
            ("version", "service.version", variable),
            ("environment", "deployment.environment", variable),
            # The stable name of the attribute comes last, so that it wins.
            ("environment", "deployment.environment.name", variable),
        )
        for setting, key, origin in sources:
            if not resource.get(key):
                continue
            try:
                self._found.settings[setting] = (_TEXT.accept(resource[key]), origin)
            except Refused:
                self._found.warnings.append(f"{origin}: {key} is passed over; accepted: {_TEXT.words}")

    def _sampler(self) -> None:
        variable = "OTEL_TRACES_SAMPLER"
        sampler = self._text(variable)
        if sampler is None:
            return
        kind = sampler.lower().removeprefix("parentbased_")
        if kind in _RATES:
            self._found.settings["sampling.rate"] = (_RATES[kind], variable)
        elif kind == "traceidratio":
            self._found.settings["sampling.rate"] = self._ratio()
        else:
            words = "always_on, always_off, traceidratio, or one of these after parentbased_"
            self._warn(variable, sampler, words, "it is passed over")

    def _ratio(self) -> Found:
        variable = "OTEL_TRACES_SAMPLER_ARG"
        text = self._text(variable)
        try:
            rate = float(text or "")
            if 0.0 <= rate <= 1.0:
                return rate, variable
        except ValueError:
            pass
        self._warn(variable, text or "", "a number from 0 to 1", "1.0 is used")
        return 1.0, "OTEL_TRACES_SAMPLER"

    def _limits(self) -> None:
        limits = self._found.span_limits
        for name, variable, general, default in _LIMITS:
            limits[name] = default if general is None else limits[general]
            text = self._environ.get(variable)
            if text is None:
                continue
            try:
                if text.strip():
                    limits[name] = _WHOLE.read(text)
                elif name != "max_attributes":
                    # The SDK reads an empty variable as "no limit" here, unlike elsewhere.
                    limits[name] = UNLIMITED
            except Refused:
                kept = "no limit" if limits[name] == UNLIMITED else limits[name]
                self._warn(variable, text, _WHOLE.words, f"{kept} is used")

    def _disabled(self) -> bool:
        text = self._text("OTEL_SDK_DISABLED")
        if text is not None and text.lower() not in ("true", "false"):
            self._warn("OTEL_SDK_DISABLED", text, "true or false", "false is used")
        return text is not None and text.lower() == "true"

    def _exporters(self, signal: Signal, own: dict[str, Found]) -> None:
        variable = f"OTEL_{_SIGNAL_WORDS[signal]}_EXPORTER"
        text = self._text(variable)
        if text is None:
            return
        names = {name.strip().lower() for name in text.split(",")}
        if not names & {"otlp", "otlp_proto_http", "otlp_proto_grpc"}:
            self._found.silent.add(signal)
        if names - {"none", "otlp", "otlp_proto_http", "otlp_proto_grpc"}:
            instead = f"no {signal} are sent" if signal in self._found.silent else "otlp is used"
            self._warn(variable, text, "otlp or none", instead)
        if "otlp_proto_grpc" in names and not names & {"otlp", "otlp_proto_http"}:
            self._grpc(own, variable, text)

    def _target(self, prefix: str) -> dict[str, Found]:
        """Read one family of variables but its endpoint, that of all signals or that of one."""
        found: dict[str, Found] = {}
        self._strict(found, prefix, "headers", parse_headers, "name=value,name=value, percent-encoded", _hidden)
        self._strict(found, prefix, "compression", _compression, "gzip or none", shown)
        self._deflate(found)
        for name in ("certificate", "client_certificate", "client_key"):
            variable = f"{prefix}{name.upper()}"
            text = self._text(variable)
            if text is not None:
                found[name] = (text, variable)
        self._timeout(found, f"{prefix}TIMEOUT")
        self._protocol(found, f"{prefix}PROTOCOL")
        self._insecure(found, f"{prefix}INSECURE")
        return found

    def _strict(
        self,
        found: dict[str, Found],
        prefix: str,
        name: str,
        check: Callable[[str], Any],
        accepted: str,
        show: Callable[[object], str],
    ) -> None:
        variable = f"{prefix}{name.upper()}"
        text = self._text(variable)
        if text is None:
            return
        try:
            found[name] = (check(text), variable)
        except Refused as refused:
            self._found.mistakes.append(Mistake(variable, show(text), accepted, str(refused)))

    def _deflate(self, found: dict[str, Found]) -> None:
        """Send gzip where the Python SDK would deflate: OTLP itself knows gzip only, and every receiver takes it."""
        text, variable = found.get("compression", ("", ""))
        if text == "deflate":
            found["compression"] = ("gzip", variable)
            self._warn(variable, text, "gzip or none", "gzip is used")

    def _timeout(self, found: dict[str, Found], variable: str) -> None:
        text = self._text(variable)
        if text is None:
            return
        try:
            seconds = SECONDS.read(text)
        except Refused:
            seconds = 0.0
        if seconds > 0:
            found["timeout"] = (seconds, variable)
        else:
            self._warn(variable, text, "a number of seconds above 0", "it is passed over")

    def _protocol(self, found: dict[str, Found], variable: str) -> None:
        text = self._text(variable)
        if text is None:
            return
        if text.lower() in ("http/json", "http/protobuf"):
            found["protocol"] = (text.lower(), variable)
        elif text.lower() == "grpc":
            self._grpc(found, variable, text)
        else:
            self._warn(variable, text, "http/json, http/protobuf or grpc", "it is passed over")

    def _grpc(self, found: dict[str, Found], variable: str, text: str) -> None:
        if speaks_grpc():
            found["protocol"] = ("grpc", variable)
        else:
            # A platform's default must not stop an application that has no use for it.
            self._warn(variable, text, "http/json or http/protobuf", f"{NO_GRPC}; until then http/json is used")

    def _insecure(self, found: dict[str, Found], variable: str) -> None:
        text = self._text(variable)
        if text is None:
            return
        found["insecure"] = (text.lower() == "true", variable)
        if text.lower() not in ("true", "false"):
            self._warn(variable, text, "true or false", "false is used")


def _compression(text: str) -> str:
    if text.lower() not in ("gzip", "deflate", "none"):
        raise Refused
    return text.lower()


def _hidden(_: object) -> str:
    return marker("otlp_headers")
