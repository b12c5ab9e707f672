"""`obskit doctor`."""

from __future__ import annotations

import json
import platform
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from obskit.journal.cursors import Cursor, Cursors
from obskit.settings.endpoint import Endpoint
from obskit.ship.destination import target_name
from tests.support import journals as made
from tests.support.grpc_collector import GrpcCollector

Run = Callable[..., Any]


class Collector(ThreadingHTTPServer):
    """A collector that answers as it is told."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answers = {"/v1/logs": 200, "/v1/traces": 200}
        self.date: str | None = None
        self.asked: list[tuple[str, dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        """Its base URL."""
        return f"http://127.0.0.1:{self.server_address[1]}"


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.server.asked.append((self.path, {key.lower(): value for key, value in self.headers.items()}, body))
        self.send_response(self.server.answers[self.path])
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_HEAD(self) -> None:
        self.send_response(405)
        self.end_headers()

    def date_time_string(self, timestamp: float | None = None) -> str:
        return self.server.date or super().date_time_string(timestamp)

    def log_message(self, *_arguments: object) -> None:
        pass


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector that the environment names."""
    server = Collector()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_COMPRESSION", "none")
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def checks(ran: Any) -> dict[str, dict[str, Any]]:
    """Return the checks of `--json`, by subject and name."""
    return {f"{check['subject']}.{check['name']}": check for check in json.loads(ran.out)["checks"]}


def test_nothing_configured_is_fine(run: Run, tmp_path: Path) -> None:
    """On a fresh machine everything is fine, and nothing is made."""
    ran = run("doctor", "--text")
    assert ran.status == 0
    assert f"none yet; init() will make {tmp_path / 'here' / '.obskit'}" in ran.out
    assert "all that is configured works" in ran.out
    assert list((tmp_path / "here").iterdir()) == []


def test_journal(run: Run, root: Path, journals: ModuleType) -> None:
    """A journal is written to and left as it was; its durability, room and content are said."""
    root.chmod(0o700)
    journals.checkout(root)
    before = sorted(root.rglob("*"))
    ran = run("doctor", "--journal", root, "--json")
    found = checks(ran)
    assert ran.status == 0
    assert found["journal.place"]["path"] == str(root)
    assert found["journal.writable"]["state"] == "works"
    assert found["journal.durability"]["durability"] in ("host", "container", "memory")
    assert found["journal.disk"]["free"] > 0
    assert found["journal.content"]["services"] == {"gateway": 1, "inventory": 1, "worker": 1}
    assert sorted(root.rglob("*")) == before


def test_records_that_had_to_go(run: Run, root: Path) -> None:
    """They are counted by reason, as the records that tell of them say; what only looks like one is not counted."""
    where = made.place(root)
    written = made.writer(where)
    assert checks(run("doctor", "--journal", root, "--json"))["journal.given up"]["state"] == "works"
    for count in (700, 11):
        context = {"of_service": "shop", "first": "a-l1", "last": f"a-l{count}", "count": count, "reason": "disk_cap"}
        lost = {"level": "ERROR", "message": "records dropped from the journal", "logger": "obskit.journal"}
        made.fill(written, 1, first=count, **lost, context=context)
        made.fill(written, 1, first=count + 1, context={"text": '"message":"records dropped from the journal"'})

    found = checks(run("doctor", "--journal", root, "--json"))["journal.given up"]

    assert (found["state"], found["records"], found["reasons"]) == ("warning", 711, {"disk_cap": 711})
    assert "711 records had to go (disk_cap)" in found["detail"]


def test_journal_in_memory_is_a_warning(run: Run) -> None:
    """A journal in memory works; that it does not outlive a restart is a warning."""
    from tempfile import TemporaryDirectory

    if not Path("/dev/shm").is_dir():
        pytest.skip("no file system in memory")
    with TemporaryDirectory(dir="/dev/shm") as place:
        ran = run("doctor", "--journal", place, "--json")
    assert checks(ran)["journal.durability"]["state"] == "warning"
    assert ran.status == 0


def test_journal_that_others_can_write(run: Run, root: Path) -> None:
    """A journal that others can write is refused, with what to type."""
    root.chmod(0o777)
    ran = run("doctor", "--journal", root, "--text")
    assert ran.status == 1
    assert "chmod o-w" in ran.out


