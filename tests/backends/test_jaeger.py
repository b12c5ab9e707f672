"""The demo's traffic, as a real Jaeger tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from examples.demo import totals
from examples.demo.order import INVENTORY_FAILS, SLOW, TASK_FAILS, secrets

if TYPE_CHECKING:
    from tests.backends.conftest import Traffic

# The first test to run pays for the traffic, and on a fresh machine for the build.
pytestmark = pytest.mark.timeout(900)


def spans(traffic: Traffic, correlation_id: str) -> dict[str, dict[str, Any]]:
    (trace,) = traffic.traces[correlation_id]
    found: dict[str, dict[str, Any]] = trace["spans"]
    return found


def parent(found: dict[str, dict[str, Any]], span: dict[str, Any]) -> dict[str, Any] | None:
    return found[span["parents"][0]] if span["parents"] else None


def of_kind(found: dict[str, dict[str, Any]], service: str, kind: str) -> list[dict[str, Any]]:
    return [span for span in found.values() if span["service"] == service and span["tags"].get("span.kind") == kind]


def test_each_checkout_is_one_trace_of_all_three_services(traffic: Traffic) -> None:
    """Jaeger holds exactly one trace a checkout, with spans of gateway, inventory and worker."""
    assert len(traffic.traces) == 60
    for correlation_id, traces in traffic.traces.items():
        assert [{span["service"] for span in trace["spans"].values()} for trace in traces] == [
            {"gateway", "inventory", "worker"}
        ], correlation_id


def test_every_span_of_a_trace_carries_its_correlation_id(traffic: Traffic) -> None:
    """Each span of each process has the id that the customer got in the answer."""
    for answer in traffic.run.answers:
        found = {span["tags"].get("correlation_id") for span in spans(traffic, answer.correlation_id).values()}
        assert found == {answer.correlation_id}


def test_a_trace_has_one_root_and_no_orphans(traffic: Traffic) -> None:
    """The gateway's request is the one root; every other span's parent stands in the same trace."""
    for answer in traffic.run.answers:
        found = spans(traffic, answer.correlation_id)
        roots = [span for span in found.values() if not span["parents"]]
        assert [(span["service"], span["tags"]["span.kind"]) for span in roots] == [("gateway", "server")]
        assert all(parent_id in found for span in found.values() for parent_id in span["parents"])


def test_a_server_span_hangs_on_the_client_span_that_called_it(traffic: Traffic) -> None:
    """Inventory's requests are children of the HTTP calls of gateway and worker."""
    for answer in traffic.run.answers:
        found = spans(traffic, answer.correlation_id)
        callers = [parent(found, span) for span in of_kind(found, "inventory", "server")]
        kinds = sorted((caller["service"], caller["tags"]["span.kind"]) for caller in callers if caller)
        paid = answer.order.item not in {INVENTORY_FAILS, TASK_FAILS}
        assert kinds == [("gateway", "client")] + [("worker", "client")] * paid, answer.order


def test_a_task_hangs_on_the_message_that_queued_it(traffic: Traffic) -> None:
    """The worker's task is the child of the gateway's producer span, which is below the gateway's request."""
    for answer in traffic.run.answers:
        found = spans(traffic, answer.correlation_id)
        (task,) = of_kind(found, "worker", "consumer")
        queued = parent(found, task)
        assert queued is not None
        assert (queued["service"], queued["tags"]["span.kind"]) == ("gateway", "producer")
        request = parent(found, queued)
        assert request is not None
        assert (request["service"], request["tags"]["span.kind"]) == ("gateway", "server")


def test_errors_are_marked_where_they_happened(traffic: Traffic) -> None:
    """The failing request or task is an error in Jaeger, with its exception; an untroubled trace has none."""
    for answer in traffic.run.answers:
        found = spans(traffic, answer.correlation_id)
        wrong = {(span["service"], span["tags"]["span.kind"]) for span in found.values() if span["tags"].get("error")}
        if answer.order.item == INVENTORY_FAILS:
            assert {("inventory", "server"), ("gateway", "client"), ("gateway", "server")} <= wrong
            assert "inventory.OutOfStock" in exceptions(found) or "OutOfStock" in exceptions(found)
        elif answer.order.item == TASK_FAILS:
            assert wrong == {("worker", "consumer")}
            assert "worker.CardDeclined" in exceptions(found) or "CardDeclined" in exceptions(found)
        else:
            assert not wrong, answer.order


def exceptions(found: dict[str, dict[str, Any]]) -> set[str]:
    return {
        field["value"]
        for span in found.values()
        for entry in span["logs"]
        for field in entry["fields"]
        if field["key"] == "exception.type"
    }


def test_a_slow_checkout_shows_where_the_time_went(traffic: Traffic) -> None:
    """The inventory's own span of a slow checkout lasts what the depot took, 0.3 s."""
    slow = [answer for answer in traffic.run.answers if answer.order.item == SLOW]
    assert slow
    for answer in slow:
        lookups = [span for span in spans(traffic, answer.correlation_id).values() if span["name"] == "stock lookup"]
        assert [span["seconds"] >= 0.3 for span in lookups] == [True]


def test_no_secret_stands_anywhere_in_the_answer(traffic: Traffic) -> None:
    """No e-mail, card number or token of any checkout is in what Jaeger holds."""
    wanted = secrets(answer.order for answer in traffic.run.answers)
    assert [secret for secret in wanted if secret in traffic.answer] == []


def test_the_refusal_of_logs_loses_nothing(traffic: Traffic) -> None:
    """Jaeger takes no logs; every one that a process printed stands in the journal all the same."""
    counted = totals.count(traffic.run)
    assert counted.logs >= 60
    assert (counted.lost, counted.doubled, counted.secrets) == ([], [], [])


def test_the_refusal_of_logs_is_told_once(service_output: dict[str, str]) -> None:
    """A process that sends to Jaeger says a single time that logs are not taken there."""
    assert service_output["gateway.stderr"].count("does not take logs") == 1
