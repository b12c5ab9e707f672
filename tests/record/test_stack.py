from __future__ import annotations

import gc
import random
import sys
import time
import traceback
import tracemalloc
import types
import weakref
from pathlib import Path
from typing import Any

import pytest

from obskit.record import stack as stacks
from obskit.record.stack import MOST_TRACE, forget, stack
from tests.record.raised import caught, made, plain, recursion, with_cause


@pytest.fixture(autouse=True)
def anew() -> None:
    """Begin with no frame known."""
    forget()


def shown(error: BaseException) -> str:
    assert error.__traceback__ is not None
    return stack(error.__traceback__).text


def printed(error: BaseException) -> str:
    return "".join(traceback.format_tb(error.__traceback__))


def many(functions: int, filename: str = "/made/many.py") -> list[Any]:
    """Return functions that call each other in turns."""
    source = "".join(
        f"def f{number}(depth, table):\n    if not depth:\n        raise ValueError('end')\n"
        f"    return table[(depth * 7919) % {functions}](depth - 1, table)\n\n\n"
        for number in range(functions)
    )
    found: dict[str, Any] = {"__name__": "many"}
    exec(compile(source, filename, "exec"), found)
    return [found[f"f{number}"] for number in range(functions)]


def test_known_stacks_are_the_same_object() -> None:
    """A fault that comes again costs a look, not a text."""
    first, second = caught(with_cause), caught(with_cause)
    assert first.__traceback__ is not None
    assert second.__traceback__ is not None
    assert stack(first.__traceback__) is stack(second.__traceback__)


def test_another_line_of_the_same_function_is_another_stack() -> None:
    """The instruction counts, not the function alone."""
    function = made("def f(first):\n    if first:\n        return 1 / 0\n    return 2 / 0\n")
    texts = [shown(caught(function, first)) for first in (True, False, True)]
    assert texts[0] == texts[2] != texts[1]


def test_equal_code_of_another_file_is_another_place() -> None:
    """Code objects of the same content are told apart by what they are, not by what they hold."""
    texts = [shown(caught(made("def f():\n    return 1 / 0\n", name))) for name in ("/made/one.py", "/made/two.py")]
    assert "/made/one.py" in texts[0]
    assert "/made/two.py" in texts[1]


def test_a_stack_of_thousands_keeps_both_ends() -> None:
    """The outermost and the innermost frames stay, the rest is counted, quickly and in little room."""
    sys.setrecursionlimit(20_000)
    try:
        table = many(300)
        error = caught(table[0], 5000, table)
    finally:
        sys.setrecursionlimit(1000)
    shown(error)
    tracemalloc.start()
    began = time.thread_time()
    text = shown(error)
    taken = time.thread_time() - began
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert taken < 0.25
    assert peak < 4_000_000
    assert len(text) <= MOST_TRACE
    head, _, rest = text.partition("  … ")
    count, _, tail = rest.partition(" frames …\n")
    whole = printed(error)
    assert whole.startswith(head)
    assert whole.endswith(tail)
    assert head.count("  File ") + int(count) + tail.count("  File ") == whole.count("  File ")


def test_a_deep_recursion_is_shown_whole() -> None:
    """Where Python folds it, nothing has to be left out."""
    sys.setrecursionlimit(20_000)
    try:
        error = caught(recursion, 5000)
    finally:
        sys.setrecursionlimit(1000)
    assert shown(error) == printed(error)
    assert "[Previous line repeated" in shown(error)


@pytest.mark.slow
def test_the_longest_stack_that_fits_is_not_cut() -> None:
    """One frame less than too many is shown as Python shows it."""
    table = many(60)
    depth = 1
    while len(printed(caught(table[0], depth + 1, table))) <= MOST_TRACE - 500:
        depth += 1
    error = caught(table[0], depth, table)
    assert shown(error) == printed(error)


def test_places_are_those_of_the_application() -> None:
    """Module and function, outermost first; a recursion is one of them."""
    error = caught(recursion, 5)
    assert error.__traceback__ is not None
    places = stack(error.__traceback__).places.split("\n")
    assert places == ["tests.record.raised:caught", "tests.record.raised:recursion"]


def test_a_changed_source_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a second of the clock that counts it."""
    clock = [100.0]
    monkeypatch.setattr(stacks, "monotonic", lambda: clock[0])
    path = tmp_path / "changing.py"
    path.write_text("def f():\n    return 1 / 0  # before\n")
    function = made(path.read_text(), str(path))
    assert "# before" in shown(caught(function))
    path.write_text("def f():\n    return 1 / 0  # after it changed\n")
    assert "# before" in shown(caught(function))
    clock[0] += 1.5
    error = caught(function)
    assert "# after it changed" in shown(error)
    assert shown(error) == printed(error)


def test_a_source_that_appears_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that was not there is looked for again, and so is one that went."""
    clock = [100.0]
    monkeypatch.setattr(stacks, "monotonic", lambda: clock[0])
    path = tmp_path / "late.py"
    function = made("def f():\n    return 1 / 0  # here\n", str(path))
    assert "# here" not in shown(caught(function))
    path.write_text("def f():\n    return 1 / 0  # here\n")
    clock[0] += 1.5
    assert "# here" in shown(caught(function))
    path.unlink()
    clock[0] += 1.5
    error = caught(function)
    assert shown(error) == printed(error)


