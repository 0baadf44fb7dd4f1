"""Shares of single records, of each tenant's schema: with a person, a department (and all below) or a team.

A share with a role is a member of the record's team. `relations` ("page.book") are lookups along which it is
extended to the records that point here.
"""

STATEMENTS = (
    """create table if not exists _share (
        id         uuid primary key,
        object     text not null,
        record     uuid not null,
        subject    uuid not null,
        access     text not null check (access in ('read', 'edit')),
        role       text,
        relations  text[] not null default '{}',
        expires_at timestamptz,
        note       text,
        created_at timestamptz not null default now(),
        created_by uuid not null,
        unique (record, subject)
    )""",
    "create index if not exists _share_subject on _share (subject, object)",
    # whether history was told that it expired
    "alter table _share add column if not exists ended boolean not null default false",
    "create index if not exists _share_expiring on _share (expires_at) where expires_at is not null",
)
