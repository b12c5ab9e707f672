"""One request: its access line, its span and its response."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask

import obskit

NEW_ID = re.compile(r"req-[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}")


def test_a_request_leaves_one_access_line(captured: Any, access: Any, app: Flask) -> None:
    """The line has method, path, route, status and duration, and the correlation id of the response's header."""
    answer = app.test_client().get("/items/7?page=2")
    (line,) = access()
    request = line["request"]
    assert (line["level"], line["message"]) == ("INFO", "GET /items/<item> 200")
    assert request.pop("duration_ms") > 0
    assert request == {"method": "GET", "path": "/items/7", "route": "/items/<item>", "status_code": 200}
    assert NEW_ID.fullmatch(line["correlation_id"])
    assert answer.headers.getlist("X-Correlation-ID") == [line["correlation_id"]]


def test_the_server_span_follows_the_conventions(captured: Any, app: Flask) -> None:
    """The span is named by method and route, and has the stable attributes for HTTP."""
    app.test_client().get("/items/7?page=2", headers={"User-Agent": "curl"})
    (span,) = captured.spans
    assert (span["name"], span["span_kind"]) == ("GET /items/<item>", "SERVER")
    assert "status" not in span
    assert span["attributes"] == {
        "http.request.method": "GET", "url.path": "/items/7", "url.scheme": "http", "url.query": "page=2",
        "client.address": "127.0.0.1", "server.address": "localhost", "server.port": 80,
        "network.protocol.version": "1.1", "user_agent.original": "curl",
        "http.route": "/items/<item>", "http.response.status_code": 200,
    }  # fmt: skip


def test_lines_of_the_application_belong_to_the_request(captured: Any, access: Any, app: Flask) -> None:
    """A line logged by a view has the ids of its request, and what the view binds stands in the access line."""
    app.test_client().get("/items/7")
    inner, line = captured.records
    assert inner["message"] == "looked up"
    for key in ("correlation_id", "trace_id", "span_id"):
        assert inner[key] == line[key]
    assert line["context"] == {"item": "7"}
    assert line["span_id"] == captured.spans[0]["span_id"]


def test_an_incoming_trace_and_id_are_continued(captured: Any, access: Any, app: Flask) -> None:
    """The span is a child of the caller's, and the correlation id is the caller's."""
    trace, parent = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
    headers = {"traceparent": f"00-{trace}-{parent}-01", "X-Correlation-ID": "order-5", "baggage": "tier=gold"}
    answer = app.test_client().get("/items/7", headers=headers)
    (span,) = captured.spans
    assert (span["trace_id"], span["parent_span_id"], span["parent_remote"]) == (trace, parent, True)
    assert access()[0]["correlation_id"] == answer.headers["X-Correlation-ID"] == "order-5"


def test_incoming_baggage_reaches_the_application(captured: Any, app: Flask) -> None:
    """A view sees the baggage that came with its request."""
    from opentelemetry import baggage

    seen = []
    app.add_url_rule("/baggage", view_func=lambda: seen.append(baggage.get_baggage("tier")) or "")
    app.test_client().get("/baggage", headers={"baggage": "tier=gold"})
    assert seen == ["gold"]


@pytest.mark.parametrize("bad", ["x" * 129, "täst", "a,b", "a b"])
def test_a_bad_incoming_id_is_replaced(captured: Any, access: Any, app: Flask, bad: str) -> None:
    """An id that isn't acceptable is neither logged nor answered."""
    answer = app.test_client().get("/items/7", headers={"X-Correlation-ID": bad})
    assert NEW_ID.fullmatch(answer.headers["X-Correlation-ID"])
    assert bad not in str(captured.records) + str(captured.spans)


def test_an_unhandled_exception_is_reported_once(captured: Any, access: Any, app: Flask) -> None:
    """The response is a 500 with the id; the access line has the error, and Flask's own line about it is left out."""
    answer = app.test_client().get("/boom")
    (line,) = captured.records
    assert answer.status_code == 500
    assert answer.headers["X-Correlation-ID"] == line["correlation_id"]
    assert (line["level"], line["message"]) == ("ERROR", "GET /boom 500")
    assert line["error"]["type"] == "LookupError"
    assert line["request"]["status_code"] == 500


def test_an_unhandled_exception_marks_the_span(captured: Any, app: Flask) -> None:
    """The span's status is ERROR, with the exception's type and one event."""
    app.test_client().get("/boom")
    (span,) = captured.spans
    assert span["status"]["code"] == "ERROR"
    assert span["attributes"]["error.type"] == "LookupError"
    assert [event["name"] for event in span["events"]] == ["exception"]


