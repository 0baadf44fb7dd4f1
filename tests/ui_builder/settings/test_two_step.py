"""Two-step sign-in in the settings, without JavaScript: set up, renewed, replaced, turned off; the policy's page."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable, Iterator

import pyotp
import pytest
from werkzeug.test import TestResponse

from dougong_tenants import people
from dougong_tenants.security import policy_of_tenant, save_policy
from reading import PASSWORD
from shelving import Person, Shelving

PAGE = "/settings/two-step"


@pytest.fixture
def dora(shelving: Shelving, person: Callable[[str], Person]) -> Iterator[Person]:
    """A user of this test alone; afterwards nobody must have a second factor."""
    name = f"dora{time.monotonic_ns()}"
    values = {"name": "Dora", "email": f"{name}@library.test", "locale": "en"}
    people.create_user(shelving.database, shelving.tenant, values, password=PASSWORD, permission_sets=["doorkeeper"])
    yield person(name)
    usual = {"second_factor": "optional", "second_factor_sets": [], "addresses": [], "password_length": 8}
    save_policy(shelving.database, shelving.tenant, usual, by=shelving.ann, address=None, holds=())


def field(page: TestResponse, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page.text)
    assert found is not None
    return html.unescape(found[1])


def set_up(who: Person, identity: str = PASSWORD) -> tuple[str, list[str]]:
    """(the app's key, the recovery codes); the present code is used, the next one is not."""
    page = who.get(PAGE)
    key = re.search(r'id="step-key" value="(\w+)"', page.text)
    assert key is not None
    code = pyotp.TOTP(key[1]).now()
    done = who.post(PAGE, sealed=field(page, "sealed"), code=code, identity=identity)
    assert done.status_code == 200, done.text
    return key[1], re.findall(r'<li class="dg-mono">([^<]+)</li>', done.text)


def test_codes_are_shown_once_and_renewed(dora: Person) -> None:
    _, codes = set_up(dora)
    assert len(codes) == 10
    assert codes[0] not in dora.get(PAGE).text
    assert "10 recovery codes left" in dora.get("/settings/security").text
    wrong = dora.post(f"{PAGE}/codes", identity="not my password")
    assert wrong.status_code == 422
    assert "neither your password nor a present code" in wrong.text
    fresh = re.findall(r'<li class="dg-mono">([^<]+)</li>', dora.post(f"{PAGE}/codes", identity=codes[0]).text)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)


def test_it_is_turned_off_with_the_password(dora: Person) -> None:
    set_up(dora)
    assert dora.post(f"{PAGE}/off", identity="not my password").status_code == 422
    assert dora.post(f"{PAGE}/off", identity=PASSWORD).status_code == 303
    assert "Set up…" in dora.get("/settings/security").text


def test_where_it_is_required_it_is_replaced_but_not_turned_off(dora: Person, shelving: Shelving) -> None:
    key, _ = set_up(dora)
    required = {"second_factor": "required", "second_factor_sets": ["doorkeeper"]}
    save_policy(shelving.database, shelving.tenant, required, by=shelving.ann, address=None, holds=())
    page = dora.get(PAGE)
    assert page.status_code == 200  # the session that set it up has taken two steps
    assert "cannot be turned off" in page.text
    assert dora.post(f"{PAGE}/off", identity=PASSWORD).status_code == 422
    replaced, _ = set_up(dora, identity=pyotp.TOTP(key).at(int(time.time()) + 30))
    assert replaced != key


def test_a_key_that_was_made_for_somebody_else_is_refused(dora: Person, bob: Person) -> None:
    page = bob.get(PAGE)
    key = re.search(r'id="step-key" value="(\w+)"', page.text)
    assert key is not None
    answer = dora.post(PAGE, sealed=field(page, "sealed"), code=pyotp.TOTP(key[1]).now(), identity=PASSWORD)
    assert answer.status_code == 422
    assert "too old" in answer.text
    assert key[1] not in answer.text


def test_the_policys_page_keeps_what_was_typed_and_names_what_is_wrong(
    dora: Person, ann: Person, bob: Person, shelving: Shelving
) -> None:
    page = ann.get("/builder/security")
    assert page.status_code == 200
    assert bob.get("/builder/security").status_code == 403
    typed = {
        "password_length": "many",
        "password_kinds": "2",
        "password_history": "3",
        "password_days": "",
        "second_factor": "optional",
        "idle_minutes": "60",
        "longest_hours": "24",
        "addresses": "127.0.0.1，::1",
    }
    refused = ann.post("/builder/security", **typed)
    assert refused.status_code == 422
    assert 'value="many"' in refused.text
    assert "A whole number from 8 to 64." in refused.text
    some = ann.post("/builder/security", **{**typed, "second_factor": "required", "second_factor_who": "some"})
    assert "Choose at least one permission set." in some.text
    assert ann.post("/builder/security", **{**typed, "password_length": "10"}).status_code == 303
    policy = policy_of_tenant(shelving.database, shelving.tenant)
    assert (policy.password.length, policy.password.kinds, policy.password.history) == (10, 2, 3)
    assert policy.addresses == ("127.0.0.1/32", "::1/128")
    hint = dora.get("/settings/security").text
    assert "At least 10 characters, not a common one. 2 of: small letters, capitals, digits, others." in hint
    assert "None of the last 3." in hint
    usual = {"password_kinds": 1, "password_history": 0, "idle_minutes": 720, "longest_hours": 336}
    save_policy(shelving.database, shelving.tenant, usual, by=shelving.ann, address="127.0.0.1", holds=())
