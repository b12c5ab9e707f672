from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Any

import pytest

import obskit
from obskit.context import scope
from obskit.decide.level_header import HEADER, sign
from obskit.integration import begin, outbound

KEY = "a key for tests"
Start = Callable[..., Any]


def header(level: int = 10, seconds: float = 600, key: str = KEY) -> tuple[str, str]:
    return (HEADER, sign(level, key.encode(), int(time.time() + seconds)))


@pytest.fixture
def messages(tmp_path: Any, lines: Callable[[], list[dict[str, Any]]]) -> Callable[[], list[str]]:
    return lambda: [line["message"] for line in lines() if line.get("kind") is None]


def start(tmp_path: Any, **more: Any) -> None:
    obskit.init(
        "shop",
        journal=tmp_path / "journal",
        console=False,
        integrations=[],
        **{"level_key": KEY, "sampling": False, **more},
    )


def work() -> None:
    """Log as a request would, through obskit and through the standard library."""
    obskit.get_logger("app").debug("ours")
    logging.getLogger("test.level").debug("the library's")
    obskit.get_logger("app").trace("deeper")


def request(*headers: tuple[str | bytes, str | bytes]) -> None:
    unit = begin("GET /", headers=headers)
    try:
        work()
    finally:
        unit.finish()


def test_a_signed_request_logs_at_its_level_and_the_next_does_not(
    tmp_path: Any, messages: Callable[[], list[str]]
) -> None:
    """Whatever the case of the name, as text or bytes."""
    start(tmp_path)
    name, value = header()
    request((name, value))
    request()
    request((name.lower().encode(), value.encode()))
    assert messages() == ["ours", "the library's"] * 2
    assert obskit.stats().level_headers_refused == 0


def test_the_level_asked_for_is_the_level(tmp_path: Any, messages: Callable[[], list[str]]) -> None:
    """TRACE shows all; INFO in a service at WARN shows INFO alone; ERROR takes nothing away."""
    start(tmp_path)
    request(header(5))
    assert messages() == ["ours", "the library's", "deeper"]
    start(tmp_path, level="WARN")
    unit = begin("GET /", headers=[header(20)])
    obskit.get_logger("app").info("an info")
    work()
    unit.finish()
    unit = begin("GET /", headers=[header(40)])
    obskit.get_logger("app").warning("a warning")
    unit.finish()
    assert messages()[3:] == ["an info", "a warning"]


@pytest.mark.parametrize(
    "value",
    [
        header(key="another")[1],
        header(seconds=-1)[1],
        header(seconds=3 * 86_400)[1],
        header()[1].replace("DEBUG", "TRACE"),
        "",
    ],
    ids=["forged", "expired", "too long", "changed", "empty"],
)
def test_a_header_that_is_not_good_is_counted_and_nothing_else(
    tmp_path: Any, messages: Callable[[], list[str]], capfd: pytest.CaptureFixture[str], value: str
) -> None:
    """The request is served as any other, and nothing is said of it."""
    start(tmp_path)
    request((HEADER, value))
    assert messages() == []
    assert obskit.stats().level_headers_refused == 1
    assert capfd.readouterr().err == ""


def test_without_a_key_the_header_is_nothing(tmp_path: Any, messages: Callable[[], list[str]]) -> None:
    """Neither taken nor counted."""
    start(tmp_path, level_key=None)
    request(header())
    assert messages() == []
    assert obskit.stats().level_headers_refused == 0


def test_the_header_travels_on_to_our_hosts_only(tmp_path: Any) -> None:
    """With messages too; the next service that has the key takes it."""
    start(tmp_path, propagate_to=["*.internal"])
    name, value = header()
    unit = begin("GET /", headers=[(name, value)])
    assert (HEADER, value) in outbound("stock.internal")
    assert (HEADER, value) in outbound(None)
    assert HEADER not in dict(outbound("example.org"))
    carried = outbound("stock.internal")
    unit.finish()
    following = begin("GET /stock", headers=carried)
    assert following.scope.verbose
    following.finish()


@pytest.mark.parametrize("headers", [[], [header(key="another")]])
def test_what_was_not_taken_is_not_sent_on(tmp_path: Any, headers: list[tuple[str, str]]) -> None:
    """Neither is anything made up where there was none."""
    start(tmp_path)
    unit = begin("GET /", headers=headers)
    assert HEADER not in dict(outbound("stock.internal"))
    unit.finish()


def test_an_untrusted_caller_may_ask_if_he_has_a_signature(tmp_path: Any, messages: Callable[[], list[str]]) -> None:
    """At the edge of the internet the signature is what is trusted."""
    start(tmp_path, trust_incoming=False)
    request(header())
    assert messages() == ["ours", "the library's"]


def test_sampling_leaves_out_nothing_of_such_a_request(
    tmp_path: Any, lines: Callable[[], list[dict[str, Any]]]
) -> None:
    """Logs and span are there, and stand for themselves alone."""
    start(tmp_path, sampling=obskit.Sampling(rate=0.0))
    request()
    request(header())
    found = lines()
    assert [line.get("message") for line in found] == ["ours", "the library's", None]
    assert [line.get("kind") for line in found] == [None, None, "span"]
    assert not any("sampling" in line for line in found)


def test_a_unit_that_asked_twice_has_the_lower_level() -> None:
    """verbose() inside a request at TRACE takes nothing away."""
    unit = scope.Scope()
    unit.speak(5)
    unit.speak()
    assert unit.level == 5
