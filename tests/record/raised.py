"""Exceptions of every shape, each raised anew."""

from __future__ import annotations

import linecache
import sys
from collections.abc import Callable, Iterator
from traceback import TracebackException
from typing import Any

Raise = Callable[[], object]


def caught(function: Callable[..., object], *args: Any) -> BaseException:
    """Return what a function raises."""
    try:
        function(*args)
    except BaseException as error:
        return error
    raise AssertionError("nothing was raised")


def printed(error: BaseException) -> str:
    """Return what Python prints of an exception: by its class, for others patch the function."""
    return "".join(TracebackException(type(error), error, error.__traceback__, compact=True).format())


def made(source: str, filename: str = "<made>", **names: Any) -> Any:
    """Return the function `f` of a source text."""
    found: dict[str, Any] = {"__name__": "made", **names}
    exec(compile(source, filename, "exec"), found)
    return found["f"]


class Quiet(Exception):
    def __str__(self) -> str:
        return ""


class Mute(Exception):
    def __str__(self) -> str:
        raise RuntimeError("no words")


class Empty(Exception):
    def __len__(self) -> int:
        return 0


class Box:
    colour = "red"

    def paint(self) -> object:
        return coluor  # noqa: F821


def plain() -> object:
    return {"a": 1}["b"]


def arithmetic(a: int = 1, b: int = 0) -> object:
    return (a + 1) * (a / b) + (
        a
        - b
    )  # fmt: skip


def multiline() -> object:
    return int(
        "x" if True
        else "y",
    )  # fmt: skip


def wide_letters() -> object:
    return [len("漢字かな"), int("ｆｕｌｌ"), "é"]


def unequal() -> object:
    return {"a": {"b": None}}["a"]["b"]["c"]


def nested() -> object:
    return [each for each in [arithmetic() for _ in range(2)] if each]


def with_cause() -> None:
    try:
        plain()
    except KeyError as error:
        raise RuntimeError("no order") from error


def with_context() -> None:
    try:
        with_cause()
    except RuntimeError:
        arithmetic()


def suppressed() -> None:
    try:
        plain()
    except KeyError:
        raise RuntimeError("no order") from None


def circle() -> None:
    first, second = caught(plain), caught(arithmetic)
    first.__cause__, second.__cause__ = second, first
    raise first


def circle_with_another_way() -> None:
    first, second, third = caught(plain), caught(arithmetic), caught(unequal)
    first.__cause__, second.__cause__ = second, first
    second.__context__, second.__suppress_context__ = third, False
    raise first


def own_cause() -> None:
    error = ValueError("mine")
    error.__cause__ = error
    raise error


def falsy_with_cause() -> None:
    raise Empty("nothing") from ValueError("hidden")


def cause_without_stack() -> None:
    raise ValueError("x") from TypeError("never raised")


def noted() -> None:
    error = ValueError("noted")
    error.add_note("the first\nof two lines")
    error.add_note("")
    raise error


def noted_cause() -> None:
    try:
        noted()
    except ValueError as error:
        raise RuntimeError("because") from error


def odd_notes(notes: object) -> Raise:
    def raising() -> None:
        error = ValueError("odd")
        error.__notes__ = notes
        raise error

    return raising


def group() -> None:
    raise ExceptionGroup("several", [caught(plain), ValueError("never raised"), caught(with_context)])


def wide_group() -> None:
    raise ExceptionGroup("wide", [ValueError(number) for number in range(18)])


def group_of_sixteen() -> None:
    raise ExceptionGroup("wide", [ValueError(number) for number in range(16)])


def deep_group() -> None:
    error: Exception = ValueError("core")
    for depth in range(14):
        error = ExceptionGroup(f"depth {depth}", [TypeError("beside"), error, caught(plain)])
    raise error


def group_with_notes_and_cause() -> None:
    inner = ExceptionGroup("inner", [caught(noted), caught(with_cause)])
    inner.add_note("a note")
    try:
        raise inner
    except ExceptionGroup as error:
        raise ExceptionGroup("outer", [caught(suppressed), error]) from caught(group)


def parts_with_one_context() -> None:
    parts: list[Exception] = []
    try:
        plain()
    except KeyError:
        for value in ("x", "y"):
            try:
                int(value)
            except ValueError as error:
                parts.append(error)
    raise ExceptionGroup("shared", parts)


def group_as_cause() -> None:
    try:
        group()
    except ExceptionGroup as error:
        raise RuntimeError("after the group") from error


def of_many_lines() -> None:
    raise ValueError("one\ntwo\r\nthree\x0bfour\u2028five\n")


