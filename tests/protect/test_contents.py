from __future__ import annotations

import array
import collections
import email.message
import http.client
import http.cookiejar
import http.cookies
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import multidict
import numpy as np
import pytest
import requests
import starlette.datastructures
import werkzeug.datastructures
import werkzeug.local

from obskit.protect.plain import simplify

PAIRS = [("Authorization", "Bearer x"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")]
GROUPED = {"authorization": "Bearer x", "set-cookie": ["a=1", "b=2"]}


def message() -> http.client.HTTPMessage:
    made = http.client.HTTPMessage()
    for name, value in PAIRS:
        made.add_header(name, value)
    return made


@pytest.mark.parametrize(
    "make",
    [
        message,
        lambda: httpx.Headers(PAIRS),
        lambda: werkzeug.datastructures.Headers(PAIRS),
        lambda: starlette.datastructures.Headers(raw=[(k.lower().encode(), v.encode()) for k, v in PAIRS]),
        lambda: multidict.CIMultiDict(PAIRS),
        lambda: multidict.CIMultiDictProxy(multidict.CIMultiDict(PAIRS)),
    ],
    ids=["http.client", "httpx", "werkzeug", "starlette", "multidict", "multidict proxy"],
)
def test_headers_are_shown_by_name(make: Any) -> None:
    """A name that comes again has a list of its values."""
    found = {name.lower(): value for name, value in simplify(make()).items()}
    assert found == GROUPED


class Broken(Mapping[str, int]):
    """Raises after a while."""

    def __len__(self) -> int:
        return 3

    def __iter__(self) -> Iterator[str]:
        yield "a"
        raise RuntimeError("no more")

    def __getitem__(self, key: str) -> int:
        return 1


class Overridden(dict[str, int]):
    def items(self) -> Any:
        raise RuntimeError("no items")

    def keys(self) -> Any:
        raise RuntimeError("no keys")

    def __iter__(self) -> Any:
        raise RuntimeError("no iteration")


class Numbered(list[int]):
    def __iter__(self) -> Any:
        raise RuntimeError("no iteration")

    def __getitem__(self, place: Any) -> Any:
        raise RuntimeError("no items")


class Lying:
    """Offers pairs that are none."""

    def keys(self) -> Any:
        return []

    def __getitem__(self, key: str) -> int:
        return 1

    def items(self) -> Any:
        return [("a", 1), 7, (["unhashable"], 2)]


class Frame:
    """What pandas' and polars' tables have in common."""

    columns = ("user", 7)
    shape = (1, 2)

    def __getitem__(self, name: Any) -> Any:
        return [name]


class Column:
    """What a pandas Series is known by."""

    iloc = None

    def __init__(self, labels: list[Any]) -> None:
        self.labels = labels

    @property
    def index(self) -> list[Any]:
        return self.labels

    def items(self) -> Any:
        return [(label, 1) for label in self.labels]

    def __repr__(self) -> str:
        return "Column"


def cookie_jar() -> http.cookiejar.CookieJar:
    jar = requests.cookies.RequestsCookieJar()
    jar.set("sid", "abc")
    return jar


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (collections.ChainMap({"a": 1}, {"b": 2}), {"a": 1, "b": 2}),
        (collections.Counter("aab"), {"a": 2, "b": 1}),
        (collections.UserDict(a=1), {"a": 1}),
        (collections.UserList([1]), [1]),
        (collections.defaultdict(list, a=[1]), {"a": [1]}),
        (array.array("i", [1, 2]), [1, 2]),
        (Overridden(a=1), {"a": 1}),
        (Numbered([1, 2]), [1, 2]),
        (Lying(), {"a": 1, "…": "(['unhashable'], 2)"}),
        (Frame(), {"user": "['user']", 7: "[7]"}),
        (Column(["user", "password"]), {"user": 1, "password": 1}),
        (Column([0, 1]), "Column"),
        (requests.structures.CaseInsensitiveDict(a=1), {"a": 1}),
        (werkzeug.datastructures.MultiDict([("a", "1"), ("a", "2")]), {"a": ["1", "2"]}),
        (starlette.datastructures.QueryParams("a=1&a=2&b=3"), {"a": ["1", "2"], "b": "3"}),
        (http.cookies.SimpleCookie("sid=abc; b=c"), {"Set-Cookie": {"sid": "abc", "b": "c"}}),
        (http.cookies.SimpleCookie("sid=abc")["sid"], {"Set-Cookie": {"sid": "abc"}}),
        (cookie_jar(), {"Cookie": {"sid": "abc"}}),
        (werkzeug.local.LocalProxy(lambda: {"a": 1}), {"a": 1}),
        (werkzeug.local.LocalProxy(lambda: collections.OrderedDict(a=1)), {"a": 1}),
        (memoryview(b"abcd")[::2], "ac"),
        (memoryview(array.array("H", [97])), "a\0"),
        (np.int64(3), 3),
        (np.float32(0.5), 0.5),
        (np.bool_(True), True),
        (np.str_("text"), "text"),
        (np.bytes_(b"text"), "text"),
        (np.array(5), 5),
        (np.array([1, 2]), "array([1, 2])"),
        (np.datetime64("2026-01-02"), "2026-01-02"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_container_is_shown_by_what_it_holds(value: Any, plain: Any) -> None:
    """Whatever it says of itself."""
    found = simplify(value)
    assert found == plain
    assert type(found) is type(plain)


def test_what_came_before_a_failure_is_kept() -> None:
    """What stands for the rest fails in its turn."""
    found = simplify(Broken())
    assert list(found) == ["a", "…"]
    with pytest.raises(ValueError, match="not to be had"):
        simplify(found["…"])


def test_a_mail_is_shown_by_its_headers() -> None:
    """Its body is not."""
    mail = email.message.EmailMessage()
    mail["To"] = "ann@shop.example"
    mail.set_content("body")
    found = simplify(mail)
    assert found["To"] == "ann@shop.example"
    assert "body" not in str(found)


@pytest.mark.parametrize(
    ("data", "shown"),
    [
        (bytes(range(256)), "(binary, 256 bytes)"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\0", "(binary, 20 bytes)"),
        ("a longer text".encode("utf-16"), "a longer text"),
        (b"\xef\xbb\xbfa longer text of bytes", "a longer text of bytes"),
        ("früh, spät und täglich".encode("latin-1"), "fr\\xfch, sp\\xe4t und t\\xe4glich"),
        (b"\0\1", "\0\1"),
    ],
)
def test_bytes_are_shown_as_text_where_they_are_one(data: bytes, shown: str) -> None:
    """Of binary data, which may be a key, the size alone."""
    assert simplify(data) == shown
    assert simplify(bytearray(data)) == shown


def test_a_dict_that_changes_while_it_is_read_is_shown() -> None:
    """Another thread adds to it and takes from it meanwhile."""

    class Shared(dict[int, int]):
        """Reaches `simplify`, which an exact dict does not."""

    shared = Shared(dict.fromkeys(range(500)))
    stop = threading.Event()

    def change() -> None:
        place = 500
        while not stop.is_set():
            shared[place] = 1
            del shared[place - 500]
            place += 1

    changing = threading.Thread(target=change)
    changing.start()
    try:
        assert all(len(simplify(shared)) >= 499 for _ in range(300))
    finally:
        stop.set()
        changing.join()
