"""Second factors of people who are signed in: enabled, renewed and disabled by themselves, reset by an administrator.

Called by the settings, the page of a user and the API. All that changes something is noted in the tenant's log.
"""

from __future__ import annotations

from dataclasses import dataclass

from dougong_tenants.audit import noting
from dougong_tenants.connection import ControlTransaction, Database
from dougong_tenants.connection.control.stamp import raise_stamp
from dougong_tenants.errors import NoSuchPerson, PersonInvalid, SecondFactorRefused
from dougong_tenants.second_factor import enrolled_secret, recovery_codes_left, remove, renew_recovery_codes, write
from dougong_tenants.second_factor.codes import step_of
from dougong_tenants.security.keeping import policy_of_tenant
from dougong_tenants.sign_in.admission import standing_of
from dougong_tenants.sign_in.attempts import Attempts
from dougong_tenants.sign_in.confirming import CODES, check_identity, has_password, wrong_code
from dougong_tenants.tenant import Tenant


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """`codes_left`: unused recovery codes, None without a second factor. `required`: a company of his demands one.
    `offered`: this company uses second factors. `asks`: there is a password or code to confirm changes with.
    """

    codes_left: int | None
    required: bool
    offered: bool
    asks: bool

    @property
    def enabled(self) -> bool:
        """Whether signing in takes two steps."""
        return self.codes_left is not None


def state(database: Database, tenant: Tenant, person: str) -> SecondFactor:
    """What the settings show."""
    left = recovery_codes_left(database, person)
    offered = policy_of_tenant(database, tenant).second_factor != "off"
    asks = left is not None or has_password(database, person)
    return SecondFactor(left, _is_required(database, person), offered, asks)


def enable(
    database: Database,
    tenant: Tenant,
    person: str,
    user: str,
    sealed: str,
    code: str,
    *,
    identity: str = "",
    session: str | None = None,
    address: str | None = None,
    attempts: Attempts = CODES,
) -> list[str]:
    """Keep the key that the form carries, in place of any other, proved by a code; the recovery codes, told this once.

    `identity`: the password, or a code of the factor that is replaced. `session`: the id of the one that asks, which
    has now been begun with two steps. Raises SecondFactorRefused, SignInThrottled.
    """
    key = enrolled_secret(database, person, sealed)
    step = step_of(key, code, 0)
    if step is None:
        raise wrong_code()
    check_identity(database, person, identity, address, attempts)
    with noting(database, tenant) as (tx, noted):
        codes = write(database, tx, person, key, step)
        tx.execute(
            "update dougong.session set second_step = true where person = %s::uuid and id = %s::uuid", (person, session)
        )
        noted("two_factor.enabled", actor=user, target_kind="user", target=user)
        _all_anew(tx, person)
    return codes


def renew_codes(
    database: Database,
    tenant: Tenant,
    person: str,
    user: str,
    *,
    identity: str,
    address: str | None = None,
    attempts: Attempts = CODES,
) -> list[str]:
    """Ten new recovery codes in place of all earlier ones. Raises SecondFactorRefused, SignInThrottled."""
    check_identity(database, person, identity, address, attempts)
    if recovery_codes_left(database, person) is None:
        raise wrong_code()
    with noting(database, tenant) as (tx, noted):
        codes = renew_recovery_codes(tx, person)
        noted("two_factor.recovery_codes_renewed", actor=user, target_kind="user", target=user)
    return codes


def disable(
    database: Database,
    tenant: Tenant,
    person: str,
    user: str,
    *,
    identity: str,
    address: str | None = None,
    attempts: Attempts = CODES,
) -> None:
    """Sign in with one step again. Raises SecondFactorRefused, also where a company requires two; SignInThrottled."""
    if _is_required(database, person):
        raise SecondFactorRefused(
            "identity", "Your company requires a second step to sign in.", "贵公司要求登录时进行两步验证。"
        )
    check_identity(database, person, identity, address, attempts)
    with noting(database, tenant) as (tx, noted):
        if remove(tx, person):
            noted("two_factor.disabled", actor=user, target_kind="user", target=user, details={"how": "own"})


def reset(database: Database, tenant: Tenant, user: str, *, by: str | None = None, by_operator: bool = False) -> bool:
    """An administrator removes a user's second factor; his sessions here end. Whether there was one.

    Raises PersonInvalid for somebody who belongs to other companies too: it guards those as well, and only the
    operator of the installation resets it. NoSuchPerson.
    """
    found = database.read_control(
        "select m.person, x.email, (select count(*) from dougong.membership o where o.person = m.person) = 1"
        " from dougong.membership m join dougong.person x on x.id = m.person"
        " where m.tenant = %s::uuid and m.user_id = %s::uuid",
        (tenant.id, user),
    )
    if not found:
        raise NoSuchPerson(what="user")
    person, email, alone = found[0]
    if not alone and not by_operator:
        raise PersonInvalid(
            "second_factor",
            "This person also belongs to other companies, whose door the second factor guards too.",
            "该人员同时属于其他公司，其两步验证不能由此处重置。",
        )
    with noting(database, tenant) as (tx, noted):
        removed = remove(tx, person)
        if removed:
            tx.execute("delete from dougong.session where tenant = %s::uuid and user_id = %s::uuid", (tenant.id, user))
            raise_stamp(tx, tenant)
            details = {"how": "reset"}
            noted("two_factor.disabled", actor=by, target_kind="user", target=user, label=email, details=details)
    return removed


def _is_required(database: Database, person: str) -> bool:
    """Whether any company that he may enter demands a second factor of him."""
    rows = database.read_control(
        "select m.tenant from dougong.membership m join dougong.security_policy p on p.tenant = m.tenant"
        " join dougong.tenant t on t.id = m.tenant"
        " where m.person = %s::uuid and m.active and t.status = 'active' and p.second_factor = 'required'",
        (person,),
    )
    standings = (standing_of(database, person, tenant, "oidc") for (tenant,) in rows)
    return any(one.policy.requires_second_factor(one.sets) for one in standings)


def _all_anew(tx: ControlTransaction, person: str) -> None:
    """Every process looks the person's sessions up again, in all his companies."""
    tx.execute(
        "update dougong.tenant set stamp = stamp + 1 where id in"
        " (select tenant from dougong.membership where person = %s::uuid)",
        (person,),
    )
