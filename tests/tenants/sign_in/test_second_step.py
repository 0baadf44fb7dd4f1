"""Two steps: codes of an app count once, recovery codes too, wrong ones are throttled, and nobody slips past."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import pyotp
import pytest

from dougong_tenants import Database, Tenant, people, tenancy
from dougong_tenants.authentication import authenticate_session
from dougong_tenants.errors import (
    NotAuthenticated,
    PasswordRefused,
    PersonInvalid,
    PolicyInvalid,
    SecondFactorLost,
    SecondFactorRefused,
    SignInThrottled,
)
from dougong_tenants.second_factor import begin_enrolment, recovery_codes_left
from dougong_tenants.second_factor.codes import normal, step_of
from dougong_tenants.security import SecurityPolicy, save_policy
from dougong_tenants.sign_in import SecondStepNeeded, SignedIn, admit, own_second_factor, second_step, sign_in
from dougong_tenants.sign_in.sessions import list_sessions

PASSWORD = "a long enough secret"


@dataclass
class Ann:
    """A user with her app: `code()` is what it shows, `code(1)` what it shows half a minute later. Both are good for
    at least half a minute from now, an older one perhaps no longer."""

    database: Database
    tenant: Tenant
    user: str
    person: str
    email: str
    key: str = ""

    def code(self, steps: int = 0) -> str:
        return pyotp.TOTP(self.key).at(int(time.time()) + 30 * steps)

    def enrol(self, identity: str = PASSWORD) -> list[str]:
        begun = begin_enrolment(self.database, self.person, self.email, "Dougong")
        self.key = begun.key
        codes = own_second_factor.enable(
            self.database, self.tenant, self.person, self.user, begun.sealed, self.code(), identity=identity
        )
        self.half_a_minute_passes()
        return codes

    def half_a_minute_passes(self) -> None:
        """As if the code that was used last were the one before: the present one is unused."""
        self.database.read_control(
            "update dougong.second_factor set last_step = last_step - 1 where person = %s::uuid returning 1",
            (self.person,),
        )

    def sign_in(self) -> SignedIn | SecondStepNeeded:
        return sign_in(self.database, self.email, PASSWORD)

    def challenge(self) -> str:
        asked = self.sign_in()
        assert isinstance(asked, SecondStepNeeded)
        return asked.challenge


def member(database: Database, tenant: Tenant, name: str = "Ann", sets: tuple[str, ...] = ()) -> Ann:
    email = f"{name.lower()}@{tenant.name}.test"
    user = people.create_user(
        database, tenant, {"name": name, "email": email}, password=PASSWORD, permission_sets=sets
    ).id
    person = database.read_control("select id from dougong.person where email = %s", (email,))[0][0]
    return Ann(database, tenant, user, person, email)


@pytest.fixture
def ann(database: Database, tenant: Tenant) -> Ann:
    return member(database, tenant, sets=("administrator",))


def policy(ann: Ann, **values: object) -> SecurityPolicy:
    return save_policy(ann.database, ann.tenant, values, by=ann.user, address="192.0.2.1", holds=("administrator",))


def require(ann: Ann, **more: object) -> None:
    """The policy that asks everybody for two steps, set by an administrator who has a second factor."""
    ann.enrol()
    policy(ann, second_factor="required", **more)


def test_who_has_enrolled_signs_in_with_a_code(database: Database, ann: Ann) -> None:
    assert isinstance(ann.sign_in(), SignedIn)
    assert len(ann.enrol()) == 10
    asked = ann.sign_in()
    assert isinstance(asked, SecondStepNeeded)
    assert (asked.step, asked.tenant) == ("code", ann.tenant.name)
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, asked.challenge)
    done = second_step.give_code(database, asked.challenge, ann.code())
    assert isinstance(done, SignedIn)
    assert authenticate_session(database, done.session or "").user == ann.user
    assert [s.second_step for s in list_sessions(database, ann.tenant, ann.user)][:1] == [True]


def test_a_code_counts_once(database: Database, ann: Ann) -> None:
    ann.enrol()
    before, code = ann.code(-1), ann.code()
    second_step.give_code(database, ann.challenge(), code)
    with pytest.raises(SecondFactorRefused):
        second_step.give_code(database, ann.challenge(), code)
    with pytest.raises(SecondFactorRefused):
        second_step.give_code(database, ann.challenge(), before)
    assert isinstance(second_step.give_code(database, ann.challenge(), ann.code(1)), SignedIn)


def test_a_challenge_begins_one_session(database: Database, ann: Ann) -> None:
    ann.enrol()
    challenge = ann.challenge()
    second_step.give_code(database, challenge, ann.code())
    with pytest.raises(NotAuthenticated):
        second_step.give_code(database, challenge, ann.code(1))


def test_a_clock_may_be_half_a_minute_wrong_either_way(database: Database, ann: Ann) -> None:
    key, now = pyotp.random_base32(32), 1_000_000_015.0
    codes = {steps: pyotp.TOTP(key).at(int(now) + 30 * steps) for steps in range(-3, 4)}
    present = int(now) // 30
    found = {steps: step_of(key, code, 0, now) for steps, code in codes.items()}
    assert {s: at - present for s, at in found.items() if at is not None} == {-1: -1, 0: 0, 1: 1}
    assert step_of(key, codes[0], present, now) is None


def test_codes_are_those_of_the_standard() -> None:
    """RFC 6238, appendix B, SHA-1, the last six of eight digits."""
    key = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    for moment, code in ((59, "287082"), (1111111109, "081804"), (1234567890, "005924"), (20000000000, "353130")):
        assert step_of(key, code, 0, moment) == moment // 30


@pytest.mark.parametrize("typed", ["12３ 456", " 123-456 ", "１２３４５６"])
def test_a_code_may_be_typed_in_any_width_with_blanks(typed: str) -> None:
    assert normal(typed) == "123456"


def test_a_recovery_code_opens_once(database: Database, ann: Ann) -> None:
    codes = ann.enrol()
    typed = codes[3].upper().replace("-", " ")
    assert isinstance(second_step.give_code(database, ann.challenge(), typed), SignedIn)
    assert recovery_codes_left(database, ann.person) == 9
    with pytest.raises(SecondFactorRefused):
        second_step.give_code(database, ann.challenge(), codes[3])
    fresh = own_second_factor.renew_codes(database, ann.tenant, ann.person, ann.user, identity=PASSWORD)
    with pytest.raises(SecondFactorRefused):
        second_step.give_code(database, ann.challenge(), codes[4])
    assert isinstance(second_step.give_code(database, ann.challenge(), fresh[0]), SignedIn)


def test_nothing_of_a_second_factor_stands_readable_in_the_database(database: Database, ann: Ann) -> None:
    codes = ann.enrol()
    ((secret,),) = database.read_control("select secret from dougong.second_factor where person = %s", (ann.person,))
    hashes = database.read_control("select hash from dougong.recovery_code where person = %s", (ann.person,))
    assert ann.key not in secret
    assert not [code for code in codes if code in str(hashes)]


def test_guessing_codes_is_slowed_down_and_a_right_password_makes_no_room(database: Database, ann: Ann) -> None:
    ann.enrol()
    right = {ann.code(steps) for steps in range(-2, 20)}
    wrong = next(code for n in range(1_000_000) if (code := f"{n:06}") not in right)
    with pytest.raises(SignInThrottled):
        for _ in range(8):
            with pytest.raises(SecondFactorRefused):
                second_step.give_code(database, ann.challenge(), wrong)
    with pytest.raises(SignInThrottled):
        second_step.give_code(database, ann.challenge(), ann.code())
    database.read_control("update dougong.sign_in_attempt set closed_until = now() returning 1")
    assert isinstance(second_step.give_code(database, ann.challenge(), ann.code()), SignedIn)


def test_who_must_enrol_gets_no_session_before(database: Database, ann: Ann) -> None:
    require(ann)
    bob = member(database, ann.tenant, "Bob")
    asked = bob.sign_in()
    assert isinstance(asked, SecondStepNeeded)
    assert asked.step == "enrol"
    assert list_sessions(database, bob.tenant, bob.user) == []
    with pytest.raises(NotAuthenticated):  # there is no code to give yet
        second_step.give_code(database, asked.challenge, "123456")
    begun = begin_enrolment(database, bob.person, bob.email, "Dougong")
    bob.key = begun.key
    with pytest.raises(SecondFactorRefused):
        second_step.enrol(database, asked.challenge, begun.sealed, "000000")
    done = second_step.enrol(database, asked.challenge, begun.sealed, bob.code())
    assert len(done.codes) == 10
    assert isinstance(done.then, SignedIn)
    assert authenticate_session(database, done.then.session or "").user == bob.user


def test_a_key_prepared_for_somebody_else_is_refused(database: Database, ann: Ann) -> None:
    require(ann)
    bob, eve = member(database, ann.tenant, "Bob"), member(database, ann.tenant, "Eve")
    prepared = begin_enrolment(database, eve.person, eve.email, "Dougong")
    with pytest.raises(SecondFactorRefused):
        second_step.enrol(database, bob.challenge(), prepared.sealed, pyotp.TOTP(prepared.key).now())


def test_requiring_two_steps_ends_sessions_that_were_begun_with_one(database: Database, ann: Ann) -> None:
    bob = member(database, ann.tenant, "Bob", sets=("clerk",))
    other = member(database, ann.tenant, "Cid", sets=("reader",))
    session, others = bob.sign_in(), other.sign_in()
    assert isinstance(session, SignedIn)
    assert isinstance(others, SignedIn)
    ann.enrol()
    policy(ann, second_factor="required", second_factor_sets=["clerk"])
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, session.session or "")
    assert authenticate_session(database, others.session or "").user == other.user
    people.set_permission_sets(database, ann.tenant, other.user, ["clerk"])  # now he must, too
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, others.session or "")


def test_enrolling_in_the_settings_keeps_the_session_that_asks(database: Database, ann: Ann) -> None:
    signed = ann.sign_in()
    assert isinstance(signed, SignedIn)
    session = authenticate_session(database, signed.session or "").id
    begun = begin_enrolment(database, ann.person, ann.email, "Dougong")
    ann.key = begun.key
    own_second_factor.enable(
        database, ann.tenant, ann.person, ann.user, begun.sealed, ann.code(), identity=PASSWORD, session=session
    )
    policy(ann, second_factor="required")
    assert authenticate_session(database, signed.session or "").user == ann.user


def test_requiring_two_steps_needs_ones_own_second_factor_first(database: Database, ann: Ann) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        policy(ann, second_factor="required")
    assert refused.value.data["field"] == "second_factor"
    policy(ann, second_factor="required", second_factor_sets=["clerk"])  # which she does not hold


def test_enrolling_disabling_and_renewing_ask_who_it_is(database: Database, ann: Ann) -> None:
    begun = begin_enrolment(database, ann.person, ann.email, "Dougong")
    act = (database, ann.tenant, ann.person, ann.user)
    code = pyotp.TOTP(begun.key).now()
    with pytest.raises(SecondFactorRefused) as refused:
        own_second_factor.enable(*act, begun.sealed, code, identity="not the password")
    assert refused.value.data["field"] == "identity"
    ann.enrol()
    for attempt in (own_second_factor.disable, own_second_factor.renew_codes):
        with pytest.raises(SecondFactorRefused):
            attempt(*act, identity="not the password")
    own_second_factor.disable(*act, identity=ann.code())
    assert recovery_codes_left(database, ann.person) is None
    assert isinstance(ann.sign_in(), SignedIn)


def test_who_must_have_a_second_factor_cannot_disable_it_but_replace_it(database: Database, ann: Ann) -> None:
    require(ann)
    with pytest.raises(SecondFactorRefused):
        own_second_factor.disable(database, ann.tenant, ann.person, ann.user, identity=PASSWORD)
    old = ann.key
    ann.enrol(identity=ann.code())
    assert ann.key != old
    assert isinstance(second_step.give_code(database, ann.challenge(), ann.code()), SignedIn)


def test_an_administrator_resets_what_was_lost_but_not_for_other_companies(
    database: Database, ann: Ann, make_tenant: Callable[[], Tenant]
) -> None:
    bob = member(database, ann.tenant, "Bob")
    bob.enrol()
    second_step.give_code(database, bob.challenge(), bob.code())
    assert own_second_factor.reset(database, ann.tenant, bob.user, by=ann.user)
    assert list_sessions(database, ann.tenant, bob.user) == []
    assert isinstance(bob.sign_in(), SignedIn)
    assert not own_second_factor.reset(database, ann.tenant, bob.user, by=ann.user)
    bob.enrol()
    people.create_user(database, make_tenant(), {"name": "Bob", "email": bob.email})
    with pytest.raises(PersonInvalid):
        own_second_factor.reset(database, ann.tenant, bob.user, by=ann.user)


def test_a_company_without_second_factors_does_not_ask(database: Database, ann: Ann) -> None:
    ann.enrol()
    policy(ann, second_factor="off")
    assert isinstance(ann.sign_in(), SignedIn)


def test_a_provider_may_count_as_both_steps(database: Database, ann: Ann) -> None:
    require(ann)
    bob = member(database, ann.tenant, "Bob")
    asked = admit(database, bob.person, ann.tenant, proof="oidc")
    assert isinstance(asked, SecondStepNeeded)
    assert second_step.pending(database, asked.challenge).needs_password  # who he is was proved by one company only
    policy(ann, trust_provider=True)
    trusted = admit(database, bob.person, ann.tenant, proof="oidc")
    assert isinstance(trusted, SignedIn)
    assert authenticate_session(database, trusted.session or "").user == bob.user
    assert isinstance(bob.sign_in(), SecondStepNeeded)


def test_an_old_password_must_be_changed_at_the_door(database: Database, ann: Ann) -> None:
    policy(ann, password_days=30, password_history=3)
    assert isinstance(ann.sign_in(), SignedIn)
    database.read_control(
        "update dougong.person set password_changed_at = now() - interval '31 days' where id = %s returning 1",
        (ann.person,),
    )
    asked = ann.sign_in()
    assert isinstance(asked, SecondStepNeeded)
    assert asked.step == "password"
    with pytest.raises(PasswordRefused):
        second_step.choose_password(database, asked.challenge, PASSWORD)
    done = second_step.choose_password(database, asked.challenge, "quite another secret")
    assert isinstance(done, SignedIn)
    assert isinstance(sign_in(database, ann.email, "quite another secret"), SignedIn)


def test_a_code_comes_before_the_new_password(database: Database, ann: Ann) -> None:
    ann.enrol()
    policy(ann, password_days=30)
    database.read_control(
        "update dougong.person set password_changed_at = now() - interval '31 days' where id = %s returning 1",
        (ann.person,),
    )
    challenge = ann.challenge()
    then = second_step.give_code(database, challenge, ann.code())
    assert isinstance(then, SecondStepNeeded)
    assert (then.step, then.challenge) == ("password", challenge)
    assert isinstance(second_step.choose_password(database, challenge, "quite another secret"), SignedIn)


def test_a_challenge_ends_by_itself_and_when_its_person_is_locked_out(database: Database, ann: Ann) -> None:
    bob = member(database, ann.tenant, "Bob")
    bob.enrol()
    challenge, later = bob.challenge(), bob.challenge()
    database.read_control("update dougong.sign_in_challenge set expires_at = now() returning 1")
    with pytest.raises(NotAuthenticated):
        second_step.give_code(database, challenge, bob.code())
    later = bob.challenge()
    people.deactivate_user(database, ann.tenant, bob.user, by=ann.user)
    with pytest.raises(NotAuthenticated):
        second_step.give_code(database, later, bob.code())


def test_an_installation_with_another_secret_says_so_and_recovery_codes_still_work(
    database: Database, ann: Ann
) -> None:
    codes = ann.enrol()
    moved = Database(database.dsn, 2, secret="another secret", application_dsn=database.login_dsn)
    try:
        challenge = ann.challenge()
        with pytest.raises(SecondFactorLost):
            second_step.give_code(moved, challenge, ann.code())
        assert isinstance(second_step.give_code(moved, challenge, codes[0]), SignedIn)
    finally:
        moved.close()


def test_what_happened_stands_in_the_log(database: Database, ann: Ann) -> None:
    ann.enrol()
    with pytest.raises(SecondFactorRefused):
        second_step.give_code(database, ann.challenge(), "nonsense")
    second_step.give_code(database, ann.challenge(), ann.code())
    policy(ann, password_length=12)
    own_second_factor.reset(database, ann.tenant, ann.user, by=ann.user)
    _, rows = database.read(ann.tenant, "select action, details from _audit order by seq")
    noted = [action for action, _ in rows]
    wanted = ("two_factor.enabled", "two_factor.failed", "sign_in.succeeded", "policy.changed", "two_factor.disabled")
    assert [action for action in noted if action in wanted] == list(wanted)
    assert dict(rows)["policy.changed"] == {"changes": {"password_length": [8, 12]}}


def test_a_dropped_tenant_takes_its_policy_along(database: Database, make_tenant: Callable[[], Tenant]) -> None:
    ann = member(database, make_tenant(), sets=("administrator",))
    policy(ann, password_length=20)
    tenancy.drop(database, ann.tenant.name)
    assert database.read_control("select 1 from dougong.security_policy where tenant = %s", (ann.tenant.id,)) == []
