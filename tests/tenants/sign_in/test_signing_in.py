"""Signing in tells nothing, slows down who guesses, and gives sessions that end."""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from dougong_tenants import SCOPES, Database, Tenant, people, tenancy
from dougong_tenants.authentication import authenticate_session
from dougong_tenants.credentials import hash_of
from dougong_tenants.errors import (
    NoSuchPerson,
    NotAuthenticated,
    PasswordRefused,
    SignInRefused,
    SignInThrottled,
    TenantSuspended,
)
from dougong_tenants.passwords import hash_password, hashing
from dougong_tenants.sign_in import (
    Attempts,
    SessionTerms,
    accept_invitation,
    choose_tenant,
    csrf_fits,
    csrf_token,
    end_other_sessions,
    end_session,
    invite,
    list_sessions,
    sign_in,
    sign_out,
)
from dougong_tenants.sign_in.attempts import sweep_attempts
from dougong_tenants.sign_in.sessions import sweep_sessions

PASSWORD = "a long enough secret"


@pytest.fixture
def ann(database: Database, tenant: Tenant) -> str:
    return people.create_user(
        database,
        tenant,
        {"name": "Ann", "email": mail(tenant)},
        password=PASSWORD,
        permission_sets=["reader", "administrator"],
    ).id


def mail(tenant: Tenant) -> str:
    return f"ann@{tenant.name}.test"


def session_of(database: Database, tenant: Tenant, **more: object) -> str:
    session = sign_in(database, mail(tenant), PASSWORD, **more).session  # type: ignore[arg-type]  # keywords of one test
    assert session is not None
    return session


def test_a_session_proves_who_somebody_is(database: Database, tenant: Tenant, ann: str) -> None:
    principal = authenticate_session(database, session_of(database, tenant))
    assert (principal.user, principal.tenant.name, principal.via) == (ann, tenant.name, "session")
    assert (principal.permission_sets, principal.is_admin) == (("administrator", "reader"), True)
    assert principal.scopes == frozenset(SCOPES)
    assert (principal.locale, principal.timezone) == (tenant.locale, tenant.timezone)
    people.update_user(database, tenant, ann, {"locale": "en", "timezone": "Europe/Berlin"})
    principal = authenticate_session(database, session_of(database, tenant))
    assert (principal.locale, principal.timezone) == ("en", "Europe/Berlin")


def test_every_refusal_is_the_same(
    database: Database, tenant: Tenant, ann: str, make_tenant: Callable[[], Tenant]
) -> None:
    other = make_tenant()
    answers = set()
    for email, password, where in (
        (mail(tenant), "wrong password", None),
        ("nobody@nowhere.test", PASSWORD, None),
        (mail(tenant), PASSWORD, other.name),
        (mail(tenant), PASSWORD, "no tenant\0"),
        ("\0\ud800", "\0\ud800", "\ud800"),
        ("", "", None),
    ):
        with pytest.raises(SignInRefused) as refused:
            sign_in(database, email, password, tenant=where)
        fault = refused.value
        answers.add((fault.code, fault.status, fault.message("en"), fault.message("zh")))
    assert len(answers) == 1


def test_an_unknown_email_takes_as_long_as_a_wrong_password(
    database: Database, tenant: Tenant, ann: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hashing, "_HASHER", PasswordHasher())  # at its full cost, which the suite has lowered
    hashing._dummy.cache_clear()
    with database.control() as tx:
        tx.execute(
            "update dougong.person set password_hash = %s where email = %s", (hash_password(PASSWORD), mail(tenant))
        )

    def spent(email: str) -> float:
        began = time.perf_counter()
        with pytest.raises(SignInRefused):
            sign_in(database, email, "wrong password", attempts=Attempts(free_per_email=1000))
        return time.perf_counter() - began

    spent("nobody@nowhere.test")
    pairs = [(spent(mail(tenant)), spent("nobody@nowhere.test")) for _ in range(9)]
    known, unknown = (statistics.median(side) for side in zip(*pairs, strict=True))
    hashing._dummy.cache_clear()
    assert 0.2 < unknown / known < 5  # without the dummy it would be a hundredth


