"""Run commands on journals that were written for the test."""

from __future__ import annotations

import importlib.util
import io
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

from obskit.commands.main import main


class Ran(NamedTuple):
    """What a command said."""

    status: int
    out: str
    err: str


class Piped(NamedTuple):
    """What a filter made of its input."""

    status: int
    out: bytes
    err: str


Run = Callable[..., Ran]
Pipe = Callable[..., Piped]


@pytest.fixture
def journals() -> ModuleType:
    """The module that writes journals."""
    name = "obskit_test_journals"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, Path(__file__).parent.parent / "query" / "journals.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An empty journal."""
    path = tmp_path / "journal"
    path.mkdir()
    return path


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process, in a directory without a journal."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))

    def call(*arguments: object) -> Ran:
        status = main([str(argument) for argument in arguments])
        sys.stdout.flush()
        out, err = capfd.readouterr()
        return Ran(status, out, err)

    return call


@pytest.fixture
def on_terminal(tmp_path: Path) -> Run:
    """Run a command on a terminal of its own and return all that it showed."""

    def call(*arguments: object, environ: Mapping[str, str] | None = None, before: str = "") -> Ran:
        outer, inner = pty.openpty()
        code = f"{before}\nimport sys\nfrom obskit.commands.main import main\nsys.exit(main(sys.argv[1:]))"
        environment = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "FORCE_COLOR")}
        process = subprocess.Popen(
            [sys.executable, "-c", code, *map(str, arguments)],
            stdin=subprocess.DEVNULL, stdout=inner, stderr=subprocess.PIPE, cwd=tmp_path,
            env={**environment, "TERM": "xterm-256color", "COLUMNS": "120", **(environ or {})},
        )  # fmt: skip
        os.close(inner)
        shown = b""
        while True:
            try:
                chunk = os.read(outer, 65536)
            except OSError:
                break
            if not chunk:
                break
            shown += chunk
        os.close(outer)
        assert process.stderr is not None
        err = process.stderr.read().decode()
        process.stderr.close()
        return Ran(process.wait(timeout=30), shown.decode("utf-8", "replace"), err)

    return call


@pytest.fixture
def pipe(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Pipe:
    """Run `obskit redact` in this process on some bytes, in a directory of its own, without settings."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("OBSKIT_")]:
        monkeypatch.delenv(name)

    def call(data: bytes, *arguments: object) -> Piped:
        out = io.BytesIO()
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
            patch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="utf-8", write_through=True))
            status = main(["redact", *map(str, arguments)])
            shown = out.getvalue()
        return Piped(status, shown, capsys.readouterr().err)

    return call
