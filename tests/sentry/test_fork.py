from __future__ import annotations

import os
import threading
import time
import warnings

from tests.sentry.events import install, record


def fork_and(child, seconds: float = 10.0) -> int:
    """Fork, run `child` there, and return its exit status; kills it when it hangs."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        try:
            os._exit(child())
        finally:
            os._exit(70)
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        done, status = os.waitpid(pid, os.WNOHANG)
        if done:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.01)
    os.kill(pid, 9)
    os.waitpid(pid, 0)
    return -1


def test_child_sends_its_own(client, sentry):
    """A forked child sends its events, the parent goes on sending its own."""
    client.capture(record(message="before"), None)
    client.flush(2.0)

    def child() -> int:
        client.capture(record(message="child"), None)
        return 0 if client.flush(5.0) else 1

    assert fork_and(child) == 0
    client.capture(record(message="after"), None)
    client.flush(2.0)
    assert sorted(event["logentry"]["formatted"] for event in sentry.events()) == ["after", "before", "child"]


def test_fork_while_the_queue_is_full_and_its_lock_held(sentry):
    """A fork amid a flush with events pending: the child is not stuck and sends none of the parent's."""
    sentry.delay = 0.3
    client = install(sentry.dsn)
    for number in range(3):
        client.capture(record(message=f"parent {number}"), None)
    flushing = threading.Thread(target=client.flush, args=(5.0,))
    flushing.start()
    time.sleep(0.15)

    def child() -> int:
        client.capture(record(message="child"), None)
        return 0 if client.close(5.0) else 1

    assert fork_and(child) == 0
    flushing.join()
    client.close(5.0)
    sent = sorted(event["logentry"]["formatted"] for event in sentry.events())
    assert sent == ["child", "parent 0", "parent 1", "parent 2"]


def test_idle_thread_ends_before_a_fork(client, sentry):
    """A fork finds no idle delivery thread, so that Python has nothing to warn of; the next event starts one again."""
    others = set(threading.enumerate())
    client.capture(record(), None)
    client.flush(2.0)
    assert fork_and(lambda: 0) == 0
    assert [thread for thread in set(threading.enumerate()) - others if "sentry" in thread.name] == []
    client.capture(record(), None)
    client.flush(2.0)
    assert len(sentry.events()) == 2
