from __future__ import annotations

import pytest

from obskit.protect.redactor import Redactor


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tool --password hunter22 --verbose", "tool --password [REDACTED:password] --verbose"),
        ("tool --api-key=9f8e7d6c run", "tool --api-key=[REDACTED:key] run"),
        ("tool -token 9f8e7d6c", "tool -token [REDACTED:token]"),
        ('tool --db-password "with blanks 1"', 'tool --db-password "[REDACTED:password]"'),
        ("['tool', '--password', 'hunter22']", "['tool', '--password', '[REDACTED:password]']"),
        ("curl -u ann:hunter22 https://shop.example", "curl -u ann:[REDACTED:password] https://shop.example"),
        ("curl --user 'ann:hunter22' https://shop.example", "curl --user 'ann:[REDACTED:password]' https://shop.example"),
        ("curl -b sid=9f8e7d6c https://shop.example", "curl -b sid=[REDACTED:cookie] https://shop.example"),
        ("mysql -uroot -phunter22 shop", "mysql -uroot -p[REDACTED:password] shop"),
        ("sshpass -p hunter22 ssh bob@db1", "sshpass -p [REDACTED:password] ssh bob@db1"),
        ("redis-cli -a hunter22 ping", "redis-cli -a [REDACTED:password] ping"),
        ("echo hunter22 | docker login --password-stdin", "echo [REDACTED:password] | docker login --password-stdin"),
        ("echo 'hunter22' | sudo -S ls", "echo '[REDACTED:password]' | sudo -S ls"),
        ("htpasswd -bc /etc/users bob hunter22", "htpasswd -bc /etc/users bob [REDACTED:password]"),
        ("requirepass hunter22", "requirepass [REDACTED:password]"),
        ("PASS hunter22", "PASS [REDACTED:password]"),
        ("requests.get(url, auth=('ann', 'hunter22'))", "requests.get(url, auth=('ann', '[REDACTED:password]'))"),
        ("[('user', 'ann'), ('password', 'hunter22')]", "[('user', 'ann'), ('password', '[REDACTED:password]')]"),
        ("(b'x-api-key', b'9f8e7d6c')", "(b'x-api-key', b'[REDACTED:key]')"),
        ("(u'token', u'9f8e7d6c')", "(u'token', u'[REDACTED:token]')"),
        ("your code is 482913", "your code is [REDACTED:pin]"),
        ("G-482913 is your verification code", "G-[REDACTED:pin] is your verification code"),
        ("login failed for bob with password hunter22", "login failed for bob with password [REDACTED:password]"),
        ("the token for user ann is 9f8e7d6c", "the token for user ann is [REDACTED:token]"),
        ("your access code 482913 expires soon", "your access code [REDACTED:pin] expires soon"),
    ],
)  # fmt: skip
def test_what_a_command_or_a_sentence_gives_away_goes(redactor: Redactor, text: str, expected: str) -> None:
    """Options, programs with passwords among their arguments, pairs of arguments, announcements."""
    assert redactor.text(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "tool --password-file /run/secrets/db",
        "tool --token-ttl 3600",
        "tool --password $DB_PASSWORD",
        "tool --password",
        "tool --redis-url localhost:6379",
        "docker run -u 1000:1000 -p 8080:80 shop",
        "ssh -p 2222 bob@db1",
        "mkdir -p /var/lib/mysql",
        "mysqldump --port 3306 shop",
        "echo done | tee build.log",
        "the password is required",
        "the token has expired",
        "password reset requested by user 17",
        "token InvalidSignatureError raised",
        "exit code 137 of worker 3",
        "error code 404512",
        "key press ignored",
        "the secret is to start early",
        "8080 is the port of the proxy",
        "('password', 'username')",
        "AUTH failed",
    ],
)
def test_commands_and_sentences_without_secrets_stay(redactor: Redactor, text: str) -> None:
    """Files, ports, identities, variables, words about passwords."""
    assert redactor.text(text) == text
