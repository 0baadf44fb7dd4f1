"""What a browser does on its way to an identity provider and back, without a browser: for tests of the screens."""

from __future__ import annotations

import html
import re
import time
from urllib.parse import parse_qs, urljoin, urlsplit

import requests
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

import identity_provider as provider_program
from dougong_platform.http.gate import SESSION_COOKIE
from hostile_provider import Hostile

HTML = {"Accept": "text/html", "Accept-Language": "en"}
START = "/sign-in/oidc/library/company"
BACK = f"http://localhost{START}/callback"


def depart(visitor: FlaskClient, lying: Hostile, wanted: str = "/more") -> str:
    """To the lying provider; the state."""
    answer = visitor.get(START, query_string={"next": wanted}, headers=HTML)
    assert answer.status_code == 303, answer.text
    sent = parse_qs(urlsplit(answer.location).query)
    lying.nonce = sent["nonce"][0]
    return sent["state"][0]


def come_back(visitor: FlaskClient, **query: str) -> TestResponse:
    return visitor.get(f"{START}/callback", query_string=query, headers=HTML)


def told(answer: TestResponse) -> str:
    """The code of the failure that the page tells."""
    assert 400 <= answer.status_code < 500, answer.status_code
    assert SESSION_COOKIE not in str(answer.headers.getlist("Set-Cookie"))
    found = re.search(r'data-code="(\w+)"', answer.text)
    assert found is not None, answer.text
    return found[1]


# The provider's token for a person says the second in which it was made and nothing else that changes: a second one of
# the same second is refused there.
APART = 2.0  # seconds
_PROVED: dict[str, float] = {}


def prove(address: str, name: str) -> str:
    """What a browser does at the real provider: name, password, consent; the address it is sent back to."""
    time.sleep(max(0.0, _PROVED.get(name, 0.0) + APART - time.monotonic()))
    try:
        return _prove(address, name)
    finally:
        _PROVED[name] = time.monotonic()


def _prove(address: str, name: str) -> str:
    browser = requests.Session()
    answer = browser.get(address, timeout=10)
    for _ in range(6):
        fields = dict(re.findall(r'<input[^>]*name="(csrf_token)"[^>]*value="([^"]*)"', answer.text))
        if 'name="password"' in answer.text:
            given = {"password": provider_program.PASSWORD}
        elif 'name="login"' in answer.text:
            given = {"login": name}
        else:
            given = {"answer": "accept"}
        action = re.search(r'<form[^>]*action="([^"]+)"', answer.text)
        target = urljoin(answer.url, html.unescape(action[1])) if action and given.get("answer") else answer.url
        answer = browser.post(target, {**fields, **given}, timeout=10, allow_redirects=False)
        while answer.is_redirect:
            location = urljoin(answer.url, answer.headers["Location"])
            if location.startswith(BACK):
                return location
            answer = browser.get(location, timeout=10, allow_redirects=False)
    raise AssertionError(f"the provider did not send us back: {answer.text[:2000]}")
