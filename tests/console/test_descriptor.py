from __future__ import annotations

import fcntl
import os
import resource
import threading
from collections.abc import Iterator

import pytest

from obskit.console.descriptor import Descriptor


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, before[1]), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.parametrize("number", [3, 1500])
def test_a_descriptor_made_non_blocking_by_others_loses_nothing(number: int, many_descriptors: None) -> None:
    """Whole lines arrive although the pipe's shared description is non-blocking, whatever number it has."""
    read, first = os.pipe()
    write = fcntl.fcntl(first, fcntl.F_DUPFD_CLOEXEC, number)
    os.close(first)
    os.set_blocking(write, False)
    got: list[bytes] = []

    def drain() -> None:
        with open(read, "rb") as file:
            got.append(file.read())

    thread = threading.Thread(target=drain)
    thread.start()
    stream = Descriptor(write)
    try:
        for _ in range(50):
            stream.write(b"y" * 9999 + b"\n")
    finally:
        os.close(write)
        thread.join()
    assert got[0] == (b"y" * 9999 + b"\n") * 50
