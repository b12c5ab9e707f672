"""What OpenSearch's answer to a bulk request means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from obskit.ship.opensearch_answers import judged, said
from obskit.ship.outcome import Outcome
from obskit.ship.response import Response


def item(status: int, kind: str = "", reason: str = "", **more: Any) -> dict[str, Any]:
    error = {"error": {"type": kind, "reason": reason, **more}} if kind else {}
    return {"create": {"status": status, **error}}


def outcome(*items: dict[str, Any], status: int = 200) -> Outcome:
    errors = any("error" in one["create"] for one in items)
    body = json.dumps({"errors": errors, "items": items}).encode()
    return judged(Response(status, "Reason", {}, body), 0.0, lambda text: text.replace("hunter2", "[]"))


def answer(status: int, body: bytes) -> Outcome:
    return judged(Response(status, "Reason", {}, body), 0.0, lambda text: text)


def test_without_errors_everything_is_taken() -> None:
    """What becomes of the items need not be read."""
    assert answer(200, b'{"errors":false}') == Outcome("accepted", "accepted", status=200)


def test_what_is_there_already_is_acknowledged() -> None:
    """It was sent before, and the answer was lost."""
    found = outcome(item(201), item(409, "version_conflict_engine_exception", "document already exists"))

    assert (found.kind, found.refused, found.refused_at) == ("accepted", 0, ())


@pytest.mark.parametrize(
    ("status", "kind", "say"),
    [
        (429, "es_rejected_execution_exception", False),
        (429, "cluster_block_exception", False),
        (503, "unavailable_shards_exception", False),
        (500, "node_disconnected_exception", False),
        (403, "cluster_block_exception", True),
        (403, "security_exception", True),
        (401, "security_exception", True),
        (404, "index_not_found_exception", True),
        (400, "validation_exception", True),
        (400, "index_closed_exception", True),
    ],
)
def test_what_is_not_about_a_record_fails_the_batch(status: int, kind: str, say: bool) -> None:
    """It is sent again whole; what was taken answers 409 then, and no record is refused for it."""
    found = outcome(item(201), item(400, "mapper_parsing_exception", "no"), item(status, kind, "not now"))

    assert (found.kind, found.status, found.say_once) == ("failing", status, say)
    assert found.detail == f"{status} {kind}: not now"
    assert found.refused_at == ()


def test_a_record_that_is_refused_is_named_with_the_reason() -> None:
    """By its place in the batch; what must not be told is taken out."""
    cause = {"type": "parsing_exception", "reason": "unexpected\ntoken hunter2"}
    found = outcome(item(201), item(400, "mapper_parsing_exception", "failed to parse", caused_by=cause), item(201))

    assert found.kind == "accepted"
    assert found.refused_at == ((1, "400 mapper_parsing_exception: failed to parse: unexpected token []"),)


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'"x"', b"{}", b'{"errors":true}', b'{"errors":true,"items":[1]}']
)
def test_an_answer_that_says_nothing_of_the_records_acknowledges_none(body: bytes) -> None:
    """Something else than OpenSearch may answer there."""
    found = answer(200, body)

    assert (found.kind, found.say_once) == ("failing", True)


@pytest.mark.parametrize(
    ("status", "kind"),
    [(400, "rejected"), (413, "rejected"), *((status, "failing") for status in (301, 401, 403, 404, 405, 429, 502))],
)
def test_an_answer_to_the_whole_request_is_one_of_http(status: int, kind: str) -> None:
    """A batch that is too large is halved; a path that is not there is a wrong URL, for logs as for spans."""
    assert answer(status, b"{}").kind == kind


def test_a_setting_that_forbids_every_batch_refuses_no_record() -> None:
    """`rest.action.multi.allow_explicit_index: false`."""
    body = (
        b'{"error":{"type":"illegal_argument_exception","reason":"explicit index in bulk is not allowed"},"status":400}'
    )
    found = answer(400, body)

    assert (found.kind, found.say_once) == ("failing", True)
    assert found.detail.startswith("400 Reason: illegal_argument_exception: explicit index")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b'{"error":{"type":"a","reason":"b"},"status":400}', "a: b"),
        (b'{"error":"Incorrect HTTP method","status":405}', "Incorrect HTTP method"),
        (b"Unauthorized", "Unauthorized"),
        (b'{"message":"x"}', '{"message":"x"}'),
    ],
)
def test_what_was_wrong_is_found_in_any_form(body: bytes, text: str) -> None:
    """OpenSearch's own, its security plugin's, a gateway's."""
    assert said(Response(400, "", {}, body)) == text


def test_an_error_may_be_a_text() -> None:
    """As other stores that speak the bulk API say it."""
    body = b'{"errors":true,"items":[{"create":{"status":201}},{"create":{"status":400,"error":"no such field"}}]}'

    assert "no such field" in answer(200, body).refused_at[0][1]
