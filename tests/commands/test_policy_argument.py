"""Which policy a command works with."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

Pipe = Callable[..., Any]
DATA = b"ORD-123456 for jo@shop.example\n"


@pytest.fixture
def module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], str]]:
    """Write a module into the working directory; its name is one of its own for each test."""
    name = f"policies_{abs(hash(tmp_path)):x}"
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "dont_write_bytecode", True)

    def write(code: str) -> str:
        (tmp_path / f"{name}.py").write_text(f"from obskit import Redaction\n{code}\n")
        return name

    yield write
    sys.modules.pop(name, None)


def test_a_file_is_the_policy(pipe: Pipe, tmp_path: Path) -> None:
    """What it names is removed, and what stands in it holds for what obskit does by itself too."""
    (tmp_path / "policy.toml").write_text("detectors = ['order']\n[custom]\norder = 'ORD-\\d{6}'\n")
    assert pipe(DATA, "--policy", "policy.toml").out == b"[REDACTED:order] for jo@shop.example\n"


@pytest.mark.parametrize(
    "code",
    [
        "policy = Redaction(custom={'order': r'ORD-\\d{6}'})",
        "def policy():\n    return Redaction(custom={'order': r'ORD-\\d{6}'})",
        "print('imported')\npolicy = Redaction(custom={'order': r'ORD-\\d{6}'})",
    ],
    ids=["object", "callable", "module that prints"],
)
def test_an_object_of_a_module_is_the_policy(pipe: Pipe, module: Callable[[str], str], code: str) -> None:
    """It is imported from the working directory; what importing prints stands not among the lines."""
    ran = pipe(DATA, "--policy", f"{module(code)}:policy")
    assert ran.out == b"[REDACTED:order] for [REDACTED:email]\n"


@pytest.mark.parametrize(
    ("code", "name", "reason"),
    [
        ("policy = 5", "policy", "it is of type int, not a Redaction"),
        ("policy = False", "policy", "it is of type bool, not a Redaction"),
        ("def policy():\n    return {}", "policy", "it is of type dict, not a Redaction"),
        ("def policy(a):\n    return a", "policy", "making it raised TypeError"),
        ("raise OSError('no disk')", "policy", "making it raised OSError: no disk"),
        ("import no_such_module_here", "policy", "making it raised ModuleNotFoundError"),
        ("", "policy", "the module has no 'policy'"),
        ("policy = Redaction(detectors=['emial'])", "policy", "'emial' is no kind, but 'email' is"),
    ],
)
def test_an_object_that_is_no_policy_is_told(
    pipe: Pipe, module: Callable[[str], str], code: str, name: str, reason: str
) -> None:
    """Status 2, the reason, and no line comes out."""
    ran = pipe(DATA, "--policy", f"{module(code)}:{name}")
    assert (ran.status, ran.out) == (2, b"")
    assert reason in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    ("named", "reason"),
    [
        ("nowhere.toml", "no such file in the working directory"),
        ("no_such_module_here:policy", "there is no module 'no_such_module_here'"),
        ("no_such.module_here:policy", "there is no module 'no_such'"),
        ("", "redaction="),
    ],
)
def test_a_policy_that_is_not_there_is_told(pipe: Pipe, named: str, reason: str) -> None:
    """Status 2 and the reason."""
    ran = pipe(DATA, "--policy", named)
    assert (ran.status, ran.out) == (2, b"")
    assert reason in ran.err


def test_every_mistake_of_a_file_is_told(pipe: Pipe, tmp_path: Path) -> None:
    """Each in a line of its own."""
    (tmp_path / "policy.toml").write_text("allow = 'a'\nip = 'hash'\n")
    ran = pipe(DATA, "--policy", "policy.toml")
    assert ran.status == 2
    assert [line.partition("=")[0] for line in ran.err.splitlines()[:2]] == [
        "obskit: redaction.allow",
        "obskit: redaction.ip",
    ]


def test_without_the_argument_the_environment_holds(
    pipe: Pipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file that it names and its single variables, as in init; --explain says which."""
    (tmp_path / "policy.toml").write_text("[custom]\norder = 'ORD-\\d{6}'\n")
    monkeypatch.setenv("OBSKIT_REDACTION", "policy.toml")
    monkeypatch.setenv("OBSKIT_REDACTION_DETECTORS", "order")
    monkeypatch.setenv("OBSKIT_LEVEL", "of no interest here")
    ran = pipe(DATA, "--explain")
    assert ran.out.count(b"\n") == 1
    assert "policy: $OBSKIT_REDACTION=policy.toml, $OBSKIT_REDACTION_DETECTORS\n" in ran.err


def test_the_argument_wins_over_the_file_of_the_environment(
    pipe: Pipe, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a new policy leaves out does not come from the old one; single variables hold, as in init."""
    (tmp_path / "new.toml").write_text("detectors = ['email']\n")
    (tmp_path / "old.toml").write_text("[custom]\norder = 'ORD-\\d{6}'\n")
    monkeypatch.setenv("OBSKIT_REDACTION", "old.toml")
    monkeypatch.setenv("OBSKIT_REDACTION_PSEUDONYM_KEY", "k")
    ran = pipe(DATA, "--policy", "new.toml")
    assert ran.out.startswith(b"ORD-123456 for [email:")


def test_the_default_policy_is_named_so(pipe: Pipe) -> None:
    """Where nothing else is given."""
    assert "policy: the default\n" in pipe(b"", "--explain").err


def test_redaction_that_is_off_redacts_nothing_in_silence_never(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that would let everything through refuses to run."""
    monkeypatch.setenv("OBSKIT_REDACTION", "false")
    ran = pipe(DATA)
    assert (ran.status, ran.out) == (2, b"")
    assert "OBSKIT_REDACTION is false: redaction is off; name a policy with --policy" in ran.err


def test_an_unknown_variable_is_said(pipe: Pipe, monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistyped one would silently let a secret through."""
    monkeypatch.setenv("OBSKIT_REDACTION_DENNY", "a")
    ran = pipe(b"x\n")
    assert ran.out == b"x\n"
    assert "(do you mean OBSKIT_REDACTION_DENY?)" in ran.err


def test_the_key_is_never_shown(pipe: Pipe, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither where it is used nor where it is wrong."""
    monkeypatch.setenv("OBSKIT_REDACTION_PSEUDONYM_KEY", "hunter2x")
    ran = pipe(DATA, "--explain")
    assert "$OBSKIT_REDACTION_PSEUDONYM_KEY" in ran.err
    assert "hunter2x" not in ran.err + ran.out.decode()
    (tmp_path / "policy.toml").write_text("pseudonym_key = ['hunter3x']\n")
    assert "hunter3x" not in pipe(DATA, "--policy", "policy.toml").err
    assert os.environ["OBSKIT_REDACTION_PSEUDONYM_KEY"] == "hunter2x"
