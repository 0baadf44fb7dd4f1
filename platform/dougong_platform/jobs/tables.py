"""The outbox in each tenant's schema: what is to follow from a commit, written within that commit."""

STATEMENTS = (
    # due moves on with every failed attempt; lease marks a row whose effect outside the database is under way
    """create table if not exists _outbox (
         id bigint generated always as identity primary key, at timestamptz not null default now(),
         topic text not null, payload jsonb not null default '{}', due timestamptz not null default now(),
         attempts smallint not null default 0, failed text, dead boolean not null default false)""",
    "create index if not exists _outbox_due on _outbox (due, id) where not dead",
    "create index if not exists _outbox_dead on _outbox (id) where dead",
)