def test_an_applications_handler_for_500_stays_in_charge(captured: Any, access: Any, app: Flask) -> None:
    """Its answer goes out with the correlation id, and the exception is still reported."""
    app.register_error_handler(500, lambda error: ("so sorry", 500))
    answer = app.test_client().get("/boom")
    (line,) = captured.records
    assert answer.text == "so sorry"
    assert answer.headers["X-Correlation-ID"] == line["correlation_id"]
    assert line["error"]["type"] == "LookupError"


def test_an_exception_answered_by_the_applications_own_5xx_is_reported(captured: Any, app: Flask) -> None:
    """A handler for Exception that answers 502 hides nothing."""
    app.register_error_handler(Exception, lambda error: ("bad gateway", 502))
    app.test_client().get("/boom")
    (line,) = captured.records
    assert line["request"]["status_code"] == 502
    assert line["error"]["type"] == "LookupError"


def test_an_exception_answered_by_a_4xx_is_no_fault(captured: Any, app: Flask) -> None:
    """A handler that turns its exception into a 409 makes an ordinary line."""
    app.register_error_handler(LookupError, lambda error: ("sold out", 409))
    app.test_client().get("/boom")
    (line,) = captured.records
    assert (line["level"], line["message"]) == ("INFO", "GET /boom 409")
    assert "error" not in line
    assert "status" not in captured.spans[0]


@pytest.mark.parametrize("setting", ["TESTING", "PROPAGATE_EXCEPTIONS", "DEBUG"])
def test_an_exception_that_propagates_reaches_the_caller(captured: Any, access: Any, app: Flask, setting: str) -> None:
    """Where Flask raises on, so does obskit, and the line tells what the server will answer."""
    app.config[setting] = True
    with pytest.raises(LookupError, match="nothing left"):
        app.test_client().get("/boom")
    (line,) = access()
    assert line["request"]["status_code"] == 500
    assert line["error"]["type"] == "LookupError"


def test_an_exit_is_passed_on_and_reported(captured: Any, access: Any, app: Flask) -> None:
    """SystemExit, as servers raise it in a worker that takes too long, is not swallowed."""
    with pytest.raises(SystemExit):
        app.test_client().get("/exit")
    assert access()[0]["error"]["type"] == "SystemExit"


def test_a_5xx_without_exception_is_a_fault(captured: Any, access: Any, app: Flask) -> None:
    """The line's level is ERROR and so is the span's status; there is no error to show."""
    app.test_client().get("/unavailable")
    (line,) = access()
    assert line["level"] == "ERROR"
    assert "error" not in line
    assert captured.spans[0]["status"]["code"] == "ERROR"
    assert captured.spans[0]["attributes"]["error.type"] == "503"


@pytest.mark.parametrize(
    ("method", "path", "status", "route"),
    [
        ("GET", "/nowhere", 404, None),
        ("POST", "/boom", 405, None),
        ("GET", "/teapot", 418, "/teapot"),
        ("OPTIONS", "/boom", 200, "/boom"),
        ("HEAD", "/items/7", 200, "/items/<item>"),
    ],
)
def test_every_answer_leaves_one_line(
    captured: Any, access: Any, app: Flask, method: str, path: str, status: int, route: str | None
) -> None:
    """What Flask answers by itself has an access line and a header too; without a rule there is no route."""
    answer = app.test_client().open(path, method=method)
    (line,) = access()
    assert line["request"]["status_code"] == answer.status_code == status
    assert line["request"].get("route") == route
    assert answer.headers["X-Correlation-ID"] == line["correlation_id"]
    assert captured.spans[0]["name"] == (method if route is None else f"{method} {route}")


def test_before_request_can_abort(captured: Any, access: Any, app: Flask) -> None:
    """A request that never reaches its view has its line and its header."""
    answer = app.test_client().get("/items/7", headers={"Forbidden": "1"})
    (line,) = access()
    assert line["message"] == "GET /items/<item> 403"
    assert answer.headers["X-Correlation-ID"] == line["correlation_id"]


def test_an_unknown_method_does_not_name_a_span(captured: Any, app: Flask) -> None:
    """A method that anyone can make up is `_OTHER`, with the original beside it."""
    app.test_client().open("/items/7", method="BREW")
    (span,) = captured.spans
    assert span["name"] == "HTTP"
    assert span["attributes"]["http.request.method"] == "_OTHER"
    assert span["attributes"]["http.request.method_original"] == "BREW"


