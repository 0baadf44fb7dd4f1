"""A real OpenID provider for tests: Canaille over a SQLite file, started on loopback as a program of its own.

Fixture: `identity_provider` (session). Run by itself it is that program: `identity_provider.py PORT FOLDER`.
A person's page there asks for user name and password, then for consent.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import Any

import pytest

from dougong_platform.servers.child import free_port

CLIENT, SECRET = "dougong", "a secret between the two"
PASSWORD = "a password at the provider"
# user name there → e-mail; the e-mail of whom is not verified
PEOPLE = {
    "ann": "ann@library.test",
    "bob": "bob@library.test",
    "wen": "wen@library.test",
    "xia": "xia@elsewhere.test",
    "yun": "yun@library.test",
    "zoe": "zoe@library.test",
}
UNVERIFIED = "yun"
START_SECONDS = 60


@dataclass(frozen=True)
class IdentityProvider:
    """`issuer` is its address. `add_client(redirect_uri)` registers where it may send people back to."""

    issuer: str

    def add_client(self, redirect_uri: str) -> None:
        request = urllib.request.Request(
            f"{self.issuer}/test/redirect",
            json.dumps({"uri": redirect_uri}).encode(),
            {"Content-Type": "application/json"},
        )
        urllib.request.urlopen(request, timeout=10).close()


@pytest.fixture(scope="session")
def identity_provider() -> Iterator[IdentityProvider]:
    """Started once per run, on first use."""
    port = free_port()
    with tempfile.TemporaryFile() as told, tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, str(Path(__file__)), str(port), folder]
        program = subprocess.Popen(command, stdout=told, stderr=subprocess.STDOUT, env=_environment(), cwd=folder)
        try:
            issuer = f"http://127.0.0.1:{port}"
            _wait(issuer, program)
            yield IdentityProvider(issuer)
        except TimeoutError:
            told.seek(0)
            pytest.fail(f"the provider did not start:\n{told.read().decode(errors='replace')[-3000:]}")
        finally:
            program.terminate()
            program.wait(10)


def _environment() -> dict[str, str]:
    """Ours, but for what would reach into the program: settings are given to it in code."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("CANAILLE", "FLASK"))}


def _wait(issuer: str, program: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if program.poll() is not None:
            break
        try:
            urllib.request.urlopen(f"{issuer}/.well-known/openid-configuration", timeout=2).close()
            return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise TimeoutError


def serve(port: int, folder: str) -> None:
    """The program: people, one client, and a door by which tests register where people come back to."""
    from canaille import create_app
    from canaille.app import models
    from canaille.backends import Backend
    from flask import request

    app: Any = create_app(
        config={
            "SECRET_KEY": "only for tests, " * 3,
            "SERVER_NAME": f"127.0.0.1:{port}",
            "PREFERRED_URL_SCHEME": "http",
            "WTF_CSRF_ENABLED": True,
            "CANAILLE": {"NAME": "House of identities", "DATABASE": "sql", "SMTP": None},
            "CANAILLE_SQL": {"DATABASE_URI": f"sqlite:///{folder}/provider.sqlite?timeout=30", "AUTO_MIGRATE": True},
            "CANAILLE_OIDC": {"TRUSTED_DOMAINS": []},
        }
    )
    verified = "{% if user.user_name != '" + UNVERIFIED + "' %}true{% else %}false{% endif %}"
    app.config["CANAILLE_OIDC"]["USERINFO_MAPPING"]["EMAIL_VERIFIED"] = verified
    with app.app_context(), Backend.instance.session():
        for name, email in PEOPLE.items():
            given = {"user_name": name, "family_name": name.title(), "formatted_name": f"{name.title()} Provided"}
            Backend.instance.save(models.User(emails=[email], password=PASSWORD, **given))
        client = models.Client(
            client_id=CLIENT,
            client_secret=SECRET,
            client_name="Dougong",
            client_uri="http://dougong.test",
            redirect_uris=[],
            grant_types=["authorization_code"],
            response_types=["code"],
            scope=["openid", "profile", "email"],
            token_endpoint_auth_method="client_secret_basic",
        )
        Backend.instance.save(client)
        client.audience = [client]
        Backend.instance.save(client)

    @app.post("/test/redirect")
    def add_redirect() -> str:
        known = Backend.instance.get(models.Client, client_id=CLIENT)
        uri = request.get_json()["uri"]
        if uri not in known.redirect_uris:
            known.redirect_uris = [*known.redirect_uris, uri]
            Backend.instance.save(known)
        return ""

    app.extensions["csrf"].exempt(add_redirect)
    app.wsgi_app = one_at_a_time(app.wsgi_app)
    app.run("127.0.0.1", port, threaded=True)  # a thread for each connection that a browser opens ahead


def one_at_a_time(answering: Any) -> Any:
    """SQLite takes one writer: a request that meets another's is answered with 500."""
    turn = Lock()

    def answer(environ: Any, start: Any) -> list[bytes]:
        with turn:
            given = answering(environ, start)
            try:
                return list(given)
            finally:
                if hasattr(given, "close"):
                    given.close()

    return answer


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