def test_guessing_closes_the_door_for_ever_longer(database: Database, tenant: Tenant, ann: str) -> None:
    told: dict[str, list[str]] = {}
    closed: dict[str, list[int]] = {}
    for email in (mail(tenant), "nobody@guess.test"):
        told[email], closed[email] = [], []
        for _ in range(4):
            with pytest.raises(SignInRefused):
                sign_in(database, email, "wrong password")
        for _ in range(6):
            with pytest.raises(SignInRefused):
                sign_in(database, email, "wrong password")  # the last before the door closes
            with database.control() as tx:  # a slow machine must not use the wait up
                (seconds,) = tx.rows(
                    "update dougong.sign_in_attempt a set closed_until = now() + interval '1 minute'"
                    " from (select kind, subject, closed_until - last_at as shut from dougong.sign_in_attempt) o"
                    " where (o.kind, o.subject) = (a.kind, a.subject) and a.subject = %s"
                    " returning extract(epoch from shut)::integer",
                    (hash_of(email),),
                )[0]
            with pytest.raises(SignInThrottled) as throttled:
                sign_in(database, email, PASSWORD)
            assert 30 < throttled.value.data["seconds"] <= 60
            closed[email].append(seconds)
            told[email].append(throttled.value.message("en").partition(str(throttled.value.data["seconds"]))[0])
            with database.control() as tx:
                tx.execute("update dougong.sign_in_attempt set closed_until = now()")
    assert closed[mail(tenant)] == closed["nobody@guess.test"] == [5, 15, 60, 300, 900, 900]
    assert told[mail(tenant)] == told["nobody@guess.test"]


def test_the_right_password_forgets_the_failures(database: Database, tenant: Tenant, ann: str) -> None:
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(SignInRefused):
                sign_in(database, mail(tenant), "wrong password", address="192.0.2.1")
        session_of(database, tenant, address="192.0.2.1")


def test_failures_are_forgotten_in_time(database: Database, tenant: Tenant, ann: str) -> None:
    patient = Attempts(forgotten=60)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            sign_in(database, mail(tenant), "wrong password", attempts=patient)
    with database.control() as tx:
        tx.execute("update dougong.sign_in_attempt set last_at = now() - interval '2 minutes', closed_until = now()")
    for _ in range(4):
        with pytest.raises(SignInRefused):
            sign_in(database, mail(tenant), "wrong password", attempts=patient)
    session_of(database, tenant, attempts=patient)
    sweep_attempts(database, older_than=0)
    assert database.read_control("select count(*) from dougong.sign_in_attempt where kind = 'email'") == [(0,)]


def test_an_address_that_tries_many_names_is_slowed_too(database: Database) -> None:
    few = Attempts(free_per_address=3)
    for n in range(4):
        with pytest.raises(SignInRefused):
            sign_in(database, f"user{n}@many.test", "x" * 10, address="192.0.2.7", attempts=few)
    with pytest.raises(SignInThrottled):
        sign_in(database, "user9@many.test", "x" * 10, address="192.0.2.7", attempts=few)
    with pytest.raises(SignInRefused):
        sign_in(database, "user9@many.test", "x" * 10, address="192.0.2.8", attempts=few)


def test_attempts_at_the_same_moment_are_all_counted(database: Database, tenant: Tenant, ann: str) -> None:
    def attempt(_: int) -> str:
        with pytest.raises(SignInRefused) as refused:
            sign_in(database, mail(tenant), "wrong password")
        return refused.value.code

    with ThreadPoolExecutor(12) as threads:
        answers = list(threads.map(attempt, range(12)))
    assert answers.count("sign_in_refused") == 5
    assert answers.count("sign_in_throttled") == 7


def test_somebody_of_several_companies_chooses(
    database: Database, tenant: Tenant, ann: str, make_tenant: Callable[[], Tenant]
) -> None:
    other = make_tenant()
    people.create_user(database, other, {"name": "Ann", "email": mail(tenant)}, password=PASSWORD)
    answer = sign_in(database, mail(tenant), PASSWORD)
    assert (answer.session, {c.tenant for c in answer.choices}) == (None, {tenant.name, other.name})
    assert answer.ticket is not None
    chosen = choose_tenant(database, answer.ticket, other.name)
    assert chosen.session is not None
    assert authenticate_session(database, chosen.session).tenant.name == other.name
    person, until, sign = answer.ticket.split(".")
    for false in (
        "",
        "x",
        "x.y",
        f"{person}.{int(until) + 1}.{sign}",
        f"{person}.{until}.{'0' * 64}",
        answer.ticket + "\ud800",
    ):
        with pytest.raises(NotAuthenticated):
            choose_tenant(database, false, other.name)
    with pytest.raises(NotAuthenticated):
        choose_tenant(database, answer.ticket, "nowhere")
    tenancy.suspend(database, other.name)
    assert sign_in(database, mail(tenant), PASSWORD).tenant == tenant.name


def test_a_hash_of_older_parameters_is_renewed(database: Database, tenant: Tenant, ann: str) -> None:
    with database.control() as tx:
        tx.execute(
            "update dougong.person set password_hash = %s where email = %s",
            (PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD), mail(tenant)),
        )
    session_of(database, tenant)
    ((stored,),) = database.read_control("select password_hash from dougong.person where email = %s", (mail(tenant),))
    assert stored.startswith(f"$argon2id$v=19$m={os.environ['DOUGONG_PASSWORD_MEMORY']},t=3,p=4$")
    session_of(database, tenant)


