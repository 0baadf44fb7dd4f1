"""Asks a person once more who he is, by password or code, and throttles wrong answers. Used where factors change."""

from __future__ import annotations

from dougong_tenants.connection import Database
from dougong_tenants.errors import SecondFactorRefused
from dougong_tenants.passwords import verify_password
from dougong_tenants.second_factor import take_code
from dougong_tenants.sign_in.attempts import Attempts

CODES = Attempts()
_LONGEST = 1024  # characters of a password that are worth hashing at all


def check_identity(
    database: Database, person: str, given: str, address: str | None = None, attempts: Attempts = CODES
) -> None:
    """`given` must be the person's password, a code of his app or a recovery code, which is used up.

    Who has neither a password nor a second factor (an identity provider proves who he is) is not asked.
    Raises SecondFactorRefused, SignInThrottled.
    """
    rows = database.read_control(
        "select x.password_hash, f.person is not null from dougong.person x"
        " left join dougong.second_factor f on f.person = x.id where x.id = %s::uuid",
        (person,),
    )
    stored, enrolled = rows[0] if rows else (None, True)
    if stored is None and not enrolled:
        return
    attempts.count_codes(database, person, address)
    fits = stored is not None and verify_password(stored, given[:_LONGEST])
    with database.control() as tx:
        if fits or (enrolled and take_code(database, tx, person, given)):
            attempts.code_was_right(tx, person, address)
            return
    raise SecondFactorRefused(
        "identity",
        "This is neither your password nor a present code." if enrolled else "This is not your password.",
        "既不是您的密码，也不是当前的验证码。" if enrolled else "密码不正确。",
    )


def has_password(database: Database, person: str) -> bool:
    """Whether the person can be asked for a password."""
    rows = database.read_control("select password_hash is not null from dougong.person where id = %s::uuid", (person,))
    return bool(rows and rows[0][0])


def wrong_code() -> SecondFactorRefused:
    """The code does not fit, or was used already: not told apart."""
    return SecondFactorRefused(
        "code",
        "This code is not right or was used already. Wait for the next one.",
        "验证码不正确或已使用过，请等待下一个验证码。",
    )
