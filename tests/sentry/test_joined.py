from __future__ import annotations

import logging

import pytest
import sentry_sdk
from sentry_sdk.integrations.logging import LoggingIntegration

from tests.sentry.events import IDS, install, raised, record


@pytest.fixture
def theirs(sentry):
    """The client that an application set up before obskit."""
    sentry_sdk.init(sentry.dsn, auto_enabling_integrations=False, default_integrations=False, release="theirs")
    return sentry_sdk.get_client()


def test_client_is_not_replaced(theirs, sentry):
    """A client that the application had set up stays, and describe() says so."""
    client = install("http://other@127.0.0.1:9/1")
    assert sentry_sdk.get_client() is theirs
    assert client.describe()["mode"] == "joined the client that the application had set up"
    client.capture(record(), raised(ValueError("no stock")))
    client.flush(2.0)
    (event,) = sentry.events()
    assert event["tags"]["correlation_id"] == "req-7"
    client.close(1.0)


def test_events_are_redacted_after_every_processor(theirs, sentry):
    """What an event processor or the application's before_send adds is redacted too."""

    def add(event, hint):
        event["request"] = {"data": {"password": "hunter2"}}
        return event

    def before_send(event, hint):
        event["extra"] = {"mail": "jane@example.com"}
        return event

    theirs.options["before_send"] = before_send
    client = install(sentry.dsn)
    sentry_sdk.get_current_scope().add_event_processor(add)
    sentry_sdk.capture_message("x")
    client.flush(2.0)
    (event,) = sentry.events()
    assert event["request"]["data"] == {"password": "[REDACTED:key]"}
    assert event["extra"] == {"mail": "[REDACTED:value]"}
    client.close(1.0)


def test_application_may_drop_an_event(theirs, sentry):
    """An event that the application's before_send drops is not sent."""
    theirs.options["before_send"] = lambda event, hint: None
    client = install(sentry.dsn)
    client.capture(record(), None)
    client.close(1.0)
    theirs.flush(2.0)
    assert sentry.events() == []


def test_close_leaves_the_client_as_it_was(theirs, sentry):
    """After close the application's client is active and its events are as without obskit."""
    before = dict(theirs.options)
    client = install(sentry.dsn)
    client.close(1.0)
    assert theirs.options == before
    sentry_sdk.capture_message("plain")
    theirs.flush(2.0)
    (event,) = sentry.events()
    assert "correlation_id" not in event.get("tags", {})


def test_exception_captured_by_both(theirs, sentry):
    """An exception that obskit logged and the application captured is one event."""
    client = install(sentry.dsn)
    error = raised(ValueError("no stock"))
    client.capture(record(), error)
    sentry_sdk.capture_exception(error)
    client.close(2.0)
    assert len(sentry.events()) == 1


def test_record_taken_by_both(sentry):
    """A record of the logging module that obskit's bridge sent is not sent by LoggingIntegration again."""
    sentry_sdk.init(sentry.dsn, default_integrations=False, integrations=[LoggingIntegration()])
    client = install(sentry.dsn)
    logger = logging.Logger("shop.checkout")  # noqa: LOG001 - not in the tree: the bridge below is its one handler

    class Bridge(logging.Handler):
        def emit(self, line: logging.LogRecord) -> None:
            client.capture(record(message=line.getMessage()), None)

    logger.addHandler(Bridge())
    logger.error("checkout failed")
    logger.error("once more")
    client.close(2.0)
    assert [event["logentry"]["formatted"] for event in sentry.events()] == ["checkout failed", "once more"]


def test_trace_of_sentry_stays_where_it_traces(sentry):
    """Where the application traces with Sentry its trace stays, and ours stands in the tags."""
    sentry_sdk.init(sentry.dsn, default_integrations=False, traces_sample_rate=1.0)
    client = install(sentry.dsn)
    with sentry_sdk.start_transaction(name="t"):
        client.capture(record(), None)
    client.close(2.0)
    (event,) = sentry.events()
    assert event["contexts"]["trace"]["trace_id"] != IDS["trace_id"]
    assert event["tags"]["trace_id"] == IDS["trace_id"]


def test_client_without_a_dsn_is_no_client(sentry):
    """A client that sends nothing does not keep obskit from sending."""
    sentry_sdk.init(default_integrations=False)
    client = install(sentry.dsn)
    assert client.describe()["mode"] == "own client"
    client.close(1.0)
