"""Private keys that are spread over lines."""

from __future__ import annotations

import base64
import random
from collections.abc import Callable
from typing import Any

import orjson
import pytest

Pipe = Callable[..., Any]


def key(name: str = "RSA PRIVATE KEY", *, seed: int = 1, size: int = 610) -> list[str]:
    """Return the lines of what looks like a private key, as OpenSSL writes it."""
    body = base64.b64encode(random.Random(seed).randbytes(size)).decode()
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return [f"-----BEGIN {name}-----", *lines, f"-----END {name}-----"]


def leaked(out: bytes, lines: list[str]) -> list[str]:
    """Return the lines of a key that came through, also those that are short."""
    return [line for line in lines[1:-1] if line.encode() in out]


def joined(lines: list[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()


@pytest.mark.parametrize(
    "name", ["PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"]
)
def test_a_key_over_lines_goes(pipe: Pipe, name: str) -> None:
    """Each of its lines does, the short last one too; the lines around it stay, and so does their number."""
    lines = key(name)
    out = pipe(joined(["before", *lines, "after"])).out
    assert leaked(out, lines) == []
    assert out.splitlines()[0] == b"before"
    assert out.splitlines()[-1] == b"after"
    assert len(out.splitlines()) == len(lines) + 2
    assert b"[REDACTED:private_key]" in out


def test_a_key_behind_what_a_log_writes_before_each_line_goes(pipe: Pipe) -> None:
    """Time and name stay."""
    lines = key()
    prefix = "2026-03-04T10:42:01Z app[17]: "
    out = pipe(joined([prefix + line for line in lines])).out
    assert leaked(out, lines) == []
    assert all(line.startswith(prefix.encode()) for line in out.splitlines()[1:])


def test_a_key_in_the_lines_of_a_container_goes(pipe: Pipe) -> None:
    """One object a line of output, as Docker keeps them; what stands beside the text stays."""
    lines = key()
    records = [{"log": f"{line}\n", "stream": "stdout", "time": "2026-03-04T10:42:01.000000001Z"} for line in lines]
    out = pipe(b"".join(orjson.dumps(record) + b"\n" for record in records)).out
    assert leaked(out, lines) == []
    for line, record in zip(out.splitlines(), records, strict=True):
        assert {**orjson.loads(line), "log": ""} == {**record, "log": ""}


def test_a_key_in_the_messages_of_json_lines_goes(pipe: Pipe) -> None:
    """Its full lines, where a message has no line end; ids that are as long stay."""
    lines = key(size=624)
    trace = "4bf92f3577b34da6a3ce929d0e0e47364bf92f3577b34da6a3ce929d0e0e4736"
    out = pipe(b"".join(orjson.dumps({"message": line, "digest": trace}) + b"\n" for line in lines)).out
    assert leaked(out, lines) == []
    assert out.count(trace.encode()) == len(lines)


def test_lines_of_others_between_those_of_a_key_stay(pipe: Pipe) -> None:
    """Two threads print at once."""
    lines = key()
    mixed = [text for line in lines for text in (line, "GET /orders 200 in 3 ms")]
    out = pipe(joined(mixed)).out
    assert leaked(out, lines) == []
    assert out.count(b"GET /orders 200 in 3 ms\n") == len(lines)


def test_a_key_that_never_ends_hides_no_log(pipe: Pipe) -> None:
    """A log that goes on after the first lines of a key stays readable."""
    after = [f"request {number} of abcdef0123456789abcdef0123456789abcdef01" for number in range(60)]
    out = pipe(joined([*key()[:3], *after, "word"])).out
    assert out.endswith(joined([*after, "word"]))


def test_a_public_key_stays(pipe: Pipe) -> None:
    """A certificate is no secret."""
    data = joined(key("CERTIFICATE") + key("PUBLIC KEY"))
    assert pipe(data).out == data


def test_a_key_that_the_policy_does_not_look_for_stays(pipe: Pipe, tmp_path: Any) -> None:
    """The lines follow the policy as everything does."""
    (tmp_path / "policy.toml").write_text("detectors = ['email']\n")
    data = joined(key())
    assert pipe(data, "--policy", "policy.toml").out == data


def test_one_key_is_one_find(pipe: Pipe) -> None:
    """It is told of where it begins."""
    out = pipe(joined(["before", *key(), *key(seed=2)]), "--explain").out
    assert [orjson.loads(line)["line"] for line in out.splitlines()] == [2, 2 + len(key())]
    assert {orjson.loads(line)["kind"] for line in out.splitlines()} == {"private_key"}
