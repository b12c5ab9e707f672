from __future__ import annotations

import json
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.envelope import Envelope, Item, PayloadRef

from obskit.sentry.envelope import Gate
from obskit.sentry.redact import Redactor
from tests.sentry.events import install, protect


def through(kind: str, data: Any) -> tuple[list[Any], list[str]]:
    """Return what passes of an item, and what was stopped."""
    stopped: list[str] = []
    envelope = Gate(Redactor(protect), stopped.append)(Envelope(items=[Item(PayloadRef(json=data), type=kind)]))
    return [json.loads(item.payload.get_bytes()) for item in envelope.items], stopped


def test_logs_are_redacted() -> None:
    """A log's text and its attributes pass the redactor, types stay right."""
    attributes = {
        "token": {"value": 17, "type": "integer"},
        "n": {"value": 1, "type": "integer"},
        "jane@example.com": {"value": True, "type": "boolean"},
    }
    given = {"trace_id": "0" * 32, "timestamp": 1.5, "body": "mail jane@example.com", "attributes": attributes}
    (passed,), stopped = through("log", {"items": [given]})
    assert stopped == []
    (log,) = passed["items"]
    assert (log["trace_id"], log["timestamp"], log["body"]) == ("0" * 32, 1.5, "mail [REDACTED:value]")
    assert log["attributes"] == {
        "token": {"value": "[REDACTED:key]", "type": "string"},
        "n": {"value": 1, "type": "integer"},
        "[REDACTED:value]": {"value": True, "type": "boolean"},
    }


def test_arguments_of_a_log_are_judged_by_the_words_before_them() -> None:
    """A log's message is made from its template, without what its words call a secret."""
    attributes = {
        "sentry.message.template": {"value": "token %s of %s", "type": "string"},
        "sentry.message.parameter.0": {"value": "tangerine-42", "type": "string"},
        "sentry.message.parameter.1": {"value": "joe", "type": "string"},
    }
    (passed,), _ = through("log", {"items": [{"body": "token tangerine-42 of joe", "attributes": attributes}]})
    assert passed["items"][0]["body"] == "token [REDACTED:key] of joe"
    assert "tangerine" not in json.dumps(passed)


def test_sessions_are_redacted() -> None:
    """Whom a session belongs to passes the redactor, its id and times stay."""
    given = {"sid": "s", "did": "jane@example.com", "started": "t", "attrs": {"user_agent": "x jane@example.com"}}
    (passed,), _ = through("session", given)
    assert passed == {
        "sid": "s",
        "did": "[REDACTED:value]",
        "started": "t",
        "attrs": {"user_agent": "x [REDACTED:value]"},
    }
    (passed,), _ = through(
        "sessions", {"attrs": {"release": "r"}, "aggregates": [{"exited": 1, "did": "jane@example.com"}]}
    )
    assert passed["aggregates"] == [{"exited": 1, "did": "[REDACTED:value]"}]


def test_profiles_are_redacted() -> None:
    """A profile's transactions pass the redactor, its frames are code."""
    frames = [{"function": "pay", "lineno": 3}]
    given = {"transactions": [{"name": "/of/jane@example.com"}], "profile": {"frames": frames}}
    (passed,), _ = through("profile", given)
    assert passed == {"transactions": [{"name": "/of/[REDACTED:value]"}], "profile": {"frames": frames}}


@pytest.mark.parametrize("kind", ["attachment", "replay_recording", "new_in_the_next_version"])
def test_what_is_not_known_does_not_pass(kind: str) -> None:
    """An item of a kind that nothing is known of is stopped and counted."""
    assert through(kind, {"a": 1}) == ([], [kind])


def test_what_fails_does_not_pass() -> None:
    """An item that can't be redacted is stopped and counted."""
    assert through("log", {"items": [None]}) == ([], ["log that failed"])


def test_the_sampling_context_is_redacted() -> None:
    """What an envelope's header says of the trace has names that an application gave."""
    trace = {"trace_id": "0" * 32, "public_key": "k" * 32, "transaction": "/jane@example.com", "release": "shop@1.2.3"}
    envelope = Gate(Redactor(protect), print)(Envelope(headers={"trace": trace}))
    assert envelope.headers["trace"] == {**trace, "transaction": "/[REDACTED:value]"}


def test_a_joined_client_is_gated_until_it_is_left(sentry: Any) -> None:
    """The application's own client sends no item past the redactor, and is as it was once obskit is closed."""
    sentry_sdk.init(sentry.dsn, default_integrations=False, auto_enabling_integrations=False, enable_logs=True)
    theirs = sentry_sdk.get_client()
    client = install(sentry.dsn)
    sentry_sdk.logger.info("mail jane@example.com")
    theirs.flush(5)
    assert [log["items"][0]["body"] for log in sentry.items("log")] == ["mail [REDACTED:value]"]
    client.close(1.0)
    assert "capture_envelope" not in theirs.transport.__dict__
    sentry_sdk.logger.info("mail jane@example.com")
    theirs.flush(5)
    assert len(sentry.items("log")) == 2
