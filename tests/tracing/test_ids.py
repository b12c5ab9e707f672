from __future__ import annotations

import os
import random
import subprocess
import sys
import threading

from obskit.tracing import ids
from obskit.tracing.provider import Ids

FORK = """
import os
from obskit.tracing import ids
def both(): return (ids.trace_hex() + ids.span_hex()).decode()
both()
reader, writer = os.pipe()
if os.fork() == 0:
    os.write(writer, both().encode())
    os._exit(0)
os.wait()
mine = both()
theirs = os.read(reader, 48).decode()
print(mine != theirs and len(theirs) == 48)
"""


def trace_id() -> int:
    return int(ids.trace_hex(), 16)


def span_id() -> int:
    return int(ids.span_hex(), 16)


def test_ids_fill_their_width() -> None:
    """Trace ids have 128 bits, span ids 64, and none is 0."""
    traces = [trace_id() for _ in range(200)]
    spans = [span_id() for _ in range(200)]
    assert 120 < max(value.bit_length() for value in traces) <= 128
    assert 56 < max(value.bit_length() for value in spans) <= 64
    assert 0 not in traces + spans
    assert len(set(traces)) == len(set(spans)) == 200


def test_zero_is_never_an_id(monkeypatch) -> None:
    """Where chance gives 0, which OpenTelemetry calls invalid, another id is drawn."""
    drawn = iter([bytes(512), bytes(504) + b"\0\0\0\0\0\0\0\7", bytes(8) * 62 + bytes(7) + b"\1" + bytes(7) + b"\2"])
    ids._pool.clear()
    monkeypatch.setattr(ids, "_randbytes", lambda size: next(drawn))
    assert (span_id(), trace_id()) == (7, (2 << 64) + 1)


def test_the_right_most_bits_are_spread() -> None:
    """The last 7 bytes are random, as the random-trace-id flag promises."""
    seen = 0
    for _ in range(64):
        seen |= trace_id() & (2**56 - 1)
    assert seen == 2**56 - 1


def test_ids_do_not_follow_the_seed_of_the_application() -> None:
    """Seeding `random` doesn't repeat ids."""
    state = random.getstate()
    try:
        random.seed(1)
        first = trace_id()
        random.seed(1)
        assert trace_id() != first
    finally:
        random.setstate(state)


def test_a_forked_child_draws_other_ids() -> None:
    """Parent and child go different ways after a fork."""
    ran = subprocess.run([sys.executable, "-c", FORK], capture_output=True, text=True, timeout=30, env=dict(os.environ))
    assert ran.stdout.strip() == "True", ran.stderr
    assert ran.returncode == 0


def test_threads_never_draw_the_same_id() -> None:
    """Each id is handed out once, whoever refills the pool."""
    drawn: list[list[bytes]] = []
    start = threading.Barrier(8)

    def draw() -> None:
        start.wait()
        drawn.append([ids.span_hex() for _ in range(2000)])

    threads = [threading.Thread(target=draw) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    every = [one for each in drawn for one in each]
    assert len(set(every)) == len(every) == 16_000
    assert {len(one) for one in every} == {16}


def test_the_generator_of_opentelemetry_gives_the_same_kind_of_ids() -> None:
    """OpenTelemetry's interface is served, and says that the trace ids are random."""
    generator = Ids()
    assert 0 < generator.generate_trace_id() < 2**128
    assert 0 < generator.generate_span_id() < 2**64
    assert generator.is_trace_id_random()
