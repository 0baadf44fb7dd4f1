"""What is sent regularly, in each tenant's schema."""

STATEMENTS = (
    # recipients = [{"kind": user | permission_set, "id"}]; gone = users who have unsubscribed; told = by user, why he
    # gets nothing, which its owner was told; next_at null: to be worked out anew, nothing is due; zone = whose clock it
    # was worked out by; due = the last due time that was answered.
    """create table if not exists _report_subscription (
        id         uuid primary key,
        kind       text not null check (kind in ('report', 'dashboard')),
        key        text not null,
        owner      uuid not null,
        recipients jsonb not null,
        cadence    text not null check (cadence in ('daily', 'weekly', 'monthly')),
        hour       integer not null,
        weekday    integer,
        day        integer,
        filters    jsonb not null default '{}',
        only_if    jsonb,
        active     boolean not null default true,
        gone       jsonb not null default '[]',
        told       jsonb not null default '{}',
        next_at    timestamptz,
        zone       text,
        due        timestamptz,
        last_at    timestamptz,
        last_error jsonb,
        created_at timestamptz not null default now(),
        updated_at timestamptz not null default now()
    )""",
    "create index if not exists _report_subscription_next on _report_subscription (next_at) where active",
    "create index if not exists _report_subscription_owner on _report_subscription (owner)",
    "create index if not exists _report_subscription_key on _report_subscription (key)",
    # removed_at: put away by its owner, who may bring it back; before = what the last change changed, to be taken back.
    """alter table _report_subscription add column if not exists removed_at timestamptz,
        add column if not exists before jsonb""",
)
