from __future__ import annotations

import logging

import pytest
import sentry_sdk

import obskit


@pytest.fixture
def started(sentry, tmp_path):
    obskit.init("shop", version="1.2.3", sentry_dsn=sentry.dsn, journal=tmp_path, console=False, integrations=[])
    yield sentry
    obskit.shutdown(timeout=1.0)


def fail() -> None:
    password = "hunter2"
    assert password
    raise ValueError("for jane@example.com, card 4111111111111111")


def test_logged_by_both_ways_and_raised(started):
    """One exception, logged through obskit and through logging while it travels, is one redacted event with its ids."""
    log = obskit.get_logger("shop")
    with obskit.scope(), obskit.span("work") as span:
        unit = obskit.correlation_id()
        trace_id = f"{span.get_span_context().trace_id:032x}"
        try:
            try:
                fail()
            except ValueError:
                log.exception("inner")
                raise
        except ValueError:
            logging.getLogger("shop").exception("outer")
    assert obskit.flush(3.0)
    (event,) = started.events()
    assert event["tags"]["correlation_id"] == unit
    assert event["contexts"]["trace"]["trace_id"] == trace_id
    assert event["release"] == "1.2.3"
    frames = event["exception"]["values"][0]["stacktrace"]["frames"]
    assert frames[-1]["vars"]["password"] == "[REDACTED:password]"
    assert event["exception"]["values"][0]["value"] == "for [REDACTED:email], card [REDACTED:card]"


def test_stats_say_whose_delivery_it_is(started):
    """stats() names sentry-sdk's delivery and counts."""
    obskit.get_logger("shop").error("plain")
    obskit.flush(3.0)
    shown = obskit.stats().sentry
    assert shown["delivery"] == "sentry-sdk's own"
    assert shown["captured"] == 1


def test_info_is_no_event(started):
    """Lines below ERROR without an exception are not sent."""
    obskit.get_logger("shop").info("all well")
    obskit.flush(3.0)
    assert started.events() == []


def test_shutdown_takes_the_client_away(started):
    """After shutdown sentry-sdk has no client, and a second init sends again."""
    obskit.shutdown(timeout=1.0)
    assert sentry_sdk.get_client().is_active() is False
