"""The releases' own tables in each tenant's schema: what was published, what is changing, which column holds what."""

STATEMENTS = (
    # Bodies by content hash, each stored once however many releases hold it. Text, since the order of keys matters.
    """create table if not exists _document (
         hash text primary key, kind text not null, name text not null, body text not null)""",
    # number 0 is the empty tenant; `catalogue` holds physical names that differ from the api names
    """create table if not exists _release (
         number integer primary key, at timestamptz not null default now(), by uuid, note text not null default '',
         model_hash text not null, catalogue jsonb not null default '{}', restored integer)""",
    """create table if not exists _release_document (
         release integer not null, kind text not null, name text not null, hash text not null,
         primary key (release, kind, name))""",
    # body null = the document is deleted; base = hash of the released document it was made from (null = new)
    """create table if not exists _draft (
         kind text not null, name text not null, body text, hash text not null, base text, by uuid,
         at timestamptz not null default now(), primary key (kind, name))""",
    # One row per publish; `done` holds a mark per finished step, so that whoever comes next goes on from there.
    """create table if not exists _publish (
         id uuid primary key, base integer not null, target integer not null, state text not null default 'preparing',
         model_hash text not null, catalogue jsonb not null, note text not null default '', by uuid, restored integer,
         pack jsonb, started timestamptz not null default now(), ended timestamptz, done jsonb not null default '{}',
         error jsonb)""",
    """create unique index if not exists _publish_open on _publish ((true)) where state in ('preparing', 'switched')""",
    # Every column publishing ever made and has not purged. field '' is the table itself. storage = what the data means
    # (type and target): a field that returns with the same storage gets its data back.
    """create table if not exists _column (
         object text not null, field text not null, physical text not null, storage text not null,
         state text not null default 'live', since integer not null, retired integer, retired_at timestamptz,
         primary key (object, field, physical))""",
    # Rows whose value a running type change could not convert, written by its sync trigger; checked by the switch.
    """create table if not exists _unconverted (
         publish uuid not null, object text not null, field text not null, record uuid not null,
         primary key (publish, object, field, record))""",
    """create table if not exists _pack (
         name text primary key, version text not null, label jsonb, release integer,
         at timestamptz not null default now())""",
    # What the pack held when it was installed or last upgraded: the common ancestor of a three-way merge.
    """create table if not exists _pack_document (
         pack text not null, kind text not null, name text not null, hash text not null,
         primary key (pack, kind, name))""",
    # Packs put into the draft; publishing it makes them installed.
    "create table if not exists _pack_pending (name text primary key, record jsonb not null)",
    # How much a publish has to do and has done, for those who watch it.
    """alter table _publish add column if not exists steps integer, add column if not exists rows bigint,
         add column if not exists rows_done bigint not null default 0""",
    # Where records go whose stage the draft takes away; what a publish was told, and what it has moved so far, by which
    # a publish that is taken back finds them again.
    """create table if not exists _draft_stage (
         pipeline text not null, stage text not null, target text not null, by uuid,
         at timestamptz not null default now(), primary key (pipeline, stage))""",
    "alter table _publish add column if not exists stages jsonb not null default '{}'",
    """create table if not exists _restaged (
         publish uuid not null, object text not null, field text not null, record uuid not null,
         before text not null, after text not null, since timestamptz, primary key (publish, object, field, record))""",
)
