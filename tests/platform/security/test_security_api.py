"""The security policy over HTTP: networks count for every request, sessions end from afar, nobody locks himself out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pyotp
import pytest
from flask.testing import FlaskClient

from dougong_platform.app import create_app
from dougong_platform.http.engine import Engine
from dougong_platform.http.gate import SESSION_COOKIE
from dougong_platform.settings import Settings
from dougong_tenants import people, sign_in
from dougong_tenants.second_factor import begin_enrolment
from dougong_tenants.security import open_to_all_addresses, save_policy
from dougong_tenants.sign_in import own_second_factor
from reading import PASSWORD, Client, Reading

Clients = Callable[..., Client]
POLICY = "/api/v1/security/policy"
OFFICE, HOME, V6 = "192.0.2.7", "198.51.100.9", "2001:db8::7"


@pytest.fixture(autouse=True)
def the_usual_policy(reading: Reading) -> Iterator[None]:
    yield
    open_to_all_addresses(reading.database, reading.tenant)
    usual = {"second_factor": "optional", "second_factor_sets": []}
    save_policy(reading.database, reading.tenant, usual, by=reading.ann, address=None, holds=())


def session_of(reading: Reading, who: str = "ann", address: str = OFFICE) -> str:
    found = sign_in.sign_in(
        reading.database, f"{who}@library.test", PASSWORD, tenant=reading.name, address=address, device="Firefox/140"
    )
    assert isinstance(found, sign_in.SignedIn)
    assert found.session is not None
    return found.session


def browser(app: Engine, session: str) -> FlaskClient:
    http = app.test_client()
    http.set_cookie(SESSION_COOKIE, session)
    return http


def status(http: FlaskClient, address: str, **headers: str) -> int:
    return http.get("/api/v1/me", environ_base={"REMOTE_ADDR": address}, headers=headers).status_code


def put(client: Client, address: str = OFFICE, **values: Any) -> tuple[int, Any]:
    return client.post(POLICY, values, method="PUT", environ_base={"REMOTE_ADDR": address})


def test_the_policy_is_read_and_changed_by_who_looks_after_people(
    client: Client, client_of: Clients, reading: Reading
) -> None:
    found, policy = client.get(POLICY)
    assert (found, policy["password_length"], policy["addresses"], policy["your_address"]) == (200, 8, [], "127.0.0.1")
    assert put(client, password_length=10, password_days=90)[1]["password_days"] == 90
    assert put(client, password_length=8, password_days=None)[0] == 200
    assert client_of(reading.bob).get(POLICY)[0] == 403
    assert put(client_of(reading.ann, "read", "write"), password_length=12)[0] == 403


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"password_length": 7}, "password_length"),
        ({"password_length": "8"}, "password_length"),
        ({"addresses": ["here"]}, "addresses"),
        ({"addresses": [HOME]}, "addresses"),
        ({"second_factor": "never"}, "second_factor"),
        ({"second_factor": "required"}, "second_factor"),
        ({"second_factor_sets": ["nobody"]}, "second_factor_sets"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_is_wrong_with_a_policy_names_its_field(client: Client, body: dict[str, Any], field: str) -> None:
    answer, problem = put(client, **body)
    assert answer == 422
    assert [error["field"] for error in problem["errors"]] == [field]


def test_only_the_companys_networks_come_in_with_sessions_and_tokens(
    app: Engine, client: Client, client_of: Clients, reading: Reading
) -> None:
    http, token = browser(app, session_of(reading, "bob")), client_of(reading.bob)
    assert status(http, HOME) == status(token.http, HOME, **token.headers) == 200
    assert put(client, addresses=["192.0.2.0/24", "2001:db8::/32"])[0] == 200
    for address, wanted in ((OFFICE, 200), (V6, 200), (f"::ffff:{OFFICE}", 200), (HOME, 403), ("2001:db9::1", 403)):
        assert status(http, address) == wanted
        assert status(token.http, address, **token.headers) == wanted
    refused = http.get("/api/v1/me", environ_base={"REMOTE_ADDR": HOME}).get_json()
    assert refused["code"] == "address_refused"
    assert HOME in refused["detail"]
    assert put(client, addresses=[])[0] == 200
    assert status(http, HOME) == 200  # although the gate remembers the list that refused


def test_a_list_set_elsewhere_counts_with_the_next_request(app: Engine, client: Client, reading: Reading) -> None:
    """Another process remembers the callers of before: the stamp tells it, without a round trip of its own."""
    other = create_app(app.dougong, reading.database, faces=False)
    http = browser(other, session_of(reading, "bob"))
    assert status(http, HOME) == 200
    assert put(client, addresses=[OFFICE])[0] == 200
    assert status(http, HOME) == 403
    assert status(http, OFFICE) == 200


def test_the_list_is_remembered_with_the_caller(app: Engine, client: Client, reading: Reading) -> None:
    """A change behind the stamp's back goes unseen: no request asks the database for the list."""
    assert put(client, password_length=9)[0] == 200
    http = browser(app, session_of(reading, "bob"))
    assert status(http, HOME) == 200
    database = reading.database
    database.read_control("update dougong.security_policy set addresses = %s returning 1", ([OFFICE],))
    assert status(http, HOME) == 200
    database.read_control("update dougong.tenant set stamp = stamp + 1 returning 1")
    assert status(http, HOME) == 403


