"""What a provider says of itself: its discovery document and its keys, remembered for minutes. Used by this folder.

OpenID Connect Discovery 1.0 §4 says what must be in the document; Authlib checks it, and this adds what we ask besides.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any

from authlib.oidc.discovery import OpenIDProviderMetadata, get_well_known_url
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from dougong_tenants.errors import TenantsError
from dougong_tenants.oidc.addresses import no_less_safe, problem_of
from dougong_tenants.oidc.asking import ask_json
from dougong_tenants.oidc.errors import ProviderUnfit

KEPT = 600  # seconds that a document and keys are remembered
FAILURE_KEPT = 10  # seconds in which a provider that failed is not asked again
KEYS_AGAIN = 10  # seconds in which keys are read anew once at most, whatever keys are named
_MOST = 500  # documents of this process
# Signatures by a private key only: with HS256 whoever knows the client secret could sign, and "none" is none.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")


@dataclass(frozen=True, slots=True)
class Metadata:
    """Of a discovery document, what signing in needs."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str | None
    auth_methods: tuple[str, ...]
    algorithms: tuple[str, ...]
    scopes: tuple[str, ...] | None
    names_issuer: bool  # in its answers, RFC 9207


@dataclass(slots=True)
class _Kept:
    until: float
    since: float
    found: Any


_kept: dict[str, _Kept] = {}
_read_again: dict[str, float] = {}  # when keys were last read anew, by address
_lock = Lock()


def metadata_of(issuer: str, *, anew: bool = False) -> Metadata:
    """The issuer's discovery document. Raises ProviderUnreachable, ProviderUnfit."""
    found: Metadata = _remembered(f"issuer {issuer}", lambda: _discover(issuer), KEPT if not anew else 0)
    return found


def keys_of(metadata: Metadata, *, anew: bool = False) -> KeySet:
    """The provider's keys; `anew` when it signs with one that is not among those remembered (it changed its keys).

    Raises ProviderUnreachable, ProviderUnfit.
    """
    address, now = metadata.jwks_uri, time.monotonic()
    again = anew and now - _read_again.get(address, -KEYS_AGAIN) >= KEYS_AGAIN
    if again:
        _read_again[address] = now
    found: KeySet = _remembered(f"keys {address}", lambda: _read_keys(address), 0 if again else KEPT)
    return found


def forget_all() -> None:
    """For tests, and after a provider was changed."""
    _kept.clear()
    _read_again.clear()


def _remembered(key: str, ask: Callable[[], Any], age: float) -> Any:
    """What is known and not older than `age` seconds; a failure is known for some seconds too."""
    now = time.monotonic()
    known = _kept.get(key)
    if known is not None and now < known.until and now - known.since <= age:
        if isinstance(known.found, TenantsError):
            raise known.found.with_traceback(None)
        return known.found
    try:
        found = ask()
    except TenantsError as fault:
        _keep(key, fault, FAILURE_KEPT)
        raise
    _keep(key, found, KEPT)
    return found


def _keep(key: str, found: Any, seconds: float) -> None:
    now = time.monotonic()
    with _lock:
        while len(_kept) >= _MOST:
            _kept.pop(next(iter(_kept)))
            _read_again.clear()
        _kept.pop(key, None)
        _kept[key] = _Kept(now + seconds, now, found)


def _discover(issuer: str) -> Metadata:
    wrong = problem_of(issuer)
    if wrong is not None:
        raise ProviderUnfit(f"the issuer's address: {wrong[0]}", f"颁发者地址{wrong[1]}", "issuer")
    given = OpenIDProviderMetadata(ask_json(get_well_known_url(issuer, external=True)))
    said = given.get("issuer")
    if said != issuer and (not isinstance(said, str) or said.rstrip("/") != issuer.rstrip("/")):
        raise ProviderUnfit(
            f"it calls itself “{str(said)[:200]}”, not “{issuer}”.",
            f"其自称「{str(said)[:200]}」，而非「{issuer}」。",
            "issuer",
        )
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        if not isinstance(given.get(name), str) or not no_less_safe(given[name], issuer):
            raise ProviderUnfit(f"its document names no safe {name}.", f"其配置文档缺少安全的 {name}。", "issuer")
    userinfo = given.get("userinfo_endpoint")
    if not isinstance(userinfo, str) or not no_less_safe(userinfo, issuer):
        userinfo = None
    _check_abilities(given)
    return Metadata(
        said,
        given["authorization_endpoint"],
        given["token_endpoint"],
        given["jwks_uri"],
        userinfo,
        _names(given, "token_endpoint_auth_methods_supported") or ("client_secret_basic",),
        tuple(a for a in _names(given, "id_token_signing_alg_values_supported") or ("RS256",) if a in ALGORITHMS),
        _names(given, "scopes_supported"),
        given.get("authorization_response_iss_parameter_supported") is True,
    )


def _check_abilities(given: OpenIDProviderMetadata) -> None:
    if "code" not in (_names(given, "response_types_supported") or ("code",)):
        raise ProviderUnfit("it does not offer the authorisation code flow.", "不支持授权码流程。", "issuer")
    if "S256" not in (_names(given, "code_challenge_methods_supported") or ("S256",)):
        raise ProviderUnfit("it does not offer PKCE with S256.", "不支持 PKCE（S256）。", "issuer")
    algorithms = _names(given, "id_token_signing_alg_values_supported")
    if algorithms is not None and not set(algorithms) & set(ALGORITHMS):
        raise ProviderUnfit("it signs with none of the algorithms we accept.", "其签名算法均不受支持。", "issuer")


def _names(given: OpenIDProviderMetadata, key: str) -> tuple[str, ...] | None:
    found = given.get(key)
    return tuple(str(one) for one in found) if isinstance(found, list) else None


def _read_keys(address: str) -> KeySet:
    given = ask_json(address)
    listed = given.get("keys")
    keys = []
    for one in listed if isinstance(listed, list) else ():
        if isinstance(one, dict) and one.get("kty") in ("RSA", "EC", "OKP") and one.get("use") in (None, "sig"):
            try:
                keys.extend(KeySet.import_key_set({"keys": [one]}).keys)
            except (JoseError, ValueError, KeyError, TypeError):
                continue  # one that is not understood does not spoil the others
    if not keys:
        raise ProviderUnfit(
            f"{address} holds no key to check signatures with.", f"{address} 中没有可用于验签的密钥。", "issuer"
        )
    return KeySet(keys)
