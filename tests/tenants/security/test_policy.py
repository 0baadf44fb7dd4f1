"""A company's policy: networks, session lengths, and passwords under the strictest of all companies."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dougong_tenants import Database, Tenant, people, tokens
from dougong_tenants.authentication import authenticate_session, authenticate_token
from dougong_tenants.errors import AddressRefused, NotAuthenticated, PasswordRefused, PolicyInvalid
from dougong_tenants.security import open_to_all_addresses, policy_of_tenant, policy_values, save_policy
from dougong_tenants.security.addresses import address_list, check_addresses
from dougong_tenants.sign_in import SignedIn, accept_invitation, invite, list_sessions, sign_in

PASSWORD = "a long enough secret"


@pytest.fixture
def ann(database: Database, tenant: Tenant) -> str:
    values = {"name": "Ann Lee", "email": f"ann@{tenant.name}.test"}
    return people.create_user(database, tenant, values, password=PASSWORD, permission_sets=["administrator"]).id


def save(database: Database, tenant: Tenant, user: str, address: str | None = "192.0.2.1", **values: object) -> None:
    save_policy(database, tenant, values, by=user, address=address, holds=("administrator",))


def test_without_a_policy_the_usual_one_holds(database: Database, tenant: Tenant) -> None:
    assert policy_values(policy_of_tenant(database, tenant)) == {
        "password_length": 8,
        "password_kinds": 1,
        "password_history": 0,
        "password_days": None,
        "second_factor": "optional",
        "second_factor_sets": [],
        "trust_provider": False,
        "idle_minutes": 720,
        "longest_hours": 336,
        "addresses": [],
    }


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("password_length", 7),
        ("password_length", 65),
        ("password_length", "12"),
        ("password_kinds", 5),
        ("password_history", 11),
        ("password_days", 0),
        ("second_factor", "sometimes"),
        ("idle_minutes", 4),
        ("longest_hours", True),
        ("addresses", ["10.0.0.0/33"]),
        ("addresses", ["office"]),
    ],
)
def test_what_is_wrong_with_a_policy_names_its_field(
    database: Database, tenant: Tenant, ann: str, field: str, wrong: object
) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        save(database, tenant, ann, **{field: wrong})
    assert refused.value.data["field"] == field


def test_what_is_not_given_stays(database: Database, tenant: Tenant, ann: str) -> None:
    save(database, tenant, ann, password_length=12)
    save(database, tenant, ann, password_kinds=3)
    rules = policy_of_tenant(database, tenant).password
    assert (rules.length, rules.kinds) == (12, 3)


def test_sessions_end_when_the_policy_says(database: Database, tenant: Tenant, ann: str) -> None:
    before = sign_in(database, f"ann@{tenant.name}.test", PASSWORD)
    assert isinstance(before, SignedIn)
    save(database, tenant, ann, idle_minutes=5, longest_hours=2)
    after = sign_in(database, f"ann@{tenant.name}.test", PASSWORD)
    assert isinstance(after, SignedIn)
    rows = database.read_control(
        "select idle_seconds, extract(epoch from expires_at - created_at)::integer from dougong.session"
        " where tenant = %s",
        (tenant.id,),
    )
    assert rows == [(300, 7200), (300, 7200)]
    database.read_control("update dougong.session set last_seen_at = now() - interval '6 minutes' returning 1")
    with pytest.raises(NotAuthenticated):
        authenticate_session(database, before.session or "")
    assert list_sessions(database, tenant, ann) == []


def test_nobody_comes_in_from_another_network(database: Database, tenant: Tenant, ann: str) -> None:
    save(database, tenant, ann, addresses=["192.0.2.0/24", "2001:db8::/32"])
    email = f"ann@{tenant.name}.test"
    for address in ("198.51.100.7", "2001:db9::1", None, "nonsense"):
        with pytest.raises(AddressRefused):
            sign_in(database, email, PASSWORD, address=address)
    for address in ("192.0.2.77", "2001:db8:1::5", "::ffff:192.0.2.1"):
        found = sign_in(database, email, PASSWORD, address=address)
        assert isinstance(found, SignedIn)
    token = tokens.issue(database, tenant, ann, name="sync").token
    for principal in (authenticate_session(database, found.session or ""), authenticate_token(database, token)):
        assert principal.allowed.admits("192.0.2.9")
        assert not principal.allowed.admits("192.0.3.9")


def test_who_sets_the_list_must_stand_in_it(database: Database, tenant: Tenant, ann: str) -> None:
    for address in ("198.51.100.7", None):
        with pytest.raises(PolicyInvalid) as refused:
            save(database, tenant, ann, address, addresses=["192.0.2.0/24"])
        assert refused.value.data["field"] == "addresses"
    with pytest.raises(PolicyInvalid, match=r"198\.51\.100\.7"):
        save(database, tenant, ann, "198.51.100.7", addresses=["192.0.2.0/24"])
    save(database, tenant, ann, "198.51.100.7", addresses=["192.0.2.0/24", "198.51.100.7"])
    open_to_all_addresses(database, tenant)
    assert policy_of_tenant(database, tenant).addresses == ()


addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))


@given(st.lists(st.tuples(addresses, st.integers(0, 128)), max_size=6), addresses)
def test_a_list_admits_what_its_bits_say(
    entries: list[tuple[ipaddress.IPv4Address | ipaddress.IPv6Address, int]],
    asked: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> None:
    """Compared bit by bit; IPv4 addresses inside IPv6 are the IPv4 ones."""

    def bits(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> str:
        return f"{address.version}{int(address):0{address.max_prefixlen}b}"

    plain = getattr(asked, "ipv4_mapped", None) or asked
    known, wanted = [], not entries
    for network, length in entries:
        prefix = min(length, network.max_prefixlen)
        known.append(f"{network}/{prefix}")
        inner = getattr(network, "ipv4_mapped", None)
        if inner is not None and prefix >= 96:
            network, prefix = inner, prefix - 96
        wanted = wanted or bits(plain)[: 1 + prefix] == bits(network)[: 1 + prefix]
    assert address_list(check_addresses(known)).admits(str(asked)) == wanted


def test_the_strictest_company_decides_about_a_password(
    database: Database, tenant: Tenant, ann: str, make_tenant: Callable[[], Tenant]
) -> None:
    strict = make_tenant()
    email = f"ann@{tenant.name}.test"
    there = people.create_user(database, strict, {"name": "Ann Lee", "email": email})
    save(database, strict, there.id, password_length=20)
    save(database, tenant, ann, password_kinds=3)
    for refused in ("short Secret 1", "a secret that is very long"):
        with pytest.raises(PasswordRefused):
            people.change_password(database, tenant, ann, PASSWORD, refused)
    people.change_password(database, tenant, ann, PASSWORD, "A secret that is very long")


def test_the_last_passwords_are_refused(database: Database, tenant: Tenant, ann: str) -> None:
    save(database, tenant, ann, password_history=3)
    many = [PASSWORD, *(f"another long secret {n}" for n in "abcd")]
    for old, new in pairwise(many[:4]):
        people.change_password(database, tenant, ann, old, new)
    for earlier in many[1:4]:
        with pytest.raises(PasswordRefused):
            people.change_password(database, tenant, ann, many[3], earlier)
    people.change_password(database, tenant, ann, many[3], many[0])  # the fourth last
    ((kept,),) = database.read_control("select count(*) from dougong.past_password")
    assert kept == 2


@pytest.mark.parametrize("way", ["create", "set", "invitation"])
def test_every_way_to_set_a_password_asks_the_policy(database: Database, tenant: Tenant, ann: str, way: str) -> None:
    save(database, tenant, ann, password_length=16)
    bob = {"name": "Bob", "email": f"bob-{way}@{tenant.name}.test"}
    short, long = "some secret", "some longer secret"
    if way == "create":
        with pytest.raises(PasswordRefused):
            people.create_user(database, tenant, bob, password=short)
        people.create_user(database, tenant, bob, password=long)
        return
    user = people.create_user(database, tenant, bob).id
    if way == "set":
        with pytest.raises(PasswordRefused):
            people.set_password(database, tenant, user, short)
        people.set_password(database, tenant, user, long)
        return
    secret = invite(database, tenant, user)
    with pytest.raises(PasswordRefused):
        accept_invitation(database, secret, short)
    assert accept_invitation(database, secret, long) == bob["email"]
