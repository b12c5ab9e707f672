"""Draw the raw material of cases: random text of a known form, names, hosts, passwords, identifiers."""

from __future__ import annotations

import base64
import random
import string
import uuid
from collections.abc import Sequence
from functools import cache
from typing import Any

from faker import Faker

ALNUM = string.ascii_letters + string.digits
HEX = "0123456789abcdef"
URLSAFE = ALNUM + "-_"
BASE32 = string.ascii_uppercase + "234567"
# One locale an alphabet or naming habit; making a generator costs some 50 ms each.
LOCALES = ("en_US", "de_DE", "fr_FR", "es_ES", "pl_PL", "ja_JP", "pt_BR", "ru_RU", "zh_CN", "tr_TR")

WORDS = (
    "amber",
    "anchor",
    "apple",
    "autumn",
    "basket",
    "beacon",
    "birch",
    "bridge",
    "cactus",
    "canyon",
    "cedar",
    "cobalt",
    "comet",
    "copper",
    "crystal",
    "delta",
    "ember",
    "falcon",
    "fern",
    "forest",
    "garnet",
    "glacier",
    "granite",
    "harbor",
    "hazel",
    "island",
    "ivory",
    "jasper",
    "juniper",
    "lantern",
    "maple",
    "meadow",
    "mercury",
    "nickel",
    "oasis",
    "onyx",
    "orchid",
    "osprey",
    "pebble",
    "pepper",
    "prairie",
    "quartz",
    "raven",
    "river",
    "saffron",
    "summit",
    "tundra",
    "velvet",
    "walnut",
    "willow",
    "zephyr",
)
SERVICES = (
    "billing",
    "checkout",
    "gateway",
    "inventory",
    "ledger",
    "mailer",
    "orders",
    "payments",
    "profile",
    "reports",
    "scheduler",
    "search",
    "shipping",
    "worker",
    "frontend",
    "importer",
    "exporter",
    "catalog",
)
REGIONS = ("eu-west-1", "us-east-1", "ap-south-1", "eu-central-1", "westeurope", "us-central1")
WEAK = ("letmein", "qwerty123", "iloveyou", "dragon99", "Welcome1", "P@ssw0rd", "Summer2024!", "admin123")
USERS = ("alice", "bob", "carol", "dmitri", "erin", "faythe", "svc_app", "deploy", "readonly", "jsmith", "m.rossi")