def group_of_many_lines() -> None:
    raise ExceptionGroup("one\ntwo", [caught(of_many_lines), Quiet(), Mute()])


def recursion(depth: int) -> object:
    return recursion(depth - 1) if depth else 1 / 0


def recursion_of_two(depth: int) -> object:
    return odd(depth - 1) if depth else 1 / 0


def odd(depth: int) -> object:
    return recursion_of_two(depth)


def twice_in_a_line(depth: int) -> int:
    return 0 if depth < 0 else (twice_in_a_line(depth - 1) + (twice_in_a_line(depth - 2) if depth % 2 else 1 // depth))


def endless() -> object:
    return endless()


def syntax(source: str) -> Raise:
    return lambda: compile(source, "<written>", "exec")


def syntax_without_details() -> None:
    raise SyntaxError("bare")


def syntax_with_a_cause() -> None:
    try:
        compile("a b", "<written>", "exec")
    except SyntaxError as error:
        raise ImportError("no module") from error


def of_another_module() -> None:
    kind = type("Odd", (Exception,), {"__module__": 7, "__qualname__": "Odd.Name"})
    raise kind("seven")


def from_cache() -> None:
    """Raise in a cell of a notebook: its source is in `linecache` alone."""
    source = "def f():\n    value = 1\n    return value / 0  # in a cell\n"
    linecache.cache["<cell-1>"] = (len(source), None, source.splitlines(True), "<cell-1>")
    made(source, "<cell-1>")()


class Loader:
    def get_source(self, _: str) -> str:
        return "def f():\n    return 1 / 0  # from an archive\n"


def from_loader() -> None:
    """Raise in a module whose source its loader has."""
    loader = Loader()
    made(loader.get_source(""), "/archive.zip/lent.py", __loader__=loader)()


def long_line() -> None:
    filler = " + ".join(["value"] * 300)
    source = f"def f():\n    value = 0\n    return ({filler}) / value\n"
    linecache.cache["<long>"] = (len(source), None, source.splitlines(True), "<long>")
    made(source, "<long>")()


def surrogates() -> None:
    raise ValueError("a lone \udc80 surrogate")


def importing() -> None:
    from os.path import jion  # noqa: F401


def misspelt() -> object:
    return Box().color


def forgotten() -> object:
    return json.dumps({})  # noqa: F821


def unnamed() -> None:
    raise AttributeError("by hand")


def stop() -> None:
    raise KeyboardInterrupt


def leave() -> None:
    sys.exit("told to")


def in_a_generator() -> object:
    def numbers() -> Iterator[float]:
        yield from (1 / number for number in (1, 0))

    return list(numbers())


def shapes() -> dict[str, Raise]:
    """Return what raises, by name."""
    found: dict[str, Raise] = {
        each.__name__: each
        for each in (
            plain, arithmetic, multiline, wide_letters, unequal, nested, with_cause, with_context, suppressed, circle,
            circle_with_another_way, own_cause, falsy_with_cause, cause_without_stack, noted, noted_cause, group,
            wide_group, group_of_sixteen, deep_group, group_with_notes_and_cause, parts_with_one_context,
            group_as_cause, of_many_lines, group_of_many_lines, endless, syntax_without_details, syntax_with_a_cause,
            of_another_module, from_cache, from_loader, long_line, surrogates, importing, misspelt, forgotten, unnamed,
            stop, leave, in_a_generator,
        )
    }  # fmt: skip
    for depth in (2, 3, 4, 5, 40, 300):
        found[f"recursion {depth}"] = lambda depth=depth: recursion(depth)
    found["recursion of two"] = lambda: recursion_of_two(40)
    found["twice in a line"] = lambda: twice_in_a_line(9)
    for number, notes in enumerate(("text", b"bytes", 7, [Mute(), 1, None], (), {"a": 1}, [["x"]])):
        found[f"odd notes {number}"] = odd_notes(notes)
    for number, source in enumerate(("a b", "def f(:\n  pass", "x = (\n", "  y = 1", "f(**a, *b", "é = 'x", "(a\n b)")):
        found[f"syntax {number}"] = syntax(source)
    found["paint"] = Box().paint
    found["quiet"] = lambda: (_ for _ in ()).throw(Quiet())
    found["mute"] = lambda: (_ for _ in ()).throw(Mute())
    found["exec'd"] = made("def f():\n    return 1 / 0\n", "<string>")
    found["without a source"] = made("def f():\n    return 1 / 0\n", "/nowhere/gone.py")
    return found
