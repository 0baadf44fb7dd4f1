"""Verifies an ID token: signature, issuer, audience, time, nonce (OpenID Connect Core 1.0 §3.1.3.7). Used by `journey`.

Authlib's claims do the comparing; what is accepted at all (keys, algorithms) is decided here.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jws, jwt
from joserfc.errors import BadSignatureError, ClaimError, JoseError
from joserfc.jwk import Key, KeySet

from dougong_tenants.oidc.discovery import Metadata, keys_of
from dougong_tenants.oidc.errors import ClocksDiffer, IdTokenRefused

LEEWAY = 120  # seconds that the two clocks may differ
_LONGEST = 100_000  # characters of a token


def verified(
    token: Any, metadata: Metadata, *, client_id: str, nonce: str, access_token: str | None
) -> Mapping[str, Any]:
    """The claims of an ID token. Raises IdTokenRefused, ClocksDiffer, ProviderUnreachable, ProviderUnfit."""
    if not isinstance(token, str) or not token.isascii() or len(token) > _LONGEST:
        raise IdTokenRefused(reason="no id_token")
    header, claims = _signed(token, metadata)
    checked = CodeIDToken(
        claims,
        header,
        {"iss": {"essential": True, "value": metadata.issuer}, "aud": {"essential": True, "value": client_id}},
        {"nonce": nonce, "client_id": client_id, "access_token": access_token},
    )
    _check_time(claims)
    try:
        checked.validate(leeway=LEEWAY)
    except ClaimError as error:
        raise IdTokenRefused(reason=f"claim {error.claim}") from error
    except (JoseError, TypeError, ValueError, KeyError) as error:
        raise IdTokenRefused(reason=type(error).__name__) from error
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= 255 or "\0" in subject:
        raise IdTokenRefused(reason="claim sub")
    return claims


def _signed(token: str, metadata: Metadata) -> tuple[dict[str, Any], dict[str, Any]]:
    """(header, claims) of a token that one of the provider's keys signed; its keys are read again if it names a new."""
    try:
        header: dict[str, Any] = dict(jws.extract_compact(token.encode()).headers())
    except (JoseError, ValueError, TypeError, RecursionError) as error:
        raise IdTokenRefused(reason="no token") from error
    algorithm, kid = header.get("alg"), header.get("kid")
    if algorithm not in metadata.algorithms:
        raise IdTokenRefused(reason=f"algorithm {str(algorithm)[:20]}")
    candidates = _candidates(keys_of(metadata), kid) or _candidates(keys_of(metadata, anew=True), kid)
    if not candidates:
        raise IdTokenRefused(reason="unknown key")
    found = _decoded(token, candidates, str(algorithm))
    if found is None and not isinstance(kid, str):  # keys without names may have been changed unnoticed
        found = _decoded(token, _candidates(keys_of(metadata, anew=True), kid), str(algorithm))
    if found is None:
        raise IdTokenRefused(reason="signature")
    return header, found


def _candidates(keys: KeySet, kid: Any) -> list[Key]:
    return [key for key in keys.keys if kid is None or key.get("kid") == kid]


def _decoded(token: str, keys: list[Key], algorithm: str) -> dict[str, Any] | None:
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    for key in keys:
        try:
            return jwt.decode(token, key, registry=registry).claims
        except BadSignatureError:
            continue
        except (JoseError, ValueError, TypeError, RecursionError):
            continue  # a key of another kind than the algorithm's
    return None


def _check_time(claims: Mapping[str, Any]) -> None:
    """A difference of clocks is told apart from a wrong token: it is what an operator can mend."""
    now = time.time()
    expires, issued = claims.get("exp"), claims.get("iat")
    if not all(isinstance(moment, int | float) and 0 < moment < 1e11 for moment in (expires, issued)):
        raise IdTokenRefused(reason="claim exp or iat")
    assert isinstance(expires, int | float)
    assert isinstance(issued, int | float)
    if expires + LEEWAY < now or issued - LEEWAY > now:
        raise ClocksDiffer(theirs=_moment(issued), ours=_moment(now), reason="claim exp or iat")


def _moment(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
