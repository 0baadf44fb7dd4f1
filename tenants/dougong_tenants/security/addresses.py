"""Networks from which a tenant lets requests in; read from the policy, asked by the gate for every request."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from dougong_tenants.errors import PolicyInvalid

Network = ipaddress.IPv4Network | ipaddress.IPv6Network
Address = ipaddress.IPv4Address | ipaddress.IPv6Address
MOST = 200  # entries of a list


@dataclass(frozen=True, slots=True)
class AddressList:
    """Networks of one list, all versions; none = from anywhere."""

    networks: tuple[Network, ...] = ()

    def admits(self, address: str | None) -> bool:
        """Whether a request from `address` (IPv4 or IPv6 text) may come in; an address that is not known may not."""
        return not self.networks or _within(self.networks, address)


ANYWHERE = AddressList()


@lru_cache(maxsize=10_000)
def address_list(entries: tuple[str, ...]) -> AddressList:
    """The list of stored entries."""
    return AddressList(tuple(map(ipaddress.ip_network, entries)))


def check_addresses(entries: Iterable[str]) -> tuple[str, ...]:
    """The entries in their usual form, each once. Raises PolicyInvalid that names the one that is no address."""
    found: dict[str, None] = {}
    for entry in entries:
        text = entry.strip()
        if not text:
            continue
        try:
            found[str(_network(text))] = None
        except ValueError:
            raise PolicyInvalid(
                "addresses",
                f"“{text[:60]}” is neither an address nor a network such as 203.0.113.0/24 or 2001:db8::/32.",
                f"「{text[:60]}」不是地址，也不是 203.0.113.0/24、2001:db8::/32 这样的网段。",
            ) from None
    if len(found) > MOST:
        raise PolicyInvalid("addresses", f"At most {MOST} entries.", f"最多 {MOST} 条。")
    return tuple(found)


def parsed(address: str | None) -> Address | None:
    """An address as a number; one of IPv4 inside IPv6 as IPv4; None if it is none."""
    try:
        found = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return mapped or found


def _network(text: str) -> Network:
    """`10.1.2.3/24` means the network around that address, as people write it."""
    found = ipaddress.ip_network(text, strict=False)
    mapped = found.network_address.ipv4_mapped if isinstance(found, ipaddress.IPv6Network) else None
    if mapped is not None and found.prefixlen >= 96:
        return ipaddress.ip_network(f"{mapped}/{found.prefixlen - 96}")
    return found


@lru_cache(maxsize=10_000)
def _within(networks: tuple[Network, ...], address: str | None) -> bool:
    found = parsed(address)
    return found is not None and any(found in network for network in networks)
