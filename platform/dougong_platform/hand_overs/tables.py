"""The tables of hand-overs in a tenant's schema. Read by storage.engine_tables."""

STATEMENTS = (
    # objects: {object: {"filter", "ids", "to"}}, people: {part: whether}, moved: what of the people was given to whom
    """create table _hand_over (
        id uuid primary key, from_user uuid not null, to_users jsonb not null, objects jsonb not null,
        people jsonb not null, state text not null, total integer not null default 0,
        counts jsonb not null default '{}', moved jsonb, problem jsonb,
        created_at timestamptz not null default now(), created_by uuid not null,
        touched_at timestamptz not null default now(), finished_at timestamptz, undone_at timestamptz)""",
    "create index on _hand_over (created_at desc)",
    "create index on _hand_over (from_user)",
    # place: of the first record in the order in which receivers take turns
    """create table _hand_over_batch (
        hand_over uuid not null references _hand_over, number integer not null, object text not null,
        records uuid[] not null, receivers uuid[] not null, place integer not null,
        state text not null default 'waiting', moved integer not null default 0, passed integer not null default 0,
        refused integer not null default 0, primary key (hand_over, number))""",
    """create table _hand_over_left (
        hand_over uuid not null references _hand_over, phase text not null, object text not null, record uuid not null,
        code text not null, message text)""",
    "create index on _hand_over_left (hand_over, phase, object, record)",
)
