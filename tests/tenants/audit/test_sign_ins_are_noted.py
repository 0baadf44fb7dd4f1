"""Whoever comes in, fails to, leaves or is sent away stands in the log of each tenant whose user he is."""

from __future__ import annotations

import time
from typing import Any

import pytest

from dougong_tenants import Database, Tenant, audit, people
from dougong_tenants.authentication import authenticate_session
from dougong_tenants.errors import AddressRefused, SignInRefused, SignInThrottled
from dougong_tenants.sign_in import (
    Attempts,
    SignedIn,
    accept_invitation,
    choose_tenant,
    end_other_sessions,
    end_session,
    entrance,
    invite,
    sign_in,
    sign_out,
)

PASSWORD = "a long enough secret"
COLUMNS = "action, actor, target, label, ip, via, details"


@pytest.fixture
def ann(database: Database, tenant: Tenant) -> str:
    return member(database, tenant, mail(tenant))


def member(database: Database, tenant: Tenant, email: str) -> str:
    return people.create_user(database, tenant, {"name": "Ann", "email": email}, password=PASSWORD).id


def mail(tenant: Tenant) -> str:
    return f"ann@{tenant.name}.test"


def entries(database: Database, tenant: Tenant) -> list[dict[str, Any]]:
    _, rows = database.read(
        tenant, f"select {COLUMNS} from _audit where action not like 'people.user%%' order by seq", ()
    )
    return [dict(zip(COLUMNS.split(", "), row, strict=True)) for row in rows]


def enter(database: Database, email: str, **more: Any) -> str:
    found = sign_in(database, email, PASSWORD, address="192.0.2.7", device="a browser", **more)
    assert isinstance(found, SignedIn)
    assert found.session is not None
    return found.session


def test_coming_in_and_leaving_are_noted(database: Database, tenant: Tenant, ann: str) -> None:
    session = enter(database, mail(tenant))
    with audit.under(ip="192.0.2.8"):
        sign_out(database, session)
        sign_out(database, session)
    came, went = entries(database, tenant)
    who = {"actor": ann, "target": ann, "label": None, "via": "session"}
    about = {"proof": "password", "second_step": False, "device": "a browser"}
    assert came == {"action": "sign_in.succeeded", "ip": "192.0.2.7", "details": about, **who}
    assert went == {"action": "sign_out", "ip": "192.0.2.8", "details": {}, **who}


def test_a_wrong_password_is_noted_without_an_actor_and_without_the_password(
    database: Database, tenant: Tenant, ann: str
) -> None:
    with pytest.raises(SignInRefused):
        sign_in(database, mail(tenant).upper(), "a wrong password", address="192.0.2.9")
    (failed,) = entries(database, tenant)
    assert failed == {
        "action": "sign_in.failed",
        "actor": None,
        "target": ann,
        "label": mail(tenant),
        "ip": "192.0.2.9",
        "via": None,
        "details": {"reason": "password"},
    }


def test_who_was_locked_out_and_tries_again_is_noted(database: Database, tenant: Tenant, ann: str) -> None:
    people.deactivate_user(database, tenant, ann)
    with pytest.raises(SignInRefused):
        enter(database, mail(tenant))
    assert [e["details"] for e in entries(database, tenant)] == [{"reason": "no_access"}]


def test_a_throttled_attempt_is_no_attempt(database: Database, tenant: Tenant, ann: str) -> None:
    for fault in (SignInRefused, SignInRefused, SignInThrottled):
        with pytest.raises(fault):
            sign_in(database, mail(tenant), "a wrong password", attempts=Attempts(free_per_email=1))
    assert len(entries(database, tenant)) == 2


def test_a_failure_is_noted_in_every_company_of_the_person_or_in_the_one_he_named(
    database: Database, tenant: Tenant, make_tenant: Any, ann: str
) -> None:
    other = make_tenant()
    member(database, other, mail(tenant))
    for named in (None, other.name, "no such\0"):
        with pytest.raises(SignInRefused):
            sign_in(database, mail(tenant), "a wrong password", tenant=named)
    assert [len(entries(database, one)) for one in (tenant, other)] == [1, 2]


def test_an_unknown_email_stands_in_no_log_and_is_refused_in_the_same_time(
    database: Database, tenant: Tenant, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    stroke = 0.5  # seconds, ten times as long as usual: what it takes to look and to write lies within the first
    monkeypatch.setattr(entrance, "_STROKE", stroke)

    def spent(email: str) -> float:
        began = time.monotonic()
        with pytest.raises(SignInRefused):
            sign_in(database, email, "a wrong password", attempts=Attempts(free_per_email=1000))
        return time.monotonic() - began

    taken = [spent(email) for email in (mail(tenant), "nobody@nowhere.test") * 2]
    assert len(entries(database, tenant)) == 2
    assert min(taken) >= stroke, "no answer leaves before the stroke"


def test_coming_in_is_noted_where_it_leads_when_there_is_a_choice(
    database: Database, tenant: Tenant, make_tenant: Any, ann: str
) -> None:
    other = make_tenant()
    member(database, other, mail(tenant))
    found = sign_in(database, mail(tenant), PASSWORD)
    assert isinstance(found, SignedIn)
    assert found.ticket is not None
    choose_tenant(database, found.ticket, other.name)
    assert [len(entries(database, one)) for one in (tenant, other)] == [0, 1]


def test_sessions_that_are_ended_are_named(database: Database, tenant: Tenant, ann: str) -> None:
    sessions = [authenticate_session(database, enter(database, mail(tenant))).id for _ in range(3)]
    with audit.under(actor=ann, via="session"):
        assert end_session(database, tenant, ann, sessions[0])
        assert not end_session(database, tenant, ann, sessions[0])
        assert end_other_sessions(database, tenant, ann, keep=sessions[1]) == 1
    one = {"device": "a browser", "address": "192.0.2.7"}
    ended = [(e["action"], e["actor"], e["target"], e["details"]) for e in entries(database, tenant)[3:]]
    assert ended == [("session.revoked", ann, ann, {"sessions": [one]})] * 2


def test_an_invitation_and_the_password_chosen_by_it_are_noted(database: Database, tenant: Tenant, ann: str) -> None:
    accept_invitation(database, invite(database, tenant, ann, by=ann), "another long secret")
    assert [(e["action"], e["actor"], e["target"], e["details"]) for e in entries(database, tenant)] == [
        ("people.invited", ann, ann, {}),
        ("password.changed", ann, ann, {"how": "invitation"}),
    ]


def test_an_address_that_the_tenant_does_not_admit_is_noted(database: Database, tenant: Tenant, ann: str) -> None:
    with database.control() as tx:
        tx.execute(
            "insert into dougong.security_policy values"
            " (%s::uuid, 10, 1, 0, null, 'off', array[]::text[], false, 720, 336, array['198.51.100.0/24'])",
            (tenant.id,),
        )
    with pytest.raises(AddressRefused):
        enter(database, mail(tenant))
    (failed,) = entries(database, tenant)
    assert (failed["action"], failed["ip"], failed["details"]) == ("sign_in.failed", "192.0.2.7", {"reason": "address"})
