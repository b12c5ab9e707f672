"""The kinds of secrets, as markers name them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from obskit.protect.tokens import TOKENS

_OWN = {
    "account": "numbers of bank accounts, under a telling name",
    "authorization": "what stands in an Authorization header",
    "birth": "dates of birth, under a telling name",
    "card": "payment card numbers and their security codes",
    "connection": "connection strings of unknown form",
    "cookie": "values of cookies",
    "document": "numbers of passports, licences and tax identities, under a telling name",
    "email": "e-mail addresses",
    "iban": "international bank account numbers",
    "ip": "globally routable IP addresses",
    "jwt": "JSON Web Tokens",
    "key": "keys of programming interfaces, of encryption and of signatures",
    "password": "passwords and passphrases",
    "phone": "telephone numbers",
    "pin": "PINs and one-time codes",
    "private_key": "private keys in PEM, OpenPGP or PuTTY form",
    "secret": "what is called a secret",
    "ssn": "US social security numbers",
    "token": "tokens of access, Bearer and Basic credentials",
    "userinfo": "user and password in a URL",
}

KINDS: Mapping[str, str] = MappingProxyType(
    {**_OWN, **{token.kind: f"tokens of a vendor: {token.kind.replace('_', ' ')}" for token in TOKENS}}
)
