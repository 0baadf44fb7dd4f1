"""Signs a person in by e-mail and password, lets him choose among several tenants, and begins a session."""

from __future__ import annotations

import time
from dataclasses import dataclass

from dougong_metadata.label import Label
from dougong_tenants.connection import Database
from dougong_tenants.credentials import same, signature
from dougong_tenants.errors import NotAuthenticated, SignInRefused
from dougong_tenants.given_text import storable
from dougong_tenants.passwords import hash_password, outdated, verify_password
from dougong_tenants.sign_in.attempts import Attempts
from dougong_tenants.sign_in.sessions import SessionTerms, begin_session

_TICKET_SECONDS = 300
ATTEMPTS = Attempts()
TERMS = SessionTerms()
_LONGEST = 1024  # characters of a password that are worth hashing at all


@dataclass(frozen=True, slots=True)
class Choice:
    """A tenant that the person may enter."""

    tenant: str  # its name
    label: Label


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Either a `session` (the cookie's value) in `tenant`, or `choices` and a `ticket` for `choose_tenant`."""

    session: str | None
    tenant: str | None
    choices: tuple[Choice, ...] = ()
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class _Membership:
    tenant_id: str
    user: str
    choice: Choice


def sign_in(
    database: Database,
    email: str,
    password: str,
    *,
    tenant: str | None = None,
    address: str | None = None,
    device: str | None = None,
    attempts: Attempts = ATTEMPTS,
    terms: SessionTerms = TERMS,
) -> SignedIn:
    """Sign in; into `tenant` if given, else into the only one or to a choice.

    Raises SignInRefused, the same after the same time for a wrong password, an unknown e-mail, a deactivated user and
    a tenant that is not his; SignInThrottled.
    """
    email = storable(email).strip().lower()[:320]
    attempts.count(database, email, address)
    found = database.read_control("select id, password_hash from dougong.person where email = %s", (email,))
    person, stored = found[0] if found else (None, None)
    fits = verify_password(stored, password[:_LONGEST])
    memberships = _memberships(database, person if fits else None, tenant)
    if not memberships:
        raise SignInRefused
    with database.control() as tx:
        attempts.succeeded(tx, email, address)
        if outdated(stored):
            tx.execute(
                "update dougong.person set password_hash = %s where id = %s::uuid",
                (hash_password(password[:_LONGEST]), person),
            )
    if len(memberships) > 1:
        until = int(time.time()) + _TICKET_SECONDS
        text = f"{person}.{until}"
        return SignedIn(None, None, tuple(m.choice for m in memberships), f"{text}.{_sign(database, text)}")
    return _enter(database, person, memberships[0], address, device, terms)


def choose_tenant(
    database: Database,
    ticket: str,
    tenant: str,
    *,
    address: str | None = None,
    device: str | None = None,
    terms: SessionTerms = TERMS,
) -> SignedIn:
    """Begin the session in one of the `choices`. Raises NotAuthenticated for a false or old ticket."""
    text, _, given = ticket.rpartition(".")
    person, _, until = text.partition(".")
    if not same(given, _sign(database, text)) or int(until) < time.time():
        raise NotAuthenticated
    memberships = _memberships(database, person, tenant)
    if not memberships:
        raise NotAuthenticated
    return _enter(database, person, memberships[0], address, device, terms)


def _memberships(database: Database, person: str | None, tenant: str | None) -> list[_Membership]:
    """The open doors of a person, by the tenants' names. Asked for nobody too, so that the time tells nothing."""
    rows = database.read_control(
        "select t.id, m.user_id, t.name, t.label from dougong.membership m join dougong.tenant t on t.id = m.tenant"
        " where m.person = %(person)s::uuid and m.active and m.admitted and t.status = 'active'"
        " and (%(tenant)s::text is null or t.name = %(tenant)s) order by t.name",
        {"person": person, "tenant": storable(tenant) if tenant is not None else None},
    )
    return [_Membership(i, user, Choice(name, Label.of(label, name))) for i, user, name, label in rows]


def _enter(
    database: Database,
    person: str | None,
    membership: _Membership,
    address: str | None,
    device: str | None,
    terms: SessionTerms,
) -> SignedIn:
    assert person is not None
    session = begin_session(
        database,
        person=person,
        tenant_id=membership.tenant_id,
        user=membership.user,
        address=address,
        device=device,
        terms=terms,
    )
    return SignedIn(session, membership.choice.tenant)


def _sign(database: Database, text: str) -> str:
    return signature(database.secret or database.dsn, "choose tenant", text)
