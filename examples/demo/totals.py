"""Counts what was emitted, by everything but the journal, against what stands in the journal; looks for secrets."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from examples.demo.order import secrets
from examples.demo.run import Run
from examples.demo.store import records

LINE_ID = re.compile(r"([0-9a-f]{32})-([ls])([0-9]+)")


@dataclass
class Totals:
    """What one run must be able to say of itself."""

    requests: int
    unexpected: int
    logs: int
    spans: int
    found: int
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    secrets: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)
    outputs: int = 0

    @property
    def emitted(self) -> int:
        """Logs that the consoles showed and spans that the witness saw."""
        return self.logs + self.spans

    @property
    def hold(self) -> bool:
        """Whether nothing was lost, doubled, leaked, in trouble or answered otherwise than it should."""
        wrong = self.unexpected or self.lost or self.doubled or self.secrets or self.trouble
        return not wrong and self.found >= self.emitted > 0


def count(run: Run, shown: str = "") -> Totals:
    """Counts a finished run; `shown` is what obskit's commands have printed of it."""
    store = list(records(run.journal))
    ids = Counter(record["id"] for record in store if "id" in record)
    span_ids = {record["span_id"] for record in store if record.get("kind") == "span"}
    console = console_ids(run)
    witnessed = witnessed_spans(run)
    said = [json.loads(path.read_text()) for path in (run.folder / "witness").glob("stats-*.json")]
    leaks, outputs = leaked(run, shown)
    return Totals(
        requests=len(run.answers),
        unexpected=len(run.unexpected),
        logs=len(console),
        spans=len(witnessed),
        found=len(ids),
        lost=lost(ids.keys(), console, witnessed - span_ids, {one["writer"]: one["emitted"] for one in said}),
        doubled=sorted(name for name, times in ids.items() if times > 1),
        secrets=leaks,
        trouble=[text for one in said for text in troubles(one)],
        outputs=outputs,
    )


def console_ids(run: Run) -> set[str]:
    """Returns the ids of all lines that the services printed."""
    return {record["id"] for path in (run.folder / "out").iterdir() for record in json_lines(path) if "id" in record}


def witnessed_spans(run: Run) -> set[str]:
    """Returns the span ids (16 hex) that the services' own span processor saw ended."""
    return {
        span["context"]["span_id"].removeprefix("0x") for span in json_lines(run.folder / "witness" / "spans.jsonl")
    }


def gaps(ids: Iterable[str]) -> Iterator[str]:
    """Yields each id that is missing below the highest of its writer and kind: the counters are dense, from 1."""
    seen: dict[tuple[str, str], set[int]] = defaultdict(set)
    for name in ids:
        match = LINE_ID.fullmatch(name)
        if match is None:
            yield f"malformed id {name}"
            continue
        seen[match[1], match[2]].add(int(match[3]))
    for (writer, kind), numbers in seen.items():
        for number in sorted(set(range(1, max(numbers) + 1)) - numbers):
            yield f"{writer}-{kind}{number}"


def lost(
    found: AbstractSet[str], console: AbstractSet[str], spans: AbstractSet[str], said: Mapping[str, int]
) -> list[str]:
    """Names each record that is missing once, however many witnesses miss it.

    Args:
        found: the ids in the store.
        console: the ids that the consoles showed.
        spans: the span ids that the witness saw and the store lacks.
        said: how many records each writer says it emitted.
    """
    named = sorted((console - found) | set(gaps(found | console)))
    unnamed = len(spans) - sum(not name.startswith("malformed") and "-s" in name for name in named)
    named += [f"span {span}" for span in sorted(spans)[: max(0, unnamed)]]
    stands = Counter(name[:32] for name in found)
    short = sum(max(0, emitted - stands[writer]) for writer, emitted in said.items())
    return named + ["known from obskit.stats() alone"] * (short - len(named))


def troubles(said: Mapping[str, Any]) -> Iterator[str]:
    """Yields what a process's own `obskit.stats()` names as gone wrong inside obskit."""
    for name in ("internal_errors", "redaction_failures", "dropped"):
        if said[name]:
            yield f"{name} of writer {said['writer']}: {said[name]}"


def leaked(run: Run, shown: str) -> tuple[list[str], int]:
    """Returns where a secret of the run stands, and how many files and outputs were searched."""
    wanted = secrets(answer.order for answer in run.answers)
    texts = {
        str(path.relative_to(run.folder)): path.read_text(errors="replace")
        for part in ("journal", "out", "witness")
        for path in (run.folder / part).rglob("*")
        if path.is_file()
    }
    texts["the commands' output"] = shown
    found = [f"{secret} in {place}" for place, text in texts.items() for secret in wanted if secret in text]
    return found, len(texts)


def json_lines(path: Path) -> Iterator[dict[str, Any]]:
    """Yields the JSON objects of a file that may hold other lines too."""
    for line in path.read_text(errors="replace").splitlines():
        if line.startswith("{"):
            try:
                yield json.loads(line)
            except ValueError:
                continue
