from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
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
    assert "pip install 'obskit-sdk[all]'" in str(raised.value)
    assert counting.undone == 1


@pytest.fixture
def framework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    name = "awaited_framework"
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
        assert "exec_module" not in vars(module.__loader__)
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


def test_a_loader_that_serves_other_modules_too_is_left_as_it_was(framework: str) -> None:
    """Some finders, such as pytest's own, give every module the same loader."""
    shared = importlib.machinery.SourceFileLoader(framework, str(Path(sys.path[0]) / f"{framework}.py"))

    class Finder:
        def find_spec(self, name: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
            return importlib.machinery.ModuleSpec(name, shared) if name == framework else None

    finder: Any = Finder()
    sys.meta_path.insert(0, finder)
    seen: list[int] = []
    waiting = Waiting({framework: lambda: seen.append(1)})
    try:
        importlib.util.find_spec(framework)
        assert "exec_module" not in vars(shared)
        importlib.import_module(framework)
    finally:
        waiting.stop()
        sys.meta_path.remove(finder)
    assert seen == [1]


def test_importing_obskit_imports_no_framework() -> None:
    """The core knows none; `init` imports none."""
    program = (
        "import sys, obskit\n"
        "obskit.init(service='s', console=False, journal=False)\n"
        "print([m for m in ('fastapi','starlette','flask','celery','httpx','sentry_sdk') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=30)
    assert done.stdout.strip() == "[]", done.stderr


class Broken(Integration):
    name = "broken"

    def install(self) -> Callable[[], None]:
        raise RuntimeError("a bug")


def test_a_named_integration_that_raises_is_a_mistake() -> None:
    """`init` says which, and why."""
    with pytest.raises(obskit.ConfigError, match="RuntimeError: a bug"):
        obskit.init(service="s", console=False, journal=False, integrations=[Broken()])
