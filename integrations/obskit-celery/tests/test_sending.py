"""Sending a task: the producer span and the carrier in the message."""

from __future__ import annotations

from typing import Any

import pytest
from celery import Celery, chain, group, signals
from kombu.exceptions import OperationalError

import obskit


@pytest.fixture
def messages() -> Any:
    """Collect the headers of what is sent, as they leave."""
    sent: list[dict[str, Any]] = []

    def receive(headers: dict[str, Any], **_: Any) -> None:
        sent.append(dict(headers))

    signals.after_task_publish.connect(receive, weak=False)
    yield sent
    signals.after_task_publish.disconnect(receive)


@pytest.fixture
def charge(app: Celery, task: Any) -> Any:
    """Return a task that is sent and never run."""
    return task("shop.charge", lambda order, password="": order)


def test_a_message_carries_trace_and_correlation_id(captured: Any, charge: Any, messages: Any) -> None:
    """The headers name the producer span and the id of the unit that sends; arguments stand in no header of ours."""
    with obskit.scope("order-5"):
        charge.delay("o1", password="hunter2-swordfish")
    (span,) = captured.spans
    (headers,) = messages
    assert headers["traceparent"] == f"00-{span['trace_id']}-{span['span_id']}-03"
    assert headers["X-Correlation-ID"] == span["correlation_id"] == "order-5"


def test_the_producer_span_follows_the_conventions(captured: Any, charge: Any) -> None:
    """The span is named after the task, and tells operation, queue, message and system."""
    sent = charge.apply_async(("o1",), queue="payments")
    (span,) = captured.spans
    assert (span["name"], span["span_kind"]) == ("send shop.charge", "PRODUCER")
    assert span["attributes"] == {
        "messaging.operation.name": "send", "messaging.operation.type": "send", "messaging.system": "memory",
        "messaging.destination.name": "payments", "messaging.message.id": sent.id, "celery.task_name": "shop.charge",
    }  # fmt: skip


def test_the_senders_span_is_the_parent(captured: Any, charge: Any) -> None:
    """A task sent within a span hangs below it."""
    with obskit.span("checkout"):
        charge.delay("o1")
    sending, checkout = captured.spans
    assert sending["parent_span_id"] == checkout["span_id"]


def test_a_task_sent_from_nowhere_has_an_id(captured: Any, charge: Any, messages: Any) -> None:
    """Outside of a unit of work, in a script or in beat, the message gets an id, and nothing stays behind."""
    charge.delay("o1")
    assert messages[0]["X-Correlation-ID"] == captured.spans[0]["correlation_id"]
    assert obskit.correlation_id() is None


def test_sending_by_name(captured: Any, app: Celery, messages: Any) -> None:
    """`send_task` for a task that this process doesn't know is followed as any other."""
    with obskit.scope("order-5"):
        app.send_task("billing.invoice", args=("o1",))
    assert captured.spans[0]["name"] == "send billing.invoice"
    assert messages[0]["X-Correlation-ID"] == "order-5"


def test_every_member_of_a_group_is_sent_under_the_same_id(captured: Any, charge: Any, messages: Any) -> None:
    """A group has one producer span a task, all under the sender's id."""
    with obskit.scope("order-5"), obskit.span("checkout"):
        group(charge.s("a"), charge.s("b"), charge.s("c")).apply_async()
    spans = [span for span in captured.spans if span["span_kind"] == "PRODUCER"]
    assert len({headers["traceparent"] for headers in messages}) == len(spans) == 3
    assert {headers["X-Correlation-ID"] for headers in messages} == {"order-5"}
    assert len({span["trace_id"] for span in spans}) == 1


def test_only_the_head_of_a_chain_is_sent(captured: Any, charge: Any, messages: Any) -> None:
    """The rest of a chain is sent by the worker, as each part ends."""
    chain(charge.s("a"), charge.s()).apply_async()
    assert len(messages) == len(captured.spans) == 1


def test_a_stale_carrier_is_replaced(captured: Any, charge: Any, messages: Any) -> None:
    """Headers of an earlier message, as a retry brings them, give way to those of this one."""
    stale = {
        "traceparent": "00-" + "1" * 32 + "-" + "2" * 16 + "-01",
        "tracestate": "a=1",
        "baggage": "b=1",
        "own": "x",
    }
    charge.apply_async(("o1",), headers=stale)
    (headers,) = messages
    assert captured.spans[0]["span_id"] in headers["traceparent"]
    assert "tracestate" not in headers
    assert "baggage" not in headers
    assert headers["own"] == "x"
    assert stale["own"] == "x"
    assert stale["tracestate"] == "a=1"


def test_baggage_travels(captured: Any, charge: Any, messages: Any) -> None:
    """Baggage of the sender goes along."""
    from opentelemetry import baggage, context

    token = context.attach(baggage.set_baggage("tier", "gold"))
    charge.delay("o1")
    context.detach(token)
    assert messages[0]["baggage"] == "tier=gold"


def test_a_message_that_cannot_be_sent_is_an_error(captured: Any, app: Celery, task: Any) -> None:
    """The caller gets the exception; the span ends with it."""
    app.conf.broker_url = "sqla+sqlite:////nowhere/at/all.sqlite"
    task = task("shop.lost", lambda: None)
    with pytest.raises(OperationalError):
        task.apply_async(retry=False)
    (span,) = captured.spans
    assert span["status"]["code"] == "ERROR"
    assert span["attributes"]["error.type"] == "kombu.exceptions.OperationalError"
    assert obskit.correlation_id() is None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("amqp://guest:pa55word@broker.test:5673//", ("rabbitmq", "broker.test", 5673)),
        ("amqp://broker.test//", ("rabbitmq", "broker.test", 5672)),
        ("sqla+sqlite:////tmp/x.sqlite", ("sqlalchemy", None, None)),
        ("filesystem://localhost", ("filesystem", None, None)),
    ],
)
def test_the_messaging_system_comes_from_the_transport(url: str, expected: tuple[str, str | None, int | None]) -> None:
    """A span names the broker as the conventions do, without its password, and nobody connects for that."""
    from obskit_celery.broker import Brokers

    found = Brokers().attributes(Celery("x", broker=url, set_as_current=False))
    assert (found["messaging.system"], found.get("server.address"), found.get("server.port")) == expected


def test_a_fault_of_obskits_own_never_stops_a_message(
    captured: Any, charge: Any, messages: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where span and carrier can't be made the message is sent without."""
    monkeypatch.setattr("obskit_celery.sending.client_span", lambda *_, **__: 1 / 0)
    monkeypatch.setattr("obskit_celery.message.outbound", lambda *_, **__: 1 / 0)
    charge.delay("o1")
    assert len(messages) == 1
    assert obskit.stats().internal_errors == 2


def test_without_obskit_a_message_is_as_it_was(charge: Any, messages: Any) -> None:
    """While obskit isn't initialised nothing is added."""
    charge.delay("o1")
    assert "traceparent" not in messages[0]
    assert "X-Correlation-ID" not in messages[0]
