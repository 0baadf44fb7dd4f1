"""Second factors in the control schema: written, tried, renewed and removed, in transactions of `sign_in`.

A code counts once: the step of the last one is kept, and the row is locked while one is tried.
"""

from __future__ import annotations

from typing import Literal

from dougong_tenants.connection import ControlTransaction, Database
from dougong_tenants.errors import SecondFactorLost
from dougong_tenants.identifiers import new_id
from dougong_tenants.second_factor.codes import new_recovery_codes, recovery_hash, step_of
from dougong_tenants.secrets import seal, unseal

_PURPOSE = "key of a second factor"


def write(database: Database, tx: ControlTransaction, person: str, key: str, step: int) -> list[str]:
    """Keep the key in place of any other; the recovery codes, told this once. `step` is that of the code just given."""
    tx.execute("delete from dougong.second_factor where person = %s::uuid", (person,))
    factor = new_id()
    tx.execute(
        "insert into dougong.second_factor (id, person, secret, last_step) values (%s::uuid, %s::uuid, %s, %s)",
        (factor, person, seal(database, _PURPOSE, f"{factor} {key}"), step),
    )
    return renew_recovery_codes(tx, person)


def take_code(database: Database, tx: ControlTransaction, person: str, code: str) -> Literal["app", "recovery"] | None:
    """Use up a code of the person's app or one of his recovery codes; None if it is neither.

    Raises SecondFactorLost for a code of the app whose key cannot be read any more.
    """
    found = tx.rows(
        "select id, secret, last_step from dougong.second_factor where person = %s::uuid for update", (person,)
    )
    if not found:
        return None
    factor, sealed, last_step = found[0]
    used = tx.rows(
        "update dougong.recovery_code set used_at = now()"
        " where person = %s::uuid and hash = %s and used_at is null returning 1",
        (person, recovery_hash(factor, code)),
    )
    if used:
        return "recovery"
    whose, _, key = (unseal(database, _PURPOSE, sealed) or "").partition(" ")
    if whose != factor:
        raise SecondFactorLost
    step = step_of(key, code, last_step)
    if step is None:
        return None
    tx.execute("update dougong.second_factor set last_step = %s where person = %s::uuid", (step, person))
    return "app"


def renew_recovery_codes(tx: ControlTransaction, person: str) -> list[str]:
    """Ten new codes, told this once; all earlier ones are void."""
    codes = new_recovery_codes()
    ((factor,),) = tx.rows("select id from dougong.second_factor where person = %s::uuid for update", (person,))
    tx.execute("delete from dougong.recovery_code where person = %s::uuid", (person,))
    tx.execute(
        "insert into dougong.recovery_code (person, hash) select %s::uuid, unnest(%s::bytea[])",
        (person, [recovery_hash(factor, code) for code in codes]),
    )
    return codes


def remove(tx: ControlTransaction, person: str) -> bool:
    """Forget the person's second factor with its recovery codes; whether there was one."""
    return bool(tx.rows("delete from dougong.second_factor where person = %s::uuid returning 1", (person,)))


def recovery_codes_left(database: Database, person: str) -> int | None:
    """How many are unused; None for who has no second factor."""
    rows = database.read_control(
        "select (select count(*) from dougong.recovery_code c where c.person = f.person and c.used_at is null)"
        " from dougong.second_factor f where f.person = %s::uuid",
        (person,),
    )
    return int(rows[0][0]) if rows else None
