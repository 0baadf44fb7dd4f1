"""After a proof of identity: what the challenge asks (a code, enrolling, a new password), until the session begins.

Called by the pages of signing in. Each step answers what `admission.admit` answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from dougong_tenants.audit import note_for_person, noting
from dougong_tenants.connection import Database
from dougong_tenants.credentials import hash_of
from dougong_tenants.errors import NotAuthenticated, SecondFactorLost, SecondFactorRefused, SignInRefused
from dougong_tenants.second_factor import enrolled_secret, take_code, write
from dougong_tenants.second_factor.codes import step_of
from dougong_tenants.security.new_password import names_of, new_hash, write_hash
from dougong_tenants.sign_in.admission import (
    Proof,
    SecondStepNeeded,
    SignedIn,
    Standing,
    Step,
    check_address,
    enter,
    standing_of,
)
from dougong_tenants.sign_in.attempts import Attempts
from dougong_tenants.sign_in.confirming import CODES, check_identity, has_password, wrong_code

_CHALLENGE = (
    "select person, tenant, proof, second_step, new_password from dougong.sign_in_challenge"
    " where hash = %s and expires_at > now()"
)


@dataclass(frozen=True, slots=True)
class Pending:
    """What a challenge waits for. `needs_password`: enrolling asks for it, as an identity provider proved the rest."""

    standing: Standing
    step: Step
    proof: Proof
    needs_password: bool = False


@dataclass(frozen=True, slots=True)
class Enrolled:
    """`codes` for recovery are told this once; `then` is how signing in goes on."""

    codes: list[str]
    then: SignedIn | SecondStepNeeded


def pending(database: Database, challenge: str, address: str | None = None) -> Pending:
    """What is asked now. Raises NotAuthenticated for a challenge that is unknown, over or done, AddressRefused."""
    found = database.read_control(_CHALLENGE, (hash_of(challenge),))
    if not found:
        raise NotAuthenticated
    person, tenant, proof, second_step, new_password = found[0]
    try:
        standing = standing_of(database, person, tenant, proof)
    except SignInRefused:
        raise NotAuthenticated from None
    check_address(database, standing, address)
    step = standing.missing(proof, second_step=second_step, new_password=new_password)
    if step is None:  # the policy was changed meanwhile
        raise NotAuthenticated
    return Pending(standing, step, proof, step == "enrol" and proof == "oidc" and has_password(database, person))


def give_code(
    database: Database,
    challenge: str,
    code: str,
    *,
    address: str | None = None,
    device: str | None = None,
    attempts: Attempts = CODES,
) -> SignedIn | SecondStepNeeded:
    """Go on with a code of the app or for recovery.

    Raises SecondFactorRefused, SecondFactorLost, SignInThrottled, NotAuthenticated, AddressRefused.
    """
    asked = _asked(database, challenge, "code", address)
    standing = asked.standing
    attempts.count_codes(database, standing.person, address)
    try:
        with noting(database, standing.tenant) as (tx, noted):
            how = take_code(database, tx, standing.person, code)
            if how is None:
                raise wrong_code()
            attempts.code_was_right(tx, standing.person, address)
            if how == "recovery":
                about = {"label": standing.email, "ip": address}
                noted(
                    "two_factor.recovery_code_used",
                    actor=standing.user,
                    target_kind="user",
                    target=standing.user,
                    **about,
                )
    except SecondFactorRefused as refused:
        _note_failure(database, standing, address, refused)
        raise
    return _done(database, challenge, asked, address, device, "second_step")


def enrol(
    database: Database,
    challenge: str,
    sealed: str,
    code: str,
    *,
    password: str = "",
    address: str | None = None,
    device: str | None = None,
    attempts: Attempts = CODES,
) -> Enrolled:
    """Keep the key that the form carries (`begin_enrolment`), proved by a code, and go on. `password` where needed.

    Raises SecondFactorRefused, SignInThrottled, NotAuthenticated, AddressRefused.
    """
    asked = _asked(database, challenge, "enrol", address)
    standing = asked.standing
    key = enrolled_secret(database, standing.person, sealed)
    if asked.needs_password:
        check_identity(database, standing.person, password, address, attempts)
    step = step_of(key, code, 0)
    if step is None:
        raise wrong_code()
    with noting(database, standing.tenant) as (tx, noted):
        codes = write(database, tx, standing.person, key, step)
        about = {"label": standing.email, "ip": address}
        noted("two_factor.enabled", actor=standing.user, target_kind="user", target=standing.user, **about)
    return Enrolled(codes, _done(database, challenge, asked, address, device, "second_step"))


def choose_password(
    database: Database, challenge: str, password: str, *, address: str | None = None, device: str | None = None
) -> SignedIn | SecondStepNeeded:
    """Go on with a new password, as the old one is older than the company allows; all other sessions end.

    Raises PasswordRefused, NotAuthenticated, AddressRefused.
    """
    asked = _asked(database, challenge, "password", address)
    standing = asked.standing
    names = names_of(database, standing.tenant, standing.user)
    hashed, rules = new_hash(database, standing.person, standing.email, password, names)
    with database.control() as tx:
        write_hash(tx, standing.person, hashed, rules, own=True)
        tx.execute("delete from dougong.session where person = %s::uuid", (standing.person,))
        tx.execute(
            "update dougong.tenant set stamp = stamp + 1 where id in"
            " (select tenant from dougong.membership where person = %s::uuid)",
            (standing.person,),
        )
    note_for_person(
        database,
        standing.person,
        "password.changed",
        himself=True,
        label=standing.email,
        ip=address,
        details={"how": "expired"},
    )
    return _done(database, challenge, asked, address, device, "new_password")


def _asked(database: Database, challenge: str, step: Step, address: str | None) -> Pending:
    found = pending(database, challenge, address)
    if found.step != step:
        raise NotAuthenticated
    return found


def _done(
    database: Database, challenge: str, asked: Pending, address: str | None, device: str | None, what: str
) -> SignedIn | SecondStepNeeded:
    """Mark the step as done; the next one, or the session if that was the last. A challenge begins one session only."""
    hashed = hash_of(challenge)
    with database.control() as tx:
        found = tx.rows(
            f"update dougong.sign_in_challenge set {what} = true where hash = %s"  # one of our two columns
            " returning second_step, new_password",
            (hashed,),
        )
    if not found:
        raise NotAuthenticated
    second_step, new_password = found[0]
    standing = standing_of(database, asked.standing.person, asked.standing.tenant.id, asked.proof)
    step = standing.missing(asked.proof, second_step=second_step, new_password=new_password)
    if step is not None:
        return SecondStepNeeded(challenge, step, standing.tenant.name)
    with database.control() as tx:
        if not tx.rows("delete from dougong.sign_in_challenge where hash = %s returning 1", (hashed,)):
            raise NotAuthenticated
    return enter(database, standing, asked.proof, address, device, second_step=second_step)


def _note_failure(database: Database, standing: Standing, address: str | None, refused: SecondFactorRefused) -> None:
    reason = "key_lost" if isinstance(refused, SecondFactorLost) else "code"
    note_for_person(
        database,
        standing.person,
        "two_factor.failed",
        tenant=standing.tenant.name,
        label=standing.email,
        ip=address,
        details={"reason": reason},
    )
