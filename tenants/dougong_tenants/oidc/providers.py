"""The identity providers that a tenant has set up: kept, listed and removed; found for those who want to sign in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dougong_metadata.label import Label
from dougong_tenants.audit import note
from dougong_tenants.connection import Database, json_parameter
from dougong_tenants.given_text import storable
from dougong_tenants.identifiers import new_id
from dougong_tenants.oidc.checks import checked_provider
from dougong_tenants.oidc.errors import NoSuchProvider, PasswordClosed
from dougong_tenants.people.checks import check_exists
from dougong_tenants.principal import ADMINISTRATOR
from dougong_tenants.secrets import seal, unseal
from dougong_tenants.tenancy.directory import COLUMNS as TENANT
from dougong_tenants.tenancy.directory import tenant_of
from dougong_tenants.tenant import Tenant

_SECRET = "oidc client secret"  # noqa: S105  # the purpose it is sealed for
_COLUMNS = (
    "o.id, o.name, o.label, o.issuer, o.client_id, o.client_secret is not null, o.scopes, o.domains, o.match_email,"
    " o.create_users, o.permission_set, o.department, o.password_sign_in, o.active"
)
_ONE = f"select {_COLUMNS} from dougong.oidc_provider o where o.tenant = %s::uuid and o.name = %s"
_ADMINISTERS = """select 1 from user_permission_set where "user" = %s::uuid and permission_set = %s
    and (from_at is null or from_at <= now()) and (until_at is null or until_at > now())"""
_SAVE = """
insert into dougong.oidc_provider (id, tenant, name, label, issuer, client_id, client_secret, scopes, domains,
    match_email, create_users, permission_set, department, password_sign_in, active)
values (%(id)s, %(tenant)s, %(name)s, %(label)s, %(issuer)s, %(client_id)s, %(client_secret)s, %(scopes)s, %(domains)s,
    %(match_email)s, %(create_users)s, %(permission_set)s, %(department)s, %(password_sign_in)s, %(active)s)
on conflict (tenant, name) do update set label = excluded.label, issuer = excluded.issuer,
    client_id = excluded.client_id, scopes = excluded.scopes, domains = excluded.domains,
    client_secret = case when %(keep_secret)s then oidc_provider.client_secret else excluded.client_secret end,
    match_email = excluded.match_email, create_users = excluded.create_users, active = excluded.active,
    permission_set = excluded.permission_set, department = excluded.department,
    password_sign_in = excluded.password_sign_in, updated_at = now()
"""


@dataclass(frozen=True, slots=True)
class Provider:
    """One way to sign in to one tenant.

    `issuer`: its address, as it calls itself. `domains`: of e-mails that may come in; none = any. `match_email`: at the
    first sign-in a user of ours is recognised by the verified e-mail. `create_users`: who is not known is created, with
    `permission_set` and in `department`. `password_sign_in`: members may sign in with their passwords too.
    """

    id: str
    name: str
    label: Label
    issuer: str
    client_id: str
    has_secret: bool
    scopes: tuple[str, ...]
    domains: tuple[str, ...]
    match_email: bool
    create_users: bool
    permission_set: str | None
    department: str | None
    password_sign_in: bool
    active: bool

    def json(self) -> dict[str, Any]:
        """As the API tells it and the audit log keeps it: without the secret."""
        found = {name: getattr(self, name) for name in self.__slots__ if name not in ("id", "label")}
        return {**found, "label": {"en": self.label.en, "zh": self.label.zh}} | {
            "scopes": list(self.scopes),
            "domains": list(self.domains),
        }


def providers_of(database: Database, tenant: Tenant, *, active: bool = False) -> list[Provider]:
    """The tenant's providers by name; `active`: only those that are offered."""
    rows = database.read_control(
        f"select {_COLUMNS} from dougong.oidc_provider o where o.tenant = %s::uuid and (o.active or not %s)"
        " order by o.name",
        (tenant.id, active),
    )
    return [_provider(row) for row in rows]


def get_provider(database: Database, tenant: Tenant, name: str) -> Provider:
    """One by its name, active or not. Raises NoSuchProvider."""
    rows = database.read_control(_ONE, (tenant.id, storable(name)))
    if not rows:
        raise NoSuchProvider
    return _provider(rows[0])


