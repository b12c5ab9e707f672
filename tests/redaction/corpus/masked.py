"""Negative cases of what is public or was masked already: certificates, public keys, fingerprints, last digits."""

from __future__ import annotations

from tests.redaction.corpus.case import Made, negative
from tests.redaction.corpus.identifiers import named, said
from tests.redaction.corpus.source import ALNUM, Source


@negative("public_key", 200, hard=True)
def public_keys(source: Source) -> Made:
    rows = "\n".join(source.base64(48) for _ in range(source.randint(2, 6)))
    fingerprint = ":".join(source.hex(2).upper() for _ in range(20))
    return Made(
        source.choice(
            (
                f"-----BEGIN CERTIFICATE-----\n{rows}\n-----END CERTIFICATE-----",
                f"-----BEGIN PUBLIC KEY-----\n{rows}\n-----END PUBLIC KEY-----",
                f"-----BEGIN CERTIFICATE REQUEST-----\n{rows}\n-----END CERTIFICATE REQUEST-----",
                f"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI{source.text(ALNUM, 43)} bob@laptop",
                f"ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABgQ{source.text(ALNUM, 340)}= deploy@ci",
                f"db1 ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAI{source.text(ALNUM, 80)}=",
                f"SHA256:{source.base64(32).rstrip('=')} bob@laptop (ED25519)",
                f"Accepted publickey for bob from 10.0.0.7 port 22 ssh2: RSA SHA256:{source.base64(32).rstrip('=')}",
                f"SHA1 Fingerprint={fingerprint}",
                f"fingerprint {fingerprint} does not match",
                f"age1{source.text('qpzry9x8gf2tvdw0s3jn54khce6mua7l', 58)}",
                f"serial: {':'.join(source.hex(2) for _ in range(16))}",
                f'pin-sha256="{source.base64(32)}"; max-age=5184000',
            )
        )
    )


@negative("masked", 260, hard=True)
def masked(source: Source) -> Made:
    """What a program masked itself is not masked again, and its neighbours stay."""
    last = source.digits(4)
    value = source.choice(
        (
            f"**** **** **** {last}",
            f"XXXX-XXXX-XXXX-{last}",
            f"************{last}",
            f"visa •••• {last}",
            f"card ending in {last}",
            f"{source.word()[0]}***@***.com",
            f"+** *** ****{last[2:]}",
            f"sk_live_...{source.text(ALNUM, 4)}",
            f"ghp_****{source.text(ALNUM, 4)}",
            f"AKIA************{source.text(ALNUM, 4).upper()}",
            "Bearer ***",
            "Bearer [REDACTED:token]",
            "Bearer <redacted>",
            "Authorization: ***",
            f"DE** **** **** {last}",
            "***-**-" + last,
            "https://bob:***@db1.internal/shop",
            "https://bob:[REDACTED:userinfo]@db1.internal/shop",
            "postgresql://app:********@db1/shop",
            "[REDACTED:email]",
            "[email:9f3a1c2b] and [card:00aa11bb]",
            f"[REDACTED:ip] port {last}",
            "password=[password:9f3a1c2b]",
            "token ***",
            "user:****@host",
        )
    )
    return named(source, ("payment", "account", "contact", "target", "note", "source"), value)


@negative("wire", 200)
def wire(source: Source) -> Made:
    """Lines of protocols and of machine learning, in which keys and tokens are nothing secret."""
    return said(
        source,
        "tokenizer.pad_token = tokenizer.eos_token",
        "loss=0.<n> tokens=<n> lr=1e-4 step=<n>",
        "epoch <n>: 100%|##########| <n>/<n> [00:12<00:00, <ms>it/s]",
        '{"usage": {"prompt_tokens": <n>, "completion_tokens": <n>, "total_tokens": <n>}}',
        "{'input_ids': [101, <n>, 102], 'attention_mask': [1, 1, 1]}",
        "SET cart:<n> <word> EX <n>",
        "HGETALL user:<n>",
        "GET user:<n>:profile",
        "KEYS cart:*",
        "DEL lock:<service>:<n>",
        "XADD <service> * k v",
        "SUBSCRIBE orders.created",
        "220 mail.internal ESMTP ready",
        "250-AUTH PLAIN LOGIN",
        "250 2.1.0 Ok",
        "354 End data with <CR><LF>.<CR><LF>",
        "331 Please specify the password.",
        "530 Login incorrect.",
        "+OK <n> messages",
        "* CAPABILITY IMAP4rev1 AUTH=PLAIN",
        "a1 OK LOGIN completed",
        "HTTP/1.1 401 Unauthorized",
        "> GET /<service> HTTP/2",
        "< content-type: application/json",
        "* TLSv1.3 (OUT), TLS handshake, Client hello (1):",
        "* ALPN: offers h2,http/1.1",
        "kafka: topic=<word> partition=<n> offset=<n> key=<word>",
        "amqp: routing_key=orders.created exchange=<word>",
        "MQTT PUBLISH sensors/<word>/temp 21.5",
        "DNS <word>.internal A 10.0.0.<n>",
        "ARP who-has 10.0.0.1 tell 10.0.0.<n>",
        "seq=<n> ack=<n> win=<n> len=0",
        "sqlalchemy.pool: Connection <sqlite3.Connection object at 0x7f<hex>> checked out",
        "celery.task: <service>.tasks.charge[<uuid>] succeeded in <ms>s: None",
        "PrimaryKeyConstraint('id', name='pk_<word>')",
        "ForeignKey('users.id', ondelete='CASCADE')",
    )
