"""The migration of sign-in by identity providers: what each tenant has set up, and whom it knows from there."""

from __future__ import annotations

# `client_secret` is sealed (dougong_tenants.secrets). An identity is bound to the issuer under which it was met: a
# provider that is pointed to another issuer does not let in strangers with equal subjects. `oidc_spent` remembers the
# states that came back, for as long as one could come back again.
OIDC = """
create table dougong.oidc_provider (
    id uuid primary key,
    tenant uuid not null references dougong.tenant on delete cascade,
    name text not null,
    label jsonb not null,
    issuer text not null,
    client_id text not null,
    client_secret text,
    scopes text[] not null,
    domains text[] not null,
    match_email boolean not null,
    create_users boolean not null,
    permission_set text,
    department uuid,
    password_sign_in boolean not null,
    active boolean not null,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    unique (tenant, name)
);
create index oidc_provider_by_domain on dougong.oidc_provider using gin (domains);
create table dougong.oidc_identity (
    id uuid primary key,
    provider uuid not null references dougong.oidc_provider on delete cascade,
    issuer text not null,
    subject text not null,
    tenant uuid not null,
    user_id uuid not null,
    email text not null,
    created_at timestamptz not null default now(),
    last_used_at timestamptz not null default now(),
    foreign key (tenant, user_id) references dougong.membership on delete cascade,
    unique (provider, issuer, subject),
    unique (provider, issuer, user_id)
);
create index oidc_identity_by_user on dougong.oidc_identity (tenant, user_id);
create table dougong.oidc_spent (
    hash bytea primary key,
    spent_at timestamptz not null default now()
)
"""
