"""Classify what a target said, and what became of a request that got no answer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, Literal
from urllib.parse import urlsplit

from obskit.ship.response import Response

Kind = Literal["accepted", "failing", "unsupported", "rejected"]

_SAY_ONCE = frozenset((401, 403, 407))
_FAILING = frozenset((401, 403, 407, 408, 425, 429))
_UNSUPPORTED = frozenset((404, 405, 501))
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_LONGEST_TEXT = 300
_MOST_SECONDS = 10**9
_INT64 = 1 << 63


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one request.

    Attributes:
        kind: "accepted"; "failing": send it again later; "unsupported": the target doesn't take this signal;
            "rejected": the target takes requests, but not this one.
        detail: One line for people; holds no header value, no userinfo and no query of a URL.
        retry_after: Seconds that the target asked to be left alone.
        refused: How many records of an accepted request the target did not take (OTLP `partial_success`).
        say_once: Someone must change a setting: worth one line on stderr.
        status: HTTP status, or the one that says what a gRPC status does; None where no answer came.
        refused_at: Further records that it did not take, of which it says more: the place in the batch, and why.
    """

    kind: Kind
    detail: str
    retry_after: float | None = None
    refused: int = 0
    say_once: bool = False
    status: int | None = None
    refused_at: tuple[tuple[int, str], ...] = ()


def classify(
    response: Response, now: float, clean: Callable[[str], str], told: Callable[[Response], str] | None = None
) -> Outcome:
    """Return what an answer means for the request it answers.

    Args:
        response: As the target sent it.
        now: Seconds since the Unix epoch, for a `Retry-After` that is a date.
        clean: Takes out of a text what must not be told.
        told: Finds in an answer what was wrong; in OTLP's form by default.
    """
    status = response.status
    if 200 <= status < 300:
        refused, message = _partial_success(response)
        detail = f"accepted, but {refused} refused" if refused else "accepted"
        return Outcome("accepted", _join(detail, clean(message)), refused=refused, status=status)
    head = f"{status} {clean(one_line(response.reason))}".rstrip()
    if 300 <= status < 400:
        return Outcome("failing", clean(_redirect(head, response)), _wait(response, now), say_once=True, status=status)
    detail = _join(head, clean((told or _message)(response)))
    if status in _FAILING or (500 <= status < 600 and status not in _UNSUPPORTED):
        return Outcome("failing", detail, _wait(response, now), say_once=status in _SAY_ONCE, status=status)
    if status in _UNSUPPORTED:
        return Outcome("unsupported", detail, _wait(response, now), status=status)
    if 400 <= status < 500:
        return Outcome("rejected", detail, status=status)
    return Outcome("failing", f"{head}: not an HTTP status that ends a request", status=status)


def retry_after(value: str | None, now: float) -> float | None:
    """Read a `Retry-After` header (RFC 9110, section 10.2.3).

    Args:
        value: A number of seconds or an HTTP date.
        now: Seconds since the Unix epoch.

    Returns:
        Seconds from now, never negative; None where it is neither.
    """
    text = (value or "").strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:19]), _MOST_SECONDS))
    try:
        date = parsedate_to_datetime(text)
        moment = (date if date.tzinfo else date.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, OverflowError):
        return None
    return min(max(moment - now, 0.0), float(_MOST_SECONDS))


def one_line(text: str) -> str:
    """Return a text of someone else's as one short printable line."""
    text = _UNPRINTABLE.sub(" ", text[: 4 * _LONGEST_TEXT]).strip()
    return text if len(text) <= _LONGEST_TEXT else text[:_LONGEST_TEXT] + "…"


def _wait(response: Response, now: float) -> float | None:
    return retry_after(response.headers.get("retry-after"), now)


def _redirect(head: str, response: Response) -> str:
    try:
        parts = urlsplit(one_line(response.headers.get("location", "")))
        # hostname and path only: userinfo and query of a redirect often are credentials.
        place = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}" if parts.netloc else parts.path
    except ValueError:
        place = ""
    return f"{head} to {place or 'nowhere'}: redirects are not followed, name the final address as endpoint"


def _partial_success(response: Response) -> tuple[int, str]:
    if not response.body or response.cut:
        return 0, ""
    try:
        if _is_protobuf(response):
            return _partial_protobuf(response.body)
        return _partial_json(json.loads(response.body))
    # The status has said that the records are taken: whatever else is wrong with the answer cannot unsay it.
    except Exception:
        return 0, ""


def _partial_json(answer: Any) -> tuple[int, str]:
    found = answer.get("partialSuccess", answer.get("partial_success")) or {}
    names = ("rejectedLogRecords", "rejectedSpans", "rejected_log_records", "rejected_spans")
    refused = max(int(found.get(name) or 0) for name in names)
    message = found.get("errorMessage", found.get("error_message"))
    return min(max(refused, 0), _INT64 - 1), message if isinstance(message, str) else ""


def _partial_protobuf(body: bytes) -> tuple[int, str]:
    from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceResponse

    # A traces response has the same fields under the same numbers.
    found = ExportLogsServiceResponse.FromString(body).partial_success
    return max(found.rejected_log_records, 0), found.error_message


def _message(response: Response) -> str:
    if not response.body:
        return ""
    try:
        if _is_protobuf(response):
            from google.rpc.status_pb2 import Status  # type: ignore[import-untyped]

            return str(Status.FromString(response.body).message)
        found = json.loads(response.body)
        message = found.get("message") if isinstance(found, dict) else None
        return message if isinstance(message, str) else response.body.decode("utf-8", "replace")
    except Exception:
        return "" if _is_protobuf(response) else response.body.decode("utf-8", "replace")


def _is_protobuf(response: Response) -> bool:
    return "protobuf" in response.headers.get("content-type", "").lower()


def _join(head: str, message: str) -> str:
    text = one_line(message)
    return f"{head}: {text}" if text else head
