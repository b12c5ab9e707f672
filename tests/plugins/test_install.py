from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import obskit
from obskit.integration import DidNotEnable, Integration
from obskit.plugins.install import Waiting


class Counting(Integration):
    name = "counting"

    def __init__(self) -> None:
        self.installed = 0
        self.undone = 0

    def install(self) -> Callable[[], None]:
        self.installed += 1

        def undo() -> None:
            self.undone += 1

        return undo


class Refusing(Integration):
    name = "refusing"

    def install(self) -> Callable[[], None]:
        raise DidNotEnable("too old: 0.1, need 2")


def test_an_integration_is_installed_once_and_undone_by_shutdown() -> None:
    """Given twice it acts once."""
    counting = Counting()
    obskit.init(service="s", console=False, journal=False, integrations=[counting, counting])
    assert counting.installed == 1
    assert obskit.stats().integrations["counting"] == "active"
    obskit.shutdown()
    assert counting.undone == 1


def test_every_named_integration_that_cannot_be_is_told_at_once() -> None:
    """The error lists each with its reason and what to install, and nothing stays installed."""
    counting = Counting()
    with pytest.raises(obskit.ConfigError) as raised:
        obskit.init(service="s", console=False, journal=False, integrations=[counting, Refusing(), "unheard"])
    assert "too old: 0.1, need 2" in str(raised.value)
    assert "pip install 'obskit-sdk[unheard]'" in str(raised.value)
    assert counting.undone == 1


@pytest.fixture
def framework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = "framework_of_a_test"
    (tmp_path / f"{name}.py").write_text("loaded = True\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield name
    sys.modules.pop(name, None)


def test_a_framework_imported_later_is_joined_then(framework: str) -> None:
    """The action comes after the module's own code, once."""
    seen: list[Any] = []
    waiting = Waiting({framework: lambda: seen.append(sys.modules[framework].loaded)})
    try:
        module = __import__(framework)
        assert seen == [True]
        assert "exec_module" not in vars(module.__spec__.loader)
    finally:
        waiting.stop()
    assert waiting not in sys.meta_path


def test_importing_obskit_imports_no_framework() -> None:
    """The core knows none; `init` imports none."""
    program = (
        "import sys, obskit\n"
        "obskit.init(service='s', console=False, journal=False)\n"
        "print([m for m in ('fastapi','starlette','flask','celery','httpx','sentry_sdk') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "[]", done.stderr
