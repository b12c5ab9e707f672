"""One request: its access line, its span and its response, through a real server."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, Any

import pytest
from fastapi import BackgroundTasks, Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse, StreamingResponse
from opentelemetry import trace
from starlette.middleware.base import BaseHTTPMiddleware

import obskit
from obskit_fastapi import ObskitMiddleware

NEW_ID = re.compile(r"req-[0-9a-f]{8}-?[0-9a-f]{4}-?7[0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}")


def _tenant(request: Request) -> str:
    obskit.bind(tenant=request.headers["tenant"])
    return request.headers["tenant"]


@pytest.fixture
def app() -> FastAPI:
    """Return an application with an endpoint for each way to answer."""
    app = FastAPI()
    _add_plain(app)
    _add_lasting(app)
    return app


def _add_plain(app: FastAPI) -> None:
    log = obskit.get_logger("shop")

    @app.get("/items/{item}")
    async def item(item: str) -> dict[str, str]:
        log.info("looked up")
        return {"item": item}

    @app.get("/boom")
    async def boom() -> None:
        raise RuntimeError("it broke")

    @app.get("/teapot")
    async def teapot() -> None:
        raise HTTPException(418)

    @app.get("/unavailable")
    async def unavailable() -> PlainTextResponse:
        return PlainTextResponse("later", status_code=503)


def _add_lasting(app: FastAPI) -> None:
    log = obskit.get_logger("shop")

    @app.get("/stream")
    async def stream() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            for _ in range(3):
                await asyncio.sleep(0.05)
                log.info("part sent")
                yield b"part"

        return StreamingResponse(parts())

    @app.get("/endless")
    async def endless() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            while True:
                yield b"more"
                await asyncio.sleep(0.01)

        return StreamingResponse(parts())

    @app.get("/torn")
    async def torn() -> StreamingResponse:
        async def parts() -> AsyncIterator[bytes]:
            yield b"part"
            raise LookupError("gone half-way")

        return StreamingResponse(parts())

    @app.get("/later")
    async def later(tasks: BackgroundTasks) -> str:
        async def work() -> None:
            await asyncio.sleep(0.2)
            log.info("worked")

        tasks.add_task(work)
        return "accepted"

    @app.post("/upload")
    async def upload(request: Request) -> int:
        return len(await request.body())


def test_a_request_gives_one_access_line_with_its_facts(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """Method, path, route, status, duration and the id of the response's header stand in one line."""
    response = serve(app).get("/items/7?token=abc")
    (line,) = access()
    request = line["request"]
    assert (request["method"], request["path"], request["route"]) == ("GET", "/items/7", "/items/{item}")
    assert request["status_code"] == 200
    assert request["duration_ms"] > 0
    assert line["level"] == "INFO"
    assert line["correlation_id"] == response.headers["x-correlation-id"]
    assert NEW_ID.fullmatch(line["correlation_id"])


