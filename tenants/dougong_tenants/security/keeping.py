"""Reads and changes a tenant's security policy; called by the API and the builder, for who looks after people."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

from dougong_tenants.audit import noting
from dougong_tenants.connection import ControlTransaction, Database
from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.errors import PolicyInvalid
from dougong_tenants.passwords import PasswordRules
from dougong_tenants.security.addresses import address_list, check_addresses
from dougong_tenants.security.policy import COLUMNS, SECOND_FACTOR, SecurityPolicy, policy_of
from dougong_tenants.tenant import Tenant


class Executes(Protocol):
    """A ControlTransaction, or a psycopg connection that may write the control schema."""

    def execute(self, sql: Any, params: Any = ..., /) -> Any: ...


# By field: the least and the most.
LIMITS: Mapping[str, tuple[int, int]] = {
    "password_length": (8, 64),
    "password_kinds": (1, 4),
    "password_history": (0, 10),
    "password_days": (1, 3650),
    "idle_minutes": (5, 43_200),
    "longest_hours": (1, 8_760),
}
_UPSERT = """
insert into dougong.security_policy (tenant, password_length, password_kinds, password_history, password_days,
       second_factor, second_factor_sets, trust_provider, idle_minutes, longest_hours, addresses, changed_by)
values (%(tenant)s::uuid, %(password_length)s, %(password_kinds)s, %(password_history)s, %(password_days)s,
       %(second_factor)s, %(second_factor_sets)s::text[], %(trust_provider)s, %(idle_minutes)s, %(longest_hours)s,
       %(addresses)s::text[], %(by)s::uuid)
on conflict (tenant) do update set password_length = excluded.password_length,
       password_kinds = excluded.password_kinds, password_history = excluded.password_history,
       password_days = excluded.password_days, second_factor = excluded.second_factor,
       second_factor_sets = excluded.second_factor_sets, trust_provider = excluded.trust_provider,
       idle_minutes = excluded.idle_minutes, longest_hours = excluded.longest_hours,
       addresses = excluded.addresses, changed_at = now(), changed_by = excluded.changed_by
"""
_SHORTEN = """
update dougong.session set idle_seconds = least(idle_seconds, %(idle)s),
       expires_at = least(expires_at, created_at + %(longest)s * interval '1 second')
 where tenant = %(tenant)s::uuid