def test_missing_journal(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A journal that the environment names and that is not there yet is made by init(), so it is no fault."""
    monkeypatch.setenv("OBSKIT_JOURNAL", str(tmp_path / "soon"))
    ran = run("doctor", "--text")
    assert ran.status == 0
    assert f"none yet; init() will make {tmp_path / 'soon'}" in ran.out
    assert run("doctor", "--journal", tmp_path / "gone").status == 1


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/proc/obskit", "/proc can't be written: "),
        ("{file}", "{file}: not a directory; remove the file"),
        ("{file}/journal", "{file} is not a directory"),
        ("{dangling}", "{dangling}: "),
    ],
)
@pytest.mark.parametrize("level", ["INFO", "loud"])
def test_journal_that_cannot_be_made(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, reason: str, level: str
) -> None:
    """A place that `init()` could not make is a fault with its reason, also beside another wrong variable."""
    file, dangling = tmp_path / "file", tmp_path / "dangling"
    file.touch()
    dangling.symlink_to(tmp_path / "nowhere")
    monkeypatch.setenv("OBSKIT_JOURNAL", name.format(file=file, dangling=dangling))
    monkeypatch.setenv("OBSKIT_LEVEL", level)
    ran = run("doctor", "--json")
    found = checks(ran)["journal.place"]
    assert ran.status == 1
    assert found["state"] == "broken"
    assert reason.format(file=file, dangling=dangling) in found["detail"]
    assert not (tmp_path / "nowhere").exists()


def test_journal_below_directories_that_are_not_there(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest that there is decides; nothing is made, and `~` is the home directory."""
    (tmp_path / "home").mkdir()
    monkeypatch.setenv("OBSKIT_JOURNAL", "~/some/where")
    ran = run("doctor", "--json")
    assert checks(ran)["journal.place"]["path"] == str(tmp_path / "home" / "some" / "where")
    assert ran.status == 0
    assert list((tmp_path / "home").iterdir()) == []


def test_a_journal_of_no_name_is_looked_for_further_on(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the first of the standard places is taken by a file, the next is."""
    (tmp_path / "here" / ".obskit").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    ran = run("doctor", "--json")
    assert ran.status == 0
    assert checks(ran)["journal.place"]["path"] == str(tmp_path / "state" / "obskit")


def test_collector_takes_both(run: Run, collector: Collector) -> None:
    """Both signals are asked with a real request that holds no record."""
    ran = run("doctor", "--json")
    found = checks(ran)
    assert ran.status == 0
    assert found["collector.logs"]["outcome"] == found["collector.spans"]["outcome"] == "accepted"
    assert found["collector.clock"]["state"] == "works"
    assert [(path, json.loads(body)) for path, _, body in collector.asked] == [
        ("/v1/logs", {"resourceLogs": []}),
        ("/v1/traces", {"resourceSpans": []}),
    ]


@pytest.mark.parametrize(
    ("logs", "spans", "states", "status"),
    [
        (404, 200, ("note", "works"), 0),
        (404, 404, ("broken", "broken"), 1),
        (401, 200, ("broken", "works"), 1),
        (503, 503, ("broken", "broken"), 1),
        (400, 200, ("broken", "works"), 1),
    ],
)
def test_what_the_collector_says_decides(
    run: Run, collector: Collector, logs: int, spans: int, states: tuple[str, str], status: int
) -> None:
    """A signal that is not taken while the other is, is no fault; everything else is one."""
    collector.answers = {"/v1/logs": logs, "/v1/traces": spans}
    ran = run("doctor", "--json")
    found = checks(ran)
    assert (found["collector.logs"]["state"], found["collector.spans"]["state"]) == states
    assert str(logs) in found["collector.logs"]["detail"] or logs == 200
    assert ran.status == status


def test_collector_that_is_down(run: Run, collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    """A collector that cannot be reached is a fault, with its address."""
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:1")
    ran = run("doctor", "--text")
    assert ran.status == 1
    assert ran.out.count("http://127.0.0.1:1/v1/logs") == 1
    assert "start what listens there" in ran.out


def test_what_to_do_about_logs_that_are_not_taken(run: Run, collector: Collector) -> None:
    """A target for spans only comes with the variable that says so."""
    collector.answers = {"/v1/logs": 404, "/v1/traces": 200}
    detail = checks(run("doctor", "--json"))["collector.logs"]["detail"]
    assert "OTEL_LOGS_EXPORTER=none" in detail
    assert detail.count(collector.url) == 1


def test_clocks_apart(run: Run, collector: Collector) -> None:
    """A collector whose clock is far away is a warning."""
    collector.date = "Wed, 04 Mar 2026 10:00:00 GMT"
    ran = run("doctor", "--json")
    assert checks(ran)["collector.clock"]["state"] == "warning"
    assert ran.status == 0


def test_no_secret_is_printed(run: Run, collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    """Headers, credentials, keys and the DSN stand as markers; where they come from is said."""
    port = collector.server_address[1]
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", f"http://user:s3cret@127.0.0.1:{port}")
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_HEADERS", "x-api-key=s3cret")
    monkeypatch.setenv("OBSKIT_SENTRY_DSN", "http://s3cret@127.0.0.1:9/1")
    monkeypatch.setenv("OBSKIT_LEVEL_KEY", "s3cret-s3cret-s3cret-s3cret-s3cret")
    collector.answers = {"/v1/logs": 401, "/v1/traces": 500}
    for arguments in (["--text"], ["--json"]):
        ran = run("doctor", *arguments)
        assert "s3cret" not in ran.out + ran.err
        assert "OBSKIT_SENTRY_DSN" in ran.out
        assert "[REDACTED:" in ran.out
    assert collector.asked[0][1]["x-api-key"] == "s3cret"


def test_wrong_settings_do_not_hide_the_rest(run: Run, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A wrong variable is a fault; the journal is looked at all the same."""
    monkeypatch.setenv("OBSKIT_LEVEL", "loud")
    monkeypatch.setenv("OBSKIT_JOURNAL_MAX_BYTES", "much")
    root.chmod(0o700)
    ran = run("doctor", "--journal", root, "--json")
    found = json.loads(ran.out)["checks"]
    assert ran.status == 1
    assert len([check for check in found if check["subject"] == "settings" and check["state"] == "broken"]) == 2
    assert checks(ran)["journal.writable"]["state"] == "works"


def test_origin_of_settings(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is configured is told with where it is from."""
    monkeypatch.setenv("OTEL_SERVICE_NAME", "shop")
    monkeypatch.setenv("OBSKIT_SAMPLING_RATE", "0.5")
    found = checks(run("doctor", "--json"))
    assert found["settings.service"]["origin"] == "OTEL_SERVICE_NAME"
    assert "0.5" in found["settings.sampling.rate"]["detail"]


def test_settings_are_shown_as_they_are_written(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither objects of obskit's nor numbers of its own stand for them, and a name stands once."""
    for name, text in {
        "JOURNAL": str(tmp_path / "soon"), "JOURNAL_FSYNC": "off", "REDACTION": "false", "SAMPLING": "true",
        "LEVELS": "shop=DEBUG,sql=warn", "INTEGRATIONS": "threading,flask",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"OBSKIT_{name}", text)
    found = {name: check["value"] for name, check in checks(run("doctor", "--json")).items() if "value" in check}
    assert found == {
        "settings.journal": repr(str(tmp_path / "soon")),
        "settings.journal.fsync": "'off'",
        "settings.redaction": "off",
        "settings.sampling": "on",
        "settings.levels": "shop=DEBUG, sql=WARN",
        "settings.integrations": "threading, flask",
    }
    monkeypatch.setenv("OBSKIT_LEVEL", "loud")
    assert run("doctor", "--text").out.count("OBSKIT_LEVEL") == 1


def test_rows_on_a_narrow_terminal(on_terminal: Run) -> None:
    """Details go on below details, whatever the longest name, and no word is torn."""
    environ = {"COLUMNS": "80", "NO_COLOR": "1", "OBSKIT_LEVEL": "loud"}
    lines = on_terminal("doctor", environ=environ).out.replace("\r", "").splitlines()
    at = next(number for number, line in enumerate(lines) if "OBSKIT_LEVEL" in line)
    assert lines[at + 1].startswith(" " * lines[at].index("'loud'"))
    assert max(map(len, lines)) <= 80
    (python,) = [line for line in lines if " python " in line]
    assert python.rstrip().endswith(platform.release())


def test_pending(run: Run, collector: Collector, root: Path, journals: ModuleType) -> None:
    """What a target has not acknowledged is counted from the cursors, all of it where there is none."""
    root.chmod(0o700)
    journals.checkout(root)
    (gateway,) = root.glob("gateway/*")
    name = target_name(Endpoint(f"{collector.url}/v1/traces", {}))
    path = gateway / "000001.jsonl"
    Cursors(gateway).put((name, "spans"), Cursor(1, path.stat().st_size))
    Cursors(gateway).put(("otlp+http://elsewhere#1", "logs"), Cursor(1, 0))
    ran = run("doctor", "--journal", root, "--json")
    pending = [check for check in json.loads(ran.out)["checks"] if check["name"] == "pending"]
    assert {(check["target"], check["signal"]): check["pending"] for check in pending} == {
        (name, "logs"): 8,
        (name, "spans"): 4,
        ("otlp+http://elsewhere#1", "logs"): 3,
    }
    assert ran.status == 0


def test_agent_that_does_not_run(run: Run, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`ship="agent"` without an agent is a fault: nothing would be sent."""
    root.chmod(0o700)
    monkeypatch.setenv("OBSKIT_SHIP", "agent")
    ran = run("doctor", "--journal", root, "--json")
    assert checks(ran)["journal.agent"]["state"] == "broken"
    assert ran.status == 1


def test_versions(run: Run) -> None:
    """Versions of obskit, Python, what it rests on, and plug-ins with their frameworks are named."""
    found = checks(run("doctor", "--json"))
    for name in ("obskit", "python", "structlog", "orjson", "plug-in fastapi", "plug-in httpx"):
        assert found[f"versions.{name}"]["state"] == "works"
    assert "obskit-httpx" in found["versions.plug-in httpx"]["plugin"]


def test_what_makes_it_faster(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """RE2 and the accelerator are named, what is missing with what to type, what is switched off with the reason."""
    versions = {"google-re2": "1.1", "obskit-speedups": "0.1.0", "obskit-sdk": "0.1.0"}
    monkeypatch.setattr("obskit.commands.checks.versions._version", versions.get)
    monkeypatch.setenv("OBSKIT_SPEEDUPS", "off")
    found = checks(run("doctor", "--json"))
    assert (found["versions.google-re2"]["state"], found["versions.google-re2"]["version"]) == ("works", "1.1")
    assert found["versions.obskit-speedups"]["detail"] == "0.1.0, not used: OBSKIT_SPEEDUPS says so"
    monkeypatch.setenv("OBSKIT_SPEEDUPS", "true")
    monkeypatch.setattr("obskit.line.speedups.module", object())
    assert checks(run("doctor", "--json"))["versions.obskit-speedups"]["state"] == "works"
    monkeypatch.setattr("obskit.line.speedups.module", None)
    found = checks(run("doctor", "--json"))
    assert found["versions.obskit-speedups"]["detail"].startswith("0.1.0, not used: of another release, or broken; pip")
    versions.clear()
    found = checks(run("doctor", "--json"))
    assert found["versions.google-re2"]["detail"].endswith("pip install 'obskit-sdk[re2]'")
    assert found["versions.obskit-speedups"]["detail"].endswith("pip install 'obskit-sdk[speedups]'")


def test_a_collector_of_grpc_is_asked_in_its_own_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """The empty request is a call; a service that is not there is a note, and no clock is compared."""
    collector = GrpcCollector(only_logs=True)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", collector.url)
    monkeypatch.setenv("OTEL_EXPORTER_OTLP_PROTOCOL", "grpc")
    try:
        found = checks(run("doctor", "--json"))
    finally:
        collector.stop()

    assert (found["collector.logs"]["state"], found["collector.spans"]["state"]) == ("works", "note")
    assert "UNIMPLEMENTED" in found["collector.spans"]["detail"]
    assert "collector.clock" not in found
