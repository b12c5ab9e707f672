"""What every encoding of a signal offers: one record at a time, then a body of many."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple, Protocol

Signal = Literal["logs", "spans"]


class Scope(NamedTuple):
    """The instrumentation scope that a record belongs to: a logger, or what made the span."""

    name: str = ""
    version: str = ""
    schema_url: str = ""


class Record(NamedTuple):
    """One encoded line, to be put into any number of bodies."""

    scope: Scope
    data: bytes


class Encoder(Protocol):
    """Encodes the lines of one signal; holds no state."""

    content_type: str

    def record(self, line: Mapping[str, Any], plain: bool = False) -> Record:
        """Encode one parsed line: the part of the work that grows with the batch, to be paused between.

        Args:
            line: Of this encoder's signal.
            plain: Whether no text of it, name or value, needs an escape in JSON.
        """

    def chunks(self, records: Sequence[Record], resource: Mapping[str, Any]) -> Iterator[bytes]:
        """Yield the parts of a body that holds these records of one resource, in their order within a scope."""


def record_of(encoder: Encoder) -> Callable[[Mapping[str, Any], bytes], Record]:
    """Return what makes a record of a parsed line and its bytes.

    An encoder that can use the bytes themselves has a method `copied` that takes both.
    """
    copied: Callable[[Mapping[str, Any], bytes], Record] | None = getattr(encoder, "copied", None)
    return copied or (lambda line, raw: encoder.record(line, b"\\" not in raw))


def log_scope(line: Mapping[str, Any]) -> Scope:
    """Return the scope of a log line: its logger."""
    logger = line.get("logger")
    return Scope(logger) if type(logger) is str else Scope()


def span_scope(line: Mapping[str, Any]) -> Scope:
    """Return the scope of a span line: its instrumentation."""
    found = line.get("instrumentation")
    if not isinstance(found, Mapping):
        return Scope()
    name, version, schema_url = (found.get(key) for key in ("name", "version", "schema_url"))
    return Scope(*(part if type(part) is str else "" for part in (name, version, schema_url)))


def by_scope(records: Iterable[Record]) -> dict[Scope, list[bytes]]:
    """Group encoded records by scope; order is kept within each."""
    groups: dict[Scope, list[bytes]] = {}
    for scope, data in records:
        group = groups.get(scope)
        if group is None:
            groups[scope] = [data]
        else:
            group.append(data)
    return groups


def encoder(protocol: str, signal: Signal) -> Encoder:
    """Return the encoder of a signal for an OTLP protocol; what it needs is loaded now.

    Args:
        protocol: "http/json", "http/protobuf" or "grpc".
        signal: "logs" or "spans".

    Raises:
        ValueError: For any other protocol.
    """
    if protocol == "http/json":
        from obskit.ship.otlp_json import JsonEncoder

        return JsonEncoder(signal)
    if protocol in ("http/protobuf", "grpc"):
        from obskit.ship.otlp_protobuf import ProtobufEncoder

        return ProtobufEncoder(signal)
    raise ValueError(f"OTLP protocol {protocol!r} is unknown here; use 'http/json', 'http/protobuf' or 'grpc'")
