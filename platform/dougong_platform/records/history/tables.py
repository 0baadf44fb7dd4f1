"""The history table of each tenant's schema: what changed, when, by whom and why. Append-only."""

STATEMENTS = (
    """create table if not exists _history (
        seq       bigint generated always as identity primary key,
        xid       xid8 not null default pg_current_xact_id(),
        at        timestamptz not null default now(),
        object    text not null,
        record    uuid not null,
        version   integer not null,
        actor     uuid,
        cause     text not null,
        cause_ref text,
        op        text not null check (op in ('create', 'update', 'delete', 'restore', 'purge')),
        changes   jsonb not null
    )""",
    "create index if not exists _history_record on _history (record, seq)",
    "create index if not exists _history_cause on _history (cause_ref, seq) where cause_ref is not null",
    "create index if not exists _history_xid on _history (xid)",
    # not valid: the rows that are there kept to a narrower rule, and need no reading
    """alter table _history drop constraint if exists _history_op_check,
         add constraint _history_op_check check
           (op in ('create', 'update', 'delete', 'restore', 'purge', 'share', 'unshare')) not valid""",
    # ticks of stages' checklists (pipelines/checklist.py)
    """alter table _history drop constraint if exists _history_op_check,
         add constraint _history_op_check check
           (op in ('create', 'update', 'delete', 'restore', 'purge', 'share', 'unshare', 'tick', 'untick'))
         not valid""",
    # what reports ask of the past: the changes of one object's records since a day
    "create index if not exists _history_at on _history (object, at)",
)
