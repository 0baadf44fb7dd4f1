"""A person's next password: held against the rules of all his companies and his earlier ones, then written.

Called by everything that sets a password, in `people` and `sign_in`.
"""

from __future__ import annotations

from collections.abc import Iterable

from dougong_tenants.connection import ControlTransaction, Database
from dougong_tenants.errors import PasswordRefused
from dougong_tenants.passwords import PasswordRules, check_password, hash_password, strictest, verify_password
from dougong_tenants.security.policy import COLUMNS, policy_of
from dougong_tenants.tenant import Tenant

_RULES = """
select p.password_length, p.password_kinds, p.password_history, p.password_days
  from dougong.security_policy p join dougong.membership m on m.tenant = p.tenant
 where m.person = %s::uuid and m.active
"""
_EARLIER = """
(select password_hash from dougong.person where id = %(person)s::uuid and password_hash is not null)
union all
(select hash from dougong.past_password where person = %(person)s::uuid order by replaced_at desc limit %(past)s)
"""


def rules_of_person(database: Database, person: str) -> PasswordRules:
    """The strictest of all companies to which he belongs."""
    return strictest(PasswordRules(*row) for row in database.read_control(_RULES, (person,)))


def rules_of_tenant(database: Database, tenant: Tenant) -> PasswordRules:
    """One company's, for somebody who is new there."""
    rows = database.read_control(
        f"select {COLUMNS} from dougong.security_policy p where p.tenant = %s::uuid",  # constant
        (tenant.id,),
    )
    return policy_of(rows[0]).password if rows else PasswordRules()


def names_of(database: Database, tenant: Tenant, user: str) -> tuple[str, ...]:
    """What the user is called, for `new_hash`."""
    _, rows = database.read(tenant, 'select name from "user" where id = %s::uuid', (user,), custom_plan=False)
    return tuple(row[0] for row in rows)


def new_hash(
    database: Database, person: str, email: str, password: str, names: Iterable[str] = ()
) -> tuple[str, PasswordRules]:
    """The hash of a password that the person may use, with the rules that it follows. Slow. Raises PasswordRefused."""
    rules = rules_of_person(database, person)
    check_password(password, email, rules, names)
    if rules.history and _is_earlier(database, person, password, rules.history):
        raise PasswordRefused(
            f"This is one of your last {rules.history} passwords: choose another."
            if rules.history > 1
            else "This is your present password: choose another.",
            f"不能使用最近 {rules.history} 次用过的密码。" if rules.history > 1 else "新密码不能与当前密码相同。",
        )
    return hash_password(password), rules


def write_hash(tx: ControlTransaction, person: str, hashed: str, rules: PasswordRules, *, own: bool) -> None:
    """Store a new password's hash; one that the person chose himself admits him to all his companies.

    Of the earlier ones as many are kept as the rules refuse.
    """
    tx.execute(
        "insert into dougong.past_password (person, hash) select id, password_hash from dougong.person"
        " where id = %s::uuid and password_hash is not null and %s > 1",
        (person, rules.history),
    )
    tx.execute(
        "delete from dougong.past_password where ctid in (select ctid from dougong.past_password"
        " where person = %s::uuid order by replaced_at desc offset %s)",
        (person, max(0, rules.history - 1)),
    )
    tx.execute(
        "update dougong.person set password_hash = %s, password_own = %s, password_changed_at = now()"
        " where id = %s::uuid",
        (hashed, own, person),
    )
    tx.execute("update dougong.membership set admitted = true where person = %s::uuid", (person,))


def _is_earlier(database: Database, person: str, password: str, count: int) -> bool:
    rows = database.read_control(_EARLIER, {"person": person, "past": count - 1})
    return any(verify_password(hashed, password) for (hashed,) in rows)