class Source(random.Random):
    """A seeded source of random values, the same for the same seed on every machine."""

    def text(self, alphabet: str, size: int, most: int | None = None) -> str:
        """Return `size` (or `size` to `most`) characters of an alphabet."""
        return "".join(self.choices(alphabet, k=size if most is None else self.randint(size, most)))

    def chance(self, probability: float) -> bool:
        """Return True with a probability."""
        return self.random() < probability

    def digits(self, size: int) -> str:
        """Return decimal digits, the first not zero."""
        return self.choice("123456789") + self.text(string.digits, size - 1)

    def hex(self, size: int) -> str:
        """Return lower-case hexadecimal digits."""
        return self.text(HEX, size)

    def base64(self, size: int) -> str:
        """Return `size` random bytes in base64."""
        return base64.b64encode(self.randbytes(size)).decode()

    def uuid(self) -> str:
        """Return a random UUID (version 4)."""
        return str(uuid.UUID(int=self.getrandbits(128), version=4))

    def word(self) -> str:
        """Return an English word without a meaning for logs."""
        return self.choice(WORDS)

    def service(self) -> str:
        """Return the name of a service."""
        return self.choice(SERVICES)

    def user(self) -> str:
        """Return a login name."""
        return self.choice(USERS)

    def host(self) -> str:
        """Return the name of a host."""
        return self.choice(
            (
                f"{self.service()}-{self.randint(1, 9)}.internal",
                f"{self.service()}.svc.cluster.local",
                f"db{self.randint(1, 4)}.example.com",
                f"api.{self.word()}.io",
                f"{self.word()}.example.org",
                f"www.{self.word()}-{self.word()}.com",
                "localhost",
            )
        )

    def password(self) -> str:
        """Return a password that needs no quoting and no escaping where it stands bare."""
        return self.choice((self._mixed, self._phrase, self._strong, self._strong, self._weak))()

    def awkward(self) -> str:
        """Return a password with blanks and punctuation, as it may stand between quotes."""
        return self.text(ALNUM, 4, 8) + self.text(" ,;&=:{}()[]#@!|", 2, 4) + self.text(ALNUM, 4, 8)

    def _mixed(self) -> str:
        return f"{self.word().title()}{self.choice('!#$%*_-.+~@')}{self.digits(self.randint(2, 5))}"

    def _phrase(self) -> str:
        return f"{self.word()}-{self.word()}-{self.word()}{self.randint(0, 99)}"

    def _strong(self) -> str:
        # A first character that no shell, YAML or URL gives a meaning to.
        return self.choice(ALNUM) + self.text(ALNUM + "!#$%^*_-+.~@", 10, 20) + self.choice(ALNUM)

    def _weak(self) -> str:
        return self.choice(WEAK)

    def token(self) -> str:
        """Return an opaque token of no vendor's form."""
        size = self.choice((20, 24, 32, 40, 48))
        return self.choice(
            (self.text(ALNUM, size), self.hex(size), self.choice(ALNUM) + self.text(URLSAFE, size - 2) + "x")
        )

    def url_token(self) -> str:
        """Return an opaque token that begins and ends with a letter or digit."""
        return self.choice(ALNUM) + self.text(URLSAFE, 18, 40) + self.choice(ALNUM)

    def fake(self) -> Any:
        """Return a Faker of a random locale, whose next values depend on this source alone."""
        return self.fake_of(self.choice(LOCALES))

    def fake_of(self, locale: str) -> Any:
        """Return the Faker of one locale, whose next values depend on this source alone."""
        fake = _faker(locale)
        fake.random = self
        return fake

    def fill(self, template: str) -> str:
        """Return a template with its random parts filled in; `{}` stays, for the value that it is about.

        Args:
            template: Text with `<n>`, `<ms>`, `<word>`, `<service>`, `<host>`, `<user>`, `<uuid>`, `<hex>`, `<time>`,
                `<digits>` (5 to 8), `<abc>` (3).
        """
        if "<" not in template:
            return template
        out = template
        for name, make in _PARTS.items():
            mark = f"<{name}>"
            while mark in out:
                out = out.replace(mark, make(self), 1)
        return out


def _time(source: Source) -> str:
    r = source.randint
    return f"20{r(19, 26)}-{r(1, 12):02}-{r(1, 28):02}T{r(0, 23):02}:{r(0, 59):02}:{r(0, 59):02}.{r(0, 999):03}Z"


_PARTS = {
    "n": lambda s: str(s.randint(1, 9999)),
    "ms": lambda s: f"{s.uniform(0.1, 900):.2f}",
    "word": Source.word,
    "service": Source.service,
    "host": Source.host,
    "user": Source.user,
    "uuid": Source.uuid,
    "hex": lambda s: s.hex(16),
    "digits": lambda s: s.digits(s.randint(5, 8)),
    "abc": lambda s: s.digits(3),
    "time": _time,
}


@cache
def _faker(locale: str) -> Any:
    return Faker(locale)


def spelled(source: Source, words: Sequence[str]) -> str:
    """Return a name of several words in one of the spellings of programs, headers and environments."""
    styles = (
        "_".join(words),
        "_".join(words),
        words[0] + "".join(word.title() for word in words[1:]),
        "".join(word.title() for word in words),
        "-".join(words),
        "_".join(words).upper(),
        "-".join(word.title() for word in words),
        ".".join(words),
        " ".join(word.title() for word in words),
    )
    return source.choice(styles)
