"""The checkouts that the demo sends, each with an e-mail, a card number and a token that nobody else has."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

SLOW, INVENTORY_FAILS, TASK_FAILS, PLAIN = "back-order", "sold-out", "gift-card", "book"


@dataclass(frozen=True)
class Order:
    """One checkout: what is ordered decides how it goes, the rest must never be seen again."""

    number: str
    item: str
    email: str
    card: str
    token: str

    @property
    def status(self) -> int:
        """The HTTP status that the gateway must answer with."""
        return 502 if self.item == INVENTORY_FAILS else 202


def orders(count: int) -> list[Order]:
    """Returns `count` checkouts, the same ones each time: of twelve, two are slow, one fails early and one late."""
    return [_order(number) for number in range(1, count + 1)]


def secrets(sent: Iterable[Order]) -> list[str]:
    """Returns every string that no file and no output may hold, in each form in which it could stand there."""
    found: list[str] = []
    for order in sent:
        card = order.card
        groups = [card[start : start + 4] for start in range(0, 16, 4)]
        found += [order.email, order.email.replace("@", "%40"), card, " ".join(groups), "-".join(groups), order.token]
    return found


def _order(number: int) -> Order:
    item = {3: SLOW, 5: INVENTORY_FAILS, 8: TASK_FAILS, 10: SLOW}.get(number % 12, PLAIN)
    token = hashlib.sha256(f"token of checkout {number}".encode()).hexdigest()[:40]
    return Order(f"o-{number:04}", item, f"buyer.{number}@shop.example", _card(number), token)


def _card(number: int) -> str:
    """Makes a card number of a test range that passes the Luhn check."""
    digits = f"400000{number:09}"
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return f"{digits}{-total % 10}"
