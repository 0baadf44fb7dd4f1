"""A connection to an address that was checked, with one deadline for everything that happens on it. Used by the client.

The name is looked up once, and the socket is opened to the very number that was checked: a name server that answers
differently the next moment gains nothing.
"""

from __future__ import annotations

import http.client
import io
import ipaddress
import socket
import ssl
import time
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from dougong_platform.outgoing.addresses import IPAddress
from dougong_platform.outgoing.policy import Policy

Resolve = Callable[..., Sequence[tuple[Any, ...]]]  # socket.getaddrinfo's shape
MOST_ADDRESSES = 4  # of one name that are tried


def checked_addresses(resolve: Resolve, policy: Policy, scheme: str, host: str, port: int) -> list[IPAddress]:
    """Every address of a host, all of them checked. Raises AddressRefused if one of them is refused, OSError if the
    name is not known."""
    found = resolve(host, port, type=socket.SOCK_STREAM)
    addresses = list(dict.fromkeys(ipaddress.ip_address(str(one[4][0]).partition("%")[0]) for one in found))
    for address in addresses:
        policy.check(scheme, address, port)
    if not addresses:
        raise OSError("no address")
    return addresses[:MOST_ADDRESSES]


class Deadline:
    """One moment by which all is to be over."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left. Raises TimeoutError when there are none."""
        left = self._until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


class _Incoming(io.RawIOBase):
    """What arrives on a socket, read with as much patience as is left; one that comes byte by byte is noticed too."""

    def __init__(self, opened: socket.socket, deadline: Deadline) -> None:
        self._socket, self._deadline = opened, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self._socket.settimeout(self._deadline.left)
        return self._socket.recv_into(buffer)


class _TimedSocket:
    """The part of a socket that http.client uses."""

    def __init__(self, opened: socket.socket, deadline: Deadline) -> None:
        self._socket, self._deadline = opened, deadline

    def sendall(self, data: Any) -> None:
        self._socket.settimeout(self._deadline.left)
        self._socket.sendall(data)

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(_Incoming(self._socket, self._deadline))

    def close(self) -> None:
        """Nothing: http.client says this before it has read the body. `let_go` closes."""


class CheckedConnection(http.client.HTTPConnection):
    """To one of `addresses`, under the name `host` (for the Host header and the certificate)."""

    def __init__(
        self, scheme: str, host: str, port: int, addresses: Sequence[IPAddress], deadline: Deadline, connect: float
    ) -> None:
        super().__init__(host, port)
        if scheme == "https":
            self.default_port = 443  # so that the Host header names no port that goes without saying
        self._scheme, self._addresses, self._deadline, self._patience = scheme, addresses, deadline, connect
        self._opened: socket.socket | None = None

    def let_go(self) -> None:
        """Close the socket, whatever has been read."""
        self.close()
        if self._opened is not None:
            self._opened.close()

    def connect(self) -> None:
        """The first address that accepts. Raises OSError of the last one."""
        failure: OSError = OSError("no address")
        for address in self._addresses:
            try:
                self._open(address)
                return
            except TimeoutError:
                self._deadline.left  # noqa: B018 - raises where the whole time is over
                failure = TimeoutError()
            except ssl.SSLError:
                raise
            except OSError as problem:
                failure = problem
        raise failure

    def _open(self, address: IPAddress) -> None:
        opened = socket.create_connection((str(address), self.port), timeout=min(self._patience, self._deadline.left))
        try:
            if self._scheme == "https":
                opened.settimeout(min(self._patience, self._deadline.left))
                opened = trust().wrap_socket(opened, server_hostname=self.host)
        except BaseException:
            opened.close()
            raise
        self._opened, self.sock = opened, _TimedSocket(opened, self._deadline)


@lru_cache(maxsize=1)
def trust() -> ssl.SSLContext:
    """The machine's certificates (SSL_CERT_FILE names others), TLS 1.2 and up."""
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context
