"""Shorten IP addresses, so that a network can be told and a person can't."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Literal

from obskit.protect.marker import Marks

Treatment = Literal["truncate", "keep", "remove"]
_PREFIX = {4: 24, 6: 48}


def treat(text: str, how: Treatment, mark: Marks) -> str | None:
    """Return what is shown of an address.

    Args:
        text: The value of a field that holds an address.
        how: The policy's `ip`; only globally routable addresses are touched.
        mark: Makes the marker of one that is removed.

    Returns:
        The network's address for `truncate`, or None where the text is no address.
    """
    try:
        address = ip_address(text)
    except ValueError:
        return None
    if how == "keep" or not address.is_global:
        return text
    if how == "remove":
        return mark("ip", text)
    return str(ip_network(f"{address}/{_PREFIX[address.version]}", strict=False).network_address)
