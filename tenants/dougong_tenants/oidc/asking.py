"""Asks identity providers over HTTP, within limits: time, size, no redirects, few questions to one host at a time.

Used by this folder; everything that goes out to a provider goes through `ask_session`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock
from typing import Any

import requests
from authlib.integrations.requests_client import OAuth2Session
from requests.adapters import HTTPAdapter
from urllib3.exceptions import HTTPError

from dougong_tenants.oidc.addresses import host_of, problem_of
from dougong_tenants.oidc.errors import ProviderUnfit, ProviderUnreachable

CONNECT, READ = 3.0, 5.0  # seconds
WHOLE = 10.0  # seconds for a whole answer
LARGEST = 512 * 1024  # bytes of an answer
AT_ONCE = 4  # questions of this process to one host: a slow provider holds up no more threads than these

_gates: dict[str, BoundedSemaphore] = {}
_lock = Lock()


class _TooMuch(requests.RequestException):
    pass


class _Limited(HTTPAdapter):
    """Reads each answer whole, within time and size."""

    def send(self, request: requests.PreparedRequest, *args: Any, **more: Any) -> requests.Response:
        wrong = problem_of(request.url or "")
        if wrong is not None:
            raise requests.exceptions.InvalidURL(wrong[0])
        more.update(stream=True, timeout=(CONNECT, READ))
        response = super().send(request, *args, **more)
        try:
            response._content = _read(response)
        finally:
            response.close()
        response._content_consumed = True
        return response


def _read(response: requests.Response) -> bytes:
    """By what has arrived, not by full blocks: one that comes byte by byte is noticed too."""
    until, found = time.monotonic() + WHOLE, bytearray()
    try:
        while chunk := response.raw.read1(65_536, decode_content=True):
            found += chunk
            if len(found) > LARGEST or time.monotonic() > until:
                raise _TooMuch
    except (HTTPError, OSError) as broken:
        if isinstance(broken, requests.RequestException):
            raise
        raise requests.ConnectionError from broken
    return bytes(found)


@contextmanager
def ask_session(address: str, **client: Any) -> Iterator[OAuth2Session]:
    """A session for a question to `address`; what goes wrong on the way is raised as ProviderUnreachable.

    `client`: what Authlib's OAuth2Session takes (client_id, client_secret …).
    """
    host = host_of(address)
    with _lock:
        gate = _gates.setdefault(host, BoundedSemaphore(AT_ONCE))
    if not gate.acquire(timeout=CONNECT):
        raise ProviderUnreachable(host, "it is too slow.", "响应过慢。")
    session = OAuth2Session(**client)
    try:
        session.max_redirects = 0
        session.trust_env = True  # the operator's proxy and certificates
        session.headers["User-Agent"] = "Dougong"
        session.headers["Accept"] = "application/json"
        session.mount("https://", _Limited())
        session.mount("http://", _Limited())
        yield session
    except requests.RequestException as error:
        raise ProviderUnreachable(host, *_words(error)) from error
    finally:
        session.close()
        gate.release()


def ask_json(address: str, **more: Any) -> dict[str, Any]:
    """The JSON object at an address. Raises ProviderUnreachable, ProviderUnfit."""
    with ask_session(address) as session:
        answer = session.request("GET", address, withhold_token=True, **more)
    return json_object(answer, address)


def json_object(answer: requests.Response, address: str) -> dict[str, Any]:
    """The JSON object that was answered. Raises ProviderUnreachable (5xx), ProviderUnfit."""
    host = host_of(address)
    if answer.status_code >= 500:
        raise ProviderUnreachable(host, f"it answers {answer.status_code}.", f"返回状态 {answer.status_code}。")
    if answer.status_code != 200:
        raise ProviderUnfit(
            f"{address} answers {answer.status_code}.", f"{address} 返回状态 {answer.status_code}。", "issuer"
        )
    try:
        found = answer.json()
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ProviderUnfit(f"{address} does not answer with JSON.", f"{address} 返回的不是 JSON。", "issuer")
    return found


def _words(error: requests.RequestException) -> tuple[str, str]:
    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate cannot be trusted.", "其证书不受信任。"
    if isinstance(error, requests.exceptions.Timeout):
        return "it does not answer in time.", "未在规定时间内响应。"
    if isinstance(error, requests.exceptions.TooManyRedirects):
        return "it answers with a redirect, which is not followed.", "返回了重定向，系统不予跟随。"
    if isinstance(error, _TooMuch):
        return "its answer is too large or too slow.", "响应过大或过慢。"
    if isinstance(error, requests.exceptions.HTTPError) and error.response is not None:
        return f"it answers {error.response.status_code}.", f"返回状态 {error.response.status_code}。"
    if isinstance(error, requests.exceptions.ProxyError):
        return "the proxy refuses.", "代理拒绝了请求。"
    return "there is no connection.", "无法建立连接。"
