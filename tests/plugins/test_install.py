from __future__ import annotations

import importlib
import importlib.util
import subprocess
import sys
import zipfile
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


def test_looking_for_a_framework_does_not_use_up_the_wait(framework: str) -> None:
    """Libraries ask with `importlib.util.find_spec` whether one is there; the import itself is joined still."""
    seen: list[int] = []
    waiting = Waiting({framework: lambda: seen.append(1)})
    try:
        assert importlib.util.find_spec(framework) is not None
        assert importlib.util.find_spec(framework) is not None
        assert seen == []
        importlib.reload(importlib.import_module(framework))
    finally:
        waiting.stop()
    assert seen == [1]


def test_a_framework_whose_first_import_failed_is_joined_at_the_next(framework: str, tmp_path: Path) -> None:
    """A failed import is no import."""
    seen: list[int] = []
    (tmp_path / f"{framework}.py").write_text("raise RuntimeError('not ready')\n")
    waiting = Waiting({framework: lambda: seen.append(1)})
    try:
        with pytest.raises(RuntimeError, match="not ready"):
            importlib.import_module(framework)
        assert seen == []
        (tmp_path / f"{framework}.py").write_text("loaded = 'at last'\n")
        importlib.invalidate_caches()
        assert importlib.import_module(framework).loaded == "at last"
    finally:
        waiting.stop()
    assert seen == [1]


def test_a_framework_found_before_the_wait_ended_is_not_joined_after_it(framework: str) -> None:
    """A spec handed out earlier acts no more once obskit is shut down."""
    seen: list[int] = []
    waiting = Waiting({framework: lambda: seen.append(1)})
    spec = importlib.util.find_spec(framework)
    waiting.stop()
    assert spec is not None
    assert spec.loader is not None
    spec.loader.exec_module(importlib.util.module_from_spec(spec))
    assert seen == []


def test_a_framework_in_a_zip_archive_is_joined_once_it_is_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There one loader serves every module: a submodule that loads first is not taken for the framework."""
    name, seen = "zipped_framework_of_a_test", []
    with zipfile.ZipFile(tmp_path / "app.zip", "w") as archive:
        archive.writestr(f"{name}/__init__.py", f"import {name}.part\nloaded = True\n")
        archive.writestr(f"{name}/part.py", "")
    monkeypatch.syspath_prepend(tmp_path / "app.zip")
    waiting = Waiting({name: lambda: seen.append(hasattr(sys.modules[name], "loaded"))})
    try:
        importlib.import_module(name)
    finally:
        waiting.stop()
        for loaded in (name, f"{name}.part"):
            sys.modules.pop(loaded, None)
    assert seen == [True]


def test_importing_obskit_imports_no_framework() -> None:
    """The core knows none; `init` imports none."""
    program = (
        "import sys, obskit\n"
        "obskit.init(service='s', console=False, journal=False)\n"
        "print([m for m in ('fastapi','starlette','flask','celery','httpx','sentry_sdk') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "[]", done.stderr
