"""Names that tell of a secret and names that do not, in the words they are made of."""

from __future__ import annotations

from typing import Any

from tests.redaction.corpus.source import Source, spelled

PASSWORDS = (
    ("password",),
    ("password",),
    ("passwd",),
    ("pwd",),
    ("passphrase",),
    ("passcode",),
    ("user", "password"),
    ("db", "password"),
    ("new", "password"),
    ("old", "password"),
    ("current", "password"),
    ("confirm", "password"),
    ("password", "confirmation"),
    ("admin", "password"),
    ("smtp", "password"),
    ("redis", "password"),
    ("root", "password"),
    ("mysql", "pwd"),
    ("ldap", "passwd"),
    ("ssh", "passphrase"),
    ("keystore", "password"),
    ("postgres", "password"),
    ("password", "2"),
    ("db", "pass"),
    ("wifi", "password"),
)
SECRETS = (
    ("secret",),
    ("client", "secret"),
    ("client", "secret"),
    ("app", "secret"),
    ("webhook", "secret"),
    ("signing", "secret"),
    ("consumer", "secret"),
    ("shared", "secret"),
    ("jwt", "secret"),
    ("oauth", "client", "secret"),
    ("session", "secret"),
    ("cookie", "secret"),
    ("api", "secret"),
    ("secret", "value"),
    ("token", "secret"),
    ("hmac", "secret"),
)
TOKENS = (
    ("token",),
    ("access", "token"),
    ("refresh", "token"),
    ("id", "token"),
    ("csrf", "token"),
    ("auth", "token"),
    ("session", "token"),
    ("api", "token"),
    ("bearer", "token"),
    ("device", "token"),
    ("reset", "token"),
    ("x", "auth", "token"),
    ("github", "token"),
    ("personal", "access", "token"),
    ("bot", "token"),
    ("security", "token"),
    ("oauth", "token"),
    ("slack", "bot", "token"),
)
KEYS = (
    ("api", "key"),
    ("x", "api", "key"),
    ("secret", "key"),
    ("private", "key"),
    ("access", "key"),
    ("encryption", "key"),
    ("signing", "key"),
    ("account", "key"),
    ("aws", "secret", "access", "key"),
    ("auth", "key"),
    ("stripe", "api", "key"),
    ("master", "key"),
    ("ssh", "key"),
    ("service", "account", "key"),
    ("subscription", "key"),
    ("storage", "account", "key"),
)
# Less usual, and no less telling.
RARE = tuple(
    tuple(name.split())
    for name in (
        "pw", "user pw", "encrypted password", "password digest", "hashed password", "cvv2", "totp secret",
        "recovery code", "backup codes", "client assertion", "code verifier", "sas token", "xsrf token",
        "x csrf token", "session cookie", "auth cookie", "jwt", "access jwt", "hmac key", "license key",
        "private key pem", "ssh private key", "auth header", "seed phrase", "connection string", "otp code",
        "verification code", "passport number", "bank account number", "mfa code", "magic link token",
        "invite token", "unlock token", "remember token", "push token", "fcm token", "join token", "vault token",
        "npm token", "deploy key", "webhook signing key",
    )
)  # fmt: skip
FOREIGN = (
    "passwort", "kennwort", "senha", "contrasena", "contraseña", "mot_de_passe", "motdepasse", "wachtwoord",
    "haslo", "hasło", "пароль", "パスワード", "密码",
)  # fmt: skip

# As they are written in one piece.
JOINED = (
    "apikey",
    "accesstoken",
    "authtoken",
    "clientsecret",
    "secretkey",
    "PGPASSWORD",
    "userpassword",
    "dbpassword",
    "privatekey",
    "APIKEY",
    "refreshtoken",
    "MYSQL_PWD",
    "sessiontoken",
    "accesskey",
    "REDISCLI_AUTH",
    "newpassword",
    "AWS_SECRET_ACCESS_KEY",
)

# What stands beside a secret and must stay.
NEIGHBOURS: tuple[tuple[str, Any], ...] = (
    ("username", "bob"),
    ("attempt", 31),
    ("status", "failed"),
    ("author", "Terry Pratchett"),
    ("token_count", 812),
    ("retries", 77),
    ("expires_in", 3600),
    ("region", "eu-west-1"),
    ("cache_key", "user:42:profile"),
    ("keyboard", "qwertz"),
    ("plan", "pro"),
    ("ok", True),
    ("duration_ms", 12.5),
    ("token_type", "bearer"),
    ("grant_type", "client_credentials"),
    ("host", "db1.internal"),
    ("primary_key", "order_id"),
    ("max_tokens", 4096),
    ("passenger", "Ms. Weatherwax"),
    ("method", "POST"),
    ("port", 5432),
    ("path", "/v1/orders"),
    ("passed", 41),
    ("database", "shop"),
    ("author_id", 9911),
    ("monkey", "capuchin"),
)


def telling(source: Source) -> str:
    """Return a name, in any spelling, of a field that holds a credential."""
    if source.chance(0.12):
        return source.choice(JOINED)
    return spelled(source, source.choice(source.choice((PASSWORDS, SECRETS, TOKENS, KEYS))))


def plain_name(source: Source) -> str:
    """Return such a name as it stands in code and configuration: snake, camel or upper case."""
    words = source.choice(source.choice((PASSWORDS, SECRETS, TOKENS, KEYS)))
    joined = "_".join(words)
    return source.choice(
        (joined, joined, joined.upper(), words[0] + "".join(word.title() for word in words[1:]), "-".join(words))
    )


def snake_name(source: Source) -> str:
    """Return such a name in snake case, as a parameter or column is called."""
    return "_".join(source.choice(source.choice((PASSWORDS, SECRETS, TOKENS, KEYS))))


def neighbours(source: Source, count: int) -> dict[str, Any]:
    """Return plain fields to stand beside a secret."""
    return dict(source.sample(NEIGHBOURS, count))


def lines(fields: dict[str, Any]) -> tuple[str, ...]:
    """Return the fields as the flattened output shows them."""
    return tuple(f"{key}: {value}" for key, value in fields.items())