def test_the_applications_own_header_gives_way(captured: Any, access: Any, app: Flask) -> None:
    """A response has the correlation id once, and the list that the application gave is left as it was."""
    app.after_request(lambda answer: answer.headers.set("X-Correlation-ID", "mine") or answer)
    answer = app.test_client().get("/items/7")
    assert answer.headers.getlist("X-Correlation-ID") == [access()[0]["correlation_id"]]


def test_teardown_belongs_to_the_request(captured: Any, app: Flask) -> None:
    """What a teardown function logs has the request's ids and is not late."""
    app.teardown_request(lambda error: obskit.get_logger("shop").info("torn down"))
    app.test_client().get("/items/7")
    torn = next(line for line in captured.records if line["message"] == "torn down")
    assert torn["correlation_id"] == captured.records[0]["correlation_id"]
    assert "late" not in torn


def test_nothing_stays_behind_in_the_servers_thread(captured: Any, access: Any, app: Flask) -> None:
    """Between two requests there is no id, and the second shares nothing with the first."""
    client = app.test_client()
    client.get("/items/7")
    assert obskit.correlation_id() is None
    client.get("/nowhere")
    first, second = access()
    assert first["correlation_id"] != second["correlation_id"]
    assert first["trace_id"] != second["trace_id"]
    assert "context" not in second


def test_a_request_inside_a_request_is_one_of_its_own(captured: Any, access: Any, app: Flask) -> None:
    """A view that calls another application in process gets its own unit back afterwards."""
    app.add_url_rule(
        "/outer", view_func=lambda: app.test_client().get("/items/7").text + (obskit.correlation_id() or "")
    )
    answer = app.test_client().get("/outer")
    inner, outer = access()
    assert inner["correlation_id"] != outer["correlation_id"]
    assert answer.text.endswith(outer["correlation_id"])


def test_what_a_proxy_tells_of_the_client_counts(captured: Any, app: Flask) -> None:
    """Middleware that corrects the environ is believed."""
    from werkzeug.middleware.proxy_fix import ProxyFix

    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1, x_proto=1)  # type: ignore[method-assign]
    app.test_client().get("/items/7", headers={"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"})
    attributes = captured.spans[0]["attributes"]
    assert attributes["url.scheme"] == "https"
    assert str(attributes["client.address"]).startswith("203.0.113.")


def test_a_mounted_application_names_its_whole_path(captured: Any, access: Any, app: Flask) -> None:
    """Path and route include the prefix that an outer application or server took off."""
    app.test_client().get("/items/7", base_url="http://localhost/api")
    assert access()[0]["request"]["path"] == "/api/items/7"
    assert access()[0]["request"]["route"] == "/api/items/<item>"


def test_secrets_of_a_request_are_in_no_output(captured: Any, app: Flask) -> None:
    """Address, card number and tokens in query, path, headers, body and error are redacted."""
    secrets = ("jane@example.com", "jane%40example.com", "4111 1111 1111 1111", "4111%201111", "s3cret-t0ken-value")
    app.add_url_rule("/pay/<card>", view_func=lambda card: 1 / 0, methods=["POST"])
    headers = {"Authorization": "Bearer s3cret-t0ken-value", "X-Correlation-ID": "jane@example.com"}
    query = "mail=jane%40example.com&token=s3cret-t0ken-value"
    app.test_client().post(
        f"/pay/4111%201111%201111%201111?{query}", headers=headers, data="password=s3cret-t0ken-value"
    )
    written = str(captured.records) + str(captured.spans)
    assert not [secret for secret in secrets if secret in written]


def test_a_fault_of_obskits_own_never_reaches_the_application(
    captured: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a unit can't be begun the request is served without one."""
    monkeypatch.setattr("obskit_flask.exchange.begin", lambda *_, **__: 1 / 0)
    assert app.test_client().get("/plain").text == "plain"
    assert obskit.stats().internal_errors == 1


def test_a_fault_while_answering_never_reaches_the_application(
    captured: Any, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where headers, line and span fail the response goes out as the application made it."""
    for name in ("headers", "set", "rename", "finish"):
        monkeypatch.setattr(f"obskit.integration.Unit.{name}", lambda *_, **__: 1 / 0)
    assert app.test_client().get("/plain").text == "plain"
    assert app.test_client().get("/stream").text == "onetwo"
