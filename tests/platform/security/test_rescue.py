"""`dougong tenant rescue` opens the door for a company that has locked itself out."""

from __future__ import annotations

import time
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner

from dougong_platform.cli import main
from dougong_tenants.second_factor import begin_enrolment, recovery_codes_left
from dougong_tenants.security import policy_of_tenant, save_policy
from dougong_tenants.sign_in import own_second_factor
from reading import PASSWORD, Reading


def test_a_company_that_locked_itself_out_is_let_in_again(
    reading: Reading, redis_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database, tenant = reading.database, reading.tenant
    for name, value in (
        ("DOUGONG_HOME", str(tmp_path)),
        ("DATABASE_URL", database.dsn),
        ("REDIS_URL", redis_url),
        ("DOUGONG_SECRET", "test"),
    ):
        monkeypatch.setenv(name, value)
    save_policy(database, tenant, {"addresses": ["192.0.2.7"]}, by=reading.ann, address="192.0.2.7", holds=())
    ((person,),) = database.read_control("select id from dougong.person where email = 'ann@library.test'")
    begun = begin_enrolment(database, person, "ann@library.test", "Library")
    code = pyotp.TOTP(begun.key).at(int(time.time()))
    own_second_factor.enable(database, tenant, person, reading.ann, begun.sealed, code, identity=PASSWORD)
    asked = ["tenant", "rescue", reading.name]
    assert CliRunner().invoke(main, asked).exit_code == 2
    done = CliRunner().invoke(main, [*asked, "--any-address", "--second-factor", "ann@library.test"])
    assert done.exit_code == 0, done.output
    assert policy_of_tenant(database, tenant).addresses == ()
    assert recovery_codes_left(database, person) is None
    _, rows = database.read(
        tenant, "select action, via from _audit where action in ('policy.changed', 'two_factor.disabled') order by seq"
    )
    assert rows[-2:] == [("policy.changed", "cli"), ("two_factor.disabled", "cli")]
