"""`obskit ship`: what it accepts, what it says, how it ends."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from obskit.journal import reader
from obskit.journal.lock import FileLock
from tests.commands.conftest import Ran, Run
from tests.ship.server import Server, free_port, reply
from tests.support import journals, programs
from tests.support.agents import Ship, agents, free_address
from tests.support.collector import Collector

NOWHERE = "otlp+http://127.0.0.1:1"


@pytest.fixture
def ship() -> Iterator[Ship]:
    """Start agents."""
    with agents() as made:
        yield made


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector."""
    made = Collector()
    yield made
    made.stop()


def await_that(condition: Any, seconds: float = 15) -> bool:
    until = time.monotonic() + seconds
    while not condition() and time.monotonic() < until:
        time.sleep(0.02)
    return bool(condition())


def refused(ran: Ran, *says: str) -> None:
    """Check that a command was wrong, and said so in one line without a secret."""
    assert ran.status == 2, ran.err
    assert len(ran.err.strip().splitlines()) == 1
    assert "Traceback" not in ran.err
    assert "hunter2" not in ran.err
    for text in says:
        assert text in ran.err


def test_without_a_target_it_says_what_to_type(run: Run, root: Path) -> None:
    """An option, or a variable."""
    refused(run("ship", "--journal", root), "--to URL", "otlp+http://127.0.0.1:4318", "$OBSKIT_SHIP_TO")


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://user:hunter2@127.0.0.1:4318", "not the URL of a target; write otlp+http://HOST:4318"),
        ("otlp+ftp://user:hunter2@127.0.0.1", "it does not begin with http:// or https://"),
        ("otlp+http://127.0.0.1:0", "its port is no number from 1 to 65535"),
        ("otlp+http://127.0.0.1:4318/v1/traces", "it ends in the path of one signal"),
    ],
)
def test_a_wrong_target_is_refused(run: Run, root: Path, url: str, says: str) -> None:
    """With what is wrong, and without its password."""
    refused(run("ship", "--journal", root, "--to", url), says)


def test_a_target_named_twice_is_refused(run: Run, root: Path) -> None:
    """Two ways to write one URL are one target."""
    refused(run("ship", "--journal", root, "--to", NOWHERE, "--to", f"{NOWHERE}/"), "named twice: otlp+http://")


