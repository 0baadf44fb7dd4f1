"""A person's way to his provider and back: authorisation code flow with PKCE (RFC 7636), state and nonce.

`depart` makes the address he is sent to and a cookie; `arrive` takes what he comes back with, the cookie and asks the
provider for the proof. Called by the sign-in screens.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.requests_client import OAuth2Session

from dougong_tenants.connection import Database
from dougong_tenants.credentials import hash_of, new_secret, same
from dougong_tenants.errors import PersonInvalid
from dougong_tenants.oidc.addresses import host_of
from dougong_tenants.oidc.asking import ask_json, ask_session
from dougong_tenants.oidc.discovery import Metadata, metadata_of
from dougong_tenants.oidc.errors import (
    DomainRefused,
    EmailNotVerified,
    IdTokenRefused,
    JourneyLost,
    ProviderRefused,
    ProviderUnfit,
    ProviderUnreachable,
)
from dougong_tenants.oidc.id_token import verified
from dougong_tenants.oidc.identities import Claims
from dougong_tenants.oidc.providers import Provider, client_secret
from dougong_tenants.people.checks import check_email
from dougong_tenants.secrets import seal, unseal

SECONDS = 600  # that somebody may take at his provider
COOKIE = "dougong_oidc_"  # and the first characters of the state, so that two windows do not disturb each other
_PURPOSE = "oidc journey"
_CODE = re.compile(r"[a-z_]{1,60}")  # of an error; anything else is not shown


@dataclass(frozen=True, slots=True)
class Departure:
    """Send the browser to `address` with the cookie `name`=`value`, for SECONDS."""

    address: str
    name: str
    value: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """`wanted`: the page he was on his way to; `user`: who asked, signed in, to link an identity to himself."""

    claims: Claims
    wanted: str
    user: str | None


def depart(
    database: Database, provider: Provider, redirect_uri: str, wanted: str, *, user: str | None = None
) -> Departure:
    """Begin. Raises ProviderUnreachable, ProviderUnfit."""
    metadata = metadata_of(provider.issuer)
    state, nonce, verifier = new_secret(), new_secret(), new_secret() + new_secret()
    client = OAuth2Session(provider.client_id, scope=_scope(provider), redirect_uri=redirect_uri)
    client.code_challenge_method = "S256"
    address, _ = client.create_authorization_url(
        metadata.authorization_endpoint, state=state, nonce=nonce, code_verifier=verifier
    )
    packed = {
        "state": state,
        "nonce": nonce,
        "verifier": verifier,
        "provider": provider.id,
        "back": redirect_uri,
        "wanted": wanted,
        "user": user,
        "until": int(time.time()) + SECONDS,
    }
    return Departure(address, cookie_name(state), seal(database, _PURPOSE, json.dumps(packed)))


def cookie_name(state: str) -> str:
    """The cookie of the journey with this state."""
    return COOKIE + "".join(c for c in state[:10] if c.isascii() and c.isalnum())


def arrive(database: Database, provider: Provider, answer: Mapping[str, str], cookie: str | None) -> Arrival:
    """End the journey that `cookie` was given for; `answer`: the query parameters the browser came back with.

    Raises JourneyLost, ProviderRefused, ProviderUnreachable, ProviderUnfit, IdTokenRefused and its kind,
    EmailNotVerified, DomainRefused.
    """
    journey = _journey(database, provider, answer.get("state", ""), cookie)
    metadata = metadata_of(provider.issuer)
    issuer = answer.get("iss")
    if issuer != metadata.issuer and (issuer is not None or metadata.names_issuer):
        raise IdTokenRefused(reason="iss of the answer")  # RFC 9207: an answer of another provider
    if "error" in answer or not answer.get("code"):
        raise ProviderRefused(reason=_reason(answer.get("error")))
    tokens = _tokens(database, provider, metadata, answer["code"], journey)
    access_token = tokens.get("access_token")
    claims = dict(
        verified(
            tokens.get("id_token"),
            metadata,
            client_id=provider.client_id,
            nonce=journey["nonce"],
            access_token=access_token if isinstance(access_token, str) else None,
        )
    )
    if "email" not in claims or "email_verified" not in claims:
        claims = _asked_besides(metadata, claims, access_token)
    return Arrival(_person(provider, metadata, claims), journey["wanted"], journey["user"])


def _scope(provider: Provider) -> str:
    return " ".join(provider.scopes)


def _journey(database: Database, provider: Provider, state: str, cookie: str | None) -> dict[str, Any]:
    """What the cookie holds, once: a state that came back before is spent."""
    opened = unseal(database, _PURPOSE, cookie or "")
    journey: dict[str, Any] = json.loads(opened) if opened is not None else {}
    if (
        not journey
        or not same(journey["state"], state)
        or journey["provider"] != provider.id
        or journey["until"] < time.time()
    ):
        raise JourneyLost
    with database.control() as tx:
        fresh = tx.rows(
            "insert into dougong.oidc_spent (hash) values (%s) on conflict do nothing returning 1", (hash_of(state),)
        )
    if not fresh:
        raise JourneyLost
    return journey


def _tokens(
    database: Database, provider: Provider, metadata: Metadata, code: str, journey: Mapping[str, Any]
) -> dict[str, Any]:
    secret = client_secret(database, provider)
    if secret is None and provider.has_secret:
        raise ProviderUnfit(
            "its client secret cannot be read any more: enter it again.",
            "应用密钥已无法读取，请重新填写。",
            "client_secret",
        )
    address = metadata.token_endpoint
    with ask_session(
        address,
        client_id=provider.client_id,
        client_secret=secret,
        token_endpoint_auth_method=auth_method(metadata, secret is not None),
    ) as session:
        try:
            found = session.fetch_token(
                address,
                grant_type="authorization_code",
                code=code,
                code_verifier=journey["verifier"],
                redirect_uri=journey["back"],
            )
        except OAuthError as refused:
            raise ProviderRefused(reason=_reason(refused.error)) from refused
        except (ValueError, RecursionError) as strange:
            raise ProviderUnreachable(host_of(address), "its answer is no JSON.", "返回的不是 JSON。") from strange
    return dict(found)


def auth_method(metadata: Metadata, secret: bool) -> str:
    """How to prove to the provider who asks: the first of what it offers and we know."""
    if not secret:
        return "none"
    return "client_secret_basic" if "client_secret_basic" in metadata.auth_methods else "client_secret_post"


def _asked_besides(metadata: Metadata, claims: dict[str, Any], access_token: Any) -> dict[str, Any]:
    """Many providers tell e-mail and name at the userinfo endpoint only (OpenID Connect Core 1.0 §5.4)."""
    if metadata.userinfo_endpoint is None or not isinstance(access_token, str):
        return claims
    headers = {"Authorization": f"Bearer {access_token}"}
    told = ask_json(metadata.userinfo_endpoint, headers=headers)
    if told.get("sub") != claims["sub"]:
        raise IdTokenRefused(reason="sub of userinfo")  # §5.3.2: it must be the same person
    return {**told, **claims}


def _person(provider: Provider, metadata: Metadata, claims: Mapping[str, Any]) -> Claims:
    try:
        email = check_email(claims.get("email"))
    except PersonInvalid:
        raise EmailNotVerified(email="—") from None
    if claims.get("email_verified") not in (True, "true"):  # some providers send it as text
        raise EmailNotVerified(email=email)
    domain = email.rpartition("@")[2]
    if provider.domains and domain not in provider.domains:
        raise DomainRefused(domain=domain)
    names = (claims.get("name"), claims.get("preferred_username"), email.partition("@")[0])
    name = next(text for one in names if isinstance(one, str) and (text := one.replace("\0", "").strip()[:200]))
    return Claims(metadata.issuer, claims["sub"], email, name)


def _reason(error: Any) -> str:
    return error if isinstance(error, str) and _CODE.fullmatch(error) else "invalid_response"
