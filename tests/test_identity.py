from __future__ import annotations

import os
import threading
import time
import uuid

from obskit.identity import uuid7


def test_an_id_is_a_uuid_of_version_7() -> None:
    """32 lower-case digits, with version and variant in their places."""
    for _ in range(1000):
        text = uuid7()
        parsed = uuid.UUID(hex=text)
        assert (parsed.version, parsed.variant, parsed.hex) == (7, uuid.RFC_4122, text)


def test_an_id_holds_the_time() -> None:
    """Its first 48 bits are the milliseconds since the epoch."""
    before = time.time_ns() // 1_000_000
    stamp = int(uuid7()[:12], 16)
    assert before <= stamp <= time.time_ns() // 1_000_000


def test_ids_sort_by_time() -> None:
    """As text, from one millisecond to the next."""
    ids = []
    for _ in range(20):
        ids.append(uuid7())
        time.sleep(0.002)
    assert ids == sorted(ids)


def test_ids_of_all_threads_differ() -> None:
    """Also within one millisecond."""
    ids: list[str] = []
    threads = [threading.Thread(target=lambda: ids.extend([uuid7() for _ in range(5000)])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(ids)) == 20_000


def test_a_forked_child_never_repeats_its_parents_ids() -> None:
    """What is random in them is drawn anew by each process."""
    read, write = os.pipe()
    uuid7()
    pid = os.fork()
    if pid == 0:
        os.write(write, "".join(uuid7()[13:] for _ in range(50)).encode())
        os._exit(0)
    ours = {uuid7()[13:] for _ in range(50)}
    assert os.waitpid(pid, 0)[1] == 0
    theirs = os.read(read, 1 << 16).decode()
    os.close(read)
    os.close(write)
    assert len(theirs) == 50 * 19
    assert ours.isdisjoint(theirs[at : at + 19] for at in range(0, len(theirs), 19))


def test_every_random_bit_is_used() -> None:
    """All 74 of them change; version and variant do not."""
    seen_one, seen_zero = 0, 0
    for _ in range(2000):
        value = int(uuid7(), 16)
        seen_one |= value
        seen_zero |= ~value
    changing = seen_one & seen_zero & (1 << 80) - 1
    assert changing == ((1 << 80) - 1) & ~(0xF << 76) & ~(0x3 << 62)
