"""What other processes said of one that died."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from obskit.clock import timestamp
from obskit.journal.last_words import is_time_out, said_of
from obskit.line.encode import encode
from tests.support import journals


def dead_beside(tmp_path: Path, *messages: str, level: str = "ERROR", ago: float = 0.0) -> Path:
    """Leave a dead writer's directory, and one beside it whose process said something; returns the first."""
    place = journals.place(tmp_path)
    gone, _ = journals.dead(place, 1)
    parent = journals.writer(place)
    for n, message in enumerate(messages):
        record = {"timestamp": timestamp(time.time_ns() - int(ago * 1e9)), "level": level, "message": message}
        assert parent.write(encode({**record, "id": f"{parent.id}-l{n + 1}"}) + b"\n") is None
    os.utime(gone)
    return gone


@pytest.mark.parametrize(
    "message",
    ["WORKER TIMEOUT (pid:4711)", "Worker (pid:4711) was sent SIGKILL! Perhaps out of memory?", "Process 4711 exited"],
)
def test_the_pid_says_whom_a_message_is_about(tmp_path: Path, message: str) -> None:
    """In the words of gunicorn and of others."""
    gone = dead_beside(tmp_path, "something else", message)
    assert said_of(4711, gone, time.time()) == message
    assert said_of(471, gone, time.time()) == said_of(47110, gone, time.time()) == ""


def test_a_time_out_says_more_than_the_kill_that_follows(tmp_path: Path) -> None:
    """Of several messages that one is taken."""
    gone = dead_beside(tmp_path, "WORKER TIMEOUT (pid:4711)", "Worker (pid:4711) was sent SIGKILL!")
    said = said_of(4711, gone, time.time())
    assert said == "WORKER TIMEOUT (pid:4711)"
    assert is_time_out(said)
    assert is_time_out("Hard time limit (300s) exceeded for tasks.add[17]")
    assert not is_time_out("Worker (pid:4711) was sent SIGKILL!")


def test_what_was_said_at_another_time_is_of_another_process(tmp_path: Path) -> None:
    """Pids come round again."""
    assert said_of(4711, dead_beside(tmp_path, "WORKER TIMEOUT (pid:4711)", ago=600), time.time()) == ""


def test_a_number_in_an_ordinary_line_says_nothing(tmp_path: Path) -> None:
    """Only warnings and worse count, and only where the number is said to be a process's."""
    assert said_of(4711, dead_beside(tmp_path / "a", "booting worker with pid: 4711", level="INFO"), time.time()) == ""
    assert said_of(4711, dead_beside(tmp_path / "b", "order 4711 timed out"), time.time()) == ""
