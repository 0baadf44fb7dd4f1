"""The one door: every proof of identity (a password, an identity provider's word) becomes a session here, or a
challenge for what the tenant's policy asks besides. Called by `entrance` and by every other way to sign in.

    proof ─► admit ─► SignedIn                      the session's secret: set it as the cookie
                  └─► SecondStepNeeded(challenge)   a code, enrolling or a new password: `second_step` goes on
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

from dougong_metadata.label import Label
from dougong_tenants.audit import note_apart
from dougong_tenants.connection import Database
from dougong_tenants.credentials import hash_of, new_secret
from dougong_tenants.errors import AddressRefused, SignInRefused
from dougong_tenants.oidc.providers import check_password_open
from dougong_tenants.organisation import organisation_of
from dougong_tenants.security.policy import COLUMNS as POLICY
from dougong_tenants.security.policy import WIDTH, SecurityPolicy, policy_of
from dougong_tenants.sign_in.sessions import SessionTerms, begin_session
from dougong_tenants.tenancy.directory import COLUMNS, tenant_of
from dougong_tenants.tenant import Tenant

Proof = Literal["password", "oidc"]
Step = Literal["code", "enrol", "password"]
CHALLENGE_SECONDS = 900

# The days of the strictest of all companies count, as with all that concerns passwords.
_STANDING = f"""
select m.user_id, x.email, f.person is not null,
       x.password_changed_at + interval '1 day' * (
           select min(o.password_days) from dougong.security_policy o join dougong.membership om on om.tenant = o.tenant
            where om.person = x.id and om.active) < now(), {POLICY}, {COLUMNS}
  from dougong.membership m join dougong.tenant t on t.id = m.tenant join dougong.person x on x.id = m.person
  left join dougong.security_policy p on p.tenant = m.tenant
  left join dougong.second_factor f on f.person = m.person
 where m.person = %(person)s::uuid and m.tenant = %(tenant)s::uuid and m.active and t.status = 'active'
   and (m.admitted or %(proof)s <> 'password')
"""  # constant


@dataclass(frozen=True, slots=True)
class Choice:
    """A tenant that the person may enter."""

    tenant: str  # its name
    label: Label


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Either a `session` (the cookie's value) in `tenant`, or `choices` and a `ticket` for `choose_tenant`."""

    session: str | None
    tenant: str | None
    choices: tuple[Choice, ...] = ()
    ticket: str | None = None


@dataclass(frozen=True, slots=True)
class SecondStepNeeded:
    """Who it is has been proved, but the tenant asks for more: a code, to enrol for codes, or a new password.

    `challenge` is a secret for `second_step`; it works for fifteen minutes and must reach nobody but this browser.
    """

    challenge: str
    step: Step
    tenant: str


@dataclass(frozen=True, slots=True)
class Standing:
    """A member at the door: what he has, and what his tenant asks. `outdated`: the password is older than allowed."""

    person: str
    user: str
    email: str
    tenant: Tenant
    policy: SecurityPolicy
    enrolled: bool
    outdated: bool
    sets: tuple[str, ...]

    def missing(self, proof: Proof, *, second_step: bool, new_password: bool) -> Step | None:
        """What is still to be done before the session begins."""
        asked = self.policy.second_factor != "off" and not (proof == "oidc" and self.policy.trust_provider)
        if asked and not second_step:
            if self.enrolled:
                return "code"
            if self.policy.requires_second_factor(self.sets):
                return "enrol"
        return "password" if proof == "password" and self.outdated and not new_password else None


def admit(
    database: Database,
    person: str,
    tenant: Tenant,
    *,
    proof: Proof,
    address: str | None = None,
    device: str | None = None,
    terms: SessionTerms | None = None,
) -> SignedIn | SecondStepNeeded:
    """Let in a person (an id) whose identity was just proved: a session, or what the tenant's policy asks for besides.

    Raises SignInRefused unless he is an active member of the open tenant, AddressRefused where the tenant admits
    requests from other networks only, PasswordClosed where its members come by a provider. `terms`: instead of the
    policy's.
    """
    standing = standing_of(database, person, tenant.id, proof)
    check_address(database, standing, address)
    if proof == "password":
        check_password_open(database, tenant, standing.user)
    step = standing.missing(proof, second_step=False, new_password=False)
    if step is None:
        return enter(database, standing, proof, address, device, second_step=False, terms=terms)
    challenge = new_secret()
    with database.control() as tx:
        tx.execute(
            "insert into dougong.sign_in_challenge (hash, tenant, user_id, person, proof, expires_at)"
            " values (%s, %s::uuid, %s::uuid, %s::uuid, %s, now() + %s * interval '1 second')",
            (hash_of(challenge), tenant.id, standing.user, person, proof, CHALLENGE_SECONDS),
        )
    return SecondStepNeeded(challenge, step, tenant.name)


def standing_of(database: Database, person: str, tenant_id: str, proof: Proof) -> Standing:
    """Raises SignInRefused."""
    found = database.read_control(_STANDING, {"person": person, "tenant": tenant_id, "proof": proof})
    if not found:
        raise SignInRefused
    user, email, enrolled, outdated, *rest = found[0]
    policy, tenant = policy_of(tuple(rest[:WIDTH])), tenant_of(tuple(rest[WIDTH:]))
    sets = _sets(database, tenant, user) if policy.second_factor_sets else ()
    return Standing(person, user, email, tenant, policy, enrolled, bool(outdated), sets)


def check_address(database: Database, standing: Standing, address: str | None) -> None:
    """Raise AddressRefused, and note it, unless the tenant lets in who comes from there."""
    if not standing.policy.allowed.admits(address):
        note_apart(
            database,
            standing.tenant,
            "sign_in.failed",
            target_kind="user",
            target=standing.user,
            label=standing.email,
            ip=address,
            details={"reason": "address"},
        )
        raise AddressRefused(address=address or "?")


def enter(
    database: Database,
    standing: Standing,
    proof: Proof,
    address: str | None,
    device: str | None,
    *,
    second_step: bool,
    terms: SessionTerms | None = None,
) -> SignedIn:
    """Begin the session: nothing is missing any more."""
    policy = standing.policy
    session = begin_session(
        database,
        person=standing.person,
        tenant=standing.tenant,
        user=standing.user,
        address=address,
        device=device,
        terms=terms or SessionTerms(policy.idle_minutes * 60, policy.longest_hours * 3600),
        second_step=second_step or (proof == "oidc" and policy.trust_provider),
        proof=proof,
    )
    return SignedIn(session, standing.tenant.name)


def _sets(database: Database, tenant: Tenant, user: str) -> tuple[str, ...]:
    organisation = organisation_of(database, tenant, tenant.stamp)
    if user not in organisation.people:
        organisation = organisation_of(database, tenant)  # a restore may have brought him without a new stamp
    return organisation.permission_sets(user, dt.datetime.now(dt.UTC)) if user in organisation.people else ()
