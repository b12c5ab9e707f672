"""Negative cases that look like a secret of some kind: addresses, telephone numbers, validation messages, code."""

from __future__ import annotations

from tests.redaction.corpus.case import Made, negative
from tests.redaction.corpus.files import templates
from tests.redaction.corpus.identifiers import named, said
from tests.redaction.corpus.names import plain_name
from tests.redaction.corpus.source import Source


def _inner_ipv4(source: Source) -> str:
    r = source.randint
    return source.choice(
        (
            f"10.{r(0, 255)}.{r(0, 255)}.{r(1, 254)}",
            f"192.168.{r(0, 255)}.{r(1, 254)}",
            f"172.{r(16, 31)}.{r(0, 255)}.{r(1, 254)}",
            f"127.0.0.{r(1, 9)}",
            "0.0.0.0",
            f"192.0.2.{r(1, 254)}",
            f"198.51.100.{r(1, 254)}",
            f"203.0.113.{r(1, 254)}",
            f"169.254.{r(1, 254)}.{r(1, 254)}",
            "255.255.255.255",
            f"100.64.{r(0, 255)}.{r(1, 254)}",
            "255.255.255.0",
            f"8.8.{r(1, 254)}.0/24",
            f"93.184.{r(1, 254)}.0",
        )
    )


def _inner_ipv6(source: Source) -> str:
    low = f"{source.hex(4)}:{source.hex(4)}"
    return source.choice(
        (
            "::1",
            "::",
            f"fe80::{low}",
            f"fd{source.hex(2)}:{low}::1",
            f"2001:db8::{low}",
            "fe80::1%eth0",
            "2001:db8::/32",
            f"2001:db8:{low}::{source.hex(3)}",
            f"::ffff:10.0.0.{source.randint(1, 9)}",
            "fd00::/8",
        )
    )


@negative("inner_address", 320, hard=True)
def addresses(source: Source) -> Made:
    value = source.choice((_inner_ipv4, _inner_ipv4, _inner_ipv6))(source)
    if source.chance(0.4):
        return said(
            source,
            f"listening on {value}",
            f"upstream {value} is down",
            f"('{value}', <n>)",
            f"bind {value}: address in use",
            f'{value} - - "GET / HTTP/1.1" 200 <n>',
            f"route via {value} dev eth0",
            f"host={value} port=5432",
            f"X-Forwarded-For: {value}, 10.0.0.3",
            f"ping {value}: <ms> ms",
            f"http://[{value}]:8080/" if ":" in value else f"http://{value}:8080/",
        )
    return named(source, ("ip", "remote_addr", "client", "host", "bind", "peer", "node_ip", "address"), value)


@negative("ipv6_like", 260, hard=True)
def colons(source: Source) -> Made:
    return said(source, *templates("ipv6_like"))


@negative("mail_like", 280, hard=True)
def at_signs(source: Source) -> Made:
    return said(source, *templates("mail_like"))


@negative("phone_like", 280, hard=True)
def pluses(source: Source) -> Made:
    return said(source, *templates("phone_like"))


@negative("ssn_like", 220, hard=True)
def dashed_numbers(source: Source) -> Made:
    d = source.digits
    value = source.choice(
        (
            f"000-{d(2)}-{d(4)}",
            f"666-{d(2)}-{d(4)}",
            f"{d(3)}-00-{d(4)}",
            f"{d(3)}-{d(2)}-0000",
            f"{d(3)}-{d(2)}-{d(5)}",
            f"{d(4)}-{d(2)}-{d(4)}",
            f"{d(3)}-{d(2)}-{d(3)}",
            f"{d(2)}-{d(3)}-{d(4)}",
            f"20{d(2)}-{source.randint(10, 12)}-{source.randint(10, 28)}",
            f"A{d(3)}-{d(2)}-{d(4)}",
            f"{d(3)}-{d(2)}-{d(4)}-{d(2)}",
            f"{d(3)}.{d(2)}.{d(4)}",
            f"{d(2)}-{d(2)}-{d(2)}",
        )
    )
    return named(source, ("part", "sku", "ticket", "case", "release", "range", "model"), value)


@negative("iban_like", 200, hard=True)
def bank_like(source: Source) -> Made:
    value = source.choice(
        (
            f"DE{source.digits(9)}",
            f"AB{source.digits(20)}",
            f"SN{source.digits(16)}X",
            f"GB{source.digits(9)}",
            f"US{source.digits(10)}",
            f"FR {source.digits(2)} {source.digits(9)}",
            f"ISO{source.digits(5)}",
            f"XX{source.digits(22)}",
            f"LOT{source.digits(4)}A{source.digits(6)}",
            f"ATU{source.digits(8)}",
            f"NL{source.digits(9)}B01",
            f"COBADE{source.text('ABCDEF', 2)}XXX",
        )
    )
    return named(source, ("vat", "serial", "lot", "reference", "bic", "tax_office", "part"), value)


@negative("placeholder", 330, hard=True)
def placeholders(source: Source) -> Made:
    value, name = source.choice(templates("placeholder")), plain_name(source)
    return source.choice(
        (
            Made(f"{name}={value}"),
            Made(f"{name}: {value}"),
            Made(f"user=bob {name}={value} host=db1"),
            Made(f"{name} = {value}"),
            Made(f"--{name.replace('_', '-')}={value}"),
            Made(f'{{"{name}": "{value}"}}') if '"' not in value and "'" not in value else Made(f"{name}:{value}"),
        )
    )


@negative("empty_secret", 160, hard=True)
def empty(source: Source) -> Made:
    name = plain_name(source)
    held = source.choice((None, "", True, False))
    return Made({name: held, "n": source.randint(1, 99)})


@negative("validation", 460, hard=True)
def validation(source: Source) -> Made:
    name = source.choice(
        (
            "password",
            "token",
            "secret",
            "api_key",
            "access_token",
            "client_secret",
            "passphrase",
            "Password",
            "email",
            "card_number",
            "cvv",
            "iban",
        )
    )
    return Made(source.fill(source.choice(templates("validation"))).replace("{name}", name))


@negative("about_secrets", 560, hard=True)
def talk(source: Source) -> Made:
    return said(source, *templates("about_secrets"))
