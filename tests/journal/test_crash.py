"""Writers that are killed, forked and interrupted: nothing that a call has promised is lost."""

from __future__ import annotations

import itertools
import signal
import time
from pathlib import Path

from tests.support import journals
from tests.support.programs import run, start

KILLED = """
    import os, sys, threading
    from pathlib import Path
    from tests.support import journals
    made = journals.writer(journals.place(Path(sys.argv[1])), segment_bytes=20_000)
    series = iter(range(8))
    def write():
        mine = next(series)
        with open(f"{sys.argv[2]}/{mine}", "ab", buffering=0) as told:
            n = 0
            while True:
                n += 1
                assert made.write(journals.line(f"{made.id}-l{n * 8 + mine}")) is None
                told.write(b"%d\\n" % (n * 8 + mine))
    threads = [threading.Thread(target=write, daemon=True) for _ in range(8)]
    for thread in threads: thread.start()
    print("started", flush=True)
    threads[0].join()
"""


def test_after_a_sigkill_every_line_whose_call_had_returned_is_found(tmp_path: Path) -> None:
    """Eight threads, the next segment every few milliseconds, several kills."""
    for attempt, delay in enumerate((0.05, 0.13, 0.21)):
        journal, told = tmp_path / f"j{attempt}", tmp_path / f"t{attempt}"
        told.mkdir()
        process = start(KILLED, journal, told)
        assert process.stdout is not None
        assert process.stdout.readline() == "started\n"
        time.sleep(delay)
        process.kill()
        process.communicate()

        promised = [int(n) for path in told.iterdir() for n in path.read_bytes().split(b"\n")[:-1]]
        found = [int(one.rpartition("-l")[2]) for one in journals.found(journal)]
        assert len(promised) > 100
        assert len(list(journal.rglob("*.jsonl"))) > 1
        assert set(promised) <= set(found)
        assert len(found) == len(set(found))


def test_a_log_call_in_a_signal_handler_is_neither_lost_nor_stuck(tmp_path: Path) -> None:
    """Hundreds of signals, during other log calls, rotations included."""
    program = """
        import os, signal, sys, threading, time
        import obskit
        obskit.init("shop", journal=obskit.Journal(path=sys.argv[1], segment_bytes=8192), console=False)
        log, handled, done = obskit.get_logger("shop"), [], threading.Event()
        def handler(number, frame):
            handled.append(1)
            log.info("handled")
        signal.signal(signal.SIGUSR1, handler)
        def bombard():
            while not done.is_set():
                os.kill(os.getpid(), signal.SIGUSR1)
                time.sleep(0.0002)
        thread = threading.Thread(target=bombard)
        thread.start()
        plain = 0
        while plain < 3000 or len(handled) < 300:
            log.info("plain", n=plain)
            plain += 1
        done.set()
        thread.join()
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        print(plain + len(handled))
    """
    total = int(run(program, tmp_path / "j"))

    found = journals.found(tmp_path / "j")
    assert len(found) == len(set(found)) == total


def test_a_sigterm_handler_may_write_the_first_record_while_a_thread_is_being_started(tmp_path: Path) -> None:
    """Beginning to write takes no lock that the interrupted code could hold."""
    program = """
        import os, signal, sys, threading
        import obskit
        obskit.init("shop", journal=sys.argv[1], console=False)
        child = os.fork()
        if child == 0:
            # What Thread.start() and shutdown hold while a signal comes.
            with threading._active_limbo_lock:
                signal.signal(signal.SIGTERM, lambda *_: obskit.get_logger("shop").info("terminated"))
                os.kill(os.getpid(), signal.SIGTERM)
            os._exit(0)
        print(os.waitpid(child, 0)[1])
    """
    assert run(program, tmp_path / "j", timeout=10).strip() == "0"
    assert len(journals.found(tmp_path / "j")) == 1


def test_a_log_call_in_a_finaliser_is_neither_lost_nor_stuck(tmp_path: Path) -> None:
    """Garbage is collected in the middle of other log calls."""
    program = """
        import gc, sys, time
        import obskit
        obskit.init("shop", journal=obskit.Journal(path=sys.argv[1], segment_bytes=8192), console=False)
        log = obskit.get_logger("shop")
        class Cyclic:
            def __init__(self): self.me = self
            def __del__(self): log.info("collected")
        gc.set_threshold(5)
        for n in range(1000):
            Cyclic()
            log.info("plain", n=n)
        gc.collect()
        # Another thread may have begun to collect: its finalisers are run there.
        until = time.monotonic() + 5
        while obskit.stats().emitted < 2000 and time.monotonic() < until:
            time.sleep(0.01)
        print(obskit.stats().emitted)
    """
    assert run(program, tmp_path / "j").strip() == "2000"
    found = journals.found(tmp_path / "j")
    assert len(found) == len(set(found)) == 2000


