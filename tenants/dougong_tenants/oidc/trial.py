"""Tries whether a provider could be used, without signing in: what is wrong with it, in words. For "Try it"."""

from __future__ import annotations

from dataclasses import dataclass

from dougong_tenants.oidc.addresses import host_of
from dougong_tenants.oidc.checks import SCOPES, check_issuer
from dougong_tenants.oidc.discovery import Metadata, keys_of, metadata_of
from dougong_tenants.oidc.errors import OidcFault, ProviderInvalid, ProviderUnfit, ProviderUnreachable


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. `tone`: good, warn or bad."""

    tone: str
    en: str
    zh: str


def try_provider(issuer: str, scopes: tuple[str, ...] = SCOPES, *, has_secret: bool = True) -> list[Finding]:
    """Ask for the discovery document and the keys, anew. Ends with the first thing that makes signing in impossible."""
    try:
        issuer = check_issuer(issuer)
        metadata = metadata_of(issuer, anew=True)
        found = [
            Finding(
                "good",
                f"{host_of(issuer)} answers, and its document is complete.",
                f"{host_of(issuer)} 有应答，配置文档完整。",
            )
        ]
        count = len(keys_of(metadata, anew=True).keys)
    except (OidcFault, ProviderInvalid) as fault:
        return [_problem(fault)]
    found.append(Finding("good", f"Keys to check signatures with: {count}.", f"验签密钥：{count} 个。"))
    return found + _cautions(metadata, scopes, has_secret)


def _problem(fault: OidcFault | ProviderInvalid) -> Finding:
    """For who can mend it: without the advice to ask an administrator."""
    reason_en, reason_zh = fault.data.get("reason_en"), fault.data.get("reason_zh")
    if isinstance(fault, ProviderUnfit):
        return Finding("bad", f"This cannot be used: {reason_en}", f"无法使用：{reason_zh}")
    if isinstance(fault, ProviderUnreachable):
        host = fault.data["host"]
        return Finding("bad", f"“{host}” cannot be reached: {reason_en}", f"无法连接「{host}」：{reason_zh}")
    return Finding("bad", fault.message("en"), fault.message("zh"))


def _cautions(metadata: Metadata, scopes: tuple[str, ...], has_secret: bool) -> list[Finding]:
    found = []
    missing = [one for one in scopes if metadata.scopes is not None and one not in metadata.scopes]
    if missing:
        named = ", ".join(missing)
        found.append(Finding("warn", f"It does not list the scopes: {named}.", f"其未列出以下 scope：{named}。"))
    if "email" not in scopes:
        found.append(
            Finding("warn", "Without the scope email nobody has an e-mail.", "缺少 email 这一 scope 时，无法得到邮箱。")
        )
    if not has_secret and "none" not in metadata.auth_methods:
        found.append(Finding("warn", "It seems to ask for a client secret.", "其似乎要求应用密钥。"))
    known = {"client_secret_basic", "client_secret_post", "none"}
    if not known & set(metadata.auth_methods):
        methods = ", ".join(metadata.auth_methods)
        found.append(
            Finding(
                "bad",
                f"It asks clients to prove themselves by {methods}.",
                f"其要求的应用认证方式不受支持：{methods}。",
            )
        )
    return found
