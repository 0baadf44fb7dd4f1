"""Which dashboard each person has chosen as home, in each tenant's schema."""

STATEMENTS = (
    """create table if not exists _home_choice (
        "user"     uuid primary key,
        dashboard  text not null,
        updated_at timestamptz not null default now()
    )""",
)
