"""Load the settings: arguments win, then OBSKIT_*, then OpenTelemetry's own variables, then the defaults."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from obskit.settings import standard
from obskit.settings.endpoint import SIGNALS, Endpoint, Signal, appended, for_grpc, without_userinfo
from obskit.settings.mistakes import ConfigError, Mistake, Refused, marker, nearest, shown
from obskit.settings.options import Option, Redaction
from obskit.settings.policy_file import unknown_kinds
from obskit.settings.program import Program, running, service_name
from obskit.settings.settings import Settings
from obskit.settings.table import ARGUMENTS, OPTIONS, ROWS, TABLE, VARIABLES, Row

__all__ = ["Endpoint", "Settings", "load"]

_PREFIX: Final = "OBSKIT_"
# Read where obskit is imported, before there are settings, and by `obskit ship`.
_ELSEWHERE: Final = VARIABLES | {"OBSKIT_SPEEDUPS", "OBSKIT_SHIP_TO", "OBSKIT_SHIP_HEADERS"}
_ABSENT: Final = object()
# The attributes of a resource that are settings too.
_RESOURCE: Final = {
    "service.name": "service",
    "service.version": "version",
    "deployment.environment": "environment",
    "deployment.environment.name": "environment",
}


def load(arguments: Mapping[str, Any], environ: Mapping[str, str], *, program: Program | None = None) -> Settings:
    """Settle the settings from what was given.

    Args:
        arguments: what the caller gave `init`, by name; an argument that is absent counts as not given, and so does
            None where that is its default.
        environ: the environment.
        program: what a service without a name is named after; by default the program that runs.

    Returns:
        The settings, with at most one warning about variables that were passed over.

    Raises:
        ConfigError: at least one argument or variable is wrong; every one is listed.
    """
    return _Loading(arguments, environ).load(program)


class _Loading:
    def __init__(self, arguments: Mapping[str, Any], environ: Mapping[str, str]) -> None:
        self._arguments = arguments
        self._environ = environ
        self._mistakes: list[Mistake] = []
        self._origins: dict[str, str] = {}
        # Every variable is read, also where an argument wins over it: its mistakes count all the same.
        self._variables = {row.name: self._variable(row) for row in TABLE}
        self._standard = standard.read(environ, self._spoken())

    def load(self, program: Program | None) -> Settings:
        values: dict[str, Any] = {}
        for row in ARGUMENTS:
            values[row.name] = self._option(row) if row.name in OPTIONS else self._plain(row)
        self._unknown_arguments()
        self._mistakes += self._standard.mistakes
        if self._mistakes:
            raise ConfigError(*self._mistakes)
        values["recorder"] = values["sampling"] is not None
        if values["sampling"] is None:
            values["sampling"] = OPTIONS["sampling"]()
        if values["service"] is None:
            values["service"] = service_name(program or running())
        targets: dict[str, Any] = {signal: self._target(signal, values) for signal in SIGNALS}
        values["otlp_headers"] = values["otlp_headers"] or {}
        if values["otlp_endpoint"] is not None:
            values["otlp_endpoint"] = without_userinfo(values["otlp_endpoint"])[0]
        return Settings(
            **values,
            **targets,
            resource={
                key: values[_RESOURCE[key]] if key in _RESOURCE else text
                for key, text in self._standard.resource.items()
            },
            span_limits=self._standard.span_limits,
            disabled=self._standard.disabled,
            origins=self._origins,
            warnings=self._warnings(),
        )

    def _spoken(self) -> str | None:
        """Return the protocol that obskit's own setting names."""
        given = self._arguments.get("otlp_protocol", self._variables["otlp_protocol"])
        return given if isinstance(given, str) else None

    def _variable(self, row: Row) -> Any:
        text = self._environ.get(row.variable, "").strip()
        if not text:
            return _ABSENT
        try:
            return row.kind.read(text)
        except Refused as refused:
            self._mistakes.append(row.mistake(row.variable, text, refused))
            return _ABSENT

    def _argument(self, row: Row) -> Any:
        value = self._arguments.get(row.name, _ABSENT)
        if value is _ABSENT or (value is None and row.default is None):
            return _ABSENT
        try:
            return row.kind.accept(value)
        except Refused as refused:
            self._mistakes.append(row.mistake(row.name, value, refused))
            return _ABSENT

    def _first(self, row: Row, candidates: Iterable[tuple[Any, str]]) -> Any:
        """Return the first value that is there, else the standard variables' or the default; note its origin."""
        for value, origin in candidates:
            if value is not _ABSENT:
                self._origins[row.name] = origin
                return value
        value, self._origins[row.name] = self._standard.settings.get(row.name, (_ABSENT, "default"))
        if value is not _ABSENT:
            return value
        return None if row.default is None else row.kind.accept(row.default)

    def _plain(self, row: Row) -> Any:
        return self._first(row, ((self._argument(row), "argument"), (self._variables[row.name], row.variable)))

    def _option(self, row: Row) -> Option | None:
        """Settle an option object, field by field, or None where it is switched off."""
        argument, variable = self._argument(row), self._variables[row.name]
        switch, origin = next(
            (given for given in ((argument, "argument"), (variable, row.variable)) if given[0] is not _ABSENT),
            (_ABSENT, "default"),
        )
        self._origins[row.name] = origin
        option = OPTIONS[row.name]
        # An object that only the environment gives holds for the fields that the argument's leaves open.
        objects = [
            (given, source)
            for given, source in ((argument, "argument"), (variable, row.variable))
            if isinstance(given, option)
        ]
        for given, _ in objects:
            self._mistakes += given.strays
        fields = {field: self._field(ROWS[f"{row.name}.{field}"], field, objects) for field in option.KINDS}
        if option is Redaction:
            self._unknown_kinds([given for given, _ in objects])
        return None if switch is None else option(**fields)

    def _field(self, row: Row, field: str, objects: list[tuple[Option, str]]) -> Any:
        candidates: list[tuple[Any, str]] = []
        for given, source in objects:
            if field not in given.given:
                continue
            value = given.checked(field)
            if isinstance(value, Mistake):
                self._mistakes.append(value._replace(name=row.name))
            else:
                candidates.append((value, source))
        candidates.append((self._variables.get(row.name, _ABSENT), row.variable))
        return self._first(row, candidates)

    def _unknown_kinds(self, policies: list[Option]) -> None:
        """Note the kinds in `detectors` that are neither built in nor, wherever that is given, of `custom`."""
        row = ROWS["redaction.detectors"]
        variables = {field: self._variables[f"redaction.{field}"] for field in ("custom", "detectors")}
        customs = [getattr(policy, "custom", None) for policy in policies] + [variables["custom"]]
        # Also a custom kind whose expression is refused: its name is none of the mistakes.
        custom = {kind for kinds in customs if isinstance(kinds, Mapping) for kind in kinds}
        for policy in policies:
            kinds = policy.checked("detectors")
            if isinstance(kinds, tuple) and not isinstance(kinds, Mistake) and (why := unknown_kinds(kinds, custom)):
                self._mistakes.append(policy.mistake("detectors", kinds, why)._replace(name=row.name))
        if isinstance(kinds := variables["detectors"], tuple) and (why := unknown_kinds(kinds, custom)):
            self._mistakes.append(row.mistake(row.variable, self._environ[row.variable], Refused(why)))

    def _target(self, signal: Signal, values: Mapping[str, Any]) -> Endpoint | None:
        own = dict(self._standard.targets[signal])
        for name in ("protocol", "headers", "endpoint"):
            origin = self._origins[f"otlp_{name}"]
            if origin == "argument" or origin.startswith(_PREFIX):
                own[name] = (values[f"otlp_{name}"], origin)
        endpoint, origin = own.pop("endpoint", (None, "default"))
        self._origins[signal] = origin
        insecure = own.pop("insecure", (None, ""))[0]
        if endpoint is None or self._standard.disabled or signal in self._standard.silent:
            return None
        standards = origin.startswith("OTEL_")
        if own.get("protocol", ("", ""))[0] == "grpc":
            endpoint = for_grpc(endpoint, insecure if standards else None)
        elif not standards:
            endpoint = appended(endpoint, signal)
        url, credentials = without_userinfo(endpoint)
        headers = dict(own.pop("headers", ({}, ""))[0])
        if credentials is not None:
            headers["authorization"] = credentials
        return Endpoint(url, headers, **{name: value for name, (value, _) in own.items()})

    def _unknown_arguments(self) -> None:
        names = [row.name for row in ARGUMENTS]
        for name, value in self._arguments.items():
            if name not in names:
                like = nearest(name, names)
                # What a mistyped name holds can't be known to be no secret.
                text = shown(value) if isinstance(value, (bool, int, float)) else marker("unknown")
                why = f"obskit has no such setting{f', but {like}' if like else ''}"
                self._mistakes.append(Mistake(name, text, ", ".join(names), why))

    def _warnings(self) -> tuple[str, ...]:
        unknown = sorted(name for name in self._environ if name.startswith(_PREFIX) and name not in _ELSEWHERE)
        found = [_unknown(name) for name in unknown] + self._standard.warnings
        return (f"environment variables passed over: {'; '.join(found)}",) if found else ()


def _unknown(variable: str) -> str:
    like = nearest(variable, VARIABLES)
    return f"{variable} is no setting of obskit{f' (do you mean {like}?)' if like else ''}"
