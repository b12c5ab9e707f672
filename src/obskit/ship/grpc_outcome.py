"""Classify what a gRPC server said about a call (OTLP specification, "OTLP/gRPC Response" and "Throttling")."""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import unquote_to_bytes

from google.protobuf.message import DecodeError as _DecodeError
from google.rpc.error_details_pb2 import RetryInfo  # type: ignore[import-untyped]
from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

from obskit.ship.grpc_session import Reply
from obskit.ship.outcome import Kind, Outcome, one_line

# In the order of their numbers, with the status of HTTP that says the same (google.rpc.Code).
_STATUSES: Final = (
    ("OK", 200),
    ("CANCELLED", 499),
    ("UNKNOWN", 500),
    ("INVALID_ARGUMENT", 400),
    ("DEADLINE_EXCEEDED", 504),
    ("NOT_FOUND", 404),
    ("ALREADY_EXISTS", 409),
    ("PERMISSION_DENIED", 403),
    ("RESOURCE_EXHAUSTED", 429),
    ("FAILED_PRECONDITION", 400),
    ("ABORTED", 409),
    ("OUT_OF_RANGE", 400),
    ("UNIMPLEMENTED", 501),
    ("INTERNAL", 500),
    ("UNAVAILABLE", 503),
    ("DATA_LOSS", 500),
    ("UNAUTHENTICATED", 401),
)
_SAY_ONCE: Final = frozenset(("UNAUTHENTICATED", "PERMISSION_DENIED"))
# What is wrong with these is the call, not the server; with any other it may go better later.
_REJECTED: Final = frozenset(("INVALID_ARGUMENT", "NOT_FOUND", "ALREADY_EXISTS", "FAILED_PRECONDITION"))
# HTTP/2's codes as gRPC reads them ("gRPC over HTTP/2", Errors).
_RESETS: Final = {7: "UNAVAILABLE", 8: "CANCELLED", 11: "RESOURCE_EXHAUSTED", 12: "PERMISSION_DENIED"}
_HTTP_ADVICE: Final = "gRPC is not served there; look at the port, usually 4317, and at what stands in between"
_MOST_SECONDS: Final = 10**9
_PREFIX: Final = 5


def classify(reply: Reply, clean: Callable[[str], str]) -> Outcome:
    """Return what a reply means for the call.

    Args:
        reply: As the server sent it.
        clean: Takes out of a text what must not be told.
    """
    # An answer without a body has its only headers where others have trailers.
    said: Mapping[str, str] = reply.trailers if "grpc-status" in reply.trailers else reply.headers
    status = said.get("grpc-status", "").strip()
    if status.isascii() and status.isdigit():
        return _by_status(int(status[:9]), said, reply, clean)
    if reply.reset is not None:
        name = _RESETS.get(reply.reset, "INTERNAL")
        return Outcome("failing", f"{name}: the server ended the call (HTTP/2 error {reply.reset})")
    return _by_http(reply, clean)


def _by_status(number: int, said: Mapping[str, str], reply: Reply, clean: Callable[[str], str]) -> Outcome:
    name, status = _STATUSES[number] if number < len(_STATUSES) else (f"status {number}", 500)
    message = clean(one_line(unquote_to_bytes(said.get("grpc-message", "")).decode("utf-8", "replace")))
    if number == 0:
        refused, words = _partial_success(reply)
        detail = f"accepted, but {refused} refused" if refused else "accepted"
        return Outcome("accepted", _join(detail, clean(one_line(words))), refused=refused, status=200)
    wait = _retry_after(said.get("grpc-status-details-bin"))
    return Outcome(_kind(name, wait), _join(name, message), wait, say_once=name in _SAY_ONCE, status=status)


def _kind(name: str, wait: float | None) -> Kind:
    if name == "UNIMPLEMENTED":
        return "unsupported"
    # Without a word about when, it is the size of the call that exhausts the server.
    if name in _REJECTED or (name == "RESOURCE_EXHAUSTED" and wait is None):
        return "rejected"
    return "failing"


def _by_http(reply: Reply, clean: Callable[[str], str]) -> Outcome:
    status = reply.status
    kind = clean(one_line(reply.headers.get("content-type", "")))
    if status == 200 and kind.startswith("application/grpc"):
        return Outcome("failing", "the answer has no grpc-status: it was cut short on its way", status=status)
    what = f"HTTP {status}" + (f" with {kind}" if kind else "")
    say_once = not (status in (408, 425, 429) or status >= 500)
    return Outcome("failing", f"{what} instead of an answer of gRPC: {_HTTP_ADVICE}", say_once=say_once, status=status)


def _retry_after(details: str | None) -> float | None:
    """Return the seconds that a `google.rpc.RetryInfo` asks for, None where there is none."""
    if not details:
        return None
    try:
        # Base64 without its padding is as good, and more than one value is joined by commas.
        text = details.partition(",")[0].strip()
        found = Status.FromString(b64decode(text + "=" * (-len(text) % 4)))
        for detail in found.details:
            if detail.type_url.endswith("/google.rpc.RetryInfo"):
                delay = RetryInfo.FromString(detail.value).retry_delay
                seconds: float = delay.seconds + delay.nanos / 1e9
                return min(max(seconds, 0.0), float(_MOST_SECONDS))
    # Not ours to mend: the status itself is clear.
    except (binascii.Error, ValueError, _DecodeError):
        pass
    return None


def _partial_success(reply: Reply) -> tuple[int, str]:
    """Return how many records of an accepted call were refused, and why."""
    body = reply.body
    # Compressed it can't be: the call says that only the plain form is read.
    if len(body) < _PREFIX or body[0] or reply.cut:
        return 0, ""
    try:
        # A traces response has the same fields under the same numbers.
        message = body[_PREFIX : _PREFIX + int.from_bytes(body[1:_PREFIX], "big")]
        found = ExportLogsServiceResponse.FromString(message).partial_success
        return max(found.rejected_log_records, 0), found.error_message
    # The status has said that the records are taken: whatever else is wrong with the answer cannot unsay it.
    except Exception:
        return 0, ""


def _join(head: str, message: str) -> str:
    return f"{head}: {message}" if message else head