def test_a_session_ends_when_idle_and_when_old(database: Database, tenant: Tenant, ann: str) -> None:
    idle = session_of(database, tenant, terms=SessionTerms(idle=600))
    authenticate_session(database, idle)
    with database.control() as tx:
        tx.execute("update dougong.session set last_seen_at = now() - interval '9 minutes'")
    authenticate_session(database, idle)  # seen again
    with database.control() as tx:
        tx.execute("update dougong.session set last_seen_at = last_seen_at - interval '9 minutes'")
    authenticate_session(database, idle)
    with database.control() as tx:
        tx.execute("update dougong.session set last_seen_at = now() - interval '11 minutes'")
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, idle)
    old = session_of(database, tenant)
    with database.control() as tx:
        tx.execute("update dougong.session set expires_at = now()")
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, old)
    sweep_sessions(database)
    assert database.read_control("select count(*) from dougong.session where user_id = %s", (ann,)) == [(0,)]


def test_a_session_is_stored_hashed_listed_and_ended(database: Database, tenant: Tenant, ann: str) -> None:
    here = session_of(database, tenant, address="192.0.2.1", device="A browser\0\ud800")
    there, third = session_of(database, tenant), session_of(database, tenant)
    assert here not in str(database.read_control("select * from dougong.session"))
    listed = {s.id: s for s in list_sessions(database, tenant, ann)}
    mine = authenticate_session(database, here).id
    assert (len(listed), listed[mine].address, listed[mine].device) == (3, "192.0.2.1", "A browser?")
    assert end_session(database, tenant, ann, authenticate_session(database, there).id)
    assert not end_session(database, tenant, ann, "no such\0")
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, there)
    assert end_other_sessions(database, tenant, ann, keep=mine) == 1
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, third)
    sign_out(database, here)
    sign_out(database, here)
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, here)


@pytest.mark.parametrize("secret", ["", "x", "\0", "\ud800", "x" * 100_000])
def test_any_other_cookie_is_nobodys(database: Database, secret: str) -> None:
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, secret)


def test_a_csrf_token_fits_its_own_session_only(database: Database, tenant: Tenant, ann: str) -> None:
    one, two = session_of(database, tenant), session_of(database, tenant)
    assert csrf_fits(one, csrf_token(one))
    for wrong in (csrf_token(two), "", one, "\ud800"):
        assert not csrf_fits(one, wrong)


def test_what_is_remembered_of_a_session_is_void_by_its_stamp(database: Database, tenant: Tenant, ann: str) -> None:
    session = session_of(database, tenant)
    principal = authenticate_session(database, session)
    assert database.read(tenant, "select 1")[0].stamp == principal.stamp
    people.set_permission_sets(database, tenant, ann, ["administrator"])
    assert database.read(tenant, "select 1")[0].stamp != principal.stamp
    fresh = authenticate_session(database, session)
    assert (fresh.permission_sets, fresh.stamp) == (("administrator",), database.read(tenant, "select 1")[0].stamp)
    sign_out(database, session)
    assert database.read(tenant, "select 1")[0].stamp != fresh.stamp


def test_a_suspended_tenant_keeps_its_sessions_for_later(database: Database, tenant: Tenant, ann: str) -> None:
    session = session_of(database, tenant)
    tenancy.suspend(database, tenant.name)
    with pytest.raises(TenantSuspended):
        authenticate_session(database, session)
    with pytest.raises(SignInRefused):
        sign_in(database, mail(tenant), PASSWORD)
    tenancy.resume(database, tenant.name)
    assert authenticate_session(database, session).user == ann


def test_an_invitation_sets_the_password_once(database: Database, tenant: Tenant) -> None:
    bob = people.create_user(database, tenant, {"name": "Bob", "email": "bob@invited.test"}).id
    with pytest.raises(SignInRefused):
        sign_in(database, "bob@invited.test", "")
    void, link = invite(database, tenant, bob), invite(database, tenant, bob)
    for secret in (void, "", "x\0"):
        with pytest.raises(NotAuthenticated):
            accept_invitation(database, secret, PASSWORD)
    with pytest.raises(PasswordRefused):
        accept_invitation(database, link, "short")
    assert accept_invitation(database, link, PASSWORD) == "bob@invited.test"
    with pytest.raises(NotAuthenticated):
        accept_invitation(database, link, "another good one")
    assert sign_in(database, "bob@invited.test", PASSWORD).tenant == tenant.name
    late = invite(database, tenant, bob, seconds=0)
    with pytest.raises(NotAuthenticated):
        accept_invitation(database, late, PASSWORD)
    people.deactivate_user(database, tenant, bob)
    with pytest.raises(NoSuchPerson):
        invite(database, tenant, bob)
