"""An identity provider that lies as a test tells it to: it signs what it is asked to, with the key it is asked to.

Fixtures: `hostile` and `way`, a journey to it from a tenant of ours (function). It answers on loopback; what a real
provider does is tested with a real one.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug import Request, Response
from werkzeug.serving import make_server

from dougong_tenants import Database, Tenant, oidc
from dougong_tenants.oidc.discovery import forget_all

CLIENT = "dougong"
SECRET = "the client's secret, long enough for a key"
BACK = "http://dougong.test/back"


@dataclass
class Hostile:
    """`claims` are laid over right ones (None removes one); `token` makes the ID token of (header, claims) instead of
    signing; `paths` answers a path instead of us. `asked` collects the token requests, `nonce` is set by the test.
    """

    issuer: str
    keys: list[RSAKey]
    nonce: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    userinfo: dict[str, Any] | None = None
    token: Callable[[dict[str, Any], dict[str, Any]], str] | None = None
    paths: dict[str, Callable[[Request], Response]] = field(default_factory=dict)
    document: dict[str, Any] = field(default_factory=dict)
    asked: list[dict[str, list[str]]] = field(default_factory=list)
    authorizations: list[str | None] = field(default_factory=list)
    key_reads: int = 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        request = Request(environ)
        answer = self.paths.get(request.path, self._answer)(request)
        return answer(environ, start_response)

    def _answer(self, request: Request) -> Response:
        if request.path == "/.well-known/openid-configuration":
            return _json(self._document())
        if request.path == "/keys":
            self.key_reads += 1
            return _json({"keys": [key.as_dict(private=False) | {"use": "sig"} for key in self.keys]})
        if request.path == "/token":
            self.asked.append(parse_qs(request.get_data(as_text=True)))
            self.authorizations.append(request.headers.get("Authorization"))
            body = {"access_token": "a", "token_type": "Bearer", "id_token": self.id_token()}
            return _json({name: value for name, value in body.items() if value is not None})
        if request.path == "/userinfo" and self.userinfo is not None:
            return _json(self.userinfo)
        return Response("nothing here", 404)

    def _document(self) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            **self.document,
        }

    def id_token(self) -> str:
        now = int(time.time())
        right = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "subject-1",
            "exp": now + 300,
            "iat": now,
            "nonce": self.nonce,
            "email": "ann@library.test",
            "email_verified": True,
            "name": "Ann of the provider",
        }
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        header = {"alg": "RS256", "kid": self.keys[0].kid}
        return self.token(header, claims) if self.token else jwt.encode(header, claims, self.keys[0])


def new_key() -> RSAKey:
    """2,048 bits, with a name."""
    return RSAKey.generate_key(2048, auto_kid=True)


def shared_key(secret: str) -> OctKey:
    """What a forger who knows the client secret has."""
    return OctKey.import_key(secret)


@pytest.fixture(scope="session")
def provider_key() -> RSAKey:
    return new_key()


@pytest.fixture
def hostile(provider_key: RSAKey) -> Iterator[Hostile]:
    """A fresh one, with nothing remembered of another."""
    forget_all()
    found = Hostile("", [provider_key])
    server = make_server("127.0.0.1", 0, found, threaded=True)
    found.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield found
    server.shutdown()
    server.server_close()
    forget_all()


@dataclass
class Way:
    """One provider of one tenant; `go` travels to it and answers the query parameters that a browser came back with."""

    database: Database
    provider: oidc.Provider
    hostile: Hostile
    departure: oidc.Departure | None = None

    def go(self, wanted: str = "/books") -> dict[str, str]:
        self.departure = oidc.depart(self.database, self.provider, BACK, wanted)
        sent = {name: values[0] for name, values in parse_qs(urlsplit(self.departure.address).query).items()}
        self.hostile.nonce = sent["nonce"]
        return {"state": sent["state"], "code": "a-code"}

    def arrive(self, answer: dict[str, str] | None = None) -> oidc.Arrival:
        answer = answer or self.go()
        assert self.departure is not None
        return oidc.arrive(self.database, self.provider, answer, self.departure.value)


@pytest.fixture
def way(database: Database, tenant: Tenant, hostile: Hostile) -> Way:
    values = {"issuer": hostile.issuer, "client_id": CLIENT, "client_secret": SECRET}
    return Way(database, oidc.save_provider(database, tenant, "company", values), hostile)


def _json(body: Any) -> Response:
    return Response(json.dumps(body), content_type="application/json")