@pytest.mark.parametrize("text", ["novalue", "authorization=a,hunter2", "bad name=hunter2"])
def test_malformed_headers_are_refused(run: Run, root: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    """The text tells where in the list, and none of it."""
    monkeypatch.setenv("OBSKIT_SHIP_HEADERS", text)

    refused(run("ship", "--journal", root, "--to", NOWHERE), "$OBSKIT_SHIP_HEADERS: item")


@pytest.mark.parametrize("address", ["9465", ":9465", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000", "127.0.0.1:²"])
def test_a_wrong_health_address_is_refused(run: Run, root: Path, address: str) -> None:
    """With an example."""
    refused(
        run("ship", "--journal", root, "--to", NOWHERE, "--health", address), "no HOST:PORT, such as 127.0.0.1:9465"
    )


def test_a_health_address_in_use_is_refused(run: Run, root: Path) -> None:
    """With the reason."""
    server = Server([reply()])
    try:
        address = f"127.0.0.1:{server.port}"
        refused(run("ship", "--journal", root, "--to", NOWHERE, "--health", address), "can't be listened on")
    finally:
        server.stop()


def test_without_prometheus_client_health_says_what_to_install(
    run: Run, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rest works without it."""
    monkeypatch.delitem(sys.modules, "obskit.ship.health", raising=False)
    monkeypatch.setitem(sys.modules, "prometheus_client", None)

    ran = run("ship", "--journal", root, "--to", NOWHERE, "--health", "127.0.0.1:0")

    refused(ran, '--health needs prometheus-client: pip install "obskit-sdk[ship]"')


@pytest.mark.parametrize(("content", "says"), [(None, "No such file"), ("nothing", "no PEM file of certificates")])
def test_a_certificate_that_cannot_be_used_is_refused(
    run: Run, root: Path, tmp_path: Path, content: str | None, says: str
) -> None:
    """At once, not at the first request."""
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)

    refused(run("ship", "--journal", root, "--to", NOWHERE, "--certificate", path), "--certificate", says)


@pytest.mark.parametrize(
    "option", [("--exit-timeout", "soon"), ("--exit-timeout", "-1"), ("--max-age", "nan"), ("--max-bytes", "5")]
)
def test_a_wrong_number_is_refused(run: Run, root: Path, option: tuple[str, str]) -> None:
    """With what is accepted."""
    refused(run("ship", "--journal", root, "--to", NOWHERE, *option), f"argument {option[0]}: '{option[1]}' is not")


def test_a_journal_that_is_a_file_is_refused(run: Run, tmp_path: Path) -> None:
    """With the reason, in the command's own words."""
    path = tmp_path / "file"
    path.touch()

    refused(run("ship", "--journal", path, "--to", NOWHERE), f"{path}: not a directory", "--journal")


def test_a_journal_that_others_can_write_is_refused(run: Run, root: Path) -> None:
    """As by every process."""
    root.chmod(0o777)

    refused(run("ship", "--journal", root, "--to", NOWHERE), "others can write to it", f"chmod o-w '{root}'")


def test_a_journal_that_another_process_has_is_left_alone(
    run: Run, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status 1, and who it may be."""
    monkeypatch.setattr("obskit.commands.ship._PATIENCE", 0.2)
    lock = FileLock(root / "agent.lock")
    assert lock.take()
    root.chmod(0o700)
    try:
        ran = run("ship", "--journal", root, "--to", NOWHERE)
    finally:
        lock.release()

    assert ran.status == 1
    assert f"another process ships from {root}" in ran.err


def test_a_journal_is_made_where_it_is_missing(tmp_path: Path, ship: Ship) -> None:
    """So that it may start before the services do."""
    agent = ship(tmp_path / "new" / "j", NOWHERE).at_work()

    assert (tmp_path / "new" / "j").stat().st_mode & 0o777 == 0o700
    agent.stop()


def test_targets_and_headers_come_from_the_environment(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """Several by comma; none of their text is printed, and no warning calls them unknown."""
    where = journals.place(tmp_path / "j")
    journals.dead(where, 3)
    port = collector.server.port
    agent = ship(
        where.path,
        OBSKIT_SHIP_TO=f"otlp+http://user:hunter2@127.0.0.1:{free_port()}, otlp+http://127.0.0.1:{port}",
        OBSKIT_SHIP_HEADERS="x-tenant=hunter3,authorization=Bearer%20hunter4",
    ).at_work()

    assert await_that(lambda: len(collector.ids()) >= 3)
    assert agent.stop() == 1
    held = {(r.headers.get("x-tenant"), r.headers.get("authorization")) for r in collector.server.requests}
    assert held == {("hunter3", "Bearer hunter4")}
    written = b"".join(path.read_bytes() for path in where.path.rglob("*") if path.is_file())
    assert b"hunter" not in written
    assert "hunter" not in agent.errors
    assert "no setting of obskit" not in agent.errors


def test_a_password_in_a_url_is_sent_and_nowhere_shown(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """It is an Authorization header; the log, the journal and the cursors have none of it."""
    where = journals.place(tmp_path / "j")
    journals.dead(where, 3)
    agent = ship(where.path, f"otlp+http://user:hunter2@127.0.0.1:{collector.server.port}").at_work()

    assert await_that(lambda: len(collector.ids()) >= 3)
    agent.stop()
    assert {r.headers.get("authorization") for r in collector.server.requests} == {"Basic dXNlcjpodW50ZXIy"}
    written = b"".join(path.read_bytes() for path in where.path.rglob("*") if path.is_file())
    assert b"hunter2" not in written
    assert "hunter2" not in agent.errors


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_status_0(tmp_path: Path, collector: Collector, ship: Ship, number: int) -> None:
    """Where nothing is pending; its last line says what was shipped."""
    where = journals.place(tmp_path / "j")
    _, ids = journals.dead(where, 30)
    agent = ship(where.path, f"otlp+{collector.url}").at_work()
    assert await_that(lambda: set(ids).issubset(collector.ids()))

    assert agent.stop(number) == 0, agent.errors

    files = sorted(where.path.glob("obskit-ship/*/*.jsonl"))
    rows = [json.loads(row) for path in files for row in path.read_text().splitlines()]
    last = [row for row in rows if "level" in row][-1]
    assert (last["level"], last["message"]) == ("INFO", "stopped")
    assert sum(last["context"]["shipped"].values()) >= 30


def test_a_second_signal_is_not_waited_for(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """As Ctrl-C twice: it ends at once, and the journal keeps everything."""
    where = journals.place(tmp_path / "j")
    _, ids = journals.dead(where, 30)
    collector.gate.clear()
    agent = ship(where.path, f"otlp+{collector.url}", options=("--exit-timeout", 60)).at_work()
    assert await_that(lambda: bool(collector.server.requests))
    agent.process.send_signal(signal.SIGINT)
    time.sleep(0.5)

    begun = time.monotonic()
    assert agent.stop(signal.SIGINT) == 130
    assert time.monotonic() - begun < 5
    assert "Traceback" not in agent.errors
    assert set(ids).issubset(journals.found(where.path))


def test_health_and_metrics_of_a_running_agent(tmp_path: Path, collector: Collector, ship: Ship) -> None:
    """Over HTTP, while it works."""
    where = journals.place(tmp_path / "j")
    journals.dead(where, 30)
    address = free_address()
    ship(where.path, f"otlp+{collector.url}", options=("--health", address)).at_work()
    assert await_that(lambda: len(collector.ids()) >= 31)

    def asked(path: str) -> str:
        with urllib.request.urlopen(f"http://{address}{path}", timeout=5) as answer:
            return str(answer.read().decode())

    assert await_that(lambda: json.loads(asked("/health"))["status"] == "delivering")
    families = {family.name: family for family in text_string_to_metric_families(asked("/metrics"))}
    assert sum(sample.value for sample in families["obskit_ship_records"].samples) >= 31


def test_the_journal_of_the_environment_is_taken(tmp_path: Path, ship: Ship, run: Run) -> None:
    """`$STATE_DIRECTORY` as systemd sets it; `false` in `$OBSKIT_JOURNAL` names no directory."""
    from obskit.commands.ship import _place

    state = tmp_path / "state-directory"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("STATE_DIRECTORY", str(state))
        patch.setenv("OBSKIT_JOURNAL", "false")
        assert _place(None).path == state
        patch.setenv("OBSKIT_JOURNAL", str(tmp_path / "named"))
        assert _place(None).path == tmp_path / "named"


def test_redaction_of_the_journal_asks_to_stop_it(tmp_path: Path, ship: Ship, collector: Collector, run: Run) -> None:
    """`obskit redact --apply` leaves alone what the agent works on, at once, and says what to do."""
    where = journals.place(tmp_path / "j")
    program = (
        "import sys, pathlib; from tests.support import journals as j; j.dead(j.place(pathlib.Path(sys.argv[1])), 3)"
    )
    programs.run(program, where.path)
    (directory,) = reader.writers(where.path)
    living = journals.writer(where)
    journals.fill(living, 2)
    agent = ship(where.path, f"otlp+{collector.url}").at_work()
    # It has adopted the dead writer, then.
    assert await_that(lambda: any(identity.startswith(directory.name) for identity in collector.ids()))

    begun = time.monotonic()
    ran = run("redact", "--apply", where.path, "--json")

    reasons = {left["writer"]: left["reason"] for left in json.loads(ran.out)["left"]}
    assert ran.status == 1
    assert reasons[directory.name] == "`obskit ship` works on it: stop that, then run this again"
    assert "restart it with this one, stop `obskit ship`, then run this again" in reasons[living.id]
    assert "asking the processes" not in ran.err
    assert time.monotonic() - begun < 12
    living.close()
    assert agent.stop() == 0
    assert run("redact", "--apply", where.path, "--json").status == 0


def test_as_nobody_it_tells_whose_the_journal_is(run: Run, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another user's journal is refused with both uids."""
    monkeypatch.setattr(os, "getuid", lambda: 4711)
    monkeypatch.setattr(os, "geteuid", lambda: 4711)

    refused(run("ship", "--journal", root, "--to", NOWHERE), "owned by uid", "not by 4711")
