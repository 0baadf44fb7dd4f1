"""Asks an address that a tenant has named: checked, in time, followed nowhere, and little of the answer is read."""

from __future__ import annotations

import http.client
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass

from dougong_platform.outgoing.addresses import problem_of, split
from dougong_platform.outgoing.connection import CheckedConnection, Deadline, Resolve, checked_addresses
from dougong_platform.outgoing.errors import AddressRefused, NotReached
from dougong_platform.outgoing.policy import Policy, present_policy

CONNECT = 5.0  # seconds for a connection
WHOLE = 15.0  # seconds from the connection's beginning to the end of the answer
LARGEST = 64 * 1024  # bytes of an answer that are read
_STEP = 16 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """`body`: the first `largest` bytes, as they came; `cut`: there was more. `seconds`: how long it took."""

    status: int
    reason: str
    headers: Mapping[str, str]  # names in lower case; the last of several of a name
    body: bytes
    cut: bool
    seconds: float

    @property
    def is_success(self) -> bool:
        return 200 <= self.status < 300

    @property
    def text(self) -> str:
        """The body as UTF-8, whatever it is."""
        return self.body.decode("utf-8", "replace")


def ask(
    method: str,
    url: str,
    *,
    body: bytes = b"",
    headers: Mapping[str, str] | None = None,
    policy: Policy | None = None,
    seconds: float = WHOLE,
    largest: int = LARGEST,
    resolve: Resolve = socket.getaddrinfo,
) -> Answer:
    """One question, one answer: a redirect is an answer like any other and is not followed.

    Raises AddressRefused (asking again is useless) and NotReached (it may go better later). Looking up the name takes
    as long as the machine's resolver allows; everything after it `seconds`. The environment's proxies are not used:
    they would choose the address in our place.
    """
    parts = split(url)
    if parts is None or parts.hostname is None:
        wrong = problem_of(url) or ("it is no address.", "地址无效。")
        raise AddressRefused(en=wrong[0], zh=wrong[1])
    began = time.monotonic()
    port = parts.port or (443 if parts.scheme == "https" else 80)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        host = _ascii(parts.hostname)
        addresses = checked_addresses(resolve, policy or present_policy(), parts.scheme, host, port)
        connection = CheckedConnection(parts.scheme, host, port, addresses, Deadline(seconds), CONNECT)
        try:
            connection.request(method, _quoted(target), body or None, _complete(headers or {}))
            return _read(connection.getresponse(), largest, began)
        finally:
            connection.let_go()
    except (OSError, http.client.HTTPException, ValueError) as problem:
        en, zh = _words(problem)
        raise NotReached(host=parts.hostname, en=en, zh=zh) from problem


def _read(response: http.client.HTTPResponse, largest: int, began: float) -> Answer:
    found = bytearray()
    while len(found) <= largest and (chunk := response.read1(_STEP)):
        found += chunk
    return Answer(
        status=response.status,
        reason=response.reason,
        headers={name.lower(): value for name, value in response.getheaders()},
        body=bytes(found[:largest]),
        cut=len(found) > largest,
        seconds=time.monotonic() - began,
    )


def _complete(headers: Mapping[str, str]) -> dict[str, str]:
    """No compression: a small answer could unfold into a huge one."""
    return {"User-Agent": "Dougong", "Accept-Encoding": "identity", "Connection": "close", **headers}


def _ascii(host: str) -> str:
    return host if ":" in host else host.encode("idna").decode()


def _quoted(target: str) -> str:
    """As http wants it: what is not ASCII in percent signs; what is quoted already stays."""
    return "".join(c if c.isascii() else "".join(f"%{byte:02X}" for byte in c.encode()) for c in target)


def _words(problem: Exception) -> tuple[str, str]:
    if isinstance(problem, ssl.SSLError):
        return "its certificate is not trusted, or it speaks no TLS.", "其证书不受信任或不支持 TLS。"
    if isinstance(problem, TimeoutError):
        return "it did not answer in time.", "未在规定时间内响应。"
    if isinstance(problem, socket.gaierror):
        return "its name is not known.", "无法解析其域名。"
    if isinstance(problem, http.client.HTTPException | ValueError):
        return "what it answers is no HTTP.", "其响应不是有效的 HTTP。"
    return "there is no connection.", "无法建立连接。"
