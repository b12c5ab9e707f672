from __future__ import annotations

import json
import time

import pytest
import sentry_sdk

from obskit.sentry.redact import MAX_VALUE, Redactor
from tests.sentry.events import install, protect, raised, record


@pytest.fixture
def redactor() -> Redactor:
    return Redactor(protect)


class TestWholeEvent:
    def test_local_variables(self, client, sentry):
        """Local variables pass the redactor: by name, by value, and inside the text of an object's repr."""
        client.capture(record(), raised(ValueError("no stock")))
        client.flush(2.0)
        (event,) = sentry.events()
        variables = event["exception"]["values"][0]["stacktrace"]["frames"][-1]["vars"]
        assert variables["password"] == "[REDACTED:key]"
        assert variables["customer"]["email"] == "'[REDACTED:value]'"
        assert variables["customer"]["note"] == "'card [REDACTED:value]'"
        assert variables["settings"] == "Settings(user='x', password='[REDACTED:key]', token='[REDACTED:key]')"

    def test_every_section(self, client, sentry):
        """Message, breadcrumbs, extra, tags, user, contexts, request and the exception's own text pass the redactor."""
        sentry_sdk.add_breadcrumb(message="login jane@example.com", data={"password": "hunter2", "n": 1})
        scope = sentry_sdk.get_current_scope()
        scope.set_extra("mail", "jane@example.com")
        scope.set_tag("who", "jane@example.com")
        scope.set_user({"id": "u1", "email": "jane@example.com"})
        scope.set_context("order", {"card": "4111 1111 1111 1111", "deep": [{"token": "hunter2"}]})

        def add_request(event, hint):
            event["request"] = {
                "url": "http://joe:hunter2@shop.example/pay?token=hunter2&page=2",
                "query_string": "token=hunter2&page=2&mail=jane%40example.com",
                "headers": {"Authorization": "Basic hunter2", "Accept": "text/html"},
                "cookies": {"sid": "hunter2"},
                "data": json.dumps({"password": "hunter2", "amount": 5}),
                "env": {"REMOTE_ADDR": "192.0.2.7"},
            }
            return event

        scope.add_event_processor(add_request)
        client.capture(record(message="for jane@example.com"), raised(ValueError("jane@example.com")))
        client.flush(2.0)
        (event,) = sentry.events()
        for secret in ("hunter2", "jane", "4111"):
            assert secret not in json.dumps({**event, "exception": _without_source(event)})
        assert event["breadcrumbs"]["values"][0]["data"] == {"password": "[REDACTED:key]", "n": 1}
        assert event["request"]["query_string"] == "token=[REDACTED:key]&page=2&mail=[REDACTED:value]"
        assert event["request"]["url"] == "http://shop.example/pay?token=[REDACTED:key]&page=2"
        assert event["request"]["data"] == {"password": "[REDACTED:key]", "amount": 5}
        assert event["request"]["headers"]["Accept"] == "text/html"

    def test_fails_closed(self, sentry):
        """Where the redactor fails the event has ids and exception types only."""

        def broken(value: object, key: str | None) -> object:
            raise RuntimeError("hunter2")

        client = install(sentry.dsn, protect=broken)
        client.capture(record(message="hunter2", context={"a": "hunter2"}), raised(ValueError("hunter2")))
        client.close(2.0)
        (event,) = sentry.events()
        assert "hunter2" not in sentry.raw
        assert event["tags"]["correlation_id"] == "req-7"
        assert event["exception"]["values"] == [{"type": "ValueError", "module": None}]
        assert client.describe()["unprotected"] == 1

    def test_attachments_stay_at_home(self, client, sentry):
        """A file attached to the scope can't be redacted: it is not sent, and counted."""
        sentry_sdk.get_current_scope().add_attachment(bytes=b"hunter2", filename="dump.txt")
        client.capture(record(), None)
        client.flush(2.0)
        assert len(sentry.events()) == 1
        assert "hunter2" not in sentry.raw
        assert client.describe()["attachments_dropped"] == 1

    def test_transactions_of_the_application(self, client):
        """A transaction's name, span descriptions and data pass the redactor."""
        sent = client.before_send(
            {
                "type": "transaction",
                "transaction": "/users/jane@example.com",
                "spans": [{"span_id": "1", "description": "mail jane@example.com", "data": {"password": "x"}}],
            },
            {},
        )
        assert sent["transaction"] == "/users/[REDACTED:value]"
        assert sent["spans"] == [
            {"span_id": "1", "description": "mail [REDACTED:value]", "data": {"password": "[REDACTED:key]"}}
        ]