def test_files_are_not_looked_at_for_every_exception(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One look a second and file, whatever is raised in it."""
    clock = [100.0]
    monkeypatch.setattr(stacks, "monotonic", lambda: clock[0])
    path = tmp_path / "stable.py"
    source = "def f(n):\n    if n:\n        return 1 / 0\n    return 2 / 0\n"
    path.write_text(source)
    function = made(source, str(path))
    for n in (0, 1):
        shown(caught(function, n))
    looked: list[object] = []
    monkeypatch.setattr("linecache.checkcache", lambda filename=None: looked.append(filename))
    for _ in range(50):
        shown(caught(function, 0))
    assert looked == []
    clock[0] += 1.5
    for n in (0, 1, 0, 1):
        shown(caught(function, n))
    assert looked.count(str(path)) == 1


def test_nothing_of_the_application_is_kept_alive() -> None:
    """Neither a frame's variables nor a class of exceptions nor the globals of a module outlive the exception."""

    class Local(dict[str, Any]):
        pass

    class Own(Exception):
        pass

    watched: list[weakref.ref[Any]] = [weakref.ref(Own)]

    def fail(kind: type[Exception]) -> None:
        local = Local()
        watched.append(weakref.ref(local))
        raise kind("x")

    error: BaseException | None = caught(fail, Own)
    assert error is not None
    shown(error)
    watched.append(weakref.ref(error))
    del error, Own
    gc.collect()
    assert [ref() for ref in watched] == [None] * 3


def test_what_is_known_is_bounded() -> None:
    """However many different stacks and functions there are, only so many are remembered."""
    for number in range(200):
        shown(caught(made(f"def f():\n    return {number} / 0\n")))
    assert len(stacks._known) <= stacks._MOST_KNOWN
    for number in range(2500):
        shown(caught(made(f"def f():\n    return {number} / 0\n")))
    assert len(stacks.frames._known) <= 2048


def test_a_traceback_that_somebody_built_is_shown_as_python_shows_it() -> None:
    """Frames, instructions and lines may be put together at will."""
    error = caught(plain)
    assert error.__traceback__ is not None
    frame = error.__traceback__.tb_frame
    for instruction, line in ((0, 7), (-1, 3), (2, 10_000), (error.__traceback__.tb_lasti, 1)):
        built = types.TracebackType(None, frame, instruction, line)
        assert stack(built).text == "".join(traceback.format_tb(built))


def test_an_endless_line_is_shown_without_its_end(tmp_path: Path) -> None:
    """A generated line of a megabyte is cut between words, in no time."""
    path = tmp_path / "generated.py"
    path.write_text(f"def f():\n    return 1 / 0 or ({' + '.join(['value'] * 100_000)})\n")
    function = made("def f():\n    return 1 / 0\n", str(path))
    began = time.thread_time()
    text = shown(caught(function))
    assert time.thread_time() - began < 0.5
    assert len(text) < 5_000
    assert text.endswith(("value + …\n", "value …\n"))


def program(place: Path) -> list[Any]:
    """Return functions of four modules that call the rest of a list of functions; two modules are of one file."""
    source = "".join(
        f"def {name}(rest):\n    if not rest:\n        raise KeyError('end')\n    return rest[0](rest[1:])\n\n\n"
        for name in ("reserve", "dispatch", "take")
    )
    found: list[Any] = []
    for module, filename in (("one", "one.py"), ("two", "two.py"), ("three", "two.py"), ("four", "<made>")):
        path = place / filename
        path.write_text(source)
        names: dict[str, Any] = {"__name__": module}
        exec(compile(source, filename if filename[0] == "<" else str(path), "exec"), names)
        found += [names[name] for name in ("reserve", "dispatch", "take")]
    return found


@pytest.mark.parametrize("seed", range(4))
def test_a_stack_of_known_frames_is_what_it_is_without_them(tmp_path: Path, seed: int) -> None:
    """Text and places are the same, whatever way was taken, recursions of any depth included."""
    dice, functions = random.Random(seed), program(tmp_path)
    for number in range(300):
        way: list[Any] = []
        while len(way) < number % 40 + 1:
            way += [dice.choice(functions)] * dice.choice((1, 1, 1, 2, 3, 4, 6))
        error = caught(way[0], way[1:])
        trace = error.__traceback__
        assert trace is not None
        found, slowly = stack(trace), stacks._built(trace, (), 0.0)
        assert (found.text, found.places) == (slowly.text, slowly.places)
        assert found.text == printed(error)


def test_a_new_way_through_known_frames_is_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No source is looked at for it."""
    first, second, third, *_ = program(tmp_path)
    one, other = caught(first, [second, third]), caught(third, [second, first])
    for error in (one, other, caught(first, [second, second, third, first])):
        shown(error)
    monkeypatch.setattr(stacks, "_built", lambda *_: pytest.fail("it was built"))
    error = caught(first, [second, first, second, third])
    assert shown(error) == printed(error)


def test_a_new_way_through_a_changed_source_shows_the_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known frames are joined only as long as their source need not be looked at."""
    clock = [100.0]
    monkeypatch.setattr(stacks, "monotonic", lambda: clock[0])
    first, second, *_ = program(tmp_path)
    shown(caught(first, [second]))
    shown(caught(second, [first]))
    path = tmp_path / "one.py"
    path.write_text(path.read_text().replace("rest[1:])\n", "rest[1:])  # after it changed\n"))
    clock[0] += 1.5
    error = caught(first, [second, first])
    assert shown(error).count("# after it changed") == 2
    assert shown(error) == printed(error)


def test_very_many_known_frames_are_cut_like_others(tmp_path: Path) -> None:
    """Where frames have to be left out, nothing is joined."""
    functions = program(tmp_path)
    dice = random.Random(9)
    for count in (60, 120, 200, 240):
        for _ in range(2):
            error = caught(functions[0], [dice.choice(functions) for _ in range(count)])
            trace = error.__traceback__
            assert trace is not None
            assert stack(trace).text == stacks._built(trace, (), 0.0).text
