"""The write path's own tables in each tenant's schema: answers of repeated requests, and the filler of numbers."""

STATEMENTS = (
    """create function _padded(number bigint, digits integer) returns text language sql immutable strict parallel safe
       as $$ select lpad(number::text, greatest(digits, length(number::text)), '0') $$""",
    """create table if not exists _idempotency (
        key    text not null,
        actor  uuid not null,
        digest bytea not null,
        status integer,
        answer jsonb,
        at     timestamptz not null default now(),
        primary key (actor, key)
    )""",
    "create index if not exists _idempotency_at on _idempotency (at)",
)
