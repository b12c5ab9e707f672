from __future__ import annotations

import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sentry_sdk

from obskit.sentry import setup
from tests.sentry.events import IDS, install, raised, record


class TestEvent:
    def test_ids_and_origin(self, client, sentry):
        """An error event carries the ids of its line, its fingerprint, and service, environment and release."""
        client.capture(record(), raised(ValueError("no stock")))
        assert client.flush(2.0) is True
        (event,) = sentry.events()
        assert event["tags"] == {
            "service": "shop",
            "correlation_id": "req-7",
            "trace_id": IDS["trace_id"],
            "fingerprint": "f" * 32,
        }
        assert event["fingerprint"] == ["f" * 32]
        assert event["contexts"]["trace"] == {
            "type": "trace",
            "trace_id": IDS["trace_id"],
            "span_id": IDS["span_id"],
        }
        assert event["contexts"]["obskit"] == {**IDS, "id": "0" * 32 + "-l7"}
        assert event["contexts"]["otel"]["resource"]["service.name"] == "shop"
        assert (event["release"], event["environment"], event["server_name"]) == ("1.2.3", "test", "host-1")
        assert (event["level"], event["logger"]) == ("error", "shop.checkout")

    def test_exception_with_its_frames(self, client, sentry):
        """The exception stands in the event with type, value and the frames of its traceback."""
        client.capture(record(), raised(ValueError("no stock")))
        client.flush(2.0)
        (event,) = sentry.events()
        (value,) = event["exception"]["values"]
        assert (value["type"], value["value"]) == ("ValueError", "no stock")
        assert value["stacktrace"]["frames"][-1]["function"] == "raised"
        assert value["mechanism"] == {"type": "obskit", "handled": True}

    def test_record_without_an_exception(self, client, sentry):
        """A line of level ERROR without an exception becomes an event with its message, context, user and request."""
        line = record(
            context={"order": 5},
            user={"id": "u1", "ip": "192.0.2.7"},
            request={"method": "POST", "path": "/pay", "route": "/pay", "status_code": 502, "duration_ms": 3.0},
        )
        del line["error"]
        client.capture(line, None)
        client.flush(2.0)
        (event,) = sentry.events()
        assert event["logentry"]["formatted"] == "checkout failed"
        assert "exception" not in event
        assert event["contexts"]["context"] == {"order": 5}
        assert event["user"] == {"id": "u1", "ip_address": "192.0.2.7"}
        assert event["request"] == {"method": "POST", "url": "/pay"}
        assert event["contexts"]["response"]["status_code"] == 502
        assert event["transaction"] == "POST /pay"

    def test_error_known_only_by_its_record(self, client, sentry):
        """Without the exception object the event names the type and message that the line has."""
        client.capture(record(), None)
        client.flush(2.0)
        (event,) = sentry.events()
        assert event["exception"]["values"] == [{"type": "ValueError", "value": "no stock"}]

    def test_address_that_is_none_is_not_sent_as_one(self, client, sentry):
        """A truncated or redacted address is kept, but not where Sentry wants an IP address."""
        client.capture(record(user={"ip": "192.0.2.0/24"}), None)
        client.flush(2.0)
        assert sentry.events()[0]["user"] == {"ip": "192.0.2.0/24"}

    def test_no_trace_is_made_up(self, sentry):
        """Outside a span an event has no trace: one that leads nowhere would mislead."""
        client = install(sentry.dsn, ids=dict)
        line = {name: value for name, value in record().items() if name not in IDS}
        client.capture(line, None)
        client.close(2.0)
        (event,) = sentry.events()
        assert "trace" not in event["contexts"]
        assert "trace_id" not in event["tags"]

    def test_one_line_gives_one_event_id(self, client, sentry):
        """The event's id follows from the line's, so that Sentry keeps one of two copies."""
        client.capture(record(), None)
        client.capture(record(), None)
        client.flush(2.0)
        first, second = sentry.events()
        assert first["event_id"] == second["event_id"]

    def test_event_sent_by_the_application(self, client, sentry):
        """What the application sends through sentry-sdk itself gets the ids of the work at hand and is redacted."""
        sentry_sdk.capture_message("mail jane@example.com")
        client.flush(2.0)
        (event,) = sentry.events()
        assert event["tags"]["correlation_id"] == "req-7"
        assert event["contexts"]["trace"]["span_id"] == IDS["span_id"]
        assert "jane@example.com" not in sentry.raw

    def test_ids_win_over_tags_of_the_same_name(self, client, sentry):
        """A tag that the application set cannot stand in the place of an id."""
        sentry_sdk.set_tag("correlation_id", "mine")
        client.capture(record(), None)
        client.flush(2.0)
        assert sentry.events()[0]["tags"]["correlation_id"] == "req-7"