def offered(
    database: Database, *, tenant: str | None = None, domain: str | None = None
) -> list[tuple[Tenant, Provider]]:
    """What a page may offer to a stranger: the active providers of an open tenant (by name), or those of all open
    tenants that let in e-mails of `domain` by name. Tells nothing of anybody.
    """
    width = len(TENANT.split(","))
    rows = database.read_control(
        f"select {TENANT}, {_COLUMNS} from dougong.oidc_provider o join dougong.tenant t on t.id = o.tenant"
        " where o.active and t.status = 'active' and (t.name = %(tenant)s or o.domains @> array[%(domain)s::text])"
        " order by t.name, o.name limit 20",
        {"tenant": storable(tenant or ""), "domain": storable(domain or "")},
    )
    return [(tenant_of(row[:width]), _provider(row[width:])) for row in rows]


def any_offered(database: Database) -> bool:
    """Whether any company here has a provider: otherwise the sign-in page need not speak of them."""
    return bool(database.read_control("select 1 from dougong.oidc_provider where active limit 1"))


def only_tenant(database: Database) -> str | None:
    """The name of the installation's tenant where there is just one: its providers are offered without asking."""
    rows = database.read_control("select name from dougong.tenant where status = 'active' limit 2")
    return str(rows[0][0]) if len(rows) == 1 else None


def check_password_open(database: Database, tenant: Tenant, user: str) -> None:
    """Raise PasswordClosed where the tenant's members sign in at a provider only.

    Administrators keep their passwords: a provider that fails must not lock everybody out.
    """
    closed = database.read_control(
        "select label, name from dougong.oidc_provider where tenant = %s::uuid and active and not password_sign_in"
        " order by name limit 1",
        (tenant.id,),
    )
    if not closed:
        return
    _, held = database.read(tenant, _ADMINISTERS, (user, ADMINISTRATOR), custom_plan=False)
    if not held:
        label = Label.of(*closed[0])
        raise PasswordClosed(label_en=label.en, label_zh=label.zh)


def client_secret(database: Database, provider: Provider) -> str | None:
    """The secret shared with the provider; None without one, or if the installation's own secret was changed."""
    rows = database.read_control(
        "select client_secret from dougong.oidc_provider where id = %s::uuid and client_secret is not null",
        (provider.id,),
    )
    return unseal(database, _SECRET, rows[0][0]) if rows else None


def save_provider(
    database: Database, tenant: Tenant, name: str, values: Mapping[str, Any], *, by: str | None = None
) -> Provider:
    """Create the provider `name` or replace it whole; a `client_secret` that is not among the values stays.

    `values`: the fields of Provider, and client_secret (text, None = without). Raises ProviderInvalid.
    """
    row = checked_provider(name, values)
    keep = "client_secret" not in values
    secret = row.pop("client_secret", None)
    with database.transaction(tenant) as tx:
        check_exists(tx, "department", "department", row["department"])
        with tx.control() as control:
            before = control.rows(_ONE, (tenant.id, row["name"]))
            control.execute(
                _SAVE,
                {
                    **row,
                    "id": new_id(),
                    "tenant": tenant.id,
                    "label": json_parameter({"en": row["label"].en, "zh": row["label"].zh}),
                    "client_secret": seal(database, _SECRET, secret) if secret else None,
                    "keep_secret": keep,
                },
            )
            found = _provider(control.rows(_ONE, (tenant.id, row["name"]))[0])
        _note(tx, found, _provider(before[0]) if before else None, by, secret is not None)
    return found


def remove_provider(database: Database, tenant: Tenant, name: str, *, by: str | None = None) -> None:
    """Remove it with the identities that are linked to it; open sessions go on. Raises NoSuchProvider."""
    with database.transaction(tenant) as tx:
        with tx.control() as control:
            gone = control.rows(
                "delete from dougong.oidc_provider where tenant = %s::uuid and name = %s returning id",
                (tenant.id, storable(name)),
            )
        if not gone:
            raise NoSuchProvider
        note(tx, "oidc.changed", actor=by, target_kind="oidc_provider", target=name, details={"removed": True})


def _note(tx: Any, now: Provider, before: Provider | None, by: str | None, secret: bool) -> None:
    """Old and new values of what differs; that the secret was changed, never the secret."""
    old, new = before.json() if before else {}, now.json()
    changes = {name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}
    details: dict[str, Any] = {"changes": changes} | ({"secret": "changed"} if secret else {})
    note(
        tx,
        "oidc.changed",
        actor=by,
        target_kind="oidc_provider",
        target=now.name,
        label=now.label.text("en"),
        details=details,
    )


def _provider(row: tuple[Any, ...]) -> Provider:
    identifier, name, label, issuer, client_id, has_secret, scopes, domains, *rest = row
    return Provider(
        identifier, name, Label.of(label, name), issuer, client_id, has_secret, tuple(scopes), tuple(domains), *rest
    )
