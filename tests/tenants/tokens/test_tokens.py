"""API tokens: shown once, stored hashed, limited in scope and time, revoked at once."""

from __future__ import annotations

import datetime as dt

import pytest

from dougong_tenants import Database, Tenant, people, tokens
from dougong_tenants.authentication import authenticate_session, authenticate_token
from dougong_tenants.errors import NoSuchPerson, NotAuthenticated, TokenInvalid


@pytest.fixture
def ann(database: Database, tenant: Tenant) -> str:
    return people.create_user(database, tenant, {"name": "Ann", "email": f"ann@{tenant.name}.test"}).id


def test_a_token_acts_as_its_user_within_its_scopes(database: Database, tenant: Tenant, ann: str) -> None:
    people.set_permission_sets(database, tenant, ann, ["reader"])
    issued = tokens.issue(database, tenant, ann, name="sync", scopes=["read", "people", "read"], by=ann)
    principal = authenticate_token(database, issued.token)
    assert (principal.user, principal.via, principal.scopes, principal.permission_sets, principal.id) == (
        ann,
        "token",
        frozenset({"read", "people"}),
        ("reader",),
        issued.id,
    )
    assert (principal.expires, principal.is_admin) == (None, False)


def test_a_token_is_shown_once_and_known_by_its_beginning(database: Database, tenant: Tenant, ann: str) -> None:
    issued = tokens.issue(database, tenant, ann, name="sync")
    assert issued.token.startswith("dg_")
    assert len(issued.token) == 46
    assert issued.token.startswith(issued.prefix)
    assert issued.token not in str(database.read_control("select * from dougong.token"))
    (listed,) = tokens.list_tokens(database, tenant, ann)
    assert (listed.id, listed.prefix, listed.scopes, listed.name, listed.last_used_at, listed.revoked_at) == (
        issued.id,
        issued.prefix,
        ("read", "write"),
        "sync",
        None,
        None,
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""},
        {"name": "x" * 101},
        {"name": "a\0"},
        {"name": "\ud800"},
        {"scopes": []},
        {"scopes": ["all"]},
        {"scopes": ["read", "\0"]},
        {"expires_at": dt.datetime(2020, 1, 1, tzinfo=dt.UTC)},
        {"expires_at": dt.datetime(2999, 1, 1)},  # noqa: DTZ001  # refused for the want of a time zone
    ],
)
def test_a_token_that_cannot_be_is_refused(
    database: Database, tenant: Tenant, ann: str, wrong: dict[str, object]
) -> None:
    with pytest.raises(TokenInvalid) as refused:
        tokens.issue(database, tenant, ann, **{"name": "sync", **wrong})  # type: ignore[arg-type]  # wrong on purpose
    assert refused.value.data["field"] == next(iter(wrong))


def test_a_token_expires(database: Database, tenant: Tenant, ann: str) -> None:
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(hours=1)
    issued = tokens.issue(database, tenant, ann, name="brief", expires_at=soon)
    assert authenticate_token(database, issued.token).expires == soon
    with database.control() as tx:
        tx.execute("update dougong.token set expires_at = now() where id = %s", (issued.id,))
    with pytest.raises(NotAuthenticated):
        authenticate_token(database, issued.token)


def test_a_revoked_token_stops_and_voids_what_is_remembered(database: Database, tenant: Tenant, ann: str) -> None:
    issued, other = (tokens.issue(database, tenant, ann, name=name) for name in ("one", "two"))
    stamp = authenticate_token(database, issued.token).stamp
    bob = people.create_user(database, tenant, {"name": "Bob", "email": f"bob@{tenant.name}.test"}).id
    assert not tokens.revoke(database, tenant, issued.id, user=bob)
    assert tokens.revoke(database, tenant, issued.id, user=ann)
    assert not tokens.revoke(database, tenant, issued.id)
    assert not tokens.revoke(database, tenant, "x\0")
    assert database.read(tenant, "select 1")[0].stamp > stamp
    with pytest.raises(NotAuthenticated):
        authenticate_token(database, issued.token)
    assert authenticate_token(database, other.token).user == ann
    assert [t.revoked_at is None for t in tokens.list_tokens(database, tenant)] == [True, False]


def test_the_last_use_is_written_once_a_minute(database: Database, tenant: Tenant, ann: str) -> None:
    issued = tokens.issue(database, tenant, ann, name="busy")
    used = []
    for age in ("0 seconds", "30 seconds", "61 seconds"):
        with database.control() as tx:
            tx.execute(
                "update dougong.token set last_used_at = last_used_at - %s::interval where id = %s", (age, issued.id)
            )
        before = tokens.list_tokens(database, tenant)[0].last_used_at
        authenticate_token(database, issued.token)
        used.append(tokens.list_tokens(database, tenant)[0].last_used_at != before)
    assert used == [True, False, True]


def test_a_token_is_no_cookie_and_belongs_to_somebody(database: Database, tenant: Tenant, ann: str) -> None:
    issued = tokens.issue(database, tenant, ann, name="sync")
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, issued.token)
    for wrong in ("", "dg_", "dg_\0", "dg_\ud800", issued.token[:-1], issued.token[3:], "x" * 100_000):
        with pytest.raises(NotAuthenticated):
            authenticate_token(database, wrong)
    with pytest.raises(NoSuchPerson):
        tokens.issue(database, tenant, tenant.id, name="nobody's")
