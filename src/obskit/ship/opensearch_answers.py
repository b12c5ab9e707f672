"""Read what OpenSearch answers to a bulk request."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import orjson

from obskit.ship.outcome import Outcome, classify, one_line
from obskit.ship.response import Response

# Not about the record: the store is busy, lacks something, or may not be written to.
_PASSING = frozenset((401, 403, 404, 405, 407, 408, 425, 429))
# The same, under a status that says otherwise: too many shards, a closed index, one that another setting keeps away.
_NOT_THE_RECORD = frozenset(("validation_exception", "index_closed_exception", "cluster_block_exception"))
_SAY_ONCE = frozenset((400, 401, 403, 404))


def judged(answer: Response, now: float, clean: Callable[[str], str]) -> Outcome:
    """Return what an answer to a bulk request means for its batch.

    Args:
        answer: As OpenSearch sent it.
        now: Seconds since the Unix epoch, for a `Retry-After` that is a date.
        clean: Takes out of a text what must not be told.
    """
    if 200 <= answer.status < 300:
        return _of_items(answer, clean)
    outcome = classify(answer, now, clean, said)
    if outcome.kind == "unsupported":
        # The path is not about a signal: the URL is wrong, or what answers there is no OpenSearch.
        return replace(outcome, kind="failing", say_once=True)
    if outcome.kind == "rejected" and "explicit index" in outcome.detail:
        # rest.action.multi.allow_explicit_index forbids every bulk request of this form.
        return replace(outcome, kind="failing", say_once=True)
    return outcome


def said(answer: Response) -> str:
    """Return what was wrong, as an answer of OpenSearch puts it."""
    try:
        error = orjson.loads(answer.body)["error"]
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError):
        return answer.body.decode("utf-8", "replace")
    return _reason(error) if isinstance(error, dict) else str(error)


def _of_items(answer: Response, clean: Callable[[str], str]) -> Outcome:
    try:
        found = orjson.loads(answer.body)
        if found["errors"] is False:
            return Outcome("accepted", "accepted", status=answer.status)
        items = list(_items(found))
    except (orjson.JSONDecodeError, KeyError, TypeError, IndexError, AttributeError, ValueError):
        # Nothing says what became of the records: they are sent again under the same ids.
        told = "the answer is none of OpenSearch to a bulk request"
        return Outcome("failing", told, say_once=True, status=answer.status)
    refused: list[tuple[int, str]] = []
    for at, (status, error) in enumerate(items):
        if status < 300 or status == 409:
            continue
        detail = f"{status} {clean(one_line(_reason(error)))}".rstrip()
        if status in _PASSING or status >= 500 or error.get("type") in _NOT_THE_RECORD:
            return Outcome("failing", detail, say_once=status in _SAY_ONCE, status=status)
        refused.append((at, detail))
    told = f"accepted, but {len(refused)} refused" if refused else "accepted"
    return Outcome("accepted", told, status=answer.status, refused_at=tuple(refused))


def _items(found: Mapping[str, Any]) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for item in found["items"]:
        (result,) = item.values()
        error = result.get("error") or {}
        yield int(result["status"]), error if isinstance(error, dict) else {"reason": error}


def _reason(error: Mapping[str, Any]) -> str:
    cause = error.get("caused_by")
    deeper = cause.get("reason") if isinstance(cause, dict) else None
    return ": ".join(str(part) for part in (error.get("type"), error.get("reason"), deeper) if part)
