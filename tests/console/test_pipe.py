from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from obskit.console import pipe as pipes
from obskit.console.pipe import Pipe

linux = pytest.mark.skipif(sys.platform != "linux", reason="locks of a pipe need /proc/self/fd")
# More than a pipe holds: who writes it waits for a reader.
LONG = b"x" * 200_000 + b"\n"


class Ends:
    """Both ends of a pipe."""

    def __init__(self) -> None:
        self.read, self.write = os.pipe()

    def fill(self) -> None:
        os.set_blocking(self.write, False)
        try:
            while True:
                os.write(self.write, b"f" * 4095 + b"\n")
        except BlockingIOError:
            os.set_blocking(self.write, True)

    def lines(self, until: bytes, pause: float = 0.0) -> list[bytes]:
        """Read up to and with a line."""
        found = b""
        while not found.endswith(until):
            found += os.read(self.read, 4096)
            time.sleep(pause)
        return found.splitlines(keepends=True)


@pytest.fixture
def ends() -> Iterator[Ends]:
    made = Ends()
    yield made
    os.close(made.read)
    os.close(made.write)


def started(*targets: object) -> list[threading.Thread]:
    threads = [threading.Thread(target=target, daemon=True) for target in targets]  # type: ignore[arg-type]
    for thread in threads:
        thread.start()
    return threads


def in_the_middle_of_a_line(pipe: Pipe, ends: Ends) -> threading.Thread:
    """Return a thread that has written the first part of a long line, and waits for a reader."""
    (thread,) = started(lambda: pipe.write(LONG))
    while pipe._has_room(1):
        time.sleep(0.001)
    return thread


def test_a_stalled_reader_never_stops_the_application(ends: Ends) -> None:
    """A full pipe skips lines where a journal has them."""
    pipe = Pipe(ends.write, may_skip=True)
    results = [pipe.write(b"x" * 999 + b"\n") for _ in range(200)]
    assert results[0] is True
    assert results[-1] is False
    os.read(ends.read, 1 << 16)
    assert pipe.write(b"again\n") is True


@linux
def test_long_lines_of_two_processes_on_one_pipe_stay_whole() -> None:
    """Lines beyond PIPE_BUF are not interleaved."""
    program = (
        "import sys\nfrom obskit.console.pipe import Pipe\n"
        "pipe = Pipe(1, may_skip=False)\n"
        "for n in range(300): pipe.write(sys.argv[1].encode() * 9000 + b'\\n')\n"
    )
    read, write = os.pipe()
    writers = [subprocess.Popen([sys.executable, "-c", program, letter], stdout=write) for letter in "ab"]
    os.close(write)
    with open(read, "rb") as file:
        lines = file.read().split(b"\n")[:-1]
    assert [writer.wait() for writer in writers] == [0, 0]
    assert len(lines) == 600
    assert {(len(line), len(set(line))) for line in lines} == {(9000, 1)}


def test_long_lines_of_threads_stay_whole_before_a_slow_reader(ends: Ends) -> None:
    """They share the description of the pipe, and with it the lock between processes."""
    pipe = Pipe(ends.write, may_skip=False)
    together = threading.Barrier(4)

    def write(letter: bytes) -> None:
        together.wait()
        for _ in range(20):
            pipe.write(letter * 30_000 + b"\n")

    threads = started(*(lambda letter=letter: write(letter) for letter in (b"a", b"b", b"c", b"d")))
    found = b""
    while found.count(b"\n") < 80:
        found += os.read(ends.read, 4096)
        time.sleep(0.0002)
    for thread in threads:
        thread.join(5)
    lines = found.splitlines()
    assert len(lines) == 80
    assert {(len(line), len(set(line))) for line in lines} == {(30_000, 1)}


