"""Keep the form that the schema gives a record's parts, whatever was cut out of them or could not be had."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# A time of the schema's and the two ids, in characters.
_TIME, _TRACE, _SPAN = 27, 32, 16


def formed(part: str, given: Any, shown: Any) -> Any:
    """Return the protected form of a part, or what of it the schema takes.

    Args:
        part: Its name.
        given: What it was.
        shown: What protection made of it: a text in the place of anything else says that it failed.
    """
    if part == "message" or type(given) not in (dict, list):
        return shown
    if type(shown) is str:
        return [] if type(given) is list else _instead(part, given, shown)
    if part == "events":
        return [event for event in shown if _is_event(event)]
    return [link for link in shown if _is_link(link)] if part == "links" else shown


def _instead(part: str, given: Mapping[str, Any], text: str) -> dict[str, Any]:
    if part == "error":
        return {"type": text}
    if part == "status":
        return {"code": given["code"]}
    return {"…": text} if part in ("context", "attributes", "request") else {}


def _is_event(event: Any) -> bool:
    return type(event) is dict and len(event.get("timestamp", "")) == _TIME and "name" in event


def _is_link(link: Any) -> bool:
    return type(link) is dict and len(link.get("trace_id", "")) == _TRACE and len(link.get("span_id", "")) == _SPAN
