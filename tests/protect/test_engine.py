from __future__ import annotations

import subprocess
import sys

from obskit.protect.engine import Generation

# Threads keep every automaton busy while the process forks; a child that inherits a held lock never ends.
FORKS = """
import base64, os, signal, threading
from obskit.protect.policy import make
from obskit.settings.options import Redaction

redactor = make(Redaction(custom={"order": r"ORD-[0-9]{6}"}), lambda: None)
text = "mail ann@shop.example ORD-123456 password=hunter2 ghp_" + "a1B2" * 9 + " word" * 2000
stop = threading.Event()

def busy():
    # Texts that were never met make the automatons grow, which they do behind a lock.
    while not stop.is_set():
        redactor.text(base64.b64encode(os.urandom(30_000)).decode() + text)

threads = [threading.Thread(target=busy, daemon=True) for _ in range(3)]
for thread in threads:
    thread.start()
for _ in range(40):
    child = os.fork()
    if child == 0:
        signal.alarm(10)
        shown = redactor.text(text)
        os._exit(0 if "hunter2" not in shown and "ORD-1" not in shown and "ann@" not in shown else 1)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, status
stop.set()
for thread in threads:
    thread.join()
print("done")
"""


def test_a_child_forked_while_other_threads_redact_redacts() -> None:
    """Whatever the others were in the middle of, and with a team's own patterns too."""
    command = [sys.executable, "-W", "ignore", "-c", FORKS]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50)
    assert done.stdout == "done\n", done.stderr


def test_each_fork_begins_a_generation() -> None:
    """So that what was built before it is told from what was built after."""
    generation = Generation()
    generation.forked()
    assert generation.number == 1
