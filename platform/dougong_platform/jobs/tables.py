"""The outbox in each tenant's schema: what is to follow from a commit, written within that commit."""

STATEMENTS = (
    # due moves on with every failed attempt; lease marks a row whose effect outside the database is under way
    """create table if not exists _outbox (
         id bigint generated always as identity primary key, at timestamptz not null default now(),
         topic text not null, payload jsonb not null default '{}', due timestamptz not null default now(),
         attempts smallint not null default 0, failed text, dead boolean not null default false)""",
    "create index if not exists _outbox_due on _outbox (due, id) where not dead",
    "create index if not exists _outbox_dead on _outbox (id) where dead",
    # which queue the row waits in (topics.LANES); a relay that meets a row of another lane moves it there
    "alter table _outbox add column if not exists lane text not null default 'now'",
    "create index if not exists _outbox_lane on _outbox (lane, due, id) where not dead",
    "drop index if exists _outbox_due",
    # Rows live for moments: what they leave behind is cleared by their number, not by a share of a table that is
    # empty most of the time. Nothing is planned by this table's statistics, so they are rarely worth their making.
    """alter table _outbox set (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000,
         autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 50000,
         autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 50000,
         autovacuum_vacuum_cost_delay = 0)""",
    # when a regular task last began: one table for all processes, so that none runs it twice or forgets it
    "create table if not exists _swept (name text primary key, at timestamptz not null)",
)
