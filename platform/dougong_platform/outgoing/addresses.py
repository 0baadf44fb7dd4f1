"""Which addresses are public, and what is wrong with an URL. Pure: nothing is looked up here.

Used by the client, and by whoever checks an address when it is written down.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from urllib.parse import SplitResult, urlsplit

LONGEST = 2_000  # characters
IPAddress = IPv4Address | IPv6Address

# Everything that IANA's registries call special, whether or not a router would forward it.
_PRIVATE_4 = tuple(
    IPv4Network(one)
    for one in (
        "0.0.0.0/8",  # this network
        "10.0.0.0/8",
        "100.64.0.0/10",  # carriers' address translation, and several clouds' metadata
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local, and the clouds' metadata
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",  # multicast
        "240.0.0.0/4",  # reserved, and broadcast
        "168.63.129.16/32",  # a public number that one cloud answers inside each machine
    )
)
_PUBLIC_6 = IPv6Network("2000::/3")
_PRIVATE_6 = tuple(
    IPv6Network(one)
    for one in (
        "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
        "2001:db8::/32",
        "2002::/16",  # 6to4: reaches any IPv4 address
        "3fff::/20",
    )
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_TRANSLATED = IPv6Network("64:ff9b::/96")


def plain(address: IPAddress) -> IPAddress:
    """The IPv4 address where an IPv6 one only carries it (mapped, or translated by NAT64)."""
    if isinstance(address, IPv6Address) and (address in _MAPPED or address in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(address: IPAddress) -> bool:
    """Whether an address belongs to the open Internet, and to nothing that is ours or special."""
    found = plain(address)
    if isinstance(found, IPv4Address):
        return not any(found in network for network in _PRIVATE_4)
    return found in _PUBLIC_6 and not any(found in network for network in _PRIVATE_6)


def split(url: str) -> SplitResult | None:
    """An URL in parts; None if it is none that we would ask."""
    try:
        parts = urlsplit(url)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    return parts if problem_of(url) is None else None


def problem_of(url: str) -> tuple[str, str] | None:
    """What is wrong with the form of an URL, in English and Chinese; None if nothing is."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port, parts = None, None, urlsplit("")
    if not host or len(url) > LONGEST or port == 0 or any(c.isspace() or not c.isprintable() for c in url):
        return "it is not an address such as https://example.com/path.", "须为形如 https://example.com/path 的地址。"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "it must hold no password and no fragment.", "地址中不能带用户名、密码或片段。"
    if parts.scheme not in ("https", "http"):
        return "it must begin with https://.", "须以 https:// 开头。"
    try:
        ip_address(host)
    except ValueError:
        if _is_bad_name(host):
            return "its host is no name.", "主机名无效。"
    return None


def _is_bad_name(host: str) -> bool:
    try:
        name = host.encode("idna").decode()
    except UnicodeError:
        return True
    return len(name) > 253 or "%" in name
