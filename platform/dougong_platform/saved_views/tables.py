"""Saved list views of each tenant's schema."""

STATEMENTS = (
    """create table if not exists _saved_view (
        id         uuid primary key,
        object     text not null,
        name       text not null,
        owner      uuid not null,
        shared     boolean not null default false,
        columns    jsonb not null,
        filter     text,
        sort       jsonb not null,
        totals     jsonb not null,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
    )""",
    "create index if not exists _saved_view_object on _saved_view (object, owner)",
)
