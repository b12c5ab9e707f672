"""Both ways from an event to a line give the same bytes."""

from __future__ import annotations

from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from obskit.line.encode import fitted
from obskit.line.fused import Fused
from obskit.protect.redactor import Redactor
from obskit.record import log as log_record
from tests.protect.subjects import make

STATIC = {"service": "shop", "environment": "test", "host": "h", "version": "1.0"}
LIMIT = 64_000
REDACTOR = make()
TRACE, SPAN = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"
UNIT = b',"correlation_id":"req-1"'
IDS = f',"trace_id":"{TRACE}","span_id":"{SPAN}"'.encode()


@pytest.fixture(scope="module")
def redactor() -> Redactor:
    """Return one of the default policy."""
    return make()


def long_way(redactor: Redactor, *, in_span: bool = True, **given: Any) -> bytes:
    """Return the line that the stages build one after the other."""
    ids = {"trace_id": TRACE, "span_id": SPAN} if in_span else {"trace_id": None, "span_id": None}
    record = log_record.build(static=STATIC, correlation_id="req-1", error=None, late=False, **ids, **given)
    return fitted(redactor.record(record, LIMIT - 1024), LIMIT, Redactor(None, None, lambda: None).record)


TEXTS = st.sampled_from(["order accepted", "", "é ü 訂單", "a/b c-d_e", "x" * 300, "tab\there", "ann@shop.example"])
BLOCKS = st.dictionaries(
    st.sampled_from(["id", "ip", "session_id", "method", "path", "status_code", "duration_ms", "password", "agent"]),
    TEXTS | st.integers(-9, 600) | st.floats() | st.none() | st.just("8.8.4.4"), max_size=3,
)  # fmt: skip
FIELDS = st.dictionaries(
    st.sampled_from(["order_id", "amount", "größe", "nested", "password", "when", "user", "request"]),
    TEXTS | st.integers(-(10**13), 10**13) | st.floats() | st.booleans() | st.none()
    | st.dictionaries(st.sampled_from(["a", "b"]), TEXTS | st.integers(0, 9), max_size=2) | BLOCKS,
    max_size=5,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(when=st.integers(-(10**9), 253_402_300_800 * 10**9), level=st.integers(0, 60), message=TEXTS, fields=FIELDS,
       logger=st.sampled_from(["", "shop", "shop.orders", "ann@shop.example", 'a"b']),
       rate=st.sampled_from([None, 0.25]), in_span=st.booleans())  # fmt: skip
def test_one_step_and_many_give_the_same_line(
    when: int, level: int, message: str, fields: dict[str, Any], logger: str, rate: float | None, in_span: bool
) -> None:
    """Wherever the one step takes a record at all."""
    redactor = REDACTOR
    sampling = None if rate is None else {"rate": rate, "reason": "head"}
    block = b"" if sampling is None else b',"sampling":%b' % orjson.dumps(sampling)
    fused = Fused(STATIC, redactor, LIMIT - 1024)
    for _ in range(2):
        found = fused(when, level, message, logger, UNIT, IDS if in_span else b"", dict(fields), block)
        if found is not None:
            assert found == long_way(
                redactor, when=when, level=level, message=message, logger=logger, fields=dict(fields),
                sampling=sampling, in_span=in_span,
            )  # fmt: skip


def test_a_plain_record_takes_the_one_step(redactor: Redactor) -> None:
    """Most records do, or there would be no use in it."""
    fused = Fused(STATIC, redactor, LIMIT)
    found = fused(10**18, 20, "order accepted", "shop", UNIT, IDS, {"order_id": "o-17", "amount": 129.95}, b"")
    assert found is not None
    assert list(orjson.loads(found)) == [
        "timestamp", "level", "message", "logger", "correlation_id", "trace_id", "span_id", *STATIC, "context",
    ]  # fmt: skip


def test_a_record_of_a_request_takes_the_one_step(redactor: Redactor) -> None:
    """What integrations write has blocks of the schema, plain ones."""
    fields = {"request": {"method": "GET", "path": "/orders/7", "status_code": 200, "duration_ms": 1.5}, "a": 1}
    found = Fused(STATIC, redactor, LIMIT)(10**18, 20, "GET /orders 200", "shop", UNIT, IDS, dict(fields), b"")
    assert found is not None
    line = orjson.loads(found)
    assert line["request"] == fields["request"]
    assert line["context"] == {"a": 1}
    assert list(line)[-2:] == ["request", "context"]


def test_a_logger_whose_name_holds_a_secret_goes_the_long_way(redactor: Redactor) -> None:
    """Names of loggers can be made of anything."""
    fused = Fused(STATIC, redactor, LIMIT)
    assert fused(10**18, 20, "order accepted", "mail.ann@shop.example", UNIT, IDS, {}, b"") is None


@pytest.mark.parametrize("message", [None, 7, b"x", ["x"]], ids=["none", "number", "bytes", "list"])
def test_a_message_that_is_no_text_goes_the_long_way(redactor: Redactor, message: Any) -> None:
    """It has to be made one first."""
    assert Fused(STATIC, redactor, LIMIT)(10**18, 20, message, "shop", UNIT, IDS, {}, b"") is None


def test_names_of_loggers_are_not_remembered_without_end(redactor: Redactor) -> None:
    """They can be made at run time."""
    fused = Fused(STATIC, redactor, LIMIT)
    for number in range(5000):
        fused(10**18, number, "m", f"logger.{number}", UNIT, IDS, {}, b"")
    assert len(fused.loggers) <= 4096
    assert len(fused.heads) <= 4096
