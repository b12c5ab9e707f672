"""Texts that slow patterns down: near-misses of everything, as long as a text may get."""

from __future__ import annotations

from random import Random

from tests.redaction.corpus.files import printed, printed_names
from tests.redaction.hostile import bodies

UNITS = (
    "a", "1", "-", "@", "{", "[", '"', "\\", "%", "=", ":", ".", "+", " ", "eyJ", "AKIA", "password", "password=",
    "4111 1111 1111 1112 ", "user@host.", "://a:b", "-----BEGIN ", "&#", "\\u00", "DE89370400440532013001 ", "+49 ",
    "1.2.3.", "::", "0x", "\n", "\t", "'", "(", "<", "/", "_", "a@", "a.b@c", "a=b&", "Bearer ", "Basic ", "ghp_",
    "://", "%25", "%2525", "=3D", "&amp;", "\\x41", '\\"', '{"a":', '"a":"', "token:", "token token ", "Cookie: a=",
    "key='", 'key="', "http://", "//a@", "a:a@", "1-", "12-34-", "(0) ", "1:", "f:", "\u200b", "\uff11", "é", "\x1b[",
    "at ", "(at)", "(dot)", "SK", "xoxb-", "sk_live_", "eyJhbGciOiJIUzI1NiJ9.", "user:pass@", "--password ", "AAAA",
    "-----BEGIN RSA PRIVATE KEY-----", "insert into users values ('", "Aa0", "aB", "\x00", "=\n", "<a>", "&#x", "1.1",
    "9" * 19 + " ",
)  # fmt: skip


def repeated(unit: str, size: int) -> str:
    """Return a text of this length made of one unit."""
    return (unit * (size // len(unit) + 1))[:size]


def ordinary(size: int) -> str:
    """Return lines of this length together that programs print, some with words about keys, none with a secret."""
    lines = [line for name in printed_names() for line in printed(name)]
    Random(3).shuffle(lines)
    return repeated("\n".join(lines)[: 2 * size] + "\n", size)


def base64_text(random: Random, size: int) -> str:
    """Return characters of base64 without a break."""
    return bodies.run(random, size, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def mixed(random: Random, size: int) -> str:
    """Return units in random order."""
    return repeated("".join(random.choices(UNITS, k=4000)), size)


def texts(size: int) -> dict[str, str]:
    """Return every such text of a length, by name."""
    random = Random(size)
    found = {repr(unit): repeated(unit, size) for unit in UNITS}
    found["base64"] = base64_text(random, size)
    found["base64 lines"] = repeated(base64_text(random, 76) + "\n", size)
    found["hexadecimal"] = bodies.run(random, size, "0123456789abcdef")
    found["digits"] = bodies.run(random, size, "0123456789")
    found["random"] = "".join(chr(random.randint(32, 0x2FF)) for _ in range(2000)) * (size // 2000)
    return found | {f"mix {place}": mixed(random, size) for place in range(4)}
