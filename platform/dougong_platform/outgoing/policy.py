"""What the operator lets tenants' addresses reach: public ones by https on few ports; private networks if named."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from functools import lru_cache

from dougong_platform.outgoing.addresses import IPAddress, is_public, plain
from dougong_platform.outgoing.errors import AddressRefused
from dougong_platform.settings import Settings

PORTS = (443, 8443)


@dataclass(frozen=True, slots=True)
class Policy:
    """`private`: networks that may be reached although they are not public, there by http and on any port too.
    `ports`: those that may be reached elsewhere."""

    private: tuple[ipaddress.IPv4Network | ipaddress.IPv6Network, ...] = ()
    ports: tuple[int, ...] = PORTS

    def check(self, scheme: str, address: IPAddress, port: int) -> None:
        """Raises AddressRefused unless this address may be connected to."""
        found = plain(address)
        if any(found.version == network.version and found in network for network in self.private):
            return
        if not is_public(found):
            raise AddressRefused(
                en="it is in a private network. The operator can allow it (DOUGONG_PRIVATE_ADDRESSES).",
                zh="它指向内部网络。运维人员可通过 DOUGONG_PRIVATE_ADDRESSES 允许。",
            )
        if scheme != "https":
            raise AddressRefused(en="it must begin with https://.", zh="须以 https:// 开头。")
        if port not in self.ports:
            ports = ", ".join(map(str, self.ports))
            raise AddressRefused(
                en=f"port {port} is not one of {ports}.", zh=f"端口 {port} 不在允许范围内（{ports}）。"
            )


def present_policy() -> Policy:
    """What this process' environment says."""
    settings = Settings.from_environment()
    return _policy(settings.private_addresses, settings.outgoing_ports)


@lru_cache(maxsize=8)
def _policy(private: tuple[str, ...], ports: tuple[int, ...]) -> Policy:
    return Policy(tuple(ipaddress.ip_network(one) for one in private), ports)
