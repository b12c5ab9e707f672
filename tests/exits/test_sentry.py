from __future__ import annotations

import json
import logging
import time
import warnings
from typing import Any
from urllib.parse import quote

import flask
import pytest
import sentry_sdk
from sentry_sdk import crons
from sentry_sdk.integrations.flask import FlaskIntegration
from sentry_sdk.integrations.logging import LoggingIntegration

import obskit
from tests.exits.canary import CARD, EMAIL, MARKED, MARKER, PAIR, PLAIN, TEXT, fields, leaks
from tests.exits.exits import failure
from tests.exits.outside import Outside

# What sentry-sdk or obskit makes, and a caller doesn't.
OWN = {
    "event_id", "timestamp", "start_timestamp", "level", "platform", "server_name", "sdk", "modules", "type",
    "transaction_info", "environment", "_dropped_spans", "duration", "status", "check_in_id", "threads", "dist",
}  # fmt: skip
EVERYTHING = {
    "send_default_pii": True, "max_request_body_size": "always", "traces_sample_rate": 1.0, "attach_stacktrace": True,
    "include_source_context": True, "include_local_variables": True, "enable_logs": True, "release": TEXT, "dist": TEXT,
    "profiles_sample_rate": 1.0, "max_value_length": 2000,
    "integrations": [FlaskIntegration(), LoggingIntegration(sentry_logs_level=logging.INFO)],
}  # fmt: skip


def application() -> flask.Flask:
    app = flask.Flask("shop")

    @app.post("/pay/<who>")
    def pay(who: str) -> str:
        password, marked = PLAIN, obskit.secret(MARKED)
        held = fields()
        _tell_of_everything()
        time.sleep(0.05)
        # Named once more, so that they are what the frame holds when it fails.
        raise failure(ValueError(f"{who} gave {marked}, of {len(password)} and {len(held)}"))

    return app


def _tell_of_everything() -> None:
    scope = sentry_sdk.get_current_scope()
    sentry_sdk.add_breadcrumb(message=TEXT, category=TEXT, type=TEXT, level=TEXT, data=fields())
    scope.set_user({"id": EMAIL, "email": EMAIL, "username": TEXT, "ip_address": EMAIL, "data": fields()})
    scope.set_extra(TEXT, TEXT)
    scope.set_extra("password", PLAIN)
    scope.set_tag("note", TEXT)
    scope.set_tag("token", PLAIN)
    scope.set_context(TEXT, fields())
    scope.set_context("state", {"state": {"type": TEXT, "value": fields()}})
    scope.set_transaction_name(TEXT)
    scope.fingerprint = [TEXT]
    scope.add_attachment(bytes=TEXT.encode(), filename=f"{EMAIL}.txt")
    with sentry_sdk.start_span(op=TEXT, name=TEXT, origin="manual.canary") as span:
        span.set_data("http.query", f"token={PLAIN}&mail={quote(EMAIL)}")
        span.set_data("password", PLAIN)
        span.set_data(TEXT, TEXT)
        span.set_tag("note", TEXT)
        span.set_status(TEXT)
    if (transaction := scope.transaction) is not None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            transaction.set_measurement(EMAIL, 1, TEXT)
    logging.getLogger(f"lib {TEXT}").error("mail %s, password: %s", EMAIL, PLAIN, extra=fields())
    sentry_sdk.logger.error(TEXT + " {more}", more=TEXT, attributes={"password": PLAIN, TEXT: 1, "n": 1})
    sentry_sdk.metrics.count(TEXT, 1, attributes={"password": PLAIN, "note": TEXT})
    crons.capture_checkin(monitor_slug=EMAIL, status="ok", monitor_config={"timezone": TEXT})
    sentry_sdk.capture_message(TEXT)
    # A session of the application's own, with its user.
    scope.start_session(session_mode="application")
    sentry_sdk.capture_exception(failure())
    scope.end_session()


def request(app: flask.Flask) -> None:
    query = f"token={PLAIN}&mail={quote(EMAIL)}&note={quote(TEXT)}"
    headers = {
        "Authorization": f"Bearer {PLAIN}.abcdef", "X-Api-Key": PLAIN, "Cookie": f"sid={PLAIN}", "User-Agent": TEXT,
        "Referer": f"https://joe:{PAIR}@shop.example/{EMAIL}", "X-Note": TEXT,
    }  # fmt: skip
    body = {"note": TEXT, "password": PLAIN, "list": [{"card": CARD, "secret": PLAIN}], EMAIL: 1}
    app.test_client().post(f"/pay/{quote(EMAIL)}?{query}", headers=headers, json=body)
    form = {"note": TEXT, "password": PLAIN}
    app.test_client().post(f"/pay/{CARD}?{query}", headers=headers, data=form)
    app.test_client().post("/pay/raw", headers={**headers, "Content-Type": "text/plain"}, data=TEXT)


@pytest.mark.parametrize("mode", ["joined", "own"])
def test_a_failing_request_shows_sentry_no_canary(mode: str, outside: Outside) -> None:
    """With everything switched on that sentry-sdk can collect, each section has markers in the canaries' place."""
    if mode == "joined":
        with warnings.catch_warnings():
            # The option that collects most is a deprecated one.
            warnings.simplefilter("ignore", DeprecationWarning)
            sentry_sdk.init(outside.sentry.dsn, environment=TEXT, **EVERYTHING)  # type: ignore[arg-type]
    outside.start(integrations=["flask"], version=TEXT)
    request(application())
    sentry_sdk.flush(5)
    left = outside.end()
    assert {way: found for way, data in left.items() if (found := leaks(data))} == {}
    sent = _items(outside.sentry.bodies)
    assert "event" in sent
    if mode == "joined":
        assert {"transaction", "log", "session", "trace_metric", "profile"} <= sent.keys()
        assert "attachment" not in sent
    for kind in ("event", "transaction", "check_in"):
        found = sent.get(kind, [])
        sections = {name for item in found for name in item} - OWN
        if kind == "check_in":
            # Its trace alone.
            sections -= {"contexts"}
        assert sections == {name for item in found for name in sections if MARKER in json.dumps(item.get(name))}


def _items(bodies: list[bytes]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for body in bodies:
        lines = body.split(b"\n")[1:]
        for header, payload in zip(lines[::2], lines[1::2], strict=False):
            if header:
                found.setdefault(json.loads(header)["type"], []).append(json.loads(payload))
    return found
