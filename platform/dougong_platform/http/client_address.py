"""Where a request comes from: the connection's other end, or what proxies that are trusted say of it.

The engine asks once per request; whoever needs the address (the gate, sign-in, the audit log) asks `client_address`.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable

from flask import Request, g

from dougong_tenants.security import parsed


class TrustedProxies:
    """The networks of proxies whose X-Forwarded-For counts. Without any, the header counts for nothing."""

    def __init__(self, networks: Iterable[str] = ()) -> None:
        self._networks = tuple(ipaddress.ip_network(one) for one in networks)

    def address(self, request: Request) -> str | None:
        """The address of the nearest machine that is no trusted proxy; None if a trusted one names none.

        Each proxy adds at the end whom it heard from: what stands before the first stranger may be invented.
        """
        near = request.remote_addr
        if not self._networks or not self._trusts(near):
            return near
        for hop in reversed(",".join(request.headers.getlist("X-Forwarded-For")).split(",")):
            near = _plain(hop)
            if not self._trusts(near):
                break
        return near

    def _trusts(self, address: str | None) -> bool:
        found = parsed(address)
        return found is not None and any(found in network for network in self._networks)


def client_address() -> str | None:
    """Of the current request, as text; None where it is not known."""
    address: str | None = g.get("client_address")
    return address


def _plain(hop: str) -> str | None:
    """Without blanks, brackets and the port that some proxies add; None if it is no address."""
    text = hop.strip().strip('"')
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    found = parsed(text)
    return None if found is None else str(found)
