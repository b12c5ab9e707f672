"""Proxies of the environment, checked against the library that the official exporter uses."""

from __future__ import annotations

import os
from unittest import mock

import pytest
import requests.utils
from hypothesis import given
from hypothesis import strategies as st

from obskit.ship.proxy import proxy_for

HOSTS = st.sampled_from(
    ["localhost", "127.0.0.1", "10.1.2.3", "collector.example.com", "example.com", "notexample.com", "[::1]"]
)
URLS = st.builds(
    "{}://{}{}/v1/logs".format, st.sampled_from(["http", "https"]), HOSTS, st.sampled_from(["", ":4318", ":443"])
)
PROXIES = st.sampled_from(["", "http://proxy:3128", "http://other:8080", "https://user:pass@proxy"])
NAMES = st.sampled_from(
    ["*", "localhost", "127.0.0.1", "127.0.0.0/8", "10.0.0.0/8", "10.1.2.3/33", "example.com", ".example.com",
     "example.com:4318", "EXAMPLE.com", "::1", "collector", "127.0.0.1:4318", " ", "x/y"]
)  # fmt: skip
ENVIRONMENTS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(["HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"], PROXIES),
        **dict.fromkeys(["NO_PROXY", "no_proxy"], st.lists(NAMES, min_size=1, max_size=3).map(",".join)),
        "REQUEST_METHOD": st.just("GET"),
    },
)


@given(URLS, ENVIRONMENTS)
def test_the_proxy_is_the_one_that_requests_would_take(url: str, environ: dict[str, str]) -> None:
    """Whatever the variables say, both read them alike."""
    with mock.patch.dict(os.environ, environ, clear=True):
        expected = requests.utils.select_proxy(url, requests.utils.get_environ_proxies(url))

    assert expected == proxy_for(url, environ)


def test_loopback_is_no_exception() -> None:
    """A collector on this machine goes through the proxy unless NO_PROXY names it."""
    environ = {"http_proxy": "http://proxy:3128"}

    assert proxy_for("http://localhost:4318/v1/logs", environ) == "http://proxy:3128"
    assert proxy_for("http://localhost:4318/v1/logs", {**environ, "no_proxy": "localhost"}) is None


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy"])
def test_a_proxy_without_scheme_speaks_http(name: str) -> None:
    """`proxy:3128` is taken as `http://proxy:3128`."""
    assert proxy_for("http://a/", {name: "proxy:3128"}) == "http://proxy:3128"
