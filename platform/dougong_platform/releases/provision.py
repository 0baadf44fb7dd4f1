"""A tenant from nothing to signing in: schema, tables, packs as release 1, first administrator. For CLI and demo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dougong_metadata.documents import Document, content_hash
from dougong_metadata.label import Label
from dougong_platform.releases import first, packs
from dougong_platform.releases.release import compiled
from dougong_tenants import ADMINISTRATOR, Database, Tenant
from dougong_tenants.people import create_user
from dougong_tenants.tenancy import NewTenant, create, drop, get


@dataclass(frozen=True, slots=True)
class FirstAdministrator:
    """Who may do everything in the new tenant. Without a password he needs a link to choose one."""

    email: str
    password: str | None = None
    name: str = ""


def provision(
    database: Database,
    name: str,
    *,
    label: Label | None = None,
    pack_names: Sequence[str] = (),
    documents: Iterable[Document] = (),
    administrator: FirstAdministrator | None = None,
    locale: str = "zh",
    timezone: str = "Asia/Shanghai",
    currency: str = "CNY",
) -> Tenant:
    """Create a tenant whose release 1 holds the packs and `documents`, which stand in place of the packs' ones of the
    same name; all of it or nothing.

    Raises TenantNameInvalid, TenantNameTaken, InvalidDocuments, UnknownName (a pack), PersonInvalid.
    """
    found = [packs.find_pack(pack) for pack in pack_names]
    packs.require(found)
    named = {one.key: one for one in packs.together(pack.documents for pack in found)}
    given = list({**named, **{one.key: one for one in documents}}.values())
    model = compiled(given, content_hash(given))
    new = NewTenant(name, label, locale, timezone, currency)
    create(
        database,
        new,
        lambda connection, tenant: first.make(connection, tenant, model, packs=[packs.record(pack) for pack in found]),
    )
    tenant = get(database, name)
    if administrator is not None:
        try:
            create_user(
                database,
                tenant,
                {"name": administrator.name or administrator.email.partition("@")[0], "email": administrator.email},
                password=administrator.password,
                permission_sets=[ADMINISTRATOR],
            )
        except BaseException:
            drop(database, name)
            raise
    return get(database, name)
