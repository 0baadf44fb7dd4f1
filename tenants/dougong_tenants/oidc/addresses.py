"""Which addresses of identity providers may be asked: https anywhere, http on this machine only. Used by this folder.

A provider is set up by a tenant's administrator, so that whatever it names must not reach into the operator's network
by plain http; and a sign-in must not travel unencrypted.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

LONGEST = 500  # characters


def problem_of(url: str) -> tuple[str, str] | None:
    """What is wrong with an address as sentences in English and Chinese; None if it may be asked."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host, parts = None, None
    if parts is None or not host or len(url) > LONGEST or any(c.isspace() or not c.isprintable() for c in url):
        return "it is not an address such as https://login.example.com.", "须为形如 https://login.example.com 的地址。"
    if parts.username is not None or parts.password is not None or parts.fragment:
        return "it must hold no password and no fragment.", "地址中不能带密码或片段。"
    if parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)):
        return None
    if parts.scheme == "http":
        return "it must begin with https:// (http only on this machine).", "须以 https:// 开头（仅本机可用 http）。"
    return "it must begin with https://.", "须以 https:// 开头。"


def is_loopback(host: str) -> bool:
    """Whether a host is this very machine, by its name or number alone: nothing is looked up."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def no_less_safe(url: str, issuer: str) -> bool:
    """Whether an address that an issuer names is as safe as the issuer's own: https leads to https."""
    return problem_of(url) is None and (urlsplit(url).scheme == "https" or urlsplit(issuer).scheme == "http")


def host_of(url: str) -> str:
    """The host, with its port if one is named; for people."""
    return urlsplit(url).netloc.rpartition("@")[2]
