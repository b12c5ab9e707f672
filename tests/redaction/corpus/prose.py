"""Positive cases in natural language: passwords, one-time codes and keys that a sentence names."""

from __future__ import annotations

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.places import in_text
from tests.redaction.corpus.source import Source


def _hard_to_guess(source: Source) -> str:
    # What no dictionary holds: a sentence's next word could not be it.
    return source.choice(
        (
            f"{source.word()}{source.digits(2)}-{source.text('XYZxyz', 2)}",
            f"{source.word().title()}{source.choice('!#$%*')}{source.digits(4)}",
            source.text("abcdefghjkmnpqrstuvwxyzABCDEFGHJKMNPQRSTUVWXYZ23456789", 10, 16) + "7",
            f"{source.word()}_{source.word()}_{source.digits(3)}",
            source.password() + "9x",
        )
    )


PASSWORDS = (
    "the password is {}",
    "The password is {}.",
    "your new password is {}, please change it",
    "password for bob is {} on <host>",
    "password for bob: {}",
    "my password was {} until today",
    "temporary password: {} (valid <n> minutes)",
    "Your temporary password is: {}",
    "changed the password to {} on <host>",
    "password set to {}",
    "reset bob's password to '{}'",
    "login with user bob and password {} works",
    "use bob / password {} to log in",
    'logged in with password "{}" after <n> tries',
    "the passphrase is {}",
    "passphrase is '{}'",
    "the root password is now {}",
    "Hi Bob, your password is {}\nRegards, ops",
    "the wifi password is {}",
    "password = {} (from the vault)",
)
KEYS = (
    "the api key is {}",
    "API key is {}.",
    "my token is {} and it fails",
    "use token {} for <service>",
    "using access token {} for <host>",
    "with secret key {} on <host>",
    "client secret is {}",
    "the secret is {}",
    "your API key: {}",
    "got session token {} from <host>",
    "refresh token {} expired",
    "invalid api key '{}' from <host>",
    "Invalid token: {}",
    'unknown token "{}"',
    "Incorrect API key provided: {}.",
    "bearer token is {}",
    "auth token {} rejected (<n>)",
)
CODES = (
    "your one-time code is {}",
    "Your verification code is {}. Do not share it.",
    "OTP: {}",
    "otp is {} for bob",
    "{} is your verification code",
    "{} is your one-time password",
    "Use {} as your login code",
    "Your security code: {}",
    "G-{} is your verification code",
    "PIN is {}",
    "the pin code is {}",
    "sent 2FA code {} to bob",
    "one-time passcode {} sent to bob",
    "MFA code {} accepted",
    "verification code: {} (expires in <n> minutes)",
    "Enter {} to confirm your login code",
    "sms text: Your code is {}",
    "authentication code {} did not match",
    "login code: {}",
    "confirmation code {} sent",
)


@positive("prose_password", 150)
def password(source: Source) -> Made:
    return in_text(source, _hard_to_guess(source), PASSWORDS)


@positive("prose_key", 140)
def key(source: Source) -> Made:
    return in_text(source, source.token(), KEYS)


@positive("prose_code", 150)
def code(source: Source) -> Made:
    template = source.choice(CODES)
    digits = source.digits(4 if "PIN" in template or "pin" in template else 6)
    return in_text(source, digits, (template,))