def test_a_signal_handlers_line_follows_the_line_it_interrupts(ends: Ends) -> None:
    """It neither waits for the thread that it runs in, nor stands in the middle of that thread's line."""
    pipe = Pipe(ends.write, may_skip=False)
    handled = threading.Event()
    found: list[bytes] = []

    def handle(*_: object) -> None:
        for n in range(3):
            assert pipe.write(b"handler %d\n" % n)
        handled.set()

    def read() -> None:
        handled.wait(5)
        found.extend(ends.lines(b"handler 2\n"))

    former = signal.signal(signal.SIGALRM, handle)
    (reader,) = started(read)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        assert pipe.write(LONG)
    finally:
        signal.signal(signal.SIGALRM, former)
    reader.join(5)
    assert found == [LONG, b"handler 0\n", b"handler 1\n", b"handler 2\n"]


def test_a_signal_handler_that_writes_without_end_fills_no_memory(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond some lines the rest is left out, and said to be."""
    monkeypatch.setattr(pipes, "_MOST_LATER", 5)
    pipe = Pipe(ends.write, may_skip=False)
    results: list[bool] = []
    readers: list[threading.Thread] = []

    def handle(*_: object) -> None:
        results.extend(pipe.write(b"later\n") for _ in range(8))
        readers.extend(started(lambda: ends.lines(b"later\n" * 5)))

    former = signal.signal(signal.SIGALRM, handle)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        pipe.write(LONG)
    finally:
        signal.signal(signal.SIGALRM, former)
    readers[0].join(5)
    assert results == [True] * 5 + [False] * 3


def test_a_line_that_an_exception_cut_short_takes_no_other_with_it(ends: Ends) -> None:
    """Ctrl-C comes in the middle of a line: other threads go on, and their lines are whole."""
    pipe = Pipe(ends.write, may_skip=False)

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    former = signal.signal(signal.SIGALRM, interrupt)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(KeyboardInterrupt):
            pipe.write(LONG)
    finally:
        signal.signal(signal.SIGALRM, former)
    (thread,) = started(lambda: [pipe.write(b"next %d\n" % n) for n in range(2)])
    lines = ends.lines(b"next 1\n")
    thread.join(5)
    assert set(lines[0]) == set(b"x\n")
    assert lines[1:] == [b"next 0\n", b"next 1\n"]


@linux
def test_a_line_that_may_be_left_out_waits_for_no_stuck_process(ends: Ends) -> None:
    """Another process holds the lock of the pipe: lines are left out, and come again once it is released."""
    pipe = Pipe(ends.write, may_skip=True)
    other = os.open(f"/proc/self/fd/{ends.write}", os.O_WRONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    began = time.monotonic()
    assert [pipe.write(b"x\n") for _ in range(500)] == [False] * 500
    # One line waits a little, the rest not at all.
    assert time.monotonic() - began < 1.0
    os.close(other)
    assert pipe.write(b"again\n")
    assert os.read(ends.read, 99) == b"again\n"


def test_a_line_that_may_be_left_out_waits_for_no_stuck_thread(ends: Ends) -> None:
    """Another thread is in the middle of a line that does not go on."""
    pipe = Pipe(ends.write, may_skip=True)
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        with pipe._turn:
            held.set()
            done.wait(10)

    (thread,) = started(hold)
    held.wait(5)
    began = time.monotonic()
    assert [pipe.write(b"x\n") for _ in range(500)] == [False] * 500
    assert time.monotonic() - began < 1.0
    done.set()
    thread.join(5)
    assert pipe.write(b"again\n")


@linux
def test_the_room_is_looked_at_once_the_line_has_its_turn(ends: Ends, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two processes see room for one more line: the second one leaves its own out instead of waiting."""
    monkeypatch.setattr(pipes, "_PATIENCE", 10.0)
    pipe = Pipe(ends.write, may_skip=True)
    other = os.open(f"/proc/self/fd/{ends.write}", os.O_WRONLY)
    fcntl.flock(other, fcntl.LOCK_EX)
    results: list[bool] = []
    (thread,) = started(lambda: results.append(pipe.write(b"x\n")))
    while not pipe._writing:
        time.sleep(0.001)
    ends.fill()
    os.close(other)
    thread.join(5)
    assert results == [False]


@linux
def test_a_line_as_long_as_the_pipe_is_written_where_the_pipe_is_empty(ends: Ends) -> None:
    """Long stack traces are shown although a journal has them too."""
    pipe = Pipe(ends.write, may_skip=True)
    size = fcntl.fcntl(ends.write, fcntl.F_GETPIPE_SZ)
    assert pipe.write(b"x" * (size - 1) + b"\n")
    assert not pipe.write(b"y\n")


def forked(pipe: Pipe, line: bytes) -> int:
    """Fork a child that writes a line; one that would wait for ever is killed."""
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(10)
        pipe.forget()
        pipe.write(line)
        os._exit(0)
    return pid


def test_a_forked_child_locks_the_pipe_on_its_own(ends: Ends) -> None:
    """A thread of the parent that holds the locks at the fork does not exclude the child for ever."""
    pipe = Pipe(ends.write, may_skip=False)
    thread = in_the_middle_of_a_line(pipe, ends)
    pid = forked(pipe, b"child\n")
    assert ends.lines(b"child\n") == [LONG, b"child\n"]
    assert os.waitpid(pid, 0)[1] == 0
    thread.join(5)
    assert not thread.is_alive()


def test_lines_of_a_parents_thread_and_of_a_child_forked_meanwhile_stay_whole(ends: Ends) -> None:
    """The child's lock is not the one that it inherited."""
    pipe = Pipe(ends.write, may_skip=False)
    thread = in_the_middle_of_a_line(pipe, ends)
    pid = forked(pipe, b"c" * 90_000 + b"\n")
    lines = ends.lines(b"c\n", pause=0.0005)
    assert os.waitpid(pid, 0)[1] == 0
    thread.join(5)
    assert lines == [LONG, b"c" * 90_000 + b"\n"]


@linux
def test_a_pipes_lock_is_released_between_lines(ends: Ends) -> None:
    """Another process can take the lock once a line is written."""
    pipe = Pipe(ends.write, may_skip=False)
    pipe.write(b"a\n")
    other = os.open(f"/proc/self/fd/{ends.write}", os.O_WRONLY)
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(other)


@linux
def test_a_file_that_took_the_locks_number_is_left_alone(ends: Ends, tmp_path: Path) -> None:
    """A daemon closes every descriptor that it finds, and opens files of its own."""
    pipe = Pipe(ends.write, may_skip=False)
    pipe.write(b"a\n")
    os.close(pipe._lock_fd)
    with open(tmp_path / "own", "w") as own:
        assert own.fileno() == pipe._lock_fd
        pipe.write(b"b\n")
        assert pipe._lock_fd != own.fileno()
        pipe.forget()
        own.write("still open")
    assert (tmp_path / "own").read_text() == "still open"
    assert os.read(ends.read, 9) == b"a\nb\n"


@linux
def test_a_pipe_gives_its_descriptors_back(ends: Ends) -> None:
    """At the end of a run, and when it is dropped."""
    before = os.listdir("/proc/self/fd")
    pipe = Pipe(ends.write, may_skip=False)
    pipe.write(b"a\n")
    pipe.forget()
    assert os.listdir("/proc/self/fd") == before
    pipe.write(b"b\n")
    del pipe
    assert os.listdir("/proc/self/fd") == before


def test_a_handler_that_ends_the_run_in_the_middle_of_a_line_leaves_it_whole(ends: Ends) -> None:
    """What the handler writes after that comes after the line."""
    pipe = Pipe(ends.write, may_skip=False)
    found: list[bytes] = []
    handled = threading.Event()

    def handle(*_: object) -> None:
        pipe.forget()
        pipe.write(b"bye\n")
        handled.set()

    def read() -> None:
        handled.wait(5)
        found.extend(ends.lines(b"bye\n"))

    former = signal.signal(signal.SIGALRM, handle)
    (reader,) = started(read)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        pipe.write(LONG)
    finally:
        signal.signal(signal.SIGALRM, former)
    reader.join(5)
    assert found == [LONG, b"bye\n"]