"""


def policy_of_tenant(database: Database, tenant: Tenant) -> SecurityPolicy:
    """The present policy; the usual one where none was ever set."""
    rows = database.read_control(
        f"select {COLUMNS} from dougong.security_policy p where p.tenant = %s::uuid",  # constant
        (tenant.id,),
    )
    return policy_of(rows[0]) if rows else SecurityPolicy()


def enrolled_people(database: Database, tenant: Tenant) -> tuple[int, int]:
    """(how many active members have a second factor, how many active members there are)."""
    rows = database.read_control(
        "select count(f.person), count(*) from dougong.membership m"
        " left join dougong.second_factor f on f.person = m.person where m.tenant = %s::uuid and m.active",
        (tenant.id,),
    )
    return int(rows[0][0]), int(rows[0][1])


def policy_values(policy: SecurityPolicy) -> dict[str, Any]:
    """The policy as plain values, by the names of `save_policy`."""
    rules = policy.password
    return {
        "password_length": rules.length,
        "password_kinds": rules.kinds,
        "password_history": rules.history,
        "password_days": rules.days,
        "second_factor": policy.second_factor,
        "second_factor_sets": list(policy.second_factor_sets),
        "trust_provider": policy.trust_provider,
        "idle_minutes": policy.idle_minutes,
        "longest_hours": policy.longest_hours,
        "addresses": list(policy.addresses),
    }


def save_policy(
    database: Database,
    tenant: Tenant,
    values: Mapping[str, Any],
    *,
    by: str,
    address: str | None,
    holds: Collection[str],
) -> SecurityPolicy:
    """Change what is given of the policy; effective with this commit, also for open sessions.

    `by` (a user) must not lock himself out: he comes from `address`, and holds the permission sets `holds`.
    Raises PolicyInvalid that names the field.
    """
    wanted = check_policy(policy_of_tenant(database, tenant), values)
    _check_address(wanted, address)
    _check_factor(database, tenant, wanted, by, holds)
    with noting(database, tenant) as (tx, noted):
        before = _locked(tx, tenant)
        policy = check_policy(before, values)
        new = policy_values(policy)
        write_policy(tx, tenant, new, by)
        ends = {"idle": policy.idle_minutes * 60, "longest": policy.longest_hours * 3600}
        tx.execute(_SHORTEN, {**ends, "tenant": tenant.id})
        raise_stamp(tx, tenant)
        old = policy_values(before)
        changes = {name: [old[name], value] for name, value in new.items() if old[name] != value}
        if changes:
            noted("policy.changed", actor=by, target_kind="policy", target="security", details={"changes": changes})
    return policy


def write_policy(tx: Executes, tenant: Tenant, values: Mapping[str, Any], by: str | None) -> None:
    """All values of a policy that was checked, in place of what was there."""
    tx.execute(_UPSERT, {**values, "tenant": tenant.id, "by": by})


def check_policy(before: SecurityPolicy, values: Mapping[str, Any]) -> SecurityPolicy:
    """`before` with what is given in place of it. Raises PolicyInvalid."""
    new = policy_values(before) | dict(values)
    for name, (least, most) in LIMITS.items():
        value = new[name]
        if value is None and name == "password_days":
            continue
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            raise PolicyInvalid(name, f"A whole number from {least} to {most}.", f"须为 {least} 到 {most} 的整数。")
    if new["second_factor"] not in SECOND_FACTOR:
        raise PolicyInvalid("second_factor", "One of: off, optional, required.", "只能是 off、optional 或 required。")
    rules = PasswordRules(new["password_length"], new["password_kinds"], new["password_history"], new["password_days"])
    return SecurityPolicy(
        rules,
        new["second_factor"],
        tuple(dict.fromkeys(new["second_factor_sets"])),
        bool(new["trust_provider"]),
        new["idle_minutes"],
        new["longest_hours"],
        check_addresses(new["addresses"]),
    )


def open_to_all_addresses(database: Database, tenant: Tenant) -> None:
    """The operator's way out, where a company's network has changed: requests may come from anywhere again."""
    with noting(database, tenant) as (tx, noted):
        before = _locked(tx, tenant)
        tx.execute("update dougong.security_policy set addresses = '{}' where tenant = %s::uuid", (tenant.id,))
        raise_stamp(tx, tenant)
        details = {"changes": {"addresses": [list(before.addresses), []]}}
        noted("policy.changed", target_kind="policy", target="security", details=details)


def _locked(tx: ControlTransaction, tenant: Tenant) -> SecurityPolicy:
    rows = tx.rows(
        f"select {COLUMNS} from dougong.security_policy p where p.tenant = %s::uuid for update",  # constant
        (tenant.id,),
    )
    return policy_of(rows[0]) if rows else SecurityPolicy()


def _check_address(policy: SecurityPolicy, address: str | None) -> None:
    if not address_list(policy.addresses).admits(address):
        raise PolicyInvalid(
            "addresses",
            f"You come from {address or 'an unknown address'}: with this list you would lock yourself out. Add it.",
            f"您当前的地址是 {address or '未知'}，不在名单内，保存后您自己将无法登录。请先加入该地址。",
        )


def _check_factor(
    database: Database, tenant: Tenant, policy: SecurityPolicy, user: str, holds: Collection[str]
) -> None:
    if not policy.requires_second_factor(holds):
        return
    enrolled = database.read_control(
        "select 1 from dougong.membership m join dougong.second_factor f on f.person = m.person"
        " where m.tenant = %s::uuid and m.user_id = %s::uuid",
        (tenant.id, user),
    )
    if not enrolled:
        raise PolicyInvalid(
            "second_factor",
            "Set up two-step sign-in for yourself first: this would end your own session.",
            "请先为自己开启两步验证，否则保存后您自己的会话会立即失效。",
        )