def test_only_a_trusted_proxy_is_believed(app: Engine, client: Client, reading: Reading) -> None:
    settings = replace(app.dougong, trusted_proxies=("127.0.0.1/32", "10.0.0.0/8"))
    behind = browser(create_app(settings, reading.database, faces=False), session_of(reading, "bob"))
    plain = browser(app, session_of(reading, "bob"))
    assert put(client, addresses=["192.0.2.0/24"])[0] == 200
    for near, said, wanted in (
        ("127.0.0.1", OFFICE, 200),
        ("127.0.0.1", f"{HOME}, {OFFICE}", 200),
        ("127.0.0.1", f"{OFFICE}, {HOME}", 403),  # what stands before a stranger may be his invention
        ("127.0.0.1", f"{OFFICE}, 10.1.2.3", 200),
        ("127.0.0.1", f"{OFFICE}:4711", 200),
        ("127.0.0.1", f"[::ffff:{OFFICE}]:4711", 200),
        ("127.0.0.1", f"{OFFICE}, unknown", 403),
        ("127.0.0.1", "", 403),
        (HOME, OFFICE, 403),
        (OFFICE, HOME, 200),
    ):
        assert status(behind, near, **{"X-Forwarded-For": said}) == wanted, (near, said)
    assert status(plain, "127.0.0.1", **{"X-Forwarded-For": OFFICE}) == 403  # by default nobody is


def test_settings_name_trusted_proxies() -> None:
    read = Settings.from_environment({"DOUGONG_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.7/8,::1"})
    assert read.trusted_proxies == ("127.0.0.1/32", "10.0.0.0/8", "::1/128")
    assert Settings.from_environment(read.as_environment()).trusted_proxies == read.trusted_proxies
    assert Settings.from_environment({}).trusted_proxies == ()
    with pytest.raises(ValueError, match="DOUGONG_TRUSTED_PROXIES"):
        Settings.from_environment({"DOUGONG_TRUSTED_PROXIES": "proxy.example"})


def test_ones_own_sessions_end_everywhere_else(app: Engine, reading: Reading) -> None:
    here, there = session_of(reading), session_of(reading)
    http = browser(app, here)
    csrf = {"X-CSRF-Token": sign_in.csrf_token(here)}
    assert len(http.get("/api/v1/sessions").get_json()["sessions"]) >= 2
    assert http.delete("/api/v1/sessions", headers=csrf).get_json()["ended"] >= 1
    assert status(http, OFFICE) == 200
    assert status(browser(app, there), OFFICE) == 401


def test_who_looks_after_people_ends_sessions_of_others(
    app: Engine, client: Client, client_of: Clients, reading: Reading
) -> None:
    sessions = [browser(app, session_of(reading, "cat")) for _ in range(3)]
    path = f"/api/v1/users/{reading.cat}/sessions"
    found = client.get(path)[1]["sessions"]
    assert [(one["address"], one["device"], one["proof"]) for one in found] == [(OFFICE, "Firefox/140", "password")] * 3
    assert client.post(f"{path}/{found[0]['id']}", method="DELETE")[0] == 204
    assert sorted(status(http, OFFICE) for http in sessions) == [200, 200, 401]
    assert client.post(f"{path}/{found[0]['id']}", method="DELETE")[0] == 404
    assert client.post(path, method="DELETE")[1] == {"ended": 2}
    assert [status(http, OFFICE) for http in sessions] == [401] * 3
    assert client_of(reading.bob).get(path)[0] == 403
    assert client.get(f"/api/v1/users/{reading.tenant.id}/sessions")[0] == 404


def test_only_an_administrator_ends_an_administrators_sessions(
    client_of: Clients, reading: Reading, app: Engine
) -> None:
    people.set_permission_sets(reading.database, reading.tenant, reading.bob, ["librarian"])
    librarian = client_of(reading.bob)
    http = browser(app, session_of(reading))
    assert librarian.post(f"/api/v1/users/{reading.ann}/sessions", method="DELETE")[0] == 403
    assert librarian.post(f"/api/v1/users/{reading.ann}/second-factor", method="DELETE")[0] == 403
    assert status(http, OFFICE) == 200


def test_a_second_factor_is_reset_and_noted(client: Client, reading: Reading) -> None:
    path = f"/api/v1/users/{reading.cat}/second-factor"
    assert client.post(path, method="DELETE")[0] == 404
    ((person,),) = reading.database.read_control("select id from dougong.person where email = 'cat@library.test'")
    begun = begin_enrolment(reading.database, person, "cat@library.test", "Library")
    code = pyotp.TOTP(begun.key).at(int(time.time()))
    own_second_factor.enable(
        reading.database, reading.tenant, person, reading.cat, begun.sealed, code, identity=PASSWORD
    )
    assert client.post(path, method="DELETE")[0] == 204
    session_of(reading, "cat")
    _, rows = reading.database.read(
        reading.tenant,
        "select actor, target, details from _audit where action = 'two_factor.disabled' order by seq desc limit 1",
    )
    assert rows == [(reading.ann, reading.cat, {"how": "reset"})]
