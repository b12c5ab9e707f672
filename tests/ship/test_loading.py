from __future__ import annotations

import subprocess
import sys
from pathlib import Path

PROGRAM = """
import os, sys, threading, time
import obskit

class Slow:
    # Holds the import of the keeper up, in the shipper's thread.
    def find_spec(self, name, path=None, target=None):
        if name == "obskit.journal.retention" and not begun.is_set():
            begun.set()
            time.sleep(0.6)
        return None

begun = threading.Event()
sys.meta_path.insert(0, Slow())
obskit.init("shop", journal=sys.argv[1], console=False)
obskit.get_logger().info("parent")
assert begun.wait(20)
child = os.fork()
if child == 0:
    obskit.get_logger().info("child")
    until = time.monotonic() + 10
    from obskit import state
    while state.runtime.shipper._keeper is None and time.monotonic() < until:
        time.sleep(0.01)
    os._exit(0 if state.runtime.shipper._keeper is not None else 1)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_fork_waits_for_what_the_thread_is_importing(tmp_path: Path) -> None:
    """A child that is forked in the middle of an import could never finish it, and would never look after a journal."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path / "j")], capture_output=True, text=True, timeout=60
    )
    assert (done.stdout.strip(), done.returncode) == ("0", 0), done.stderr
