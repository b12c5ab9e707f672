"""Positive cases: e-mail addresses, cards, IBANs, social security and telephone numbers, known by their form."""

from __future__ import annotations

from tests.redaction.corpus.case import Made, positive
from tests.redaction.corpus.numbers import NETWORKS, card_number, grouped, iban, phone, ssn
from tests.redaction.corpus.places import TEXTS, anywhere, in_structure, in_text
from tests.redaction.corpus.source import Source

IDN = ("müller.de", "bücher.example", "пример.рф", "例え.jp", "españa.es", "café.fr", "straße.example", "ελλάδα.gr")
TLDS = ("com", "org", "net", "io", "dev", "co.uk", "com.br", "de", "fr", "museum", "technology", "ac.jp", "gov.au")


def email(source: Source) -> str:
    """Return an address with an ordinary name and an ordinary or Faker's own domain."""
    name = source.fake().user_name() if source.chance(0.6) else f"{source.word()}.{source.word()}"
    domain = f"{source.word()}{source.choice(('', '-', ''))}{source.word()}.{source.choice(TLDS)}"
    if source.chance(0.2):
        domain = f"mail.{domain}"
    return source.choice(
        (
            f"{name}@{domain}",
            f"{name}@{domain}",
            f"{name}@example.com",
            f"{name.upper()}@{domain.upper()}",
            f"{name}_{source.randint(1, 99)}@{domain}",
            f"{name[0]}@{domain}",
        )
    )


@positive("email", 220)
def plain_email(source: Source) -> Made:
    return anywhere(source, email(source))


@positive("email_tagged", 110)
def tagged_email(source: Source) -> Made:
    name, _, domain = email(source).partition("@")
    tag = source.choice((source.word(), f"{source.word()}-{source.randint(1, 99)}", "no.spam", "test+2", "a_b"))
    odd = source.choice((f"{name}+{tag}", f"{name}+{tag}", f"{name}-{tag}", f"o'{name}", f"{name}%{tag}", f"_{name}"))
    unquoted = tuple(template for template in TEXTS if "'" not in template)
    return in_text(source, f"{odd}@{domain}", unquoted) if "'" in odd else anywhere(source, f"{odd}@{domain}")


@positive("email_international", 110)
def international_email(source: Source) -> Made:
    name = source.choice(("jörg", "zoë", "иван", "たろう", "josé.garcía", "anna", "info2", "lukasz", "ελενη"))
    domain = source.choice((*IDN, "xn--bcher-kva.example", "mail.xn--80akhbyknj4f.com"))
    return anywhere(source, f"{name}{source.randint(1, 99)}@{domain}")


@positive("email_display", 110)
def display_email(source: Source) -> Made:
    address = email(source)
    name = source.fake().name().replace('"', "")
    shown = source.choice(
        (
            f"{name} <{address}>",
            f'"{name}" <{address}>',
            f"mailto:{address}",
            f'<a href="mailto:{address}?subject=Hi">write</a>',
            f"<{address}>",
            f"From: {name} <{address}>",
            f"RCPT TO:<{address}>",
            f"to=<{address}>, relay=local, delay=0.{source.randint(1, 99)}, status=sent",
            f"{address} (verified)",
            f"contact/{address}/edit",
        )
    )
    before, after = source.fill(
        source.choice(("{} queued", "550 5.1.1 {} unknown", "{}", "envelope: {} (<n> bytes)"))
    ).split("{}")
    return Made(before + shown + after, (address,), tuple(part for part in (before, after) if part))


@positive("email_pair", 110)
def several_emails(source: Source) -> Made:
    first, second = email(source), "q" + email(source)
    joiner = source.choice((", ", ";", " and ", ",", " | ", "\n", " -> ", "\t"))
    before, after = source.fill("moved <n> threads ("), source.fill(") on <host>")
    return Made(f"{before}{first}{joiner}{second}{after}", (first, second), (before, after))


@positive("card_compact", 160)
def compact_card(source: Source) -> Made:
    return anywhere(source, card_number(source, source.choice(list(NETWORKS))))


@positive("card_spaced", 110)
def spaced_card(source: Source) -> Made:
    return anywhere(source, grouped(card_number(source, source.choice(list(NETWORKS))), " "))


@positive("card_dashed", 110)
def dashed_card(source: Source) -> Made:
    return anywhere(source, grouped(card_number(source, source.choice(list(NETWORKS))), "-"))


@positive("card_number", 110)
def card_as_int(source: Source) -> Made:
    number = card_number(source, source.choice(list(NETWORKS)))
    if source.chance(0.5):
        return in_structure(source, int(number))
    return in_text(
        source, number, ('{"amount": <n>, "source": {}, "currency": "EUR"}', "charge(source={}, amount=<n>)")
    )


@positive("iban_compact", 140)
def compact_iban(source: Source) -> Made:
    return anywhere(source, iban(source))


@positive("iban_spaced", 110)
def spaced_iban(source: Source) -> Made:
    number = iban(source)
    return anywhere(source, " ".join(number[place : place + 4] for place in range(0, len(number), 4)))


@positive("ssn", 130)
def social_security(source: Source) -> Made:
    number = ssn(source)
    if source.chance(0.3):
        return in_text(
            source, number, ("SSN: {}", "ssn {} on file", "Social Security Number {} rejected", "taxpayer {} (SSN)")
        )
    return anywhere(source, number)


@positive("phone", 200)
def telephone(source: Source) -> Made:
    number = phone(source)
    if source.chance(0.3):
        return in_text(
            source,
            number,
            (
                "tel:{}",
                "call {} back",
                "Tel. {}",
                "SMS to {} failed: <n>",
                "phone: {}",
                "WhatsApp {}",
                "{} (mobile)",
                "fax {}",
            ),
        )
    # A plus sign is a blank in a form body.
    return anywhere(source, number) if source.chance(0.3) else in_text(source, number, NOT_FORMS)


NOT_FORMS = tuple(template for template in TEXTS if "&who" not in template)
