"""Signs a person in by e-mail and password, and lets him choose among several tenants; `admission` does the rest."""

from __future__ import annotations

import time

from dougong_tenants.audit import note_for_person
from dougong_tenants.connection import Database
from dougong_tenants.credentials import same, signature
from dougong_tenants.errors import NotAuthenticated, SignInRefused
from dougong_tenants.given_text import storable
from dougong_tenants.passwords import hash_password, outdated, verify_password
from dougong_tenants.sign_in.admission import Choice, SecondStepNeeded, SignedIn, admit
from dougong_tenants.sign_in.attempts import Attempts
from dougong_tenants.sign_in.sessions import SessionTerms
from dougong_tenants.tenancy.directory import COLUMNS, tenant_of
from dougong_tenants.tenant import Tenant

_TICKET_SECONDS = 300
ATTEMPTS = Attempts()
_STROKE = 0.05  # seconds: a refusal is answered on a multiple of this, so that what it writes does not show in the time
_LONGEST = 1024  # characters of a password that are worth hashing at all


def sign_in(
    database: Database,
    email: str,
    password: str,
    *,
    tenant: str | None = None,
    address: str | None = None,
    device: str | None = None,
    attempts: Attempts = ATTEMPTS,
    terms: SessionTerms | None = None,
) -> SignedIn | SecondStepNeeded:
    """Sign in; into `tenant` if given, else into the only one or to a choice.

    Raises SignInRefused, the same after the same time for a wrong password, an unknown e-mail, a deactivated user and
    a tenant that is not his; SignInThrottled; AddressRefused.
    """
    began = time.monotonic()
    email = storable(email).strip().lower()[:320]
    attempts.count(database, email, address)
    found = database.read_control("select id, password_hash from dougong.person where email = %s", (email,))
    person, stored = found[0] if found else (None, None)
    fits = verify_password(stored, password[:_LONGEST])
    tenants = _open_to(database, person if fits else None, tenant)
    if person is None or not tenants:
        why = {"reason": "no_access" if fits else "password"}
        note_for_person(database, person, "sign_in.failed", tenant=tenant, label=email, ip=address, details=why)
        time.sleep(_STROKE - (time.monotonic() - began) % _STROKE)
        raise SignInRefused
    with database.control() as tx:
        attempts.succeeded(tx, email, address)
        if outdated(stored):
            tx.execute(
                "update dougong.person set password_hash = %s where id = %s::uuid",
                (hash_password(password[:_LONGEST]), person),
            )
    if len(tenants) > 1:
        until = int(time.time()) + _TICKET_SECONDS
        text = f"{person}.{until}"
        return SignedIn(None, None, tuple(Choice(t.name, t.label) for t in tenants), f"{text}.{_sign(database, text)}")
    return admit(database, person, tenants[0], proof="password", address=address, device=device, terms=terms)


def choose_tenant(
    database: Database,
    ticket: str,
    tenant: str,
    *,
    address: str | None = None,
    device: str | None = None,
    terms: SessionTerms | None = None,
) -> SignedIn | SecondStepNeeded:
    """Go on in one of the `choices`. Raises NotAuthenticated for a false or old ticket, AddressRefused."""
    text, _, given = ticket.rpartition(".")
    person, _, until = text.partition(".")
    if not same(given, _sign(database, text)) or int(until) < time.time():
        raise NotAuthenticated
    tenants = _open_to(database, person, tenant)
    if not tenants:
        raise NotAuthenticated
    return admit(database, person, tenants[0], proof="password", address=address, device=device, terms=terms)


def _open_to(database: Database, person: str | None, tenant: str | None) -> list[Tenant]:
    """The tenants that a person's password opens, by name. Asked for nobody too, so that the time tells nothing."""
    rows = database.read_control(
        f"select {COLUMNS} from dougong.membership m join dougong.tenant t on t.id = m.tenant"  # constant
        " where m.person = %(person)s::uuid and m.active and m.admitted and t.status = 'active'"
        " and (%(tenant)s::text is null or t.name = %(tenant)s) order by t.name",
        {"person": person, "tenant": storable(tenant) if tenant is not None else None},
    )
    return [tenant_of(row) for row in rows]


def _sign(database: Database, text: str) -> str:
    return signature(database.secret or database.dsn, "choose tenant", text)
