"""Shorten IP addresses, so that a network can be told and a person can't."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address, ip_network
from typing import Literal

from obskit.protect.marker import Marks

Treatment = Literal["truncate", "keep", "remove"]
_PREFIX = {4: 24, 6: 48}
_UNICAST = ip_network("2000::/3")


def treat(text: str, how: Treatment, mark: Marks) -> str | None:
    """Return what is shown of an address.

    Args:
        text: The value of a field that holds an address.
        how: The policy's `ip`; only globally routable addresses are touched.
        mark: Makes the marker of one that is removed.

    Returns:
        The network's address for `truncate`, or None where the text is no address.
    """
    shown = shortened(text.strip(), how)
    return mark("ip", text) if shown == "" else shown


def shortened(text: str, how: Treatment) -> str | None:
    """Return the network of an address, the address itself where it stays, "" where it goes; None for no address."""
    try:
        address = ip_address(text)
    except ValueError:
        return None
    embedded = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    if embedded is not None:
        short = shortened(str(embedded), how)
        return text if short == str(embedded) else f"::ffff:{short}" if short else ""
    public = address.is_global and (address.version == 4 or address in _UNICAST)
    if how == "keep" or not public:
        return text
    if how == "remove":
        return ""
    network = str(ip_network(f"{address}/{_PREFIX[address.version]}", strict=False).network_address)
    # One that is its network's own address, in whatever spelling, has nothing to hide.
    return text if ip_address(network) == address else network
