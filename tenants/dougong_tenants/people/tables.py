"""The people tables in each tenant's schema; run when a tenant is created.

They carry every system column of an object's table, so that the query compiler treats them like any object.
"""

from __future__ import annotations

SYSTEM_COLUMNS = """
    id uuid primary key,
    owner uuid,
    record_type text,
    created_at timestamptz not null default now(),
    created_by uuid,
    updated_at timestamptz not null default now(),
    updated_by uuid,
    version integer not null default 1,
    deleted_at timestamptz,
    deleted_by uuid,
"""

STATEMENTS = (
    f"""create table department ({SYSTEM_COLUMNS}
        name text not null,
        parent uuid references department,
        head uuid,
        position integer not null default 0,
        active boolean not null default true)""",
    f"""create table "user" ({SYSTEM_COLUMNS}
        name text not null,
        email text not null,
        phone text,
        avatar uuid[],
        title text,
        department uuid references department,
        manager uuid references "user",
        active boolean not null default true,
        locale text,
        timezone text)""",
    """alter table department add constraint department_head_fkey foreign key (head) references "user" """,
    f"""create table team ({SYSTEM_COLUMNS}
        name text not null)""",
    f"""create table team_member ({SYSTEM_COLUMNS}
        team uuid not null references team,
        "user" uuid not null references "user",
        role text)""",
    """create table user_permission_set (
        "user" uuid not null references "user",
        permission_set text not null,
        primary key ("user", permission_set))""",
    """create unique index user_email on "user" (email) where deleted_at is null""",
    """create index user_department on "user" (department)""",
    """create index user_manager on "user" (manager)""",
    """create index department_parent on department (parent)""",
    """create unique index team_name on team (name) where deleted_at is null""",
    """create unique index team_member_once on team_member (team, "user") where deleted_at is null""",
    """create index team_member_user on team_member ("user")""",
    "create index user_permission_set_of on user_permission_set (permission_set)",
)

# Added after tenants were made: run by the engine's upgrade, as the noun "people". Only ever grows at its end.
LATER = (
    # A queue owns records as a person does: a row of its own kind, worked by the members of a team.
    """alter table "user" alter column email drop not null""",
    """alter table "user" add column if not exists kind text not null default 'person'""",
    """alter table "user" add column if not exists team uuid references team""",
    """alter table user_permission_set
        add column if not exists from_at timestamptz,
        add column if not exists until_at timestamptz,
        add column if not exists departments uuid[]""",
    """create table if not exists _permission_set_assignment (
        id uuid primary key,
        permission_set text not null,
        department uuid references department,
        below boolean not null default true,
        title text,
        departments uuid[],
        from_at timestamptz,
        until_at timestamptz,
        created_at timestamptz not null default now(),
        created_by uuid,
        check ((department is null) <> (title is null)))""",
    """create table if not exists _user_department (
        "user" uuid not null references "user",
        department uuid not null references department,
        primary key ("user", department))""",
    """create table if not exists _assistant (
        id uuid primary key,
        "user" uuid not null references "user",
        assistant uuid not null references "user",
        from_at timestamptz,
        until_at timestamptz,
        created_at timestamptz not null default now(),
        created_by uuid,
        unique ("user", assistant),
        check ("user" <> assistant))""",
    # A direct grant is named by an id of its own, so that it can be ended by itself.
    """alter table user_permission_set
        add column if not exists id uuid not null default gen_random_uuid(),
        add column if not exists created_at timestamptz,
        add column if not exists created_by uuid""",
    "alter table user_permission_set alter column created_at set default now()",
)
