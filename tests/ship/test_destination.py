"""A URL that somebody typed becomes the lanes to a target."""

from __future__ import annotations

from typing import Any

import pytest

from obskit.settings.endpoint import Endpoint
from obskit.ship.destination import WrongDestination, lanes_to, otlp_lanes, target_name


class Silent:
    """Whom lanes tell."""

    def once(self, topic: str, text: str) -> None:
        """Forget it."""

    def refused(self, target: str, identity: str, detail: str) -> None:
        """Forget it."""


def lanes(url: str, **options: Any) -> list[Any]:
    made = lanes_to(url, Silent(), **options)
    for lane in made:
        lane.close()
    return made


def test_a_target_has_a_lane_for_each_signal() -> None:
    """Under one name."""
    logs, spans = lanes("otlp+http://127.0.0.1:4318")

    assert [logs.signal, spans.signal] == ["logs", "spans"]
    assert logs.key[0] == spans.key[0]
    assert (logs.sibling, spans.sibling) == (spans, logs)


def test_its_name_is_that_of_the_same_endpoint_in_the_settings() -> None:
    """So that a process and the agent share one cursor, also where one of them wrote a slash at the end."""
    configured = otlp_lanes(
        Endpoint(url="http://127.0.0.1:4318/v1/logs", headers={}),
        Endpoint(url="http://127.0.0.1:4318/v1/traces", headers={}),
        Silent(),
    )

    for url in ("otlp+http://127.0.0.1:4318", "otlp+http://127.0.0.1:4318/"):
        assert [lane.key for lane in lanes(url)] == [lane.key for lane in configured]


def test_a_path_is_another_target() -> None:
    """As two tenants behind one gateway are."""
    names = {lanes(f"otlp+https://example.com{path}")[0].key[0] for path in ("", "/a", "/b")}

    assert len(names) == 3


def test_userinfo_becomes_a_header_and_no_part_of_the_name() -> None:
    """What stands in the cursors is no secret."""
    made = lanes("otlp+http://user:hunter2@127.0.0.1:4318")

    assert all("hunter2" not in lane.key[0] and "user" not in lane.key[0] for lane in made)
    assert made[0].key == lanes("otlp+http://127.0.0.1:4318")[0].key
    assert b"authorization: Basic" in made[0].target._head.replace(b"Authorization", b"authorization")


def test_a_header_that_was_given_wins_over_userinfo() -> None:
    """Whoever wrote it meant it."""
    (logs, _) = lanes("otlp+http://user:pw@127.0.0.1:4318", headers={"authorization": "Bearer x"})

    assert b"Bearer x" in logs.target._head
    assert b"Basic" not in logs.target._head


def test_a_name_fits_a_cursor() -> None:
    """However long the host is."""
    endpoint = Endpoint(url=f"http://{'a' * 60}.{'b' * 60}.{'c' * 60}.example:4318/v1/logs", headers={})

    assert len(target_name(endpoint)) <= 120


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "not the URL of a target"),
        ("otlp", "not the URL of a target"),
        ("http://127.0.0.1:4318", "not the URL of a target"),
        ("kafka+http://127.0.0.1:9092", "not the URL of a target"),
        ("otlp+ftp://127.0.0.1", "does not begin with http"),
        ("otlp+http://", "its host is missing"),
        ("otlp+http://127.0.0.1:0", "its port"),
        ("otlp+http://127.0.0.1:99999", "its port"),
        ("otlp+http://127.0.0.1:4318/v1/logs", "path of one signal"),
        ("otlp+http://127.0.0.1:4318?a=b", "a query or fragment"),
        ("otlp+http://127.0.0.1 :4318", "a space"),
    ],
)
def test_a_wrong_url_is_refused_with_what_to_write(url: str, says: str) -> None:
    """In one line."""
    with pytest.raises(WrongDestination) as refused:
        lanes(url)

    assert says in str(refused.value)
    assert "write otlp+http://HOST:4318" in str(refused.value)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "url",
    [
        "http://user:hunter2@127.0.0.1",
        "kafka+http://user:hunter2@127.0.0.1",
        "otlp+ftp://user:hunter2@127.0.0.1",
        "otlp+http://user:hunter2@127.0.0.1:0",
        "otlp+http://user:hunter2@127.0.0.1/?token=hunter2",
        "otlp+user:hunter2@127.0.0.1",
        "otlp+http:/user:hunter2@127.0.0.1",
    ],
)
def test_no_text_about_a_wrong_url_holds_its_password(url: str) -> None:
    """Nor its query."""
    with pytest.raises(WrongDestination) as refused:
        lanes(url)

    assert "hunter2" not in str(refused.value)


def test_two_long_hosts_of_one_beginning_are_two_targets() -> None:
    """Were they one, what the first has would never be sent to the second."""
    names = {target_name(Endpoint(url=f"https://{'a' * 60}.{'b' * 60}.{end}:4318/v1/logs", headers={})) for end in "xy"}

    assert len(names) == 2
    assert all(len(name) < 120 for name in names)
