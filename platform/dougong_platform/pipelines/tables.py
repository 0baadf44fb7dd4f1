"""Tables of each tenant's schema: stays at stages (typed intervals, for trends), ticks of checklists, and what
approvals have let pass. The write path adds stays and reads ticks and passes in its own statement."""

STATEMENTS = (
    # left_at is null: the record is there now. `seconds` of a past stay follow from the two moments.
    """create table if not exists _stay (
         id         bigint generated always as identity primary key,
         object     text not null,
         record     uuid not null,
         field      text not null,
         value      text,
         entered_at timestamptz not null default now(),
         left_at    timestamptz,
         entered_by uuid,
         left_by    uuid
       )""",
    "create unique index if not exists _stay_open on _stay (record, field) where left_at is null",
    "create index if not exists _stay_record on _stay (record, field, entered_at)",
    "create index if not exists _stay_trend on _stay (object, field, value, entered_at)",
    """create table if not exists _checklist (
         object    text not null,
         record    uuid not null,
         pipeline  text not null,
         stage     text not null,
         item      text not null,
         ticked_at timestamptz not null default now(),
         ticked_by uuid,
         primary key (record, pipeline, stage, item)
       )""",
    # What opens a gate that asks for an approval: whoever decides writes a row, entering the stage uses it.
    """create table if not exists _stage_pass (
         object     text not null,
         record     uuid not null,
         pipeline   text not null,
         stage      text not null,
         granted_at timestamptz not null default now(),
         reference  text,
         primary key (record, pipeline, stage)
       )""",
    # The values that were approved, by field: the pass holds as long as they do. null: whatever they become.
    "alter table _stage_pass add column if not exists seen jsonb",
)
