"""Files of each tenant's schema: what is known of them; their bytes are in the home's folder."""

STATEMENTS = (
    # record null: uploaded, not attached yet; field null: attached to the record as a whole
    """create table if not exists _file (
        id         uuid primary key,
        object     text,
        record     uuid,
        field      text,
        name       text not null,
        media_type text not null,
        size       bigint not null,
        sha256     bytea not null,
        width      integer,
        height     integer,
        thumbnail  boolean not null default false,
        created_at timestamptz not null default now(),
        created_by uuid not null
    )""",
    "create index if not exists _file_record on _file (record, id) where record is not null",
    "create index if not exists _file_loose on _file (created_at) where record is null",
)
