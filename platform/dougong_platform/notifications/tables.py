"""Inboxes, what each user wants where and when, mails on their way, group robots: tables of each tenant's schema."""

STATEMENTS = (
    # title and body: {en, zh}, each a text or a list of pieces (see texts.py). `inbox` is false where the user wants
    # the topic in his mail alone; `slot` names the mail that gathers what was put off (see _notification_slot).
    """create table if not exists _notification (
        id      uuid primary key,
        "user"  uuid not null,
        at      timestamptz not null default now(),
        topic   text not null,
        title   jsonb not null,
        body    jsonb not null default '{}',
        object  text,
        record  uuid,
        actor   uuid,
        key     text,
        inbox   boolean not null default true,
        slot    text,
        read_at timestamptz)""",
    """create index if not exists _notification_inbox on _notification ("user", id) where inbox""",
    """create index if not exists _notification_unread on _notification ("user", id) where inbox and read_at is null""",
    """create unique index if not exists _notification_once on _notification ("user", key) where key is not null""",
    """create index if not exists _notification_put_off on _notification ("user", slot) where slot is not null""",
    # No row: the topic's defaults. email: now | digest | off.
    """create table if not exists _notification_preference (
        "user" uuid not null,
        topic  text not null,
        inbox  boolean not null,
        email  text not null check (email in ('now', 'digest', 'off')),
        robot  boolean not null,
        primary key ("user", topic))""",
    # Hours of the user's own time zone.
    """create table if not exists _notification_times (
        "user"     uuid primary key,
        quiet_from time,
        quiet_to   time,
        digest_at  time not null default '08:30')""",
    # One mail for what was put off: the day's digest ("2026-10-01") or what quiet hours held back. Whoever puts
    # something into it holds its row, whoever sends it marks it done: nothing falls in between.
    """create table if not exists _notification_slot (
        "user"  uuid not null,
        slot    text not null,
        due     timestamptz not null,
        done_at timestamptz,
        primary key ("user", slot))""",
    # Mails to addresses: what was sent, and what was not. The text is in the outbox until it has left.
    """create table if not exists _email (
        id        uuid primary key,
        at        timestamptz not null default now(),
        recipient text not null,
        subject   text not null,
        key       text,
        state     text not null default 'waiting' check (state in ('waiting', 'sent', 'refused')),
        sent_at   timestamptz,
        problem   text)""",
    """create unique index if not exists _email_once on _email (recipient, key) where key is not null""",
    "create index if not exists _email_at on _email (at)",
    # A robot in a group's chat. Its address and secret are sealed. `reader`: the group is told what this user may read.
    """create table if not exists _robot (
        id         uuid primary key,
        name       text not null,
        kind       text not null check (kind in ('wecom', 'dingtalk', 'feishu')),
        address    text not null,
        secret     text,
        host       text not null,
        team       uuid,
        topics     text[] not null default '{}',
        reader     uuid not null,
        locale     text not null,
        active     boolean not null default true,
        created_at timestamptz not null default now(),
        created_by uuid,
        updated_at timestamptz not null default now(),
        told_at    timestamptz,
        problem    text,
        problem_at timestamptz)""",
    # One row: how this company's mails are signed.
    """create table if not exists _mail_sender (
        one      boolean primary key default true check (one),
        name     text,
        address  text,
        reply_to text)""",
    # When it spoke within the last minute: a group hears at most so much a minute.
    "alter table _robot add column if not exists spoken timestamptz[] not null default '{}'",
    # Where opening it goes, instead of the record: what is said there its receiver may read.
    "alter table _notification add column if not exists page text",
)
