"""Log calls where the interpreter is in the middle of something: handlers, finalisers, its own end."""

from __future__ import annotations

from tests.faults.receiver import Receiver
from tests.faults.services import Services


def test_log_calls_in_a_signal_handler_under_load(service: Services, receiver: Receiver) -> None:
    """Hundreds of signals in the middle of log calls, of deliveries and of `flush`: all of it arrives."""
    ended = service.run(
        receiver,
        """
        from itertools import count
        handled, over = count(1_000_000), threading.Event()
        signal.signal(signal.SIGUSR1, lambda *_: log.info("handled", n=next(handled)))
        def bombard():
            while not over.is_set():
                os.kill(os.getpid(), signal.SIGUSR1)
                time.sleep(0.001)
        bomber = threading.Thread(target=bombard)
        bomber.start()
        plain = 0
        until = time.monotonic() + 1.5
        while time.monotonic() < until:
            log.info("work", n=plain)
            plain += 1
            if plain % 500 == 0: obskit.flush(0.05)
        over.set()
        bomber.join()
        signal.signal(signal.SIGUSR1, signal.SIG_IGN)
        print(plain, next(handled), obskit.flush(20), flush=True)
        """,
    )

    plain, handled, done = ended.out.split()
    assert (ended.status, done) == (0, "True"), ended.err
    assert int(handled) > 1_000_100
    assert receiver.missing([*range(int(plain)), *range(1_000_000, int(handled))]) == []
    assert receiver.repeated() == 0


def test_log_calls_in_del_under_load(service: Services, receiver: Receiver) -> None:
    """Garbage is collected in the middle of other log calls, in four threads."""
    ended = service.run(
        receiver,
        """
        import gc
        gc.set_threshold(5)
        class Cyclic:
            def __init__(self, n): self.me, self.n = self, n
            def __del__(self): log.info("collected", n=1_000_000 + self.n)
        def work(first):
            for n in range(first, first + 500):
                Cyclic(n)
                log.info("work", n=n)
        threads = [threading.Thread(target=work, args=(first * 500,)) for first in range(4)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        gc.collect()
        """,
    )

    assert ended.status == 0, ended.err
    assert receiver.missing([*range(2000), *range(1_000_000, 1_002_000)]) == []
    assert receiver.repeated() == 0


def test_finalisers_and_exit_functions_at_the_end_of_the_interpreter(service: Services, receiver: Receiver) -> None:
    """What is logged after obskit's own last delivery stays in the journal, and the next process sends it."""
    (service.folder / "pool.py").write_text(
        """
import obskit
class Last:
    def __init__(self, n): self.n = n
    def __del__(self): obskit.get_logger("pool").info("last", n=self.n)
kept = Last(1000)
"""
    )
    ended = service.run(
        receiver,
        """
        import atexit, weakref
        sys.path.insert(0, sys.argv[3])
        import pool
        emit(0, 1000)
        mine = pool.Last(1001)
        class Held: pass
        held = Held()
        weakref.finalize(held, log.info, "final", n=1002)
        atexit.register(log.info, "exit", n=1003)
        """,
        service.folder,
    )
    service.later(receiver, range(1004))

    assert ended.status == 0, ended.err
    assert ended.err == ""
    assert receiver.missing(range(1004)) == []
    assert receiver.repeated() == 0


def test_the_first_record_of_a_process_may_come_from_a_finaliser(service: Services, receiver: Receiver) -> None:
    """Nothing was begun until the interpreter went down."""
    ended = service.run(
        receiver,
        """
        class Last:
            def __del__(self): log.info("last", n=0)
        mine = Last()
        """,
    )
    service.later(receiver, [0])

    assert (ended.status, ended.err) == (0, "")
    assert receiver.missing([0]) == []