def test_a_forked_child_is_a_writer_of_its_own(tmp_path: Path) -> None:
    """Its numbers begin at 1, the parent's go on."""
    program = """
        import os, sys
        import obskit
        obskit.init("shop", journal=sys.argv[1], console=False)
        log = obskit.get_logger("shop")
        log.info("parent")
        child = os.fork()
        log.info("both")
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        log.info("parent")
    """
    run(program, tmp_path / "j")

    by_writer = itertools.groupby(sorted(journals.found(tmp_path / "j")), lambda one: one.partition("-")[0])
    assert sorted(len(list(ids)) for _, ids in by_writer) == [1, 3]


def test_a_child_that_outlives_its_parent_does_not_keep_the_parents_writer_alive(tmp_path: Path) -> None:
    """The dead parent is adopted at once, while the child goes on writing."""
    program = """
        import os, signal, sys, time
        import obskit
        from obskit.journal.lock import claim_directory
        obskit.init("shop", journal=sys.argv[1], console=False)
        obskit.get_logger("shop").info("parent")
        directory = obskit.state.runtime.store.session.writer.directory
        def held():
            links = []
            for fd in os.listdir("/proc/self/fd"):
                try: links.append(os.readlink(f"/proc/self/fd/{fd}"))
                except OSError: pass
            return str(directory) in links
        read, write = os.pipe()
        parent = os.getpid()
        if os.fork() == 0:
            inherited = held()
            obskit.get_logger("shop").info("child")
            os.read(read, 1)
            while os.getppid() == parent: time.sleep(0.01)
            own = obskit.state.runtime.store.session.writer.directory
            until = time.monotonic() + 5
            # The kernel may tell of the death a moment before it has closed the files; this process's own keeper may
            # come first.
            while (fd := claim_directory(directory)) is None and not held() and time.monotonic() < until:
                time.sleep(0.01)
            os.write(1, f"{not inherited} {fd is not None or held()} {claim_directory(own) is None}".encode())
            os._exit(0)
        assert claim_directory(directory) is None
        os.write(write, b".")
        os.kill(os.getpid(), signal.SIGKILL)
    """
    process = start(program, tmp_path / "j")
    out, err = process.communicate(timeout=20)

    assert out == "True True True", err


def test_a_fork_while_another_thread_begins_a_segment_disturbs_neither(tmp_path: Path) -> None:
    """Children write and rotate although their copy of the lock was held; each line is found once."""
    program = """
        import os, sys, threading
        import obskit
        obskit.init("shop", journal=obskit.Journal(path=sys.argv[1], segment_bytes=4096), console=False)
        log, done = obskit.get_logger("shop"), threading.Event()
        def write():
            while not done.is_set():
                log.info("parent")
        threads = [threading.Thread(target=write) for _ in range(2)]
        for thread in threads: thread.start()
        writer = obskit.state.runtime.store.session
        failed = 0
        for n in range(12):
            child = os.fork()
            if child == 0:
                for k in range(30):
                    log.info("child", k=k)
                os._exit(0)
            failed += os.waitpid(child, 0)[1] != 0
        held = obskit.state.runtime.store.session.writer
        with held._turn:
            child = os.fork()
            if child == 0:
                for k in range(30):
                    log.info("child", k=k)
                os._exit(0)
        failed += os.waitpid(child, 0)[1] != 0
        done.set()
        for thread in threads: thread.join()
        print(failed, obskit.stats().emitted)
    """
    failed, emitted = run(program, tmp_path / "j", PYTHONWARNINGS="ignore").split()

    found = journals.found(tmp_path / "j")
    assert failed == "0"
    assert len(found) == len(set(found)) == int(emitted) + 13 * 30


def test_a_removed_directory_is_replaced_while_the_application_runs(tmp_path: Path) -> None:
    """Lines are kept again a moment later, and that is told."""
    program = """
        import shutil, sys, time
        from pathlib import Path
        import obskit
        from tests.support import journals
        root = Path(sys.argv[1])
        obskit.init("shop", journal=root, console=False)
        log = obskit.get_logger("shop")
        log.info("before")
        shutil.rmtree(root)
        until = time.monotonic() + 8
        while not journals.found(root) and time.monotonic() < until:
            log.info("after")
            time.sleep(0.1)
        print(len(journals.found(root)) > 0)
    """
    process = start(program, tmp_path / "j")
    out, err = process.communicate(timeout=20)

    assert out == "True\n", err
    assert "is gone; beginning a new one" in err
    assert err.count("obskit:") == 1


def test_os_exit_loses_nothing(tmp_path: Path) -> None:
    """No handler runs, and none is needed."""
    program = """
        import os, signal, sys
        import obskit
        obskit.init("shop", journal=sys.argv[1], console=False)
        for n in range(10):
            obskit.get_logger("shop").info("n", n=n)
        os._exit(3) if sys.argv[2] == "exit" else os.kill(os.getpid(), signal.SIGKILL)
    """
    codes = []
    for how in ("exit", "kill"):
        process = start(program, tmp_path / how, how)
        process.communicate(timeout=20)
        codes.append(process.returncode)
        assert len(journals.found(tmp_path / how)) == 10
    assert codes == [3, -signal.SIGKILL]
