"""Records that no writer of obskit would write."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import orjson
import pytest

Run = Callable[..., Any]
ODD = [
    None, True, 0, -1, 1e308, "", "x", [], {}, [[]], [{}], {"a": {}}, "0001-01-01T00:00:00.000000Z",
    "9999-12-31T23:59:59.999999Z", "2026-99-99T99:99:99.999999Z", "\x00\ud7ff\x1b",
]  # fmt: skip


def mutated(rng: random.Random, value: Any) -> Any:
    """Return a copy of a record with something in it replaced, removed or added."""
    if isinstance(value, dict) and value and rng.random() < 0.8:
        key = rng.choice(list(value))
        choice = rng.random()
        if choice < 0.1:
            return {name: item for name, item in value.items() if name != key}
        if choice < 0.2:
            return {**value, "kind": rng.choice(ODD)}
        return {**value, key: mutated(rng, value[key])}
    return rng.choice(ODD)


@pytest.mark.parametrize("seed", range(12))
def test_fields_of_any_type(run: Run, root: Path, journals: ModuleType, seed: int) -> None:
    """Whatever stands in the fields, every command answers."""
    journals.checkout(root)
    rng = random.Random(seed)
    for path in root.glob("*/*/*.jsonl"):
        records = [orjson.loads(line) for line in path.read_bytes().splitlines()]
        mutants = [mutated(rng, record) for record in records for _ in range(6)]
        path.write_bytes(b"".join(orjson.dumps(record) + b"\n" for record in [*mutants, *records]))
    for arguments in (["logs"], ["errors", "--text"], ["errors"], ["trace", "req-checkout-17", "--text"],
                      ["trace", journals.TRACE], ["logs", "--text"], ["logs", "--level", "info", "--grep", "sku"],
                      ["logs", "--where", "request.status_code=500", "--since", "2026-01-01"]):  # fmt: skip
        assert run(*arguments, root).status == 0


@pytest.mark.parametrize("seed", range(12))
def test_bytes_of_any_kind(run: Run, root: Path, journals: ModuleType, seed: int) -> None:
    """Whatever a broken disk made of the bytes, every command answers, and whole lines are read."""
    journals.checkout(root)
    rng = random.Random(seed)
    for path in root.glob("*/*/*.jsonl"):
        data = bytearray(path.read_bytes())
        for _ in range(12):
            at = rng.randrange(len(data))
            data[at : at + rng.randrange(40)] = rng.randbytes(rng.randrange(40))
        path.write_bytes(bytes(data))
    writer = journals.Writer(root, "whole", 50)
    writer.log(0, "still here", correlation_id="req-checkout-17")
    assert "still here" in run("logs", root).out
    for arguments in (["errors", "--text"], ["trace", "req-checkout-17", "--text"]):
        assert run(*arguments, root).status == 0
