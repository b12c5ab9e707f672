from __future__ import annotations

import io
import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

import obskit
from obskit.console.stream import FileObject, StandardOutput, open_stream


def test_a_file_object_gets_text_or_bytes_as_it_takes_them() -> None:
    """StringIO and BytesIO both work as `stream=`."""
    text, binary = io.StringIO(), io.BytesIO()
    open_stream(text, may_skip=False).write(b"caf\xc3\xa9\n")
    open_stream(binary, may_skip=False).write(b"x\n")
    assert (text.getvalue(), binary.getvalue()) == ("café\n", b"x\n")
    assert isinstance(open_stream(text, may_skip=False), FileObject)


def test_json_lines_follow_a_replaced_stdout(capsys: pytest.CaptureFixture[str]) -> None:
    """A test runner's stdout gets the lines too."""
    obskit.init(service="s", journal=False, console="json", integrations=[])
    obskit.get_logger("t").info("seen")
    line = orjson.loads(capsys.readouterr().out)
    assert (line["message"], line["service"]) == ("seen", "s")


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


class Printing(io.TextIOBase):
    """What many programs put in the place of stdout: it logs what is printed."""

    def __init__(self) -> None:
        self.taken: list[str] = []

    def write(self, text: str) -> int:
        self.taken.append(text)
        logging.getLogger("printed").warning(text)
        return len(text)


def test_a_stream_that_logs_what_it_is_given_gets_each_line_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """Its own record of the line is in the journal, and is not written to it again."""
    obskit.init(service="s", journal=tmp_path / "journal", console="json", integrations=[])
    printing = Printing()
    monkeypatch.setattr(sys, "stdout", printing)
    obskit.get_logger("t").info("once")
    assert [orjson.loads(text)["message"] for text in printing.taken] == ["once"]
    assert [line["logger"] for line in lines()] == ["t", "printed"]
    assert obskit.stats().console_skipped == 1


def test_a_stream_named_by_the_application_that_logs_gets_each_line_once() -> None:
    """The same for `stream=`."""
    printing = Printing()
    obskit.init(service="s", journal=False, console="json", stream=printing, integrations=[])
    obskit.get_logger("t").info("once")
    obskit.get_logger("t").info("twice")
    assert [orjson.loads(text)["message"] for text in printing.taken] == ["once", "twice"]


def test_a_stream_that_logs_when_asked_for_its_descriptor_is_asked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it logs meanwhile is not written."""
    stream = StandardOutput(may_skip=False)
    nested: list[bool] = []

    class Asked:
        def fileno(self) -> int:
            nested.append(stream.write(b"nested\n"))
            return write

    read, write = os.pipe()
    monkeypatch.setattr(sys, "stdout", Asked())
    assert stream.write(b"outer\n")
    assert os.read(read, 99) == b"outer\n"
    assert nested
    assert not any(nested)
    os.close(read)
    os.close(write)


def test_a_slow_file_object_takes_lines_of_other_threads() -> None:
    """Only the thread that is inside of it is kept from coming back."""
    others: list[bool] = []

    class Slow:
        def __init__(self) -> None:
            self.taken: list[bytes] = []

        def write(self, line: bytes) -> None:
            self.taken.append(line)
            if line == b"first\n":
                other = threading.Thread(target=lambda: others.append(stream.write(b"second\n")))
                other.start()
                other.join(5)

    slow = Slow()
    stream = FileObject(slow, may_skip=False)
    assert stream.write(b"first\n")
    assert slow.taken == [b"first\n", b"second\n"]
    assert others == [True]


def test_no_line_goes_into_a_file_that_took_the_number_of_a_closed_stdout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A data base's file, say: the line that can't be shown is an error of the stream."""
    stream = StandardOutput(may_skip=False)
    stdout = open(tmp_path / "stdout", "w")  # noqa: SIM115 - closed in the middle of the test
    monkeypatch.setattr(sys, "stdout", stdout)
    assert stream.write(b"one\n")
    number = stdout.fileno()
    stdout.close()
    victim = os.open(tmp_path / "victim", os.O_RDWR | os.O_CREAT)
    assert victim == number
    with pytest.raises(ValueError, match="closed file"):
        stream.write(b"two\n")
    os.close(victim)
    assert (tmp_path / "victim").read_bytes() == b""
    assert (tmp_path / "stdout").read_bytes() == b"one\n"


def test_a_new_stdout_is_not_taken_for_the_one_before_at_the_same_address(tmp_path: Path) -> None:
    """An object's id is free again once the object is gone, and so is the number of its descriptor."""
    stream = StandardOutput(may_skip=False)
    former = sys.stdout
    try:
        for n in range(20):
            sys.stdout = open(tmp_path / f"first{n}", "w")  # noqa: SIM115 - as above
            stream.write(b"first\n")
            sys.stdout.close()
            sys.stdout = None
            taken = os.open(tmp_path / f"taken{n}", os.O_RDWR | os.O_CREAT)
            sys.stdout = open(tmp_path / f"second{n}", "w")  # noqa: SIM115 - as above
            stream.write(b"second\n")
            sys.stdout.close()
            os.close(taken)
    finally:
        sys.stdout = former
    assert {(tmp_path / f"taken{n}").read_bytes() for n in range(20)} == {b""}
    assert {(tmp_path / f"second{n}").read_bytes() for n in range(20)} == {b"second\n"}


def test_a_file_object_that_leads_elsewhere_is_followed() -> None:
    """The descriptor is the one that it has at the write."""
    pipes = [os.pipe(), os.pipe()]

    class Switching:
        at = 0

        def fileno(self) -> int:
            return pipes[self.at][1]

    target = Switching()
    stream = open_stream(target, may_skip=False)
    stream.write(b"a\n")
    target.at = 1
    stream.write(b"b\n")
    assert [os.read(read, 9) for read, _ in pipes] == [b"a\n", b"b\n"]
    for fd in (fd for pipe in pipes for fd in pipe):
        os.close(fd)


def test_without_a_standard_output_lines_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service without a console has neither stdout."""
    monkeypatch.setattr(sys, "stdout", None)
    monkeypatch.setattr(sys, "__stdout__", None)
    assert not StandardOutput(may_skip=False).write(b"x\n")
