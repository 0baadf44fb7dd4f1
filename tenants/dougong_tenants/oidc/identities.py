"""Who somebody is here, by what his provider proved: recognised, linked or created. And the links that people see.

known (provider, issuer, subject)? ── yes ─► that user
    │ no
a user with that e-mail? ── yes, and the provider may match e-mails ─► linked to him from now on
    │ no
may the provider create users? ── yes ─► created and linked
    └ no ─► PersonUnknown
"""

from __future__ import annotations

from dataclasses import dataclass

from psycopg import errors

from dougong_metadata.label import Label
from dougong_tenants.audit import note
from dougong_tenants.connection import Database
from dougong_tenants.errors import EmailTaken, NoSuchPerson, PersonInvalid
from dougong_tenants.given_text import storable
from dougong_tenants.identifiers import new_id
from dougong_tenants.oidc.errors import PersonLockedOut, PersonTaken, PersonUnknown
from dougong_tenants.oidc.providers import Provider
from dougong_tenants.people import create_user, find_user
from dougong_tenants.tenant import Tenant

_KNOWN = """
update dougong.oidc_identity set last_used_at = now(), email = %(email)s
 where provider = %(provider)s::uuid and issuer = %(issuer)s and subject = %(subject)s returning user_id
"""
_MEMBER = "select person, active from dougong.membership where tenant = %s::uuid and user_id = %s::uuid"
_ACTIVE = """select active from "user" where id = %s::uuid and deleted_at is null"""
_LINK = """
insert into dougong.oidc_identity (id, provider, issuer, subject, tenant, user_id, email)
values (%(id)s, %(provider)s::uuid, %(issuer)s, %(subject)s, %(tenant)s::uuid, %(user)s::uuid, %(email)s)
"""
_LIST = """
select i.id, o.name, o.label, i.issuer, i.email, i.created_at, i.last_used_at
  from dougong.oidc_identity i join dougong.oidc_provider o on o.id = i.provider
 where i.tenant = %s::uuid and i.user_id = %s::uuid order by o.name, i.created_at
"""
_LINKED = """
select i.id, i.user_id, i.email, i.created_at, i.last_used_at from dougong.oidc_identity i
 where i.provider = %s::uuid order by i.last_used_at desc limit %s
"""


@dataclass(frozen=True, slots=True)
class Claims:
    """What a provider proved of a person: `email` is verified and in its normal form."""

    issuer: str
    subject: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Identity:
    """A user's link to a provider, as he sees it; times as ISO 8601 text."""

    id: str
    provider: str
    label: Label
    issuer: str
    email: str
    created_at: str
    last_used_at: str


@dataclass(frozen=True, slots=True)
class LinkedUser:
    """One identity of a provider, as administrators see it; `user` is an id."""

    id: str
    user: str
    email: str
    created_at: str
    last_used_at: str


def recognise(database: Database, tenant: Tenant, provider: Provider, claims: Claims) -> str:
    """The person (an id) whom the claims prove to be a member of the tenant, for `sign_in.admit`.

    Raises PersonUnknown, PersonTaken, PersonLockedOut.
    """
    user = _known(database, provider, claims)
    if user is None:
        user = _linked(database, tenant, provider, claims)
    _, there = database.read(tenant, _ACTIVE, (user,))
    member = database.read_control(_MEMBER, (tenant.id, user))
    if not member or not there or not (member[0][1] and there[0][0]):
        raise PersonLockedOut
    return str(member[0][0])


def link(database: Database, tenant: Tenant, provider: Provider, claims: Claims, user: str) -> None:
    """Let `user` sign in with this identity from now on. Raises PersonTaken if either belongs to another."""
    try:
        with database.transaction(tenant) as tx:
            with tx.control() as control:
                control.execute(
                    _LINK,
                    {
                        "id": new_id(),
                        "provider": provider.id,
                        "issuer": claims.issuer,
                        "subject": claims.subject,
                        "tenant": tenant.id,
                        "user": user,
                        "email": claims.email,
                    },
                )
            note(
                tx,
                "oidc.linked",
                actor=user,
                target_kind="user",
                target=user,
                label=claims.email,
                details={"provider": provider.name},
            )
    except errors.UniqueViolation:
        if _known(database, provider, claims) != user:
            raise PersonTaken(email=claims.email) from None


def identities_of(database: Database, tenant: Tenant, user: str) -> list[Identity]:
    """The user's links, by provider."""
    rows = database.read_control(_LIST, (tenant.id, user))
    return [
        Identity(id, name, Label.of(label, name), issuer, email, created, used)
        for id, name, label, issuer, email, created, used in rows
    ]


def linked_to(database: Database, provider: Provider, most: int) -> list[LinkedUser]:
    """Who is linked to the provider, the one who came last first."""
    return [LinkedUser(*row) for row in database.read_control(_LINKED, (provider.id, most))]


def unlink(database: Database, tenant: Tenant, user: str, identity: str) -> None:
    """Remove one of the user's own links; sessions go on. Raises NoSuchPerson."""
    _unlink(database, tenant, "user_id = %s::uuid", user, identity, user)


def unlink_from(database: Database, tenant: Tenant, provider: Provider, identity: str, *, by: str | None) -> None:
    """Remove one of the provider's links: its user may be linked to another identity then. Raises NoSuchPerson."""
    _unlink(database, tenant, "provider = %s::uuid", provider.id, identity, by)


def _unlink(database: Database, tenant: Tenant, whose: str, owner: str, identity: str, by: str | None) -> None:
    with database.transaction(tenant) as tx:
        with tx.control() as control:
            gone = control.rows(
                f"delete from dougong.oidc_identity where tenant = %s::uuid and {whose} and id::text = %s"
                " returning user_id, email",
                (tenant.id, owner, storable(identity)),
            )
        if not gone:
            raise NoSuchPerson(what="identity")
        user, email = gone[0]
        note(tx, "oidc.unlinked", actor=by, target_kind="user", target=user, label=email)


def _known(database: Database, provider: Provider, claims: Claims) -> str | None:
    with database.control() as tx:
        rows = tx.rows(
            _KNOWN,
            {
                "provider": provider.id,
                "issuer": claims.issuer,
                "subject": claims.subject,
                "email": claims.email,
            },
        )
    return str(rows[0][0]) if rows else None


def _linked(database: Database, tenant: Tenant, provider: Provider, claims: Claims) -> str:
    user = find_user(database, tenant, claims.email)
    if user is None:
        if not provider.create_users:
            raise PersonUnknown(email=claims.email)
        user = _created(database, tenant, provider, claims)
    elif not provider.match_email:
        raise PersonTaken(email=claims.email)
    link(database, tenant, provider, claims, user)
    return user


def _created(database: Database, tenant: Tenant, provider: Provider, claims: Claims) -> str:
    values = {"name": claims.name, "email": claims.email, "department": provider.department}
    sets = (provider.permission_set,) if provider.permission_set else ()
    try:
        return create_user(database, tenant, values, permission_sets=sets).id
    except EmailTaken:
        user = find_user(database, tenant, claims.email)  # another window was faster
        if user is None or not provider.match_email:  # or somebody who was deleted had it
            raise PersonUnknown(email=claims.email) from None
        return user
    except PersonInvalid as invalid:
        raise PersonUnknown(email=claims.email) from invalid
