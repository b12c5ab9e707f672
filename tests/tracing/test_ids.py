from __future__ import annotations

import os
import random
import subprocess
import sys

from obskit.tracing import ids

FORK = """
import os
from obskit.tracing import ids
ids.trace_id()
reader, writer = os.pipe()
if os.fork() == 0:
    os.write(writer, f"{ids.trace_id():032x}{ids.span_id():016x}".encode())
    os._exit(0)
os.wait()
mine = f"{ids.trace_id():032x}{ids.span_id():016x}"
theirs = os.read(reader, 48).decode()
print(mine != theirs and len(theirs) == 48)
"""


def test_ids_fill_their_width() -> None:
    """Trace ids have 128 bits, span ids 64, and none is 0."""
    traces = [ids.trace_id() for _ in range(200)]
    spans = [ids.span_id() for _ in range(200)]
    assert 120 < max(value.bit_length() for value in traces) <= 128
    assert 56 < max(value.bit_length() for value in spans) <= 64
    assert 0 not in traces + spans
    assert len(set(traces)) == len(set(spans)) == 200


def test_zero_is_never_an_id(monkeypatch) -> None:
    """Where chance gives 0, which OpenTelemetry calls invalid, another id is drawn."""
    drawn = iter([0, 0, 7, 0, 9])
    monkeypatch.setattr(ids, "_bits", lambda width: next(drawn))
    assert (ids.trace_id(), ids.span_id()) == (7, 9)


def test_the_right_most_bits_are_spread() -> None:
    """The last 7 bytes are random, as the random-trace-id flag promises."""
    seen = 0
    for _ in range(64):
        seen |= ids.trace_id() & (2**56 - 1)
    assert seen == 2**56 - 1


def test_ids_do_not_follow_the_seed_of_the_application() -> None:
    """Seeding `random` doesn't repeat ids."""
    state = random.getstate()
    try:
        random.seed(1)
        first = ids.trace_id()
        random.seed(1)
        assert ids.trace_id() != first
    finally:
        random.setstate(state)


def test_a_forked_child_draws_other_ids() -> None:
    """Parent and child go different ways after a fork."""
    ran = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, timeout=30, env=dict(os.environ))
    assert ran.stdout.strip() == "True", ran.stderr
    assert ran.returncode == 0


def test_the_generator_of_opentelemetry_gives_the_same_kind_of_ids() -> None:
    """OpenTelemetry's interface is served, and says that the trace ids are random."""
    generator = ids.Ids()
    assert 0 < generator.generate_trace_id() < 2**128
    assert 0 < generator.generate_span_id() < 2**64
    assert generator.is_trace_id_random()