class TestOnce:
    def test_logged_and_raised(self, client, sentry):
        """An exception logged twice on its way up is one event."""
        error = raised(ValueError("no stock"))
        client.capture(record(), error)
        try:
            raise error
        except ValueError as caught:
            client.capture(record(message="again", id="1" * 32 + "-l8"), caught)
        client.flush(2.0)
        assert len(sentry.events()) == 1
        assert client.describe()["duplicates"] == 1

    def test_logged_and_captured_by_the_application(self, client, sentry):
        """An exception logged through obskit and given to sentry-sdk by hand is one event."""
        error = raised(ValueError("no stock"))
        client.capture(record(), error)
        sentry_sdk.capture_exception(error)
        client.flush(2.0)
        assert len(sentry.events()) == 1

    def test_equal_exceptions_are_two(self, client, sentry):
        """Two exceptions of one type and message are two events, also where memory is used again."""
        for _ in range(20):
            client.capture(record(), raised(ValueError("no stock")))
        client.flush(2.0)
        assert len(sentry.events()) == 20

    def test_repr_that_logs_an_error_ends(self, client, sentry):
        """A local variable whose repr logs an error does not send events for ever."""

        class Loud:
            def __repr__(self) -> str:
                client.capture(record(), None)
                return "loud"

        def fail() -> None:
            loud = Loud()
            raise ValueError(type(loud).__name__)

        with pytest.raises(ValueError, match="Loud") as caught:
            fail()
        client.capture(record(), caught.value)
        client.flush(2.0)
        assert len(sentry.events()) == 1


