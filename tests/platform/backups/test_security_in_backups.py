"""A restored company is as hard to enter as it was: its policy and its people's second factors come along."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pyotp
import pytest

from dougong_platform.backups import restore, save
from dougong_tenants import Database
from dougong_tenants.errors import AddressRefused, SecondFactorLost
from dougong_tenants.second_factor import begin_enrolment, recovery_codes_left
from dougong_tenants.security import policy_of_tenant, save_policy
from dougong_tenants.sign_in import SecondStepNeeded, SignedIn, own_second_factor, second_step, sign_in
from dougong_tenants.tenancy import get
from reading import PASSWORD, Reading

OFFICE = "192.0.2.7"


@pytest.fixture
def key_and_codes(reading: Reading) -> tuple[str, list[str]]:
    """Bob's app, whose present code was used; the policy lets in only the office."""
    database, tenant = reading.database, reading.tenant
    save_policy(database, tenant, {"addresses": [OFFICE]}, by=reading.ann, address=OFFICE, holds=())
    ((person,),) = database.read_control("select id from dougong.person where email = 'bob@library.test'")
    begun = begin_enrolment(database, person, "bob@library.test", "Library")
    code = pyotp.TOTP(begun.key).now()
    codes = own_second_factor.enable(database, tenant, person, reading.bob, begun.sealed, code, identity=PASSWORD)
    return begun.key, codes


def challenge(database: Database) -> str:
    asked = sign_in(database, "bob@library.test", PASSWORD, address=OFFICE)
    assert isinstance(asked, SecondStepNeeded)
    return asked.challenge


@pytest.mark.parametrize("secret", ["test", "another secret"])
def test_policy_and_second_factors_come_along(
    reading: Reading,
    key_and_codes: tuple[str, list[str]],
    make_database: Callable[..., str],
    tmp_path: Path,
    secret: str,
) -> None:
    key, codes = key_and_codes
    save(reading.database, reading.tenant, tmp_path / "home", tmp_path / "library.backup")
    elsewhere = Database(make_database(), 3, secret=secret)
    elsewhere.install()
    try:
        restore(elsewhere, tmp_path / "elsewhere", tmp_path / "library.backup", "library")
        assert policy_of_tenant(elsewhere, get(elsewhere, "library")).addresses == (f"{OFFICE}/32",)
        with pytest.raises(AddressRefused):
            sign_in(elsewhere, "ann@library.test", PASSWORD, address="198.51.100.1")
        code = pyotp.TOTP(key).at(int(time.time()) + 30)
        if secret == "test":
            assert isinstance(second_step.give_code(elsewhere, challenge(elsewhere), code, address=OFFICE), SignedIn)
        else:
            with pytest.raises(SecondFactorLost):
                second_step.give_code(elsewhere, challenge(elsewhere), code, address=OFFICE)
        done = second_step.give_code(elsewhere, challenge(elsewhere), codes[0], address=OFFICE)
        assert isinstance(done, SignedIn)
        ((person,),) = elsewhere.read_control("select id from dougong.person where email = 'bob@library.test'")
        assert recovery_codes_left(elsewhere, person) == 9
    finally:
        elsewhere.close()
