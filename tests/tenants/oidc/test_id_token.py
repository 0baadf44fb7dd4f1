"""An ID token counts only if its provider signed it, for us, now, for this journey, and of a verified e-mail."""

from __future__ import annotations

import base64
import hmac
import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from dougong_tenants.oidc.errors import (
    ClocksDiffer,
    EmailNotVerified,
    IdTokenRefused,
)
from hostile_provider import CLIENT, SECRET, Way, new_key, shared_key


def _other_key(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode(header, claims, new_key())  # names the provider's key, is signed by another


def _unsigned(header: dict[str, Any], claims: dict[str, Any]) -> str:
    parts = (
        base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "none"}, claims)
    )
    return ".".join(parts) + "."


def _by_client_secret(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "HS256"}, claims, shared_key(SECRET))


def _hmac_signed(claims: dict[str, Any], key: bytes) -> str:
    """By hand: libraries refuse to take a public key for a shared one."""
    parts = (json.dumps(part).encode() for part in ({"alg": "HS256"}, claims))
    text = ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    sign = hmac.new(key, text.encode(), "sha256").digest()
    return f"{text}.{base64.urlsafe_b64encode(sign).decode().rstrip('=')}"


def _own_key_inside(header: dict[str, Any], claims: dict[str, Any]) -> str:
    key = new_key()
    return jwt.encode({"alg": "RS256", "jwk": key.as_dict(private=False)}, claims, key)


def _unknown_name(header: dict[str, Any], claims: dict[str, Any]) -> str:
    return jwt.encode({"alg": "RS256", "kid": "nobody's"}, claims, new_key())


def _changed(header: dict[str, Any], claims: dict[str, Any]) -> str:
    signed = _other_key(header, claims)
    head, _, sign = signed.split(".")
    body = base64.urlsafe_b64encode(json.dumps({**claims, "email": "boss@library.test"}).encode()).decode().rstrip("=")
    return f"{head}.{body}.{sign}"


@pytest.mark.parametrize(
    "forge",
    [_other_key, _unsigned, _by_client_secret, _own_key_inside, _unknown_name, _changed],
    ids=lambda f: f.__name__,
)
def test_an_id_token_that_the_provider_did_not_sign_is_refused(way: Way, forge: Callable[..., str]) -> None:
    way.hostile.token = forge
    with pytest.raises(IdTokenRefused):
        way.arrive()


def test_a_key_confused_with_a_shared_secret_signs_nothing(way: Way) -> None:
    public = way.hostile.keys[0].as_pem(private=False)
    way.hostile.document = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}
    way.hostile.token = lambda header, claims: _hmac_signed(claims, public)
    with pytest.raises(IdTokenRefused):
        way.arrive()
    way.hostile.token = _unsigned
    with pytest.raises(IdTokenRefused):
        way.arrive()


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "somebody else"},
        {"aud": None},
        {"aud": [CLIENT, "somebody else"]},  # for two, and it is not said who asked
        {"aud": [CLIENT, "somebody else"], "azp": "somebody else"},
        {"azp": "somebody else"},
        {"nonce": "another journey's"},
        {"nonce": None},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"at_hash": "not the access token's"},
    ],
    ids=str,
)
def test_an_id_token_with_a_wrong_claim_is_refused(way: Way, claims: dict[str, Any]) -> None:
    way.hostile.claims = claims
    with pytest.raises(IdTokenRefused) as refused:
        way.arrive()
    assert not isinstance(refused.value, ClocksDiffer)


@pytest.mark.parametrize(("issued", "expires"), [(-900, -600), (600, 900)])
def test_clocks_that_differ_are_told_apart(way: Way, issued: int, expires: int) -> None:
    now = int(time.time())
    way.hostile.claims = {"iat": now + issued, "exp": now + expires}
    with pytest.raises(ClocksDiffer) as refused:
        way.arrive()
    assert time.strftime("%Y-%m-%d %H:%M", time.gmtime(now + issued)) in refused.value.message("zh")
    way.hostile.claims = {"iat": now + 60, "exp": now + 360}  # a minute is nothing
    assert way.arrive().claims.subject == "subject-1"


@pytest.mark.parametrize(
    "given",
    [
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "yes"},
        {"email": None},
        {"email": "no address"},
    ],
    ids=str,
)
def test_an_email_that_is_not_verified_counts_for_nothing(way: Way, given: dict[str, Any]) -> None:
    way.hostile.claims, way.hostile.userinfo = given, {"sub": "subject-1"}
    with pytest.raises(EmailNotVerified):
        way.arrive()


def test_keys_that_were_changed_are_read_again_but_not_for_every_forgery(way: Way, provider_key: RSAKey) -> None:
    way.arrive()
    assert way.hostile.key_reads == 1
    way.hostile.keys = [new_key(), provider_key]
    assert way.arrive().claims.subject == "subject-1"
    assert way.hostile.key_reads == 2
    way.hostile.token = _unknown_name
    for _ in range(5):
        with pytest.raises(IdTokenRefused):
            way.arrive()
    assert way.hostile.key_reads == 2  # within ten seconds
