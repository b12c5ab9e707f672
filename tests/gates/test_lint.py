"""The linters that CI trusts: each is shown a fault and must refuse it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tool(*arguments: str | Path, text: str | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, input=text, capture_output=True, text=True, timeout=50)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        ("F401", '"""Doc."""\n\nimport os\n'),
        ("D103", '"""Doc."""\n\n\ndef public(value: int) -> int:\n    return value\n'),
        ("T201", '"""Doc."""\n\nprint("here")\n'),
        ("E722", '"""Doc."""\n\ntry:\n    x = 1\nexcept:\n    x = 2\n'),
    ],
)
def test_ruff_refuses_a_fault_in_the_core(rule: str, code: str) -> None:
    """A fault in a file of src/obskit fails the lint gate and is named by its rule."""
    done = tool("ruff", "check", "--no-cache", "--stdin-filename", "src/obskit/fault.py", "-", text=code)
    assert done.returncode == 1
    assert rule in done.stdout


def test_ruff_refuses_a_file_that_is_not_formatted() -> None:
    """The format gate fails on code laid out otherwise than the formatter would."""
    done = tool(
        "ruff", "format", "--check", "--no-cache", "--stdin-filename", "src/obskit/fault.py", "-", text="x  =  1\n"
    )
    assert done.returncode == 1


def test_mypy_refuses_a_function_without_types(tmp_path: Path) -> None:
    """The type gate is strict: an untyped function fails it."""
    fault = tmp_path / "fault.py"
    fault.write_text("def untyped(value):\n    return value\n")
    done = tool("mypy", "--config-file", "pyproject.toml", "--cache-dir", tmp_path / "cache", fault)
    assert done.returncode == 1
    assert "no-untyped-def" in done.stdout


def test_interrogate_refuses_a_test_without_a_docstring(tmp_path: Path) -> None:
    """The docstring gate fails on one undocumented test among documented ones, and asks nothing of helpers."""
    documented = 'def helper():\n    pass\n\n\ndef test_one():\n    """It is one."""\n'
    (tmp_path / "test_some.py").write_text(documented)
    assert tool("interrogate", "--config", "pyproject.toml", tmp_path).returncode == 0
    (tmp_path / "test_some.py").write_text(documented + "\n\ndef test_two():\n    pass\n")
    assert tool("interrogate", "--config", "pyproject.toml", tmp_path).returncode == 1
