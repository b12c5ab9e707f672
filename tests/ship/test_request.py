"""The head of a request, and what must not be told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from obskit.ship.request import Discretion, head, place, tunnel_head


def written(url: str, **headers: str) -> list[str]:
    found = {name.replace("_", "-"): value for name, value in headers.items()}
    return head(place(url), found, proxied=False, credentials=None).decode("latin-1").split("\r\n")


@pytest.mark.parametrize(
    ("url", "line", "host"),
    [
        ("http://a.example/v1/logs", "POST /v1/logs HTTP/1.1", "Host: a.example"),
        ("http://a.example", "POST / HTTP/1.1", "Host: a.example"),
        ("https://a.example:443/x", "POST /x HTTP/1.1", "Host: a.example"),
        ("http://a.example:4318/x?b=c d".replace(" ", "+"), "POST /x?b=c+d HTTP/1.1", "Host: a.example:4318"),
        ("http://[::1]:4318/x", "POST /x HTTP/1.1", "Host: [::1]:4318"),
        ("http://bücher.example/ü%20", "POST /%C3%BC%20 HTTP/1.1", "Host: xn--bcher-kva.example"),
        ("http://a.example/x#part", "POST /x HTTP/1.1", "Host: a.example"),
    ],
)
def test_the_head_says_where_to(url: str, line: str, host: str) -> None:
    """Path and query are percent-encoded, the port is named where it is not the scheme's own."""
    assert [line, host] == written(url)[:2]


@pytest.mark.parametrize(
    "url", ["", "a.example", "ftp://a", "http://", "http://a\r\nX: 1/", "http://a/ b", "http://a:99999/"]
)
def test_what_is_no_url_of_http_is_refused(url: str) -> None:
    """Nothing of a wrong URL reaches a socket."""
    with pytest.raises(ValueError):
        place(url)


def test_the_users_headers_replace_obskits() -> None:
    """Any header can be given, whatever its case."""
    lines = written("http://a/", user_agent="mine", HOST="virtual", authorization="Bearer t")

    assert lines == [
        "POST / HTTP/1.1",
        "Accept-Encoding: identity",
        "user-agent: mine",
        "HOST: virtual",
        "authorization: Bearer t",
        "",
    ]


def test_what_frames_the_request_is_not_the_users() -> None:
    """A second length or coding would let one request be read as two."""
    text = "\n".join(
        written("http://a/", Content_Length="0", transfer_encoding="chunked", connection="close", content_type="x")
    )

    assert "0" not in text.replace("HTTP/1.1", "")
    assert not any(word in text for word in ("chunked", "close", "x\n"))


@given(st.text(max_size=20), st.text(max_size=20), st.sampled_from(["\r", "\n", "\r\n", "\0", "\x7f", "\u2028", "😀"]))
def test_no_header_can_inject_another(name: str, value: str, evil: str) -> None:
    """A name or value that HTTP doesn't allow is refused, and the refusal doesn't repeat the value."""
    for found_name, found_value in ((f"a{name}{evil}", "v"), ("a", f"{value}s3cr3t{evil}{value}")):
        with pytest.raises(ValueError, match="doesn't allow") as refusal:
            head(place("http://a/"), {found_name: found_value}, proxied=False, credentials=None)

        assert "s3cr3t" not in str(refusal.value)


@given(st.dictionaries(st.text(min_size=1, max_size=5), st.text(max_size=9), max_size=3))
def test_a_head_that_is_written_has_one_line_a_header(headers: dict[str, str]) -> None:
    """Whatever is let through stays in its line."""
    try:
        text = head(place("http://a/"), headers, proxied=False, credentials=None)
    except ValueError:
        return

    assert text.count(b"\n") == text.count(b"\r\n") == text.count(b"\r") <= 4 + len(headers)


def test_userinfo_becomes_basic_credentials() -> None:
    """What stands before the @ is sent as RFC 7617 says, and not shown."""
    where = place("http://user:p%40ss@a.example:1/x?token=1")

    assert (where.credentials, where.shown) == ("Basic dXNlcjpwQHNz", "http://a.example:1/x")


def test_a_proxy_that_reads_the_request_gets_the_whole_url() -> None:
    """The absolute form of RFC 9112, section 3.2.2, with the proxy's credentials."""
    lines = head(place("http://a:1/x?y"), {}, proxied=True, credentials="Basic eA==").decode().split("\r\n")

    assert (lines[0], "Proxy-Authorization: Basic eA==" in lines) == ("POST http://a:1/x?y HTTP/1.1", True)


def test_a_tunnel_names_host_and_port() -> None:
    """CONNECT has the authority form, with brackets around an IPv6 address."""
    assert tunnel_head(place("https://[::1]/x"), None).startswith(b"CONNECT [::1]:443 HTTP/1.1\r\nHost: [::1]:443\r\n")


@pytest.mark.parametrize(
    "secret", ["Bearer t0k3n-9", "t0k3n-9", "dXNlcjpodW50ZXIy", "user:hunter2", "hunter2", "p%40ss", "p@ss", "sig=abc"]
)
def test_no_secret_of_the_configuration_stays_in_a_text(secret: str) -> None:
    """Header values, their parts and decoded forms, userinfo and query are taken out wherever they appear."""
    urls = ["http://me:p%40ss@a/?sig=abc"]
    discretion = Discretion(urls, {"authorization": "Basic dXNlcjpodW50ZXIy", "x-key": "Bearer t0k3n-9"})

    assert discretion.clean(f"invalid: {secret}!") == "invalid: [REDACTED:header]!"
