"""The control schema's tables as numbered migrations; `install` runs those that a database has not seen.

A migration that has shipped is never changed: append another.
"""

from __future__ import annotations

from dougong_tenants.connection.control.oidc_tables import OIDC
from dougong_tenants.connection.control.security_tables import SECOND_FACTOR_IDS, SECURITY

TENANTS = """
create table dougong.tenant (
    id uuid primary key,
    name text not null unique,
    label jsonb not null,
    schema text not null unique,
    role text not null unique,
    status text not null default 'active' check (status in ('active', 'suspended')),
    release integer not null default 0,
    stamp bigint not null default 1,
    locale text not null default 'zh',
    timezone text not null default 'Asia/Shanghai',
    currency text not null default 'CNY',
    created_at timestamptz not null default now(),
    suspended_at timestamptz
)
"""

# `password_own`: the person chose it. `admitted`: this tenant is entered by that password. One that another company's
# administrator chose does not admit: he would come in with it.
PEOPLE = """
create table dougong.person (
    id uuid primary key,
    email text not null unique,
    password_hash text,
    password_own boolean not null default false,
    created_at timestamptz not null default now(),
    password_changed_at timestamptz
);
create table dougong.membership (
    tenant uuid not null references dougong.tenant on delete cascade,
    user_id uuid not null,
    person uuid not null references dougong.person on delete cascade,
    active boolean not null default true,
    admitted boolean not null,
    primary key (tenant, user_id),
    unique (person, tenant)
)
"""

ACCESS = """
create table dougong.session (
    id uuid primary key,
    hash bytea not null unique,
    person uuid not null references dougong.person on delete cascade,
    tenant uuid not null references dougong.tenant on delete cascade,
    user_id uuid not null,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    idle_seconds integer not null,
    expires_at timestamptz not null,
    address text,
    device text,
    foreign key (tenant, user_id) references dougong.membership on delete cascade
);
create index session_by_user on dougong.session (tenant, user_id);
create index session_by_person on dougong.session (person);
create index session_by_end on dougong.session (expires_at);
create table dougong.token (
    id uuid primary key,
    hash bytea not null unique,
    prefix text not null,
    tenant uuid not null references dougong.tenant on delete cascade,
    user_id uuid not null,
    name text not null,
    scopes text[] not null,
    created_at timestamptz not null default now(),
    created_by uuid,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz,
    foreign key (tenant, user_id) references dougong.membership on delete cascade
);
create index token_by_user on dougong.token (tenant, user_id);
create table dougong.sign_in_attempt (
    kind text not null check (kind in ('email', 'address')),
    subject bytea not null,
    failures integer not null,
    last_at timestamptz not null,
    closed_until timestamptz not null,
    primary key (kind, subject)
);
create index sign_in_attempt_by_age on dougong.sign_in_attempt (last_at)
"""

INVITATIONS = """
create table dougong.invitation (
    hash bytea primary key,
    tenant uuid not null,
    user_id uuid not null,
    created_at timestamptz not null default now(),
    created_by uuid,
    expires_at timestamptz not null,
    foreign key (tenant, user_id) references dougong.membership on delete cascade
)
"""

# Whom an administrator looks on as, in this session; it then only reads.
PREVIEW = "alter table dougong.session add column preview_user uuid"

# `at` was worked out under `release` and `timezone`. No index: all rows are read, and one changes often.
WAKEUPS = """
create table dougong.wakeup (
    tenant uuid primary key references dougong.tenant on delete cascade,
    at timestamptz not null,
    release integer not null,
    timezone text not null
) with (fillfactor = 50)
"""

# When the time limits of each tenant's approvals are to be looked at next.
ALARMS = """
create table dougong.alarm (
    tenant uuid primary key references dougong.tenant on delete cascade,
    at timestamptz not null
) with (fillfactor = 50)
"""

# One row a tenant and kind of clock.
ALARM_KINDS = """
alter table dougong.alarm add column kind text not null default 'approvals';
alter table dougong.alarm alter column kind drop default;
alter table dougong.alarm drop constraint alarm_pkey;
alter table dougong.alarm add primary key (tenant, kind)
"""

MIGRATIONS: tuple[tuple[str, str], ...] = (
    ("tenants", TENANTS),
    ("people", PEOPLE),
    ("access", ACCESS),
    ("invitations", INVITATIONS),
    ("security", SECURITY),
    ("oidc", OIDC),
    ("preview", PREVIEW),
    ("second factor ids", SECOND_FACTOR_IDS),
    ("wakeups", WAKEUPS),
    ("alarms", ALARMS),
    ("alarm kinds", ALARM_KINDS),
)
