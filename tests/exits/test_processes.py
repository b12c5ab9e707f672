from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.exits.canary import MARKER, leaks
from tests.support.programs import environment

pytestmark = pytest.mark.slow

HEAD = """
import asyncio, atexit, gc, multiprocessing, sys, threading, _thread, weakref
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
import obskit
from tests.exits.canary import EMAIL, PLAIN, TEXT, fields
from tests.exits.exits import CanaryError, failure

def setup():
    obskit.init(service="shop", console=CONSOLE, journal=sys.argv[1], integrations=INTEGRATIONS)

def fail():
    raise failure()
"""
ENDS = {
    "the main thread": "setup(); fail()",
    "the main thread, an exception that can't be shown": """
class Mute(Exception):
    def __str__(self): raise ValueError(TEXT)
setup()
raise Mute from failure()""",
    "the main thread, interrupted": """
setup()
try:
    fail()
except CanaryError:
    raise KeyboardInterrupt""",
    "a thread": "setup(); made = threading.Thread(target=fail, name=TEXT); made.start(); made.join()",
    "a thread of the lowest kind": "setup(); _thread.start_new_thread(fail, ()); import time; time.sleep(0.3)",
    "a callback of a future": """
setup()
with ThreadPoolExecutor() as pool:
    pool.submit(fail).add_done_callback(lambda done: done.result())""",
    "a pool of processes": """
if __name__ == "__main__":
    setup()
    with ProcessPoolExecutor(1) as pool:
        pool.submit(int, TEXT).result()""",
    "a task that nobody waits for": """
async def main():
    asyncio.create_task(failing(), name=TEXT)
    await asyncio.sleep(0.01)
    gc.collect()
async def failing(): fail()
setup()
asyncio.run(main())""",
    "a callback of the event loop": """
async def main():
    asyncio.get_running_loop().call_soon(lambda told: fail(), TEXT)
    await asyncio.sleep(0.01)
setup()
asyncio.run(main())""",
    "a finaliser": """
class Held:
    def __del__(self): fail()
    def __repr__(self): return TEXT
setup()
held = Held()
del held
gc.collect()""",
    "a callback of a weak reference": """
class Held: pass
setup()
held = Held()
kept = weakref.ref(held, lambda dead: fail())
del held""",
    "the exit of the process": "setup(); atexit.register(fail)",
}
PROCESSES = """
class Process(multiprocessing.Process):
    def run(self): work()
def work():
    if WHERE == "in its function": setup()
    fail()
if WHERE == "when its module is imported": setup()
if __name__ == "__main__":
    multiprocessing.set_start_method(METHOD)
    if WHERE == "in the parent": setup()
    for made in (multiprocessing.Process(target=work), Process()):
        made.start()
        made.join(20)
        assert made.exitcode == 1
"""


def run(folder: Path, body: str, **given: object) -> tuple[bytes, bytes]:
    """Run a program and return what it printed and what it wrote."""
    given = {"CONSOLE": "json", "INTEGRATIONS": [], **given}
    program = folder / "program.py"
    program.write_text("".join(f"{name} = {value!r}\n" for name, value in given.items()) + HEAD + body)
    done = subprocess.run(
        [sys.executable, program, folder / "journal"], capture_output=True, timeout=40, env=environment()
    )
    journal = b"".join(path.read_bytes() for path in (folder / "journal").rglob("*.jsonl"))
    return done.stdout + done.stderr, journal


@pytest.mark.parametrize("name", list(ENDS))
def test_what_nobody_caught_shows_no_canary(name: str, tmp_path: Path) -> None:
    """The interpreter's own print of it gives way to a redacted record."""
    printed, journal = run(tmp_path, ENDS[name])
    assert leaks(printed) == leaks(journal) == []
    assert MARKER.encode() in printed
    # An interrupt is no error of the application's: it is printed as ever, redacted.
    assert (b"Traceback" in journal) is (name != "the main thread, interrupted")


@pytest.mark.parametrize("name", ["the main thread", "the main thread, an exception that can't be shown"])
def test_without_a_console_the_word_on_standard_error_shows_no_canary(name: str, tmp_path: Path) -> None:
    """Who switched the console off is told of an end all the same."""
    printed, journal = run(tmp_path, ENDS[name], CONSOLE=False)
    assert leaks(printed) == leaks(journal) == []
    assert b"obskit: uncaught exception" in printed
    assert b"Traceback" not in printed


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
@pytest.mark.parametrize("where", ["when its module is imported", "in its function"])
def test_the_end_of_a_process_shows_no_canary(method: str, where: str, tmp_path: Path) -> None:
    """What multiprocessing prints of the exception that ends a process gives way to a redacted record."""
    printed, journal = run(tmp_path, PROCESSES, METHOD=method, WHERE=where)
    assert leaks(printed) == leaks(journal) == []
    assert journal.count(b"uncaught exception in process") == 2
    assert printed.count(b"uncaught exception in process") == 2
    assert b"Traceback (most recent call last):\n" not in printed


def test_the_end_of_a_forked_process_needs_no_init_of_its_own(tmp_path: Path) -> None:
    """A process that is forked has what its parent has."""
    printed, journal = run(tmp_path, PROCESSES, METHOD="fork", WHERE="in the parent")
    assert leaks(printed) == leaks(journal) == []
    assert journal.count(b"uncaught exception in process") == 2
