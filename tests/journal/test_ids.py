"""Ids of lines."""

from __future__ import annotations

import threading

from obskit.journal.ids import LineIds


def test_each_signal_has_a_dense_counter_of_its_own() -> None:
    """Logs and spans are numbered apart, from 1, under the writer's id."""
    ids = LineIds()

    found = [ids.line("logs", b'{"a":1}'), ids.line("spans", b'{"a":1}'), ids.line("logs", b'{"a":1}')]

    assert found == [b'{"a":1,"id":"%b-%b"}\n' % (ids.writer.encode(), number) for number in (b"l1", b"s1", b"l2")]
    assert (ids.count("logs"), ids.count("spans")) == (2, 1)


def test_threads_never_share_a_number() -> None:
    """Eight threads that take ids at once leave no gap and no double."""
    ids = LineIds()
    taken: list[bytes] = []

    def take() -> None:
        taken.extend(ids.line("logs", b"{}") for _ in range(2000))

    threads = [threading.Thread(target=take) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(int(one.rpartition(b"-l")[2][:-3]) for one in taken) == list(range(1, 16_001))


def test_lines_that_could_not_be_kept_are_counted_by_signal() -> None:
    """A gap in the ids is a known one."""
    ids = LineIds()
    ids.lose("spans")

    assert (ids.lost("logs"), ids.lost("spans")) == (0, 1)


def test_a_writer_is_a_uuid_of_version_7() -> None:
    """32 hexadecimal digits that sort by time (RFC 9562)."""
    first, second = LineIds().writer, LineIds().writer

    assert len(first) == 32
    assert (first[12], first[16] in "89ab") == ("7", True)
    assert first[:12] <= second[:12]
