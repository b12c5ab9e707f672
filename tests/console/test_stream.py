from __future__ import annotations

import fcntl
import io
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

import obskit
from obskit.console.stream import Descriptor, FileObject, Pipe, open_stream


def test_a_stalled_reader_never_stops_the_application() -> None:
    """A full pipe skips lines where a journal has them."""
    read, write = os.pipe()
    try:
        pipe = Pipe(write, may_skip=True)
        results = [pipe.write(b"x" * 999 + b"\n") for _ in range(200)]
        assert results[0] is True
        assert results[-1] is False
        os.read(read, 1 << 16)
        assert pipe.write(b"again\n") is True
    finally:
        os.close(read)
        os.close(write)


@pytest.mark.skipif(sys.platform != "linux", reason="locks of a pipe need /proc/self/fd")
def test_long_lines_of_two_processes_on_one_pipe_stay_whole() -> None:
    """Lines beyond PIPE_BUF are not interleaved."""
    program = (
        "import sys\nfrom obskit.console.stream import Pipe\n"
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


def test_a_forked_child_locks_the_pipe_on_its_own(tmp_path: Path) -> None:
    """A parent that holds the lock at the fork does not exclude the child for ever."""
    read, write = os.pipe()
    pipe = Pipe(write, may_skip=False)
    pipe.write(b"first\n")
    pid = os.fork()
    if pid == 0:
        pipe.forget()
        pipe.write(b"child\n")
        os._exit(0)
    assert os.waitpid(pid, 0)[1] == 0
    assert os.read(read, 100) == b"first\nchild\n"
    pipe.forget()
    os.close(read)
    os.close(write)


def test_a_file_object_gets_text_or_bytes_as_it_takes_them() -> None:
    """StringIO and BytesIO both work as `stream=`."""
    text, binary = io.StringIO(), io.BytesIO()
    open_stream(text, may_skip=False).write(b"caf\xc3\xa9\n")
    open_stream(binary, may_skip=False).write(b"x\n")
    assert (text.getvalue(), binary.getvalue()) == ("café\n", b"x\n")
    assert isinstance(open_stream(text, may_skip=False), FileObject)


def test_a_descriptor_made_non_blocking_by_others_loses_nothing() -> None:
    """Whole lines arrive although the pipe's shared description is non-blocking."""
    read, write = os.pipe()
    os.set_blocking(write, False)
    got: list[bytes] = []

    def drain() -> None:
        with open(read, "rb") as file:
            got.append(file.read())

    thread = threading.Thread(target=drain)
    thread.start()
    stream = Descriptor(write)
    for _ in range(50):
        stream.write(b"y" * 9999 + b"\n")
    os.close(write)
    thread.join()
    assert len(got[0]) == 500_000


def test_json_lines_follow_a_replaced_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """A test runner's stdout gets the lines too."""
    obskit.init(service="s", journal=False, console="json", integrations=[])
    obskit.get_logger("t").info("seen")
    line = orjson.loads(capsys.readouterr().out)
    assert (line["message"], line["service"]) == ("seen", "s")


def test_a_pipes_lock_is_released_between_lines() -> None:
    """Another process can take the lock once a line is written."""
    read, write = os.pipe()
    pipe = Pipe(write, may_skip=False)
    pipe.write(b"a\n")
    other = os.open(f"/proc/self/fd/{write}", os.O_WRONLY) if sys.platform == "linux" else write
    fcntl.flock(other, fcntl.LOCK_EX | fcntl.LOCK_NB)
    fcntl.flock(other, fcntl.LOCK_UN)
    pipe.forget()
    for fd in {read, write, other}:
        os.close(fd)


def test_an_object_that_logs_what_is_printed_gets_no_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """Where a worker has replaced stdout by its logger, no line comes back as a record."""

    class Proxy:
        def write(self, text: str) -> None:
            logging.getLogger("redirected").warning(text)

    obskit.init(service="s", journal=tmp_path / "journal", console="json", integrations=[])
    monkeypatch.setattr(sys, "stdout", Proxy())
    obskit.get_logger("t").info("once")
    assert [line["message"] for line in lines()] == ["once"]
