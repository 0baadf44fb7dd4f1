"""What people keep for themselves, in each tenant's schema."""

STATEMENTS = (
    # body is json, which keeps the order of its keys: that of a report's columns and a funnel's steps
    # shared = kind and access by subject: the id of a user, department or team, "set:" and a name, or "everybody"
    """create table if not exists _own_document (
        id         uuid primary key,
        kind       text not null check (kind in ('report', 'dashboard')),
        owner      uuid not null,
        label      text not null,
        body       json not null,
        shared     jsonb not null default '{}',
        version    integer not null default 1,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now(),
        updated_by uuid,
        deleted_at timestamptz
    )""",
    "create index if not exists _own_document_owner on _own_document (owner, kind)",
    "create index if not exists _own_document_shared on _own_document using gin (shared) where deleted_at is null",
)
