from __future__ import annotations

import subprocess
import sys
from typing import Any

import orjson
import pytest

PROGRAM = """
import obskit, sys, threading, asyncio, gc
obskit.init(service="s", console="json", journal=False, integrations=[])
{body}
"""
CASES = {
    "main thread": ("raise ValueError('mail a@b.example')", "obskit.uncaught", "FATAL", 1),
    "thread": (
        "def work(): raise ValueError('x')\nt = threading.Thread(target=work)\nt.start()\nt.join()",
        "obskit.uncaught", "ERROR", 0,
    ),
    "asyncio": (
        "async def main():\n    asyncio.get_running_loop().call_soon(lambda: 1 / 0)\n    await asyncio.sleep(0.01)\n"
        "asyncio.run(main())",
        "asyncio", "ERROR", 0,
    ),
    "__del__": (
        "class D:\n    def __del__(self): raise ValueError('x')\nd = D()\ndel d\ngc.collect()",
        "obskit.uncaught", "ERROR", 0,
    ),
}  # fmt: skip


def run(body: str) -> tuple[list[dict[str, Any]], str, int]:
    done = subprocess.run([sys.executable, "-c", PROGRAM.format(body=body)], capture_output=True, timeout=30)
    return [orjson.loads(line) for line in done.stdout.splitlines()], done.stderr.decode(), done.returncode


@pytest.mark.parametrize("case", list(CASES))
def test_what_nobody_caught_is_one_record(case: str) -> None:
    """It has level, logger and stack trace, is told once, redacted, and the exit code is the interpreter's own."""
    body, logger, level, code = CASES[case]
    lines, err, returned = run(body)
    assert [(line["logger"], line["level"]) for line in lines] == [(logger, level)]
    assert "Traceback" in lines[0]["error"]["stack_trace"]
    assert "a@b.example" not in str(lines)
    assert "Traceback" not in err
    assert returned == code


def test_an_interrupt_is_left_to_the_interpreter() -> None:
    """KeyboardInterrupt is no error of the application's."""
    lines, err, _ = run("raise KeyboardInterrupt")
    assert lines == []
    assert "KeyboardInterrupt" in err


def test_sys_exit_in_a_thread_is_no_record() -> None:
    """A thread may end itself."""
    lines, _, code = run("t = threading.Thread(target=sys.exit)\nt.start()\nt.join()")
    assert (lines, code) == ([], 0)
