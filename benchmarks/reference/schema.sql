-- The tables a good engineer would write by hand for this one application; same columns, same indexes, same rows.
create schema if not exists reference;
create table reference.account_user (id uuid primary key, name text not null, email text not null);
create table reference.token (hash bytea primary key, user_id uuid not null references reference.account_user, expires_at timestamptz, sees_all boolean not null);
create table reference.company (
  id uuid primary key, name text not null, code text, industry text, owner uuid references reference.account_user,
  created_at timestamptz not null default now(), updated_at timestamptz not null default now(), version int not null default 1, deleted_at timestamptz);
create unique index on reference.company (code) where deleted_at is null;
create table reference.deal (
  id uuid primary key, title text not null, company uuid references reference.company, stage text, amount numeric(20,2), close_date date,
  probability numeric(9,6), note text, source_key text, owner uuid references reference.account_user,
  created_at timestamptz not null default now(), created_by uuid, updated_at timestamptz not null default now(), updated_by uuid,
  version int not null default 1, deleted_at timestamptz);
create unique index on reference.deal (source_key) where deleted_at is null;
create index on reference.deal (company) where deleted_at is null;
create index on reference.deal (owner) where deleted_at is null;
create index on reference.deal (amount, id) where deleted_at is null;
create index on reference.deal (stage, amount, id) where deleted_at is null;
create index on reference.deal (close_date, id) where deleted_at is null;
create table reference.history (
  seq bigint generated always as identity primary key, at timestamptz not null default now(), object text not null, record uuid not null,
  version int not null, actor uuid, op text not null, changes jsonb not null);
create index on reference.history (record, version);
create table reference.search (record uuid primary key, object text not null, title text, text text, words tsvector);
create index on reference.search using gin (words);
