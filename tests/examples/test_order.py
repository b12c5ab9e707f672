"""The checkouts of the demo."""

from __future__ import annotations

from collections import Counter

from examples.demo.order import INVENTORY_FAILS, PLAIN, SLOW, TASK_FAILS, orders, secrets


def luhn(card: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(card))]
    return sum(value - 9 * (value > 9) for value in doubled) % 10 == 0


def test_card_numbers_pass_the_luhn_check_and_differ() -> None:
    """Each checkout has a card number of its own that a detector takes for a real one."""
    cards = [order.card for order in orders(60)]
    assert all(len(card) == 16 and luhn(card) for card in cards)
    assert len(set(cards)) == 60


def test_sixty_checkouts_hold_every_way_to_go() -> None:
    """Of 60 checkouts some are slow, some fail in the inventory, some in the task; most are plain."""
    items = Counter(order.item for order in orders(60))
    assert items == {PLAIN: 40, SLOW: 10, INVENTORY_FAILS: 5, TASK_FAILS: 5}


def test_the_same_checkouts_come_each_time() -> None:
    """Two runs send the same orders."""
    assert orders(20) == orders(20)


def test_secrets_hold_the_card_in_each_way_of_writing_it() -> None:
    """A card number is searched for in one piece and in groups."""
    order = orders(1)[0]
    found = secrets([order])
    assert {order.email, order.token, order.card} < set(found)
    assert "4000 0000 0000 0010" in found
    assert "4000-0000-0000-0010" in found
