"""The search table of each tenant's schema."""

STATEMENTS = (
    """create table if not exists _search (
        record uuid primary key,
        object text not null,
        title  text not null,
        text   text not null,
        words  tsvector not null
    )""",
    "create index if not exists _search_words on _search using gin (words) with (fastupdate = off)",
)
