"""Make secrets of the usual kinds, with random bodies."""

from __future__ import annotations

import base64
import json
import string
from random import Random
from typing import NamedTuple

_WORDS = ("amber", "cobalt", "falcon", "ginger", "harbor", "indigo", "juniper", "lantern", "meadow", "nickel", "orchid")
_NAMES = ("ann", "bora", "chidi", "dmitri", "elif", "farah", "goran", "hana", "ines", "jonas", "kemal", "lucia")
_SURNAMES = ("lee", "okafor", "petrov", "yilmaz", "haddad", "novak", "tanaka", "costa", "meyer", "demir", "silva")
_HOSTS = ("harbor", "northwind", "bluefin", "stonegate", "larkspur", "quietlake")
_ENDS = ("com", "de", "org", "co.uk", "fr", "io", "com.tr")
_ALNUM = string.ascii_letters + string.digits


class Body(NamedTuple):
    """A secret that its form gives away.

    Attributes:
        kind: Of what.
        text: As it stands in a text.
        core: The part that may not be readable.
    """

    kind: str
    text: str
    core: str


def run(random: Random, size: int, alphabet: str = _ALNUM) -> str:
    """Return so many random characters."""
    return "".join(random.choices(alphabet, k=size))


def password(random: Random) -> str:
    """Return a password that nobody has."""
    return f"{random.choice(_WORDS).title()}{random.randint(100, 999)}{random.choice('-_!x')}{run(random, 6)}"


def email(random: Random) -> str:
    """Return an e-mail address with digits that make it unlike any other."""
    local = f"{random.choice(_NAMES)}.{random.choice(_SURNAMES)}{random.randint(1000, 9999)}"
    return f"{local}@{random.choice(_HOSTS)}.{random.choice(_ENDS)}"


def _check(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 if place % 2 else 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card(random: Random, prefix: str | None = None, size: int = 16) -> str:
    """Return a card number with a right check digit."""
    start = prefix or random.choice(("4539", "4916", "5425", "5212", "2223", "6011"))
    body = start + run(random, size - 1 - len(start), string.digits)
    return body + _check(body)


def iban(random: Random) -> str:
    """Return an IBAN with right check digits (ISO 13616)."""
    country, size = random.choice((("DE", 18), ("FR", 23), ("NL", 0), ("ES", 20), ("GB", 1)))
    body = run(random, size, string.digits)
    if country == "NL":
        body = f"ABNA{run(random, 10, string.digits)}"
    if country == "GB":
        body = f"NWBK{run(random, 14, string.digits)}"
    number = int("".join(str(int(c, 36)) for c in f"{body}{country}00"))
    return f"{country}{98 - number % 97:02d}{body}"


def ssn(random: Random) -> str:
    """Return a US social security number of an area that is given out."""
    return f"{random.randint(101, 665):03d}-{random.randint(10, 99)}-{random.randint(1000, 9999)}"


def phone(random: Random) -> str:
    """Return a telephone number in international form."""
    return random.choice(
        (
            f"+4915{random.randint(1, 9)}{run(random, 8, string.digits)}",
            f"+1{random.choice(('415', '212', '617'))}{random.randint(200, 989)}{run(random, 4, string.digits)}",
            f"+33{random.choice('67')}{run(random, 8, string.digits)}",
        )
    )


def jwt(random: Random) -> str:
    """Return a signed token, its claims made up."""

    def part(claims: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")

    claims = {"sub": run(random, 10), "name": random.choice(_NAMES), "iat": 1_700_000_000 + random.randint(0, 9999)}
    return f"{part({'alg': 'HS256', 'typ': 'JWT'})}.{part(claims)}.{run(random, 43)}"


def vendor(random: Random) -> Body:
    """Return a vendor's token."""
    upper = string.ascii_uppercase + "234567"
    hexadecimal = "0123456789abcdef"
    rows = (
        ("aws", "AKIA", run(random, 16, upper)),
        ("github", "ghp_", run(random, 36)),
        ("github-server", "ghs_", run(random, 36)),
        ("gitlab", "glpat-", run(random, 20)),
        ("slack", "xoxb-", f"{run(random, 12, string.digits)}-{run(random, 12, string.digits)}-{run(random, 24)}"),
        ("stripe", "sk_live_", run(random, 24)),
        ("google", "AIza", "Sy" + run(random, 33)),
        ("npm", "npm_", run(random, 36)),
        ("openai", "sk-proj-", run(random, 48)),
        ("anthropic", "sk-ant-api03-", run(random, 93) + "AA"),
        ("sendgrid", "SG.", f"{run(random, 22)}.{run(random, 43)}"),
        ("twilio", "SK", run(random, 32, hexadecimal)),
        ("pypi", "pypi-AgEIcHlwaS5vcmc", run(random, 70)),
        ("shopify", "shpat_", run(random, 32, hexadecimal)),
        ("digitalocean", "dop_v1_", run(random, 64, hexadecimal)),
        ("huggingface", "hf_", run(random, 34, string.ascii_letters)),
    )
    kind, prefix, body = random.choice(rows)
    return Body(kind, prefix + body, body)


def pem(random: Random) -> str:
    """Return a private key in its armour, the body random."""
    lines = "\n".join(run(random, 64, _ALNUM + "+/") for _ in range(6))
    return f"-----BEGIN RSA PRIVATE KEY-----\n{lines}\n-----END RSA PRIVATE KEY-----"


def of_form(random: Random) -> Body:
    """Return a secret that is known by its form alone."""
    kind = random.choice(("email", "email", "card", "iban", "jwt", "vendor", "vendor", "vendor", "userinfo", "bearer"))
    if kind == "vendor":
        return vendor(random)
    if kind == "userinfo":
        secret = password(random).replace("!", "x")
        return Body(kind, f"postgres://{random.choice(_NAMES)}:{secret}@db.{random.choice(_HOSTS)}.local/app", secret)
    if kind == "bearer":
        secret = run(random, 40)
        return Body(kind, f"Bearer {secret}", secret)
    text = {"email": email, "card": card, "iban": iban, "jwt": jwt}[kind](random)
    return Body(kind, text, text)


def by_name(random: Random) -> Body:
    """Return a secret that the name before it gives away."""
    name = random.choice(
        ("password", "db_password", "api_key", "client_secret", "access_token", "passwd", "secret_key")
    )
    secret = password(random)
    return Body("named", f"{name}{random.choice(('=', ': ', '=', ' = '))}{secret}", secret)


def any_of(random: Random) -> Body:
    """Return a secret of either sort."""
    return of_form(random) if random.random() < 0.7 else by_name(random)


def sentence(random: Random, text: str) -> str:
    """Return a text as a part of a log line."""
    frame = random.choice(
        (
            "got {} from the vault",
            "retry 3 of 5: {}",
            "upstream said {} and closed",
            "{}",
            "worker-7 [{}] done in 12 ms",
            "value={} state=ok",
            "see '{}' for the details",
            'line 14: "{}"',
            "({})",
        )
    )
    return frame.format(text)
