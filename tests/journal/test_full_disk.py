"""A disk without room, and one that has room again."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from tests.support import journals
from tests.support.programs import environment, run

LIMITED = """
    import resource, sys
    from pathlib import Path
    from tests.support import journals
    resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
    made = journals.writer(journals.place(Path(sys.argv[1])))
    for n in range(200):
        trouble = made.write(journals.line(f"{made.id}-l{n}"))
        assert trouble is None, trouble
    print(made.n)
"""


def test_after_a_short_write_the_line_stands_in_the_next_segment(tmp_path: Path) -> None:
    """The kernel really writes a part of it: the piece does not count, the line is there once."""
    segments = int(run(LIMITED, tmp_path))

    found = journals.found(tmp_path)
    assert [int(one.rpartition("-l")[2]) for one in found] == list(range(200))
    assert segments > 3
    sizes = [path.stat().st_size for path in sorted(tmp_path.rglob("*.jsonl"))]
    assert sizes[:-1] == [5000] * (segments - 1)


def test_threads_that_all_meet_the_end_of_a_segment_lose_nothing(tmp_path: Path) -> None:
    """Several lines are cut off at once; each is written again."""
    program = """
        import resource, sys, threading
        from pathlib import Path
        from tests.support import journals
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))
        made = journals.writer(journals.place(Path(sys.argv[1])))
        troubles = []
        def write(series):
            for n in range(200):
                troubles.append(made.write(journals.line(f"{made.id}-l{series * 1000 + n}")))
        threads = [threading.Thread(target=write, args=(series,)) for series in range(8)]
        for thread in threads: thread.start()
        for thread in threads: thread.join()
        print(sum(trouble is not None for trouble in troubles))
    """
    assert run(program, tmp_path).strip() == "0"

    numbers = [int(one.rpartition("-l")[2]) for one in journals.found(tmp_path)]
    assert sorted(numbers) == sorted(series * 1000 + n for series in range(8) for n in range(200))


def on_small_disk(directory: Path, program: str, size: str) -> list[str]:
    """Run a program on a file system of its own that holds hardly anything."""
    directory.mkdir()
    command = [
        "unshare",
        "--mount",
        "sh",
        "-c",
        'mount -t tmpfs -o "size=$1" small "$2" || exit 77; exec "$3" -c "$4" "$2"',
        "sh",
        size,
        str(directory),
        sys.executable,
        textwrap.dedent(program),
    ]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True, timeout=30)
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("mounting needs root")
    assert done.returncode == 0, done.stdout + done.stderr
    return [*done.stdout.splitlines(), "--", *done.stderr.splitlines()]


def test_a_full_disk_is_counted_and_told_once_and_the_application_goes_on(tmp_path: Path) -> None:
    """When there is room again lines are kept again; every line is either there or counted."""
    program = """
        import os, sys
        from pathlib import Path
        import obskit
        from tests.support import journals
        root = Path(sys.argv[1])
        obskit.init("shop", journal=root / "j", console=False)
        ballast = root / "ballast"
        ballast.write_bytes(b"x" * 150_000)
        log = obskit.get_logger("shop")
        for n in range(600):
            log.info("a", n=n)
        full = obskit.stats()
        ballast.unlink()
        for n in range(100):
            log.info("b", n=n)
        after = obskit.stats()
        kept = journals.found(root / "j")
        assert len(set(kept)) == len(kept) == after.written, (len(kept), after.written)
        assert after.dropped == full.dropped
        print(full.dropped["journal_enospc"] > 0, after.emitted - after.written == sum(after.dropped.values()))
        print(after.emitted)
    """
    said = on_small_disk(tmp_path / "disk", program, "256k")

    assert said[:3] == ["True True", "700", "--"]
    assert len(said) == 4
    assert "No space left on device" in said[3]


def test_a_process_that_begins_on_a_full_disk_goes_over_to_it_once_there_is_room(tmp_path: Path) -> None:
    """Its first lines wait in memory, then stand in the journal under the same ids."""
    program = """
        import os, sys, time
        from pathlib import Path
        import obskit
        from tests.support import journals
        root = Path(sys.argv[1])
        ballast = root / "ballast"
        (root / "j").mkdir(mode=0o700)
        try:
            ballast.write_bytes(b"x" * 200_000)
        except OSError:
            pass
        obskit.init("shop", journal=root / "j", console=False)
        log = obskit.get_logger("shop")
        for n in range(50):
            log.info("a", n=n)
        print(journals.found(root / "j"), obskit.stats().written)
        ballast.unlink()
        until = time.monotonic() + 10
        while len(journals.found(root / "j")) < 50 and time.monotonic() < until:
            time.sleep(0.05)
        log.info("b")
        found = journals.found(root / "j")
        print([one.rpartition("-")[2] for one in found] == [f"l{n}" for n in range(1, 52)], obskit.stats().dropped)
    """
    said = on_small_disk(tmp_path / "disk", program, "128k")

    assert said[:3] == ["[] 50", "True {}", "--"]
    assert len(said) == 4
    assert "keeping lines in memory" in said[3]
