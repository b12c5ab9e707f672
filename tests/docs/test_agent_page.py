"""The unit file and the manifest on the agent's page: their own command lines, run with other paths and ports."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

import obskit
from obskit.commands.main import _parser
from obskit.settings.load import load
from tests.docs.blocks import ROOT, titled
from tests.support.agents import free_address
from tests.support.collector import Collector
from tests.support.programs import environment

PAGE = (ROOT / "docs" / "agent.md").read_text()


@pytest.fixture
def collector() -> Iterator[Collector]:
    """A collector."""
    made = Collector()
    yield made
    made.stop()


def unit() -> configparser.ConfigParser:
    """Return the unit file."""
    found = configparser.ConfigParser(interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string(titled("agent.md", "obskit-ship.service"))
    return found


def pod() -> dict[str, Any]:
    """Return what the manifest says of a pod."""
    found: dict[str, Any] = yaml.safe_load(titled("agent.md", "shop.yaml"))["spec"]["template"]["spec"]
    return found


def option(command: list[str], name: str) -> str:
    return command[command.index(name) + 1]


class Running:
    """A command line of the page, with what stands for the machine replaced."""

    def __init__(self, command: list[str], collector: Collector, **environ: str) -> None:
        self.address = free_address()
        changed = [sys.executable, *command[1:]]
        changed[changed.index("--to") + 1] = f"otlp+{collector.url}"
        changed[changed.index("--health") + 1] = self.address
        self.process = subprocess.Popen(
            changed, env=environment(**environ), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd="/"
        )

    def get(self, path: str) -> str:
        """Ask for a path until it answers."""
        until = time.monotonic() + 15
        while True:
            try:
                with urllib.request.urlopen(f"http://{self.address}{path}", timeout=5) as answer:
                    return str(answer.read().decode())
            except OSError:
                assert self.process.poll() is None, self.process.communicate()[1]
                assert time.monotonic() < until
                time.sleep(0.05)

    def stop(self) -> int:
        """Stop it as systemd and Kubernetes do."""
        self.process.terminate()
        try:
            self.process.communicate(timeout=15)
        finally:
            self.process.kill()
            self.process.communicate()
        return self.process.returncode


def delivered(journal: Path, collector: Collector, **options: Any) -> None:
    """Let a service log into a journal, and check that an agent delivers it."""
    obskit.init("shop", journal=journal, otlp_endpoint=collector.url, console=False, integrations=[], **options)
    for n in range(20):
        obskit.get_logger().info("n", n=n)
    writer = obskit.stats().writer
    assert obskit.flush(15)
    assert len([one for one in collector.ids() if one.startswith(writer)]) == 20
    assert set(obskit.stats().shipped.values()) == {0}


def test_the_unit_delivers(tmp_path: Path, collector: Collector) -> None:
    """With the state directory that systemd makes and names to it."""
    service = unit()["Service"]
    state = tmp_path / service["StateDirectory"]
    state.mkdir(mode=int(service["StateDirectoryMode"], 8))
    running = Running(shlex.split(service["ExecStart"]), collector, STATE_DIRECTORY=str(state))
    try:
        assert json.loads(running.get("/health"))["status"] == "delivering"
        delivered(state, collector)
    finally:
        status = running.stop()
    assert status == 0


def test_the_unit_takes_its_secrets_from_the_file_it_names(tmp_path: Path) -> None:
    """What the comment above says is what the command reads."""
    text = titled("agent.md", "obskit-ship.service")
    (comment,) = re.findall(r"^# (.*), readable by root alone\nEnvironmentFile=", text, re.MULTILINE)
    source = (ROOT / "src/obskit/commands/ship.py").read_text()

    for name in comment.split(" and "):
        assert f'"{name}"' in source


def test_the_unit_is_given_the_time_it_needs_to_end() -> None:
    """More than the exit's deadline; and what it may answer then is no failure."""
    service = unit()["Service"]

    assert float(service["TimeoutStopSec"]) > _parser().parse_args(["ship"]).exit_timeout
    assert service["SuccessExitStatus"] == "1"
    assert service["RestartPreventExitStatus"] == "2"


def test_the_drop_in_for_a_group_replaces_what_belongs_to_one_user() -> None:
    """Every name it clears is one of the unit's; the journal is where the page makes it."""
    found = configparser.ConfigParser(interpolation=None)
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string(titled("agent.md", "group.conf"))
    service = found["Service"]
    cleared = [name for name, value in service.items() if not value]

    assert set(cleared) <= set(unit()["Service"])
    (made,) = re.findall(r"`d (\S+) 2770 root obskit -`", PAGE)
    assert service["ReadWritePaths"] == made
    assert service["Environment"] == f"OBSKIT_JOURNAL={made}"


def test_the_sidecar_delivers(tmp_path: Path, collector: Collector) -> None:
    """Below a volume that everybody can write, for a service with the settings of the other container."""
    (sidecar,), (shop,) = pod()["initContainers"], pod()["containers"]
    given, service = ({pair["name"]: pair["value"] for pair in each["env"]} for each in (sidecar, shop))
    mount = sidecar["volumeMounts"][0]["mountPath"]
    volume = tmp_path / "volume"
    volume.mkdir()
    volume.chmod(0o777)
    journal = volume / Path(given["OBSKIT_JOURNAL"]).relative_to(mount)
    assert journal != volume
    running = Running(sidecar["command"], collector, OBSKIT_JOURNAL=str(journal))
    try:
        assert json.loads(running.get(sidecar["livenessProbe"]["httpGet"]["path"]))["status"] == "delivering"
        delivered(journal, collector, ship=load({}, service).ship)
        families = {family.name for family in text_string_to_metric_families(running.get("/metrics"))}
        assert families >= {name.removesuffix("_total") for name in re.findall(r"`(obskit_ship_\w+)`", PAGE)}
    finally:
        status = running.stop()
    assert status == 0


def test_the_two_containers_share_a_journal_and_a_target() -> None:
    """One uid, one directory, one URL."""
    (sidecar,), (shop,) = pod()["initContainers"], pod()["containers"]
    given, service = ({pair["name"]: pair["value"] for pair in each["env"]} for each in (sidecar, shop))

    assert given["OBSKIT_JOURNAL"] == service["OBSKIT_JOURNAL"]
    assert sidecar["volumeMounts"] == shop["volumeMounts"]
    assert option(sidecar["command"], "--to") == f"otlp+{service['OTEL_EXPORTER_OTLP_ENDPOINT']}"
    assert load({}, service).ship == "agent"
    assert pod()["securityContext"]["runAsUser"] > 0
    assert not any("securityContext" in each for each in (sidecar, shop))


def test_the_probe_asks_where_the_agent_listens() -> None:
    """On all addresses: a probe comes from outside of the pod."""
    (sidecar,) = pod()["initContainers"]
    probe = sidecar["livenessProbe"]["httpGet"]
    ports = {port["name"]: port["containerPort"] for port in sidecar["ports"]}

    assert option(sidecar["command"], "--health") == f"0.0.0.0:{ports[probe['port']]}"


def test_every_option_of_the_command_stands_on_the_page() -> None:
    """And every option on the page is one of the command's."""
    commands = next(action for action in _parser()._actions if hasattr(action, "choices") and action.choices)
    parser = commands.choices["ship"]  # type: ignore[index]
    options = {name for action in parser._actions for name in action.option_strings if name.startswith("--")}

    shown = set(re.findall(r"`(--[a-z-]+)", PAGE)) - {"--apply"}

    assert shown == options - {"--help"}
