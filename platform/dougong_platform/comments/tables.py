"""Comments of each tenant's schema."""

STATEMENTS = (
    """create table if not exists _comment (
        id      uuid primary key,
        object  text not null,
        record  uuid not null,
        author  uuid not null,
        at      timestamptz not null default now(),
        edited  timestamptz,
        text    text not null
    )""",
    "create index if not exists _comment_record on _comment (record, id)",
)
