"""The tables of imports in a tenant's schema. Read by storage.engine_tables."""

STATEMENTS = (
    """create table _import (
        id uuid primary key, object text not null, file_name text not null, path text not null, size bigint not null,
        state text not null, options jsonb not null, mapping jsonb not null, header jsonb not null,
        total integer, done integer not null default 0, created integer not null default 0,
        updated integer not null default 0, unchanged integer not null default 0, failed integer not null default 0,
        created_by uuid not null, created_at timestamptz not null default now(),
        started_at timestamptz, finished_at timestamptz, problem jsonb)""",
    "create index on _import (created_at desc)",
    """create table _import_batch (
        import uuid not null references _import, number integer not null, trial boolean not null,
        state text not null default 'waiting', lease_until timestamptz,
        created integer not null default 0, updated integer not null default 0, unchanged integer not null default 0,
        failed integer not null default 0, primary key (import, trial, number))""",
    """create table _import_error (
        import uuid not null references _import, trial boolean not null, batch integer not null, line integer not null,
        field text, code text not null, message text not null, cells jsonb not null)""",
    "create index on _import_error (import, trial, line)",
    """create table _import_template (
        id uuid primary key, object text not null, name text not null, mapping jsonb not null, created_by uuid not null,
        created_at timestamptz not null default now(), unique (object, name))""",
)