def test_the_lines_of_a_request_share_its_ids(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """What the endpoint logs carries the correlation id and the trace of the access line."""
    serve(app).get("/items/7")
    (line,) = access()
    (own,) = [record for record in installed.records if record["message"] == "looked up"]
    assert own["correlation_id"] == line["correlation_id"]
    assert own["trace_id"] == line["trace_id"]
    assert own["span_id"] == line["span_id"]


def test_the_callers_id_is_kept(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """An acceptable X-Correlation-ID is the unit's and comes back."""
    response = serve(app).get("/items/7", headers={"X-Correlation-ID": "order-42"})
    assert response.headers["x-correlation-id"] == access()[0]["correlation_id"] == "order-42"


@pytest.mark.parametrize("bad", ["x" * 129, "two words", "caf\u00e9".encode("latin-1"), "a;b", ""])
def test_a_bad_id_is_replaced(installed: Any, serve: Any, access: Any, app: FastAPI, bad: Any) -> None:
    """An id that breaks the rules is never taken over, nor logged."""
    response = serve(app).get(
        "/items/7", headers=[(b"X-Correlation-ID", bad if isinstance(bad, bytes) else bad.encode())]
    )
    assert NEW_ID.fullmatch(response.headers["x-correlation-id"])
    assert access()[0]["correlation_id"] == response.headers["x-correlation-id"]


def test_an_unknown_path_has_no_route(installed: Any, serve: Any, access: Any, server_spans: Any, app: FastAPI) -> None:
    """A 404 gives an access line and a span named by the method, without error."""
    response = serve(app).get("/nowhere")
    (line,) = access()
    assert (response.status_code, line["request"]["status_code"]) == (404, 404)
    assert "route" not in line["request"]
    assert line["level"] == "INFO"
    assert response.headers["x-correlation-id"] == line["correlation_id"]
    (span,) = server_spans()
    assert span["name"] == "GET"
    assert "status" not in span
    assert "http.route" not in span["attributes"]


def test_a_wrong_method_keeps_the_route(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """A 405 names the route that it missed."""
    assert serve(app).request("DELETE", "/items/7").status_code == 405
    assert access()[0]["request"]["route"] == "/items/{item}"


def test_an_unhandled_exception_is_in_the_access_line(
    installed: Any, serve: Any, access: Any, server_spans: Any, app: FastAPI
) -> None:
    """The one line of the request has the error, and the 500 that Starlette sends carries the id."""
    response = serve(app).get("/boom")
    (line,) = access()
    assert response.status_code == line["request"]["status_code"] == 500
    assert response.headers["x-correlation-id"] == line["correlation_id"]
    assert line["level"] == "ERROR"
    assert line["error"]["type"].endswith("RuntimeError")
    assert line["error"]["message"] == "it broke"
    (span,) = server_spans()
    assert span["status"]["code"] == "ERROR"
    assert span["attributes"]["error.type"] == "RuntimeError"


def test_the_applications_500_handler_stays_in_charge(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """What it answers is sent, with the id, and the exception is still reported."""

    @app.exception_handler(Exception)
    async def sorry(request: Request, error: Exception) -> JSONResponse:
        return JSONResponse({"sorry": obskit.correlation_id()}, status_code=500)

    response = serve(app).get("/boom")
    (line,) = access()
    assert response.json() == {"sorry": line["correlation_id"]}
    assert response.headers["x-correlation-id"] == line["correlation_id"]
    assert line["error"]["message"] == "it broke"


def test_a_handled_exception_is_no_error(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """What the application's own handler answers is all there is to say."""

    @app.exception_handler(RuntimeError)
    async def handled(request: Request, error: Exception) -> PlainTextResponse:
        return PlainTextResponse("handled", status_code=409)

    assert serve(app).get("/boom").text == "handled"
    (line,) = access()
    assert line["request"]["status_code"] == 409
    assert "error" not in line


def test_an_http_exception_is_no_error(
    installed: Any, serve: Any, access: Any, server_spans: Any, app: FastAPI
) -> None:
    """A 4xx is the caller's fault: INFO, and a span without error."""
    assert serve(app).get("/teapot").status_code == 418
    assert access()[0]["level"] == "INFO"
    assert "status" not in server_spans()[0]


def test_an_answered_503_is_an_error(installed: Any, serve: Any, access: Any, server_spans: Any, app: FastAPI) -> None:
    """A 5xx that the application answers itself makes line and span an error, with the status as its type."""
    serve(app).get("/unavailable")
    assert access()[0]["level"] == "ERROR"
    (span,) = server_spans()
    assert span["status"]["code"] == "ERROR"
    assert span["attributes"]["error.type"] == "503"


def test_a_stream_is_measured_to_its_end(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """The duration covers the body, and what the body logs belongs to the request."""
    assert serve(app).get("/stream").content == b"part" * 3
    (line,) = access()
    assert line["request"]["duration_ms"] >= 150
    parts = [record for record in installed.records if record["message"] == "part sent"]
    assert [part["correlation_id"] for part in parts] == [line["correlation_id"]] * 3
    assert not any(part.get("late") for part in parts)


def test_background_tasks_are_part_of_the_request(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """The access line waits for them, and what they log is not late."""
    assert serve(app).get("/later").json() == "accepted"
    (line,) = access()
    assert line["request"]["duration_ms"] >= 200
    (work,) = [record for record in installed.records if record["message"] == "worked"]
    assert work["correlation_id"] == line["correlation_id"]
    assert "late" not in work


def test_a_client_that_leaves_a_stream_is_noted(
    installed: Any, serve: Any, access: Any, server_spans: Any, app: FastAPI
) -> None:
    """One line says so; it is no error of the application."""
    serve(app).hang_up(b"GET /endless HTTP/1.1\r\nHost: x\r\n\r\n", after=b"more")
    (line,) = access()
    assert line["request"]["disconnected"] is True
    assert line["request"]["route"] == "/endless"
    assert line["request"]["status_code"] == 200
    assert line["level"] == "INFO"
    (span,) = server_spans()
    assert span["attributes"]["error.type"] == "client_disconnected"
    assert "status" not in span


def test_a_client_that_leaves_its_upload_gets_no_status(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """Nothing was answered, so there is no status to tell; the line says that the client left."""
    serve(app).hang_up(b"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nonly this")
    (line,) = access()
    assert line["request"]["disconnected"] is True
    assert "status_code" not in line["request"]
    assert "error" not in line


def test_a_stream_that_breaks_is_an_error(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """An exception after the response began leaves its status and adds the error."""
    with pytest.raises(Exception, match=r"peer closed|incomplete"):
        serve(app).get("/torn")
    (line,) = access()
    assert line["request"]["status_code"] == 200
    # Starlettes before 0.40 raise it in a group.
    assert "LookupError: gone half-way" in line["error"]["stack_trace"]
    assert line["level"] == "ERROR"


def test_an_application_that_answers_nothing_is_an_error(installed: Any, serve: Any, access: Any) -> None:
    """No response at all is told as such."""

    async def silent(scope: Any, receive: Any, send: Any) -> None:
        assert scope["type"] == "http"

    serve(ObskitMiddleware(silent), lifespan="off").get("/")
    (line,) = access()
    assert line["level"] == "ERROR"
    assert "status_code" not in line["request"]


def test_the_header_is_not_doubled(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """Where the application sends the header itself there is one, and it is the id of the logs."""
    shared = PlainTextResponse("x", headers={"X-Correlation-ID": "mine", "X-Other": "kept"})

    @app.get("/own")
    async def own() -> PlainTextResponse:
        return shared

    response = serve(app).get("/own")
    assert response.headers.get_list("x-correlation-id") == [access()[0]["correlation_id"]]
    assert response.headers["x-other"] == "kept"
    assert shared.headers["x-correlation-id"] == "mine"


def test_a_sync_dependency_binds_for_the_endpoint(installed: Any, serve: Any, access: Any) -> None:
    """What a dependency in the thread pool binds stands in the endpoint's lines and the access line."""
    app = FastAPI()

    @app.get("/who")
    def who(tenant: Annotated[str, Depends(_tenant)]) -> str:
        obskit.get_logger("shop").info("asked")
        return tenant

    served = serve(app)
    served.get("/who", headers={"tenant": "one"})
    served.get("/who", headers={"tenant": "two"})
    lines = access(2)
    asked = [record["context"]["tenant"] for record in installed.records if record["message"] == "asked"]
    assert asked == [line["context"]["tenant"] for line in lines] == ["one", "two"]


def test_nothing_leaks_between_requests_at_once(installed: Any, serve: Any, access: Any) -> None:
    """Requests that run at the same time keep their own fields and ids."""
    app = FastAPI()
    both = asyncio.Barrier(2)

    @app.get("/{name}")
    async def endpoint(name: str) -> None:
        obskit.bind(**{name: True})
        await both.wait()
        obskit.get_logger("shop").info("met", who=name)

    served = serve(app)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(served.get, ["/left", "/right"]))
    lines = access(2)
    assert len({line["correlation_id"] for line in lines}) == len({line["trace_id"] for line in lines}) == 2
    for record in [record for record in installed.records if record["message"] == "met"]:
        mine = record["context"]["who"]
        assert {key for key in record["context"] if key in {"left", "right"}} == {mine}


def test_base_http_middleware_keeps_the_unit(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """Starlette's BaseHTTPMiddleware, which runs the application in another task, changes nothing."""

    async def through(request: Request, call_next: Any) -> Any:
        return await call_next(request)

    app.add_middleware(BaseHTTPMiddleware, dispatch=through)
    serve(app).get("/items/7")
    (line,) = access()
    (own,) = [record for record in installed.records if record["message"] == "looked up"]
    assert own["correlation_id"] == line["correlation_id"]
    assert line["request"]["route"] == "/items/{item}"


def test_the_span_has_the_conventions_attributes(
    installed: Any, serve: Any, access: Any, server_spans: Any, app: FastAPI
) -> None:
    """Name, kind and attributes of the server span follow OpenTelemetry's stable conventions."""
    served = serve(app)
    served.get("/items/7", headers={"User-Agent": "checker/1"})
    access()
    (span,) = server_spans()
    assert span["name"] == "GET /items/{item}"
    expected = {
        "http.request.method": "GET",
        "http.route": "/items/{item}",
        "http.response.status_code": 200,
        "url.path": "/items/7",
        "url.scheme": "http",
        "server.port": served.port,
        "network.protocol.version": "1.1",
        "user_agent.original": "checker/1",
    }
    assert {key: span["attributes"].get(key) for key in expected} == expected
    assert "error.type" not in span["attributes"]


def test_a_method_of_ones_own_is_other(
    installed: Any, serve: Any, access: Any, server_spans: Any, app: FastAPI
) -> None:
    """A method that the conventions don't know names neither span nor attribute, but stands beside it."""
    serve(app).request("BREW", "/items/7")
    access()
    (span,) = server_spans()
    assert span["name"] == "HTTP /items/{item}"
    assert span["attributes"]["http.request.method"] == "_OTHER"
    assert span["attributes"]["http.request.method_original"] == "BREW"


def test_secrets_of_a_request_reach_no_output(installed: Any, serve: Any, access: Any, app: FastAPI) -> None:
    """Tokens in the query, cards and addresses in the path, and the headers stay out of lines and spans."""
    secrets = {
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "4111111111111111",
        "jo@example.com",
        "hunter2hunter2",
    }
    served = serve(app)
    for path in ("/items/jo@example.com", "/nowhere/jo@example.com"):
        served.get(
            f"{path}?card=4111111111111111&password=hunter2hunter2",
            headers={"Authorization": "Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"},
        )
    access(2)
    told = repr(installed.records) + repr(installed.spans)
    assert [secret for secret in secrets if secret in told] == []


async def test_cancellation_is_told_and_raised_again(installed: Any, access: Any, app: FastAPI) -> None:
    """A request that the server cancels ends its unit, and the cancellation goes on."""
    started = asyncio.Event()

    @app.get("/slow")
    async def slow() -> None:
        started.set()
        await asyncio.sleep(30)

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "method": "GET", "path": "/slow", "headers": [], "query_string": b""}
    task = asyncio.create_task(app(scope, receive, send))
    await started.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    (line,) = access()
    assert line["request"]["route"] == "/slow"
    assert line["error"]["type"].endswith("CancelledError")


async def test_a_fault_of_obskit_does_not_reach_the_application(
    installed: Any, app: FastAPI, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Where obskit's own hook fails, the request is served all the same."""

    def broken(*args: Any, **kwargs: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("obskit_fastapi.exchange.begin", broken)
    messages: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Any) -> None:
        messages.append(message)

    scope = {"type": "http", "method": "GET", "path": "/items/7", "headers": [], "query_string": b""}
    await app(scope, receive, send)
    assert messages[0]["status"] == 200


async def test_the_exception_goes_on_as_it_is(installed: Any, access: Any) -> None:
    """What the application raises reaches the server as the same object, with its cause."""
    cause, fault = KeyError("first"), RuntimeError("then")

    async def broken(scope: Any, receive: Any, send: Any) -> None:
        raise fault from cause

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "query_string": b""}
    with pytest.raises(RuntimeError) as raised:
        await ObskitMiddleware(broken)(scope, _never, _never)
    assert raised.value is fault
    assert fault.__cause__ is cause
    access(1)


async def test_nothing_of_a_request_stays_behind(installed: Any, access: Any, app: FastAPI) -> None:
    """After a request the server's task has neither its ids nor its span."""

    async def send(message: Any) -> None: ...

    scope = {"type": "http", "method": "GET", "path": "/items/7", "headers": [], "query_string": b""}
    await app(scope, _never, send)
    access(1)
    assert obskit.correlation_id() is None
    assert not trace.get_current_span().get_span_context().is_valid


async def test_after_the_shutdown_requests_are_served_plainly(installed: Any, app: FastAPI) -> None:
    """An application outlives obskit."""
    messages: list[Any] = []

    async def send(message: Any) -> None:
        messages.append(message)

    obskit.shutdown(0)
    scope = {"type": "http", "method": "GET", "path": "/items/7", "headers": [], "query_string": b""}
    await app(scope, _never, send)
    assert messages[0]["status"] == 200
    assert b"x-correlation-id" not in dict(messages[0]["headers"])


async def _never(*arguments: Any) -> Any:
    raise AssertionError(arguments)
