"""Tables of each tenant's schema: versions of flows, approvals with their steps, tasks and events, and delegations."""

STATEMENTS = (
    # What a running approval keeps: the flow's document as it was when something was first submitted under it.
    """create table if not exists _approval_version (
         flow       text not null,
         number     integer not null,
         digest     text not null,
         body       text not null,
         release    integer not null,
         created_at timestamptz not null default now(),
         primary key (flow, number),
         unique (flow, digest)
       )""",
    # state: running, returned (to the submitter), approved, rejected, recalled, ended (by an administrator).
    # open: the fields that may be changed while it runs; null = it locks nothing. turn: raised by every change.
    """create table if not exists _approval (
         id           uuid primary key,
         flow         text not null,
         version      integer not null,
         object       text not null,
         record       uuid not null,
         title        text not null,
         submitter    uuid,
         submitted_at timestamptz not null default now(),
         note         text,
         state        text not null default 'running',
         ended_at     timestamptz,
         choices      jsonb not null default '{}',
         stage        jsonb,
         resume       jsonb,
         open         jsonb,
         deletes      boolean not null default false,
         record_version integer,
         turn         integer not null default 1,
         urged_at     timestamptz
       )""",
    """create unique index if not exists _approval_running on _approval (record, flow)
        where state in ('running', 'returned')""",
    "create index if not exists _approval_record on _approval (record, submitted_at desc)",
    "create index if not exists _approval_flow on _approval (flow, submitted_at desc)",
    "create index if not exists _approval_mine on _approval (submitter, submitted_at desc)",
    # One visit of a node. number: from 1 within the approval. within: the number of the parallel node's step, branch
    # its branch; branches: of a parallel node's step, what became of each. state: open, approved, rejected, returned,
    # interrupted (returned, and to be taken up again), passed (branch, parallel, cc, action, end), skipped, cancelled.
    """create table if not exists _approval_step (
         approval   uuid not null references _approval on delete cascade,
         number     integer not null,
         node       text not null,
         kind       text not null,
         within     integer,
         branch     text,
         state      text not null default 'open',
         why        jsonb,
         resume     jsonb,
         asked_again jsonb not null default '[]',
         branches   jsonb not null default '{}',
         entered_at timestamptz not null default now(),
         left_at    timestamptz,
         remind_at  timestamptz,
         due_at     timestamptz,
         primary key (approval, number)
       )""",
    """create index if not exists _approval_step_due on _approval_step (due_at)
        where state = 'open' and due_at is not null""",
    """create index if not exists _approval_step_remind on _approval_step (remind_at)
        where state = 'open' and remind_at is not null""",
    # Somebody who is asked. kind: decide, consult, cc. state: open, waiting (others come first), approved, rejected,
    # returned, transferred, given (an opinion), seen (a copy), cancelled. place: base, before, after (added signers;
    # parent is whose). decided_by: who did it, where it was a delegate. automatic: the engine did, and why.
    """create table if not exists _approval_task (
         id         uuid primary key,
         approval   uuid not null references _approval on delete cascade,
         step       integer not null,
         "user"     uuid not null,
         kind       text not null default 'decide',
         state      text not null default 'open',
         place      text not null default 'base',
         parent     uuid,
         position   integer not null default 0,
         why        jsonb,
         automatic  text,
         comment    text,
         decided_by uuid,
         given_by   uuid,
         opened_at  timestamptz not null default now(),
         closed_at  timestamptz,
         seen_at    timestamptz
       )""",
    "create index if not exists _approval_task_of on _approval_task (approval, step)",
    """create index if not exists _approval_task_open on _approval_task ("user", opened_at desc, id)
        where state = 'open'""",
    """create index if not exists _approval_task_closed on _approval_task ("user", closed_at desc, id)
        where state in ('approved', 'rejected', 'returned', 'transferred', 'given')""",
    """create index if not exists _approval_task_cc on _approval_task ("user", opened_at desc, id) where kind = 'cc'""",
    """create index if not exists _approval_task_delegate on _approval_task (decided_by, closed_at desc, id)
        where decided_by is not null""",
    # Everything that happened, in order: who, when, for whom, from where (via: page, api, clock …; address: the
    # network address of whoever did it). data: comment, users, node, reason, files …
    """create table if not exists _approval_event (
         id         bigint generated always as identity primary key,
         approval   uuid not null references _approval on delete cascade,
         at         timestamptz not null default now(),
         actor      uuid,
         behalf     uuid,
         action     text not null,
         step       integer,
         node       text,
         task       uuid,
         via        text,
         address    text,
         data       jsonb not null default '{}'
       )""",
    "create index if not exists _approval_event_of on _approval_event (approval, id)",
    """create table if not exists _approval_delegation (
         id         uuid primary key,
         "user"     uuid not null,
         delegate   uuid not null,
         flows      text[] not null default '{}',
         starts_at  timestamptz not null default now(),
         ends_at    timestamptz,
         note       text,
         created_by uuid,
         created_at timestamptz not null default now()
       )""",
    """create index if not exists _approval_delegation_to on _approval_delegation (delegate, starts_at)""",
    """create index if not exists _approval_delegation_of on _approval_delegation ("user", starts_at)""",
    # The inbox counts these for every page that anybody looks at.
    """create index if not exists _approval_task_todo on _approval_task ("user", opened_at desc, id)
        where state = 'open' and kind <> 'cc'""",
    """create index if not exists _approval_task_unseen on _approval_task ("user")
        where kind = 'cc' and seen_at is null""",
    "create index if not exists _approval_mine_live on _approval (submitter) where state in ('running', 'returned')",
)
