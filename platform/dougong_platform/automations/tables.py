"""What automations did, in each tenant's schema: a row for each record of each run; and the addresses of incoming
calls."""

STATEMENTS = (
    # batch: what ran together and stands in history as cause_ref; parent: the batch whose writes set it off;
    # repeats: the failed run that this one did again
    """create table if not exists _automation_run (
        id         uuid primary key,
        batch      uuid not null,
        parent     uuid,
        automation text not null,
        release    integer not null,
        object     text,
        record     uuid,
        version    integer,
        label      text,
        at         timestamptz not null default now(),
        due        timestamptz,
        trigger    text not null,
        actor      uuid,
        chain      text[] not null default '{}',
        saw        jsonb not null default '{}',
        decided    boolean not null default true,
        did        jsonb not null default '[]',
        state      text not null check (state in ('done', 'failed', 'cut', 'skipped')),
        error      jsonb,
        attempts   smallint not null default 1,
        duration   integer not null default 0,
        repeats    uuid,
        repeated   uuid
    )""",
    "create index if not exists _automation_run_of on _automation_run (automation, id)",
    "create index if not exists _automation_run_record on _automation_run (record, id)",
    "create index if not exists _automation_run_batch on _automation_run (batch)",
    "create index if not exists _automation_run_wrong on _automation_run (id) where state in ('failed', 'cut')",
    # the address of an automation with an incoming trigger: what is compared is the token's hash
    """create table if not exists _hook (
        automation text primary key,
        token      text not null unique,
        secret     text not null,
        created_at timestamptz not null default now(),
        created_by uuid,
        used_at    timestamptz
    )""",
    # calls that carried an id: the same id answers the same run
    """create table if not exists _hook_call (
        automation text not null,
        call       text not null,
        run        uuid not null,
        at         timestamptz not null default now(),
        primary key (automation, call)
    )""",
    "create index if not exists _hook_call_at on _hook_call (at)",
)