class TestSections:
    def test_a_secret_known_by_its_name_goes_everywhere(self, redactor):
        """What one frame calls `password` is hidden where another frame, a message or a header has it too."""
        frames = [{"vars": {"password": "'tangerine-42'"}}, {"vars": {"value": "'tangerine-42'", "n": "'42'"}}]
        event = {"exception": {"values": [{"value": "no tangerine-42", "stacktrace": {"frames": frames}}]}}
        shown = json.dumps(redactor.event(event))
        assert "tangerine" not in shown
        assert "'42'" in shown
        assert "tangerine" in json.dumps(redactor.event({"extra": {"fruit": "tangerine-42"}}))

    def test_arguments_are_judged_by_the_words_before_them(self, redactor):
        """Of a message with arguments the whole message is sent, without what its words call a secret."""
        entry = {
            "message": "token %s of %s",
            "params": ["tangerine-42", "joe"],
            "formatted": "token tangerine-42 of joe",
        }
        shown = redactor.event({"logentry": entry})["logentry"]
        assert shown == {"message": "token %s of %s", "formatted": "token [REDACTED:key] of joe"}

    def test_names_of_an_application_are_redacted(self, redactor):
        """Wherever a name can come from an application it passes the redactor too."""
        event = {"contexts": {"jane@example.com": {}}, "measurements": {"jane@example.com": {"value": 1, "unit": "s"}}}
        shown = redactor.event({**event, "jane@example.com": 1})
        assert "jane" not in json.dumps(shown)
        assert shown["measurements"] == {"[REDACTED:value]": {"value": 1, "unit": "s"}}

    @pytest.mark.parametrize("release", ["shop@1.2.3", "shop@2.0.dev1", "1f3e5a7"])
    def test_a_release_stays(self, redactor, release):
        """`package@version`, as Sentry names releases, is no address."""
        assert redactor.event({"release": release}) == {"release": release}

    @pytest.mark.parametrize(
        "name", ["event_id", "timestamp", "op", "origin", "release", "dist", "monitor_slug", "type"]
    )
    def test_no_field_is_trusted_for_its_name(self, redactor, name):
        """A field that Sentry expects to be an id or a word is kept where it is one, and not otherwise."""
        assert redactor.event({name: "by jane@example.com"}) == {name: "by [REDACTED:value]"}

    def test_structure_is_left_alone(self, redactor):
        """What Sentry needs to take an event is not data."""
        event = {"event_id": "4111111111111111", "timestamp": "2026-01-02T03:04:05Z", "level": "error", "type": "x"}
        assert redactor.event(event) == event

    def test_annotations_are_dropped(self, redactor):
        """sentry-sdk's notes on what it cut repeat the keys of the data: they go."""
        assert redactor.event({"_meta": {"extra": {"jane@example.com": {}}}}) == {}

    @pytest.mark.parametrize("body", ["token=hunter2&a=1", '{"token": "hunter2", "a": 1}', '[{"token": "hunter2"}]'])
    def test_raw_bodies_are_parsed(self, redactor, body):
        """A raw JSON or form body is redacted by its keys."""
        assert "hunter2" not in json.dumps(redactor.event({"request": {"data": body}}))

    def test_pairs(self, redactor):
        """Headers given as pairs are redacted by their names."""
        headers = redactor.event({"request": {"headers": [["Authorization", "zzz"], ["Accept", "a/b"]]}})
        assert headers["request"]["headers"] == [["Authorization", "[REDACTED:key]"], ["Accept", "a/b"]]

    def test_source_lines(self, redactor):
        """Source lines around a frame pass the redactor as text."""
        frames = {"frames": [{"context_line": "to = 'jane@example.com'", "pre_context": ["# jane@example.com"]}]}
        shown = redactor.event({"exception": {"values": [{"stacktrace": frames}]}})
        assert "jane" not in json.dumps(shown)

    def test_string_cut_by_sentry_loses_its_last_word(self, redactor):
        """Half a secret, which no detector knows, does not stay at the end of a cut string."""
        text = "a " * (MAX_VALUE // 2 - 5) + "jane@ex"
        cut = text[: MAX_VALUE - 3] + "..."
        shown = redactor.event({"extra": {"note": cut}})["extra"]["note"]
        assert "jane" not in shown
        assert shown.endswith("a ...")

    def test_long_runs_take_linear_time(self, redactor):
        """Text made to slow patterns down doesn't."""
        for text in ("a=" * 30_000, "'" * 60_000, "\\" * 60_000, "a" * 60_000):
            started = time.process_time()
            redactor.event({"exception": {"values": [{"stacktrace": {"frames": [{"vars": {"x": text}}]}}]}})
            assert time.process_time() - started < 1.0


def _without_source(event):
    # The source of this very test stands around its frames and holds the pretended secrets.
    frames = event["exception"]["values"][0]["stacktrace"]["frames"]
    hidden = ("context_line", "pre_context", "post_context")
    return [{name: value for name, value in frame.items() if name not in hidden} for frame in frames]
