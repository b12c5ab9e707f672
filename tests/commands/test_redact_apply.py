"""`obskit redact --apply`: a journal is brought up to a policy, and people are told what was done."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from obskit.journal import reader
from obskit.journal.lock import FileLock
from obskit.journal.writer import Writer
from obskit.protect.policy import digest
from obskit.settings.options import Redaction
from tests.commands.conftest import Run
from tests.support import journals
from tests.support.programs import environment, start

SECRET = b"alice@example.com"


@pytest.fixture
def living(root: Path) -> Iterator[Writer]:
    """A writer that goes on writing."""
    made = journals.writer(journals.place(root))
    journals.fill(made, 2, context={"note": "ask alice@example.com"})
    yield made
    made.close()


def old(root: Path, logs: int = 5, **options: Any) -> list[str]:
    """Leave what a dead writer wrote under an older policy."""
    made = journals.writer(journals.place(root), **options)
    ids = journals.fill(made, logs, context={"note": "ask alice@example.com", "order": "ORD-123456"})
    made.close()
    return ids


def held(root: Path) -> bytes:
    return b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())


def test_it_says_what_was_done(root: Path, run: Run) -> None:
    """Segments looked at and rewritten, and in how many lines each kind was found."""
    old(root, 5)
    old(root, 7, service="mail")

    ran = run("redact", "--apply", root, "--text")

    assert ran.status == 0, ran.err
    rows = [row.split(maxsplit=1) for row in ran.out.splitlines()]
    assert ["looked", "at  2 segments of 2 writers"] in rows
    assert ["rewritten", "2 segments, 12 lines"] in rows
    assert ["changed", "12 lines: email in 12"] in rows
    assert ran.out.endswith("everything is up to the policy\n")
    assert SECRET not in held(root)


def test_a_second_run_finds_everything_up_to_the_policy(root: Path, run: Run) -> None:
    """And rewrites nothing."""
    ids = old(root)
    run("redact", "--apply", root, "--json")

    ran = run("redact", "--apply", root, "--json")

    answer = json.loads(ran.out)
    assert ran.status == 0
    assert (answer["segments"], answer["rewritten"], answer["lines"], answer["left"]) == (1, 0, 0, [])
    assert answer["up_to_policy"] is True
    assert journals.found(root) == ids


def test_json_has_the_counts_and_the_policy(root: Path, run: Run) -> None:
    """For programs; into a pipe without asking."""
    old(root, 3)

    answer = json.loads(run("redact", "--apply", root).out)

    assert answer["policy"] == digest(Redaction())
    assert (answer["writers"], answer["segments"], answer["rewritten"]) == (1, 1, 1)
    assert (answer["lines"], answer["changed"], answer["kinds"]) == (3, 3, {"email": 3})
    assert (answer["emptied"], answer["failures"], answer["up_to_policy"]) == (0, 0, True)


def test_what_is_left_is_named_with_what_to_do(root: Path, living: Writer, run: Run) -> None:
    """A living writer stays as it is; the exit status is 1."""
    old(root)

    ran = run("redact", "--apply", root, "--text")
    (left,) = json.loads(run("redact", "--apply", root).out)["left"]

    assert ran.status == 1
    assert f"left       shop/{living.id}, pid {os.getpid()}, 1 segment: its process is running" in ran.out
    assert "restart it" in ran.out
    assert "everything is up to the policy" not in ran.out
    assert (left["service"], left["writer"], left["pid"], left["segments"]) == ("shop", living.id, os.getpid(), 1)


def test_the_policy_is_the_one_that_was_named(root: Path, run: Run, tmp_path: Path) -> None:
    """A file, in whose custom kinds the lines are judged anew."""
    old(root)
    policy = tmp_path / "policy.toml"
    policy.write_text("[custom]\norder = 'ORD-\\d{6}'\n")

    answer = json.loads(run("redact", "--policy", policy, "--apply", root).out)

    assert answer["kinds"] == {"email": 5, "order": 5}
    assert b"ORD-123456" not in held(root)
    assert b"[REDACTED:order]" in held(root)


@pytest.mark.parametrize("what", ["missing", "a file", "no journal", "a service", "a writer"])
def test_what_is_no_journal_is_refused(root: Path, run: Run, what: str) -> None:
    """A mistyped directory must not seem to be up to the policy."""
    old(root)
    (writer,) = reader.writers(root)
    (root.parent / "file").write_text("")
    (root.parent / "empty").mkdir()
    places = {
        "missing": root.parent / "nowhere",
        "a file": root.parent / "file",
        "no journal": root.parent / "empty",
        "a service": root / "shop",
        "a writer": writer,
    }

    ran = run("redact", "--apply", places[what])

    assert ran.status == 2
    assert ran.err.startswith("obskit: --apply: ")
    assert SECRET in held(root)


def test_a_journal_that_others_can_write_to_is_refused(root: Path, run: Run) -> None:
    """As a process would that is to write there."""
    old(root)
    root.chmod(0o777)

    ran = run("redact", "--apply", root)

    assert ran.status == 2
    assert "chmod o-w" in ran.err
    assert SECRET in held(root)


def test_who_waits_for_others_says_so(root: Path, run: Run) -> None:
    """Until the process that looks after the journal has let go."""
    old(root)
    lock = FileLock(root / "keeper.lock")
    assert lock.take()
    letting_go = threading.Timer(0.3, lock.release)
    letting_go.start()
    ran = run("redact", "--apply", root, "--text")
    letting_go.join()

    assert ran.status == 0
    assert "asking the processes of this journal to let go" in ran.err


def test_a_terminal_shows_how_far_it_is(root: Path, tmp_path: Path) -> None:
    """A bar on the standard error, gone when the answer is there."""
    import pty

    old(root, 6000)
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "obskit", "redact", "--apply", str(root)]
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=inner, cwd=tmp_path,
        env=environment(TERM="xterm-256color"),
    )  # fmt: skip
    os.close(inner)
    shown = b""
    while True:
        try:
            chunk = os.read(outer, 65536)
        except OSError:
            break
        shown += chunk
    os.close(outer)
    out, _ = process.communicate(timeout=30)

    assert process.returncode == 0
    assert json.loads(out)["changed"] == 6000
    assert "MiB" in shown.decode()
    assert b"found" in shown


EMITS = """
    import sys, time
    import obskit
    policy = obskit.Redaction(detectors=["card"])
    obskit.init("shop", journal=sys.argv[1], console=False, integrations=[], redaction=policy)
    log = obskit.get_logger("shop")
    for n in range(int(sys.argv[2])):
        log.info("sent", note="ask alice@example.com", n=n)
        time.sleep(0.001)
    print(obskit.state.runtime.store.session.ids.writer, flush=True)
"""


@pytest.mark.slow
def test_the_command_may_be_killed_while_services_write(root: Path) -> None:
    """Several times, at random moments; the last run finishes what they began."""
    dead = old(root, 20_000)
    seed = random.Random(7)
    services = [start(EMITS, root, 1500) for _ in range(2)]
    command = [sys.executable, "-m", "obskit", "redact", "--apply", str(root)]
    for _ in range(6):
        process = subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        time.sleep(seed.uniform(0.3, 1.2))
        process.kill()
        process.communicate()
        found = journals.found(root)
        assert len(found) == len(set(found))
        assert set(dead) <= set(found)
    ids = list(dead)
    for service in services:
        out, err = service.communicate(timeout=60)
        assert service.returncode == 0, err
        ids += [f"{out.strip()}-l{n}" for n in range(1, 1501)]

    last = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=60, check=False)

    assert last.returncode == 0, last.stdout + last.stderr
    assert sorted(journals.found(root)) == sorted(ids)
    assert SECRET not in held(root)
