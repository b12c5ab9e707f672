"""Finding everything that belongs to an id."""

from __future__ import annotations

import io
from pathlib import Path
from types import ModuleType

import pytest

from obskit.query import traces
from obskit.query.failure import QueryError
from obskit.query.source import Source


@pytest.mark.parametrize(
    "identity", ["req-checkout-17", "4bf92f3577b34da6a3ce929d0e0e4736", "4bf92f35", " 4BF92F3577 "]
)
def test_found_by_any_of_its_ids(root: Path, journals: ModuleType, identity: str) -> None:
    """A trace is found by its id, its correlation id, and the beginning of its id in any case."""
    journals.checkout(root)
    answer = traces.find(Source(root), identity)
    assert [trace.trace_id for trace in answer.traces] == [journals.TRACE]
    assert len(list(answer.traces[0].records())) == 15


def test_several_traces_of_one_correlation_id(root: Path, journals: ModuleType) -> None:
    """Each trace of a correlation id is found whole, by its beginning, and what is outside of any trace too."""
    journals.checkout(root)
    writer = journals.Writer(root, "late", 7)
    other = "f" * 32
    writer.span(5, 1, "again", journals.span_id(1), trace_id=other, correlation_id="req-checkout-17")
    writer.span(5, 1, "of another id", journals.span_id(2), trace_id=other, correlation_id="task-1")
    writer.log(9, "no trace", correlation_id="req-checkout-17")
    writer.log(9, "stranger", correlation_id="req-checkout-171")
    answer = traces.find(Source(root), "req-checkout-17")
    assert [trace.trace_id for trace in answer.traces] == [journals.TRACE, other]
    assert sorted(str(record["name"]) for record in answer.traces[1].records()) == ["again", "of another id"]
    assert [record["message"] for record in answer.loose] == ["no trace"]


def test_correlation_id_that_looks_like_a_trace_id(root: Path, journals: ModuleType) -> None:
    """Where an id is both, everything under either is found."""
    writer = journals.Writer(root, "a", 1)
    writer.log(0, "one", trace_id="a" * 32, correlation_id="c")
    writer.log(1, "two", trace_id="b" * 32, correlation_id="a" * 32)
    answer = traces.find(Source(root), "a" * 32)
    assert [trace.trace_id for trace in answer.traces] == ["a" * 32, "b" * 32]


def test_ambiguous_beginning(root: Path, journals: ModuleType) -> None:
    """The beginning of several trace ids is refused with some of them."""
    writer = journals.Writer(root, "a", 1)
    for last in "12":
        writer.log(0, "m", trace_id="ab" * 15 + "c" + last)
    with pytest.raises(QueryError, match="begins 2 trace ids") as refusal:
        traces.find(Source(root), "abababab")
    assert "ab" * 15 + "c1" in str(refusal.value)
    assert refusal.value.status == 2


@pytest.mark.parametrize("identity", ["nope", "4bf92f3", "0" * 32, "4bf92f36", "", "req-checkout"])
def test_nothing_found(root: Path, journals: ModuleType, identity: str) -> None:
    """Where nothing is found, or too little of a trace id was given, that is said with status 1."""
    journals.checkout(root)
    with pytest.raises(QueryError, match="nothing found") as refusal:
        traces.find(Source(root), identity)
    assert refusal.value.status == 1


def test_stream(root: Path, journals: ModuleType) -> None:
    """A stream is read once and looked through as often as it takes."""
    journals.checkout(root)
    data = b"".join(path.read_bytes() for path in sorted(root.glob("*/*/*.jsonl")))
    answer = traces.find(Source(None, io.BytesIO(data)), "req-checkout-17")
    assert len(list(answer.traces[0].records())) == 15
