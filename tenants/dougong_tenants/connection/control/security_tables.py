"""The control schema's tables of sign-in security; part of MIGRATIONS. Policies belong to tenants, factors to persons.

A second factor belongs to the person, as the password does: whoever works in several companies carries one.
"""

from __future__ import annotations

# `second_factor_sets`: who must have one, by permission sets; empty = everybody. `trust_provider`: signing in at the
# company's identity provider counts as both steps. `addresses`: where requests may come from; empty = anywhere.
# `session.second_step`: it was begun (or confirmed later) with both steps.
SECURITY = """
create table dougong.security_policy (
    tenant uuid primary key references dougong.tenant on delete cascade,
    password_length integer not null check (password_length between 8 and 64),
    password_kinds integer not null check (password_kinds between 1 and 4),
    password_history integer not null check (password_history between 0 and 10),
    password_days integer check (password_days between 1 and 3650),
    second_factor text not null check (second_factor in ('off', 'optional', 'required')),
    second_factor_sets text[] not null,
    trust_provider boolean not null,
    idle_minutes integer not null check (idle_minutes between 5 and 43200),
    longest_hours integer not null check (longest_hours between 1 and 8760),
    addresses text[] not null,
    changed_at timestamptz not null default now(),
    changed_by uuid
);
create table dougong.past_password (
    person uuid not null references dougong.person on delete cascade,
    hash text not null,
    replaced_at timestamptz not null default now()
);
create index past_password_of on dougong.past_password (person, replaced_at);
create table dougong.second_factor (
    person uuid primary key references dougong.person on delete cascade,
    secret text not null,
    last_step bigint not null,
    enabled_at timestamptz not null default now()
);
create table dougong.recovery_code (
    person uuid not null references dougong.second_factor on delete cascade,
    hash bytea not null,
    used_at timestamptz,
    primary key (person, hash)
);
create table dougong.sign_in_challenge (
    hash bytea primary key,
    tenant uuid not null,
    user_id uuid not null,
    person uuid not null references dougong.person on delete cascade,
    proof text not null,
    second_step boolean not null default false,
    new_password boolean not null default false,
    expires_at timestamptz not null,
    foreign key (tenant, user_id) references dougong.membership on delete cascade
);
alter table dougong.session add second_step boolean not null default false;
alter table dougong.session add proof text not null default 'password';
alter table dougong.sign_in_attempt drop constraint sign_in_attempt_kind_check;
alter table dougong.sign_in_attempt add check (kind in ('email', 'address', 'code'))
"""

# Key and recovery codes are bound to this id, not to the person's: in a restored tenant a person has another.
SECOND_FACTOR_IDS = """
alter table dougong.second_factor add id uuid not null default gen_random_uuid() unique
"""