class TestSurroundings:
    def test_no_integration_of_sentry(self, client, sentry):
        """None of sentry-sdk's integrations is installed: each doubles something of obskit's or leaks."""
        client.capture(record(), None)
        client.flush(2.0)
        (event,) = sentry.events()
        assert event["sdk"]["integrations"] == []
        assert "sys.argv" not in event.get("extra", {})
        assert "modules" not in event

    def test_unreachable_holds_nobody_up(self):
        """With nobody listening a capture returns at once, and so does close once that is known."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        client = install(f"http://key@127.0.0.1:{port}/1")
        started = time.monotonic()
        client.capture(record(), raised(ValueError("x")))
        assert time.monotonic() - started < 0.5
        deadline = time.monotonic() + 10
        while client.describe()["state"] != "failing" and time.monotonic() < deadline:
            time.sleep(0.01)
        assert client.describe()["lost"] == {"network": 1}
        started = time.monotonic()
        client.close(5.0)
        assert time.monotonic() - started < 1.0

    def test_trouble_is_told_once(self, sentry, caplog):
        """Lost events are told once, and put no warnings of urllib3 among the application's lines."""
        told: list[str] = []
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        client = install(f"http://key@127.0.0.1:{port}/1", trouble=told.append)
        for number in range(3):
            client.capture(record(id=f"{number:032}-l1"), None)
        assert client.flush(5.0)
        assert told == ["Sentry was not reached or refused (network): its events are lost until it answers"]
        assert caplog.records == []
        assert client.describe()["lost"]["network"] >= 3

    def test_kept_connection_that_was_closed(self, client, sentry):
        """An event after the server closed an idle connection is not lost."""
        for number in range(3):
            client.capture(record(id=f"{number:032}-l1"), None)
            assert client.flush(5.0)
        assert len(sentry.events()) == 3
        assert client.describe()["lost"] == {}

    def test_silent_server_holds_exit_for_the_timeout_only(self, sentry):
        """A server that takes the connection and never answers costs close its timeout, no more."""
        sentry.delay = 1.5
        client = install(sentry.dsn)
        client.capture(record(), None)
        started = time.monotonic()
        assert client.close(0.3) is False
        assert time.monotonic() - started < 1.0

    def test_refusal_is_counted(self, sentry):
        """A server's refusal shows in describe()."""
        sentry.status = 403
        client = install(sentry.dsn)
        client.capture(record(), None)
        client.flush(2.0)
        assert client.describe()["lost"]["status_403"] >= 1
        client.close(1.0)

    def test_set_up_again(self, sentry):
        """After close, and also without it, a new set-up sends through the new client once."""
        install(sentry.dsn).close(1.0)
        assert sentry_sdk.get_client().is_active() is False
        forgotten = install(sentry.dsn)
        client = install(sentry.dsn)
        client.capture(record(), None)
        forgotten.close(1.0)
        assert sentry_sdk.get_client().is_active() is True
        client.close(2.0)
        assert len(sentry.events()) == 1
        client.capture(record(), None)
        client.close(1.0)
        assert len(sentry.events()) == 1

    def test_no_threads_or_descriptors_left(self, sentry):
        """Set-up and close leave no thread and no open file behind."""
        install(sentry.dsn).close(1.0)
        before = len(list(Path("/proc/self/fd").iterdir()))
        for _ in range(10):
            client = install(sentry.dsn)
            client.capture(record(), None)
            client.close(2.0)
        del client
        assert len(list(Path("/proc/self/fd").iterdir())) <= before + 4

    def test_interrupt_reaches_the_application(self, sentry):
        """Ctrl-C during redaction is raised again, although sentry-sdk swallows it."""

        def interrupted(value: object, key: str | None) -> object:
            raise KeyboardInterrupt

        client = install(sentry.dsn, protect=interrupted)
        with pytest.raises(KeyboardInterrupt):
            client.capture(record(), None)
        client.close(1.0)
        assert sentry.events() == []

    def test_bad_dsn(self):
        """What is no DSN is refused without showing it."""
        with pytest.raises(ValueError, match="expected https://<key>@<host>/<project id>") as caught:
            install("https://hunter2.example")
        assert "hunter2" not in str(caught.value)

    def test_describe_hides_the_key(self, client, sentry):
        """describe() names the address and whose delivery it is, not the DSN's key."""
        shown = client.describe()
        assert shown["delivery"] == "sentry-sdk's own"
        assert shown["endpoint"] == f"http://127.0.0.1:{sentry.server.server_port}/42"
        assert "publickey" not in str(shown)

    def test_sentry_sdk_loads_with_setup_only(self):
        """Importing obskit.sentry loads nothing of sentry-sdk."""
        code = "import sys, obskit.sentry; sys.exit('sentry_sdk' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

    def test_no_release_runs_no_git(self, sentry, monkeypatch):
        """Without a version the event has no release, and no process is started to guess one."""
        monkeypatch.delenv("SENTRY_RELEASE", raising=False)
        monkeypatch.setattr(subprocess, "Popen", None)
        client = install(sentry.dsn, release=None)
        client.capture(record(), None)
        client.close(2.0)
        assert "release" not in sentry.events()[0]


def test_setup_is_the_public_name():
    """The folder offers setup itself, for the runtime."""
    assert setup.__module__ == "obskit.sentry.client"
