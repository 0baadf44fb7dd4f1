"""An administrator looks on as somebody else: what he sees then is what that person sees, and he changes nothing."""

from __future__ import annotations

from dougong_tenants.audit import noting
from dougong_tenants.connection import Database
from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.errors import NoSuchPerson
from dougong_tenants.organisation import organisation_of
from dougong_tenants.principal import Principal

_SET = "update dougong.session set preview_user = %s::uuid where id = %s::uuid and tenant = %s::uuid"


def start_preview(database: Database, principal: Principal, user: str) -> None:
    """From the next request on, this session looks on as `user` (an id). Noted in the audit log.

    For administrators: whether the principal is one is the caller's to see. Raises NoSuchPerson.
    """
    known = organisation_of(database, principal.tenant).people.get(user)
    if known is None or not known.active or known.kind != "person":
        raise NoSuchPerson(what="user")
    with noting(database, principal.tenant) as (tx, noted):
        tx.execute(_SET, (user, principal.id, principal.tenant.id))
        raise_stamp(tx, principal.tenant)
        noted("preview.started", actor=principal.user, target_kind="user", target=user, label=known.name)


def end_preview(database: Database, principal: Principal) -> None:
    """The session is its own administrator's again; nothing happens if it was all along."""
    looker = principal.previewed_by
    if looker is None:
        return
    with noting(database, principal.tenant) as (tx, noted):
        tx.execute(_SET, (None, looker.id, looker.tenant.id))
        raise_stamp(tx, looker.tenant)
        noted("preview.ended", actor=looker.user, target_kind="user", target=principal.user, label=principal.name)
