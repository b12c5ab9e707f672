from __future__ import annotations

import gc
import threading
import weakref

import pytest

from obskit.record.seen import Seen


class Custom(Exception):
    pass


@pytest.fixture
def seen() -> Seen:
    return Seen(limit=8)


def up(error: BaseException, seen: Seen, levels: int) -> list[bool]:
    """Raise through some frames, asking in each."""
    answers: list[bool] = []

    def level(left: int) -> None:
        try:
            if left == 0:
                raise error
            level(left - 1)
        except BaseException as caught:
            answers.append(seen.first(caught))
            raise

    with pytest.raises(type(error)):
        level(levels)
    return answers


@pytest.mark.parametrize(
    "error",
    [
        Custom("x"),
        ValueError("x"),
        KeyError(("a", 1)),
        TimeoutError(),
        ExceptionGroup("g", [ValueError()]),
        OSError(2, "x"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_same_object_on_its_way_up(seen, error):
    """One exception asked about in each frame that it passes is new once."""
    assert up(error, seen, 3) == [True, False, False, False]


@pytest.mark.parametrize(
    "make", [lambda: Custom("x"), lambda: ValueError("x"), TimeoutError, lambda: KeyError(object())]
)
def test_successors_are_new(seen, make):
    """Exceptions that follow each other, often at one address, are each new."""
    for _ in range(50):
        assert up(make(), seen, 0) == [True]


def test_keeps_nothing_alive(seen):
    """Neither the exception nor a local variable of its frames outlives its use."""

    class Local:
        pass

    watched = []

    def fail(kind: type[Exception]) -> None:
        local = Local()
        watched.append(weakref.ref(local))
        try:
            raise kind("x")
        except kind as caught:
            seen.first(caught)

    for kind in (Custom, ValueError):
        fail(kind)
    gc.collect()
    assert [ref() for ref in watched] == [None, None]


def test_sets_nothing_on_the_exception(seen):
    """The exception is left as it was."""
    error = Custom("x")
    seen.first(error)
    assert vars(error) == {}
    assert error.args == ("x",)


def test_is_bounded():
    """However many exceptions live, only so many are remembered."""
    seen = Seen(limit=8)
    alive = [ValueError(str(n)) for n in range(100)]
    assert all(seen.first(error) for error in alive)
    assert len(seen._marks) <= 8


def test_many_threads():
    """Threads that ask at once neither fail nor count one exception twice for long."""
    seen = Seen(limit=16)
    failures = []

    def work() -> None:
        try:
            for number in range(500):
                error = ValueError(str(number))
                assert seen.first(error)
                assert not seen.first(error)
        except BaseException as problem:
            failures.append(problem)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
