"""Responses that last: streams, breaks, and clients that leave."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask, Response, send_file
from werkzeug.test import create_environ
from werkzeug.wsgi import FileWrapper

import obskit


def _call(app: Flask, path: str, **environ: Any) -> Any:
    """Call an application as a server does; give its body, which nobody has iterated yet."""
    return app(create_environ(path, environ_overrides=environ), lambda *_: lambda data: None)


def test_a_stream_is_measured_to_its_end(captured: Any, access: Any, app: Flask) -> None:
    """The duration includes the time that the client took to read, and the line comes last."""
    body = iter(_call(app, "/stream"))
    next(body)
    time.sleep(0.05)
    assert access() == []
    assert list(body) == [b"two"]
    assert access()[0]["request"]["duration_ms"] >= 50
    assert captured.records[-1]["logger"] == "obskit.access"


def test_lines_between_chunks_belong_to_the_request(captured: Any, access: Any, app: Flask) -> None:
    """What a generator logs while it is read has the request's ids, though the server's thread has none."""
    body = iter(_call(app, "/stream"))
    next(body)
    assert obskit.correlation_id() is None
    list(body)
    between = captured.records[0]
    assert between["message"] == "between chunks"
    assert between["span_id"] == access()[0]["span_id"]


def test_two_streams_in_one_thread_stay_apart(captured: Any, access: Any, app: Flask) -> None:
    """Bodies that are read in turns keep the ids of their own requests."""
    first, second = iter(_call(app, "/stream")), iter(_call(app, "/stream"))
    next(first), next(second), next(first), next(second)
    list(second), list(first)
    between = [line["correlation_id"] for line in captured.records if line["message"] == "between chunks"]
    lines = [line["correlation_id"] for line in access()]
    assert between == lines[::-1]
    assert len(set(lines)) == 2


def test_a_span_stays_current_across_chunks(captured: Any, app: Flask) -> None:
    """A generator's `with span` holds over its yields, and Flask's own context in it too."""
    assert app.test_client().get("/spanned-stream").text == "/spanned-streamtwo"
    inside = next(line for line in captured.records if line["message"] == "inside the span")
    export = next(span for span in captured.spans if span["name"] == "export")
    assert inside["span_id"] == export["span_id"]


def test_bound_fields_stay_across_chunks(captured: Any, access: Any, app: Flask) -> None:
    """A generator's `with bound` holds over its yields, and no longer than that."""

    @app.get("/bound-stream")
    def bound_stream() -> Response:
        def chunks() -> Iterator[str]:
            with obskit.bound(part="export"):
                yield "one"
                obskit.get_logger("shop").info("inside the block")
            obskit.get_logger("shop").info("behind the block")
            yield "two"

        return Response(chunks())

    assert app.test_client().get("/bound-stream").text == "onetwo"
    inside, behind, line = captured.records
    assert inside["context"] == {"part": "export"}
    assert "context" not in behind
    assert "context" not in line
    assert inside["correlation_id"] == behind["correlation_id"] == line["correlation_id"]


def test_an_error_in_a_stream_is_reported_and_raised(captured: Any, access: Any, app: Flask) -> None:
    """The status is what was sent, the line has the error, and the server gets the exception."""
    body = iter(_call(app, "/broken-stream"))
    next(body)
    with pytest.raises(LookupError):
        next(body)
    (line,) = access()
    assert (line["level"], line["request"]["status_code"]) == ("ERROR", 200)
    assert line["error"]["message"] == "in the middle"


def test_a_client_that_leaves_is_no_fault(captured: Any, access: Any, app: Flask) -> None:
    """A body closed before its end leaves one line that says so."""
    body = _call(app, "/stream")
    next(iter(body))
    body.close()
    body.close()
    (line,) = access()
    assert line["level"] == "INFO"
    assert line["request"]["disconnected"] is True
    assert "status" not in captured.spans[0]


def test_a_body_that_nobody_reads_ends_with_close(captured: Any, access: Any, app: Flask) -> None:
    """A server that closes at once, as for HEAD, gets one line without a disconnect."""
    _call(app, "/items/7", REQUEST_METHOD="HEAD").close()
    assert "disconnected" not in access()[0]["request"]


def test_close_reaches_the_application(captured: Any, access: Any, app: Flask) -> None:
    """Callbacks of the response run within the unit, which they end."""
    seen = []

    @app.get("/callback")
    def callback() -> Response:
        answer = Response("done")
        answer.call_on_close(lambda: seen.append(obskit.correlation_id()))
        return answer

    body = _call(app, "/callback")
    assert list(body) == [b"done"]
    assert access() == []
    body.close()
    assert seen == [access()[0]["correlation_id"]]


def test_an_error_in_close_is_reported_and_raised(captured: Any, access: Any, app: Flask) -> None:
    """A callback that fails is an error of its request."""

    @app.get("/callback")
    def callback() -> Response:
        answer = Response("done")
        answer.call_on_close(lambda: 1 / 0)
        return answer

    body = _call(app, "/callback")
    list(body)
    with pytest.raises(ZeroDivisionError):
        body.close()
    assert access()[0]["error"]["type"] == "ZeroDivisionError"


def test_the_servers_file_wrapper_stays_itself(captured: Any, access: Any, app: Flask) -> None:
    """A file is handed to the server as the object that it can send by sendfile; closing it ends the unit."""
    app.add_url_rule("/file", view_func=lambda: send_file(io.BytesIO(b"content"), "text/plain"))
    body = _call(app, "/file", **{"wsgi.file_wrapper": FileWrapper})
    assert type(body) is FileWrapper
    assert list(body) == [b"content"]
    assert access() == []
    body.close()
    assert access()[0]["message"] == "GET /file 200"


def test_a_stream_iterated_elsewhere_keeps_its_ids(captured: Any, access: Any, app: Flask) -> None:
    """A body that another thread sends logs under the ids of its request."""
    import threading

    body = _call(app, "/stream")
    thread = threading.Thread(target=lambda: [*body, body.close()])
    thread.start()
    thread.join()
    assert captured.records[0]["correlation_id"] == access()[0]["correlation_id"]


def test_bytes_written_by_hand_pass(captured: Any, access: Any, app: Flask) -> None:
    """The `write` callable of old WSGI applications is the server's own."""
    written: list[bytes] = []

    def old(environ: Any, start_response: Any) -> Iterator[bytes]:
        start_response("200 OK", [])(b"by hand")
        return iter(())

    app.wsgi_app = old  # type: ignore[method-assign,assignment]
    list(app(create_environ("/"), lambda *_: written.append))
    assert written == [b"by hand"]
    assert access()[0]["request"]["status_code"] == 200
